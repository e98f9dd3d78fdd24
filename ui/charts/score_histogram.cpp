#include "ui/charts/score_histogram.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/look/appearance.h"

namespace dfd::ui {

ScoreHistogram::ScoreHistogram(QWidget* parent) : RangeChart(false, parent) {
    setAccessibleName(tr("Histogram of scores"));
    setToolTip(
        tr("Number of pictures by score. Drag to list a range of scores; click to list all. Arrow "
           "keys move the range; with Shift, only its upper end."));
}

QSize ScoreHistogram::sizeHint() const {
    return {28 * kGrid, 9 * kGrid};
}

void ScoreHistogram::invalidate_layout() {
    bins_.assign(kBins, 0);
    for (const ScorePoint& point : points()) {
        const auto bin = static_cast<int>(point.score * kBins);
        ++bins_[static_cast<std::size_t>(std::clamp(bin, 0, kBins - 1))];
    }
    highest_ = *std::max_element(bins_.begin(), bins_.end());
}

QString ScoreHistogram::corner_text() const {
    return highest_ == 0 ? tr("Pictures by score")
                         : tr("Pictures by score, up to %1 per bar").arg(highest_);
}

void ScoreHistogram::paint_points(QPainter& painter) {
    if (highest_ == 0)
        return;
    const QRectF area = plot();
    for (int bin = 0; bin < kBins; ++bin) {
        const int count = bins_[static_cast<std::size_t>(bin)];
        if (count == 0)
            continue;
        const double left = std::round(x_of(static_cast<double>(bin) / kBins));
        const double right = std::round(x_of((bin + 1.0) / kBins));
        // Keep a single picture among thousands visible.
        const double tall = std::max(1.5, (area.height() - 2) * count / highest_);
        painter.fillRect(QRectF(left, area.bottom() - tall, std::max(1.0, right - left - 1), tall),
                         band_colour(band_of((bin + 0.5) / kBins, thresholds())));
    }
}

}  // namespace dfd::ui
