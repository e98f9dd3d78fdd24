// Paints a row of a picture list (thumbnail, name, verdict) the same way for every list.
#pragma once

#include <QColor>
#include <QImage>
#include <QSize>
#include <QString>
#include <optional>
#include <vector>

#include "core/opinion/opinion.h"

class QPainter;
class QStyleOptionViewItem;

namespace dfd::ui {

struct RowSign {
    QString icon;
    bool warns = false;
};

struct RowContent {
    QImage thumbnail;
    QString stand_in;      ///< icon name, shown while there is no thumbnail
    bool problem = false;  ///< `stand_in` and `second` show a warning
    QString name;
    QString second;              ///< second, smaller line; elided if too long
    QString corner;              ///< icon name over the thumbnail; empty for none
    std::vector<RowSign> signs;  ///< right-aligned, after the name
    std::optional<double> score;
    BandThresholds thresholds;
};

[[nodiscard]] QSize row_size();
void paint_row(QPainter& painter, const QStyleOptionViewItem& option, const RowContent& content);

}  // namespace dfd::ui
