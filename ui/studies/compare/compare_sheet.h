// Two pictures and their difference on one sheet with a caption, so that it never passes for a
// photograph.
#pragma once

#include <QImage>
#include <QStringList>

namespace dfd::ui {

struct CompareSheet {
    QImage first, second, difference;  ///< of one size
    QString first_name, second_name;
    QStringList caption;  ///< a line each: how they lie, scores, digests, panels, program, date
};

/// Black on white in every appearance; each picture is shrunk to at most 1200 pixels a side. The
/// caption is stored in the image's text, too. Thread-safe: QImage only.
[[nodiscard]] QImage draw_compare_sheet(const CompareSheet& sheet);

}  // namespace dfd::ui
