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

struct RowBadge {
    QString icon;
    bool is_warning = false;
};

struct RowContent {
    QImage thumbnail;
    QString placeholder_icon;  ///< icon name, shown while there is no thumbnail
    bool problem = false;      ///< `placeholder_icon` and `subtitle` show a warning
    QString name;
    QString subtitle;              ///< second, smaller line; elided if too long
    QString corner_icon;           ///< icon name over the thumbnail; empty for none
    std::vector<RowBadge> badges;  ///< right-aligned, after the name
    std::optional<double> score;
    BandThresholds thresholds;
};

[[nodiscard]] QSize row_size();
void paint_row(QPainter& painter, const QStyleOptionViewItem& option, const RowContent& content);

}  // namespace dfd::ui
