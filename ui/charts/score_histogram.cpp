#include "ui/charts/score_histogram.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/look/appearance.h"

namespace dfd::ui {

ScoreHistogram::ScoreHistogram(QWidget* parent) : RangeChart(false, parent) {
    setAccessibleName(tr("Histogram of scores"));
    setToolTip(
        tr("Number of pictures by score, coloured by their words. Drag to list a range of scores; "
           "click to list all. Arrow "
           "keys move the range; with Shift, only its upper end."));
}

QSize ScoreHistogram::sizeHint() const {
    return {28 * kGrid, 9 * kGrid};
}

void ScoreHistogram::invalidate_layout() {
    bins_.assign(kBins, {});
    highest_ = 0;
    for (const ScorePoint& point : points()) {
        const auto at = std::clamp(static_cast<int>(point.score * kBins), 0, kBins - 1);
        Bin& bin = bins_[static_cast<std::size_t>(at)];
        ++bin[std::min(static_cast<std::size_t>(word_of(point)), bin.size() - 1)];
        highest_ = std::max(highest_, std::accumulate(bin.begin(), bin.end(), 0));
    }
}

QString ScoreHistogram::corner_text() const {
    if (!subject().isEmpty()) {
        const QString bars =
            highest_ == 0 ? subject() : tr("%1, up to %2 per bar").arg(subject()).arg(highest_);
        return unassessed() == 0 ? bars : tr("%1; %2 not assessed").arg(bars).arg(unassessed());
    }
    if (unassessed() > 0)
        return highest_ == 0 ? tr("Pictures by score: %1 without an assessment").arg(unassessed())
                             : tr("Up to %1 pictures per bar; %2 without an assessment")
                                   .arg(highest_)
                                   .arg(unassessed());
    return highest_ == 0 ? tr("Pictures by score")
                         : tr("Pictures by score, up to %1 per bar").arg(highest_);
}

void ScoreHistogram::paint_points(QPainter& painter) {
    if (highest_ == 0)
        return;
    const QRectF area = plot();
    const double unit = (area.height() - 2) / highest_;
    for (int number = 0; number < kBins; ++number) {
        const Bin& bin = bins_[static_cast<std::size_t>(number)];
        const int count = std::accumulate(bin.begin(), bin.end(), 0);
        if (count == 0)
            continue;
        const double left = std::round(x_of(static_cast<double>(number) / kBins));
        const double right = std::round(x_of((number + 1.0) / kBins));
        // Keep a single picture among thousands visible.
        const double scale = std::max(unit, 1.5 / count);
        double bottom = area.bottom();
        for (std::size_t word = 0; word < bin.size(); ++word) {
            const double tall = bin[word] * scale;
            bottom -= tall;
            painter.fillRect(QRectF(left, bottom, std::max(1.0, right - left - 1), tall),
                             band_colour(static_cast<Band>(word)));
        }
    }
}

}  // namespace dfd::ui
