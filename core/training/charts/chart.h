// Charts as SVG: curves of a training, ROC, calibration, histograms, projections. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

struct ChartSeries {
    enum class Kind { Line, Points, Bars } kind = Kind::Line;
    std::string name;       ///< in the legend; empty: not listed there
    std::vector<double> x;  ///< bars: their centres, equally spaced
    std::vector<double> y;  ///< as many; points with a NaN are left out and break a line
    int colour = 0;         ///< index into a palette that the colour-blind can tell apart
    bool dashed = false;
};

struct Chart {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::optional<std::pair<double, double>> x_range;  ///< else from the series, a little wider
    std::optional<std::pair<double, double>> y_range;
    bool log_x = false;
    std::vector<ChartSeries> series;
};

/// One picture of the charts side by side, readable on white and on dark (it brings its own
/// background). Text is escaped; names may be any UTF-8. Never throws for empty series.
[[nodiscard]] std::string charts_svg(const std::vector<Chart>& charts);

}  // namespace dfd
