// A row of a list of pictures, painted: thumbnail, name, verdict. One look for every list.
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
    QString stand_in;      ///< an icon's name, shown while there is no thumbnail
    bool problem = false;  ///< `stand_in` and `second` are a warning
    QString name;
    QString second;              ///< the smaller line; elided when long
    QString corner;              ///< an icon's name over the thumbnail, empty for none
    std::vector<RowSign> signs;  ///< at the end of the name, from the right
    std::optional<double> score;
    BandThresholds thresholds;
};

[[nodiscard]] QSize row_size();
void paint_row(QPainter& painter, const QStyleOptionViewItem& option, const RowContent& content);

}  // namespace dfd::ui
