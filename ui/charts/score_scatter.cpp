#include "ui/charts/score_scatter.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/look/appearance.h"

namespace dfd::ui {
namespace {

/// Dot size in logical pixels: larger for few points, smaller for many so that they overlap less.
double dot_side(std::size_t count) {
    return count <= 200 ? 6 : count <= 4000 ? 4 : 3;
}

}  // namespace

ScoreScatter::ScoreScatter(QWidget* parent) : RangeChart(true, parent) {
    setAccessibleName(tr("Score against spread"));
    setToolTip(
        tr("Each picture by its score (horizontal) and by the spread of its experts (vertical). "
           "Drag to list an area; click to list all. Arrow keys move the area; with Shift, only "
           "its upper end."));
}

QSize ScoreScatter::sizeHint() const {
    return {28 * kGrid, 16 * kGrid};
}

void ScoreScatter::invalidate_layout() {
    layer_ = {};
}

QString ScoreScatter::corner_text() const {
    return subject().isEmpty()
               ? tr("Spread (up to %1) by score").arg(kLargestSpread, 0, 'f', 1)
               : tr("%1, spread (up to %2) by score").arg(subject()).arg(kLargestSpread, 0, 'f', 1);
}

void ScoreScatter::render_layer(double device_pixel_ratio) {
    // Bin dots on a grid of the dot size and darken crowded cells: painting 100 000 pictures costs
    // as much as painting 100.
    const QRectF area = plot();
    const double dot = dot_side(points().size());
    const int columns = std::max(1, static_cast<int>(area.width() / dot));
    const int rows = std::max(1, static_cast<int>(area.height() / dot));
    const auto size = static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
    std::vector<int> cells(size);
    std::vector<Band> words(size, Band::LooksReal);  // of a cell: that which speaks most for fake
    int most = 0;
    for (const ScorePoint& point : points()) {
        const auto at = [](double share, int count) {
            return static_cast<std::size_t>(
                std::clamp(static_cast<int>(share * count), 0, count - 1));
        };
        const std::size_t cell =
            at(1 - point.spread / kLargestSpread, rows) * static_cast<std::size_t>(columns) +
            at(point.score, columns);
        most = std::max(most, ++cells[cell]);
        if (cells[cell] == 1 || rank_of(word_of(point)) > rank_of(words[cell]))
            words[cell] = word_of(point);
    }
    layer_ = QImage((QSizeF(area.size()) * device_pixel_ratio).toSize(),
                    QImage::Format_ARGB32_Premultiplied);
    layer_.setDevicePixelRatio(device_pixel_ratio);
    layer_.fill(Qt::transparent);
    QPainter painter(&layer_);
    const double wide = area.width() / columns;
    const double tall = area.height() / rows;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            const auto cell = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                              static_cast<std::size_t>(column);
            const int count = cells[cell];
            if (count == 0)
                continue;
            QColor colour = band_colour(words[cell]);
            colour.setAlphaF(
                static_cast<float>(most == 1 ? 1 : 0.65 + 0.35 * std::log(count) / std::log(most)));
            painter.fillRect(QRectF(column * wide, row * tall, dot, dot), colour);
        }
}

void ScoreScatter::paint_points(QPainter& painter) {
    if (points().empty())
        return;
    if (layer_.isNull())
        render_layer(devicePixelRatioF());
    painter.drawImage(plot().topLeft(), layer_);
}

}  // namespace dfd::ui
