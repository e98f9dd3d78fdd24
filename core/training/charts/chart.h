// Line, bar and scatter charts as SVG: training curves, ROC, calibration, histograms, projections.
// Plain C++.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

struct ChartSeries {
    enum class Kind { Line, Points, Bars } kind = Kind::Line;
    std::string name;       ///< in the legend; empty: no legend entry
    std::vector<double> x;  ///< bars: equally spaced centres
    std::vector<double> y;  ///< same length as x; NaN points are skipped and break a line
    int colour = 0;         ///< index into a colour-blind safe palette
    bool dashed = false;
};

struct Chart {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::optional<std::pair<double, double>> x_range;  ///< empty: from the series, slightly widened
    std::optional<std::pair<double, double>> y_range;
    bool log_x = false;
    std::vector<ChartSeries> series;
};

/// Draws the charts side by side in one SVG. It has its own background, so it is readable on light
/// and dark pages. Text is escaped; names may be any UTF-8. Empty series do not throw.
[[nodiscard]] std::string charts_svg(const std::vector<Chart>& charts);

}  // namespace dfd
