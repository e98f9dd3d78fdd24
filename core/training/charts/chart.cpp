#include "core/training/charts/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "core/training/charts/chart_axis.h"
#include "core/training/charts/svg.h"

namespace dfd {
namespace {

using Kind = ChartSeries::Kind;
using Range = AxisRange;

// Okabe and Ito's palette without yellow, which has too little contrast on light backgrounds. From
// the eighth series on, colours repeat with another dash pattern or marker.
constexpr std::array kPalette{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                              "#56b4e9", "#e69f00", "#333333"};
constexpr const char* kInk = "#1f2328";
constexpr const char* kQuiet = "#59636e";
constexpr const char* kAxis = "#818b98";
constexpr const char* kGrid = "#e4e7eb";
constexpr const char* kFaint = "#f1f3f5";
constexpr const char* kFrame = "#d1d9e0";

constexpr double kWidth = 480;       // of a chart with its margins
constexpr double kPlotHeight = 280;  // of the plot area
constexpr double kTop = 52;          // space above it, for the title
constexpr double kBottom = 56;       // space below it, for ticks and the axis title
constexpr double kRight = 26;
constexpr double kLegendRow = 20;
constexpr double kSwatch = 20;
constexpr double kLegendGap = 26;  // between swatch and name, and between entries
constexpr double kLegendText = 12;
constexpr double kTickText = 11;
constexpr double kPadding = 8;  // around all charts
constexpr std::size_t kMostInRow = 4;

// A series in axis coordinates; values that cannot be drawn are NaN.
struct Drawn {
    const ChartSeries* series = nullptr;
    std::vector<double> x;
    std::vector<double> y;
    double half_bar = 0;
};

Drawn prepare(const Chart& chart, const ChartSeries& series) {
    Drawn drawn;
    drawn.series = &series;
    std::vector<double> centres;
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
        double x = series.x[i];
        if (chart.log_x)
            x = x > 0 ? std::log10(x) : std::numeric_limits<double>::quiet_NaN();
        const bool seen = std::isfinite(x) && std::isfinite(series.y[i]);
        drawn.x.push_back(seen ? x : std::numeric_limits<double>::quiet_NaN());
        drawn.y.push_back(series.y[i]);
        if (std::isfinite(x))
            centres.push_back(x);
    }
    if (series.kind == Kind::Bars) {
        std::sort(centres.begin(), centres.end());
        double gap = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i < centres.size(); ++i)
            if (centres[i] > centres[i - 1])
                gap = std::min(gap, centres[i] - centres[i - 1]);
        drawn.half_bar = std::isfinite(gap) ? gap / 2 : 0.5;
    }
    return drawn;
}

Range x_range(const Chart& chart, const std::vector<Drawn>& all) {
    if (chart.x_range) {
        Range range = *chart.x_range;
        if (chart.log_x)
            range = {std::log10(range.first), std::log10(range.second)};
        if (usable(range))
            return range;
    }
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    bool bars_only = true;
    for (const auto& drawn : all)
        for (const double x : drawn.x)
            if (std::isfinite(x)) {
                low = std::min(low, x - drawn.half_bar);
                high = std::max(high, x + drawn.half_bar);
                bars_only = bars_only && drawn.half_bar > 0;
            }
    return bars_only && low < high ? Range{low, high} : widened(low, high);
}

Range y_range(const Chart& chart, const std::vector<Drawn>& all) {
    if (chart.y_range && usable(*chart.y_range))
        return *chart.y_range;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    bool bars = false;
    for (const auto& drawn : all)
        for (std::size_t i = 0; i < drawn.x.size(); ++i)
            if (std::isfinite(drawn.x[i])) {
                low = std::min(low, drawn.y[i]);
                high = std::max(high, drawn.y[i]);
                bars = bars || drawn.half_bar > 0;
            }
    if (bars) {  // bars start at zero
        low = std::min(low, 0.0);
        high = std::max(high, 0.0);
    }
    auto range = widened(low, high);
    if (bars && low == 0 && high > 0)
        range.first = 0;
    return range;
}

// Clips a segment to the plot (Liang and Barsky); false when no part is inside.
bool clip(const Range& xs, const Range& ys, std::array<double, 4>& segment) {
    const double dx = segment[2] - segment[0];
    const double dy = segment[3] - segment[1];
    double from = 0;
    double to = 1;
    const std::array<std::pair<double, double>, 4> edges{
        std::pair{-dx, segment[0] - xs.first}, std::pair{dx, xs.second - segment[0]},
        std::pair{-dy, segment[1] - ys.first}, std::pair{dy, ys.second - segment[1]}};
    for (const auto& [direction, distance] : edges) {
        if (direction == 0) {
            if (distance < 0)
                return false;
        } else if (direction < 0) {
            from = std::max(from, distance / direction);
        } else {
            to = std::min(to, distance / direction);
        }
    }
    if (from > to)
        return false;
    segment = {segment[0] + from * dx, segment[1] + from * dy, segment[0] + to * dx,
               segment[1] + to * dy};
    return true;
}

const char* colour_of(const ChartSeries& series) {
    constexpr int count = static_cast<int>(kPalette.size());
    return kPalette[static_cast<std::size_t>((series.colour % count + count) % count)];
}

// How many times the palette has repeated.
int round_of(const ChartSeries& series) {
    return series.colour < 0 ? 0 : series.colour / static_cast<int>(kPalette.size());
}

std::string stroke_of(const ChartSeries& series, double width = 1.8) {
    static constexpr std::array kSolid{"", "9 3", "2 3"};
    static constexpr std::array kDashed{"5 4", "9 3 2 3", "2 5"};
    const auto round = static_cast<std::size_t>(round_of(series)) % kSolid.size();
    const std::string dash = series.dashed ? kDashed[round] : kSolid[round];
    return " fill=\"none\"" + svg::attribute("stroke", colour_of(series)) +
           svg::attribute("stroke-width", width) + " stroke-linejoin=\"round\"" +
           (dash.empty() ? "" : svg::attribute("stroke-dasharray", dash));
}

std::string marker(const ChartSeries& series, double x, double y, double radius) {
    const double r = radius;
    switch (round_of(series) % 3) {
        case 1:
            return "<rect" + svg::attribute("x", x - 0.9 * r) + svg::attribute("y", y - 0.9 * r) +
                   svg::attribute("width", 1.8 * r) + svg::attribute("height", 1.8 * r) + "/>";
        case 2:
            return "<path d=\"M" + svg::px(x) + ' ' + svg::px(y - 1.2 * r) + 'L' +
                   svg::px(x + 1.2 * r) + ' ' + svg::px(y + 0.9 * r) + 'H' + svg::px(x - 1.2 * r) +
                   "Z\"/>";
        default:
            return "<circle" + svg::attribute("cx", x) + svg::attribute("cy", y) +
                   svg::attribute("r", r) + "/>";
    }
}

std::string bar_style(const ChartSeries& series) {
    return svg::attribute("fill", colour_of(series)) + " fill-opacity=\"0.45\"" +
           svg::attribute("stroke", colour_of(series)) + " stroke-width=\"1\"" +
           (series.dashed ? " stroke-dasharray=\"5 4\"" : "");
}

struct Legend {
    std::vector<const ChartSeries*> entries;
    double cell = 0;  // width of one entry with swatch and gap
    int columns = 1;
    [[nodiscard]] double height() const {
        const auto rows = (static_cast<int>(entries.size()) + columns - 1) / columns;
        return rows == 0 ? 0 : kLegendRow * rows + 6;
    }
};

// Columns as wide as the widest name; when there are several, the longest may be shortened.
Legend legend_of(const Chart& chart, double room) {
    Legend legend;
    double widest = 0;
    for (const auto& series : chart.series)
        if (!series.name.empty()) {
            legend.entries.push_back(&series);
            widest = std::max(widest, svg::text_width(series.name, kLegendText));
        }
    const double wanted = kSwatch + kLegendGap + widest;
    legend.cell = std::min(wanted, legend.entries.size() > 3 ? room / 2 : room);
    legend.columns = std::max(1, static_cast<int>(room / legend.cell));
    return legend;
}

class Painter {
  public:
    explicit Painter(const Chart& chart) : chart_(chart) {
        for (const auto& series : chart.series)
            all_.push_back(prepare(chart, series));
        xs_ = x_range(chart, all_);
        ys_ = y_range(chart, all_);
        y_ticks_ = linear_ticks(ys_, 6);
    }

    /// Width of the tick labels and the axis title at the left.
    [[nodiscard]] double margin() const { return labels() + (chart_.y_label.empty() ? 20 : 38); }

    /// Paints the chart with its upper left corner at (left, top).
    std::string paint(double left, double top, double margin) {
        top_ = top;
        x0_ = left + margin;
        x1_ = left + kWidth - kRight;
        y0_ = top + kTop + kPlotHeight;
        y1_ = top + kTop;
        svg_ = "<g>\n";
        axes();
        bool any = false;
        for (const auto kind : {Kind::Bars, Kind::Line, Kind::Points})
            for (const auto& drawn : all_)
                if (drawn.series->kind == kind)
                    any = series(drawn) || any;
        if (!any)
            svg_ += svg::text("no data", {(x0_ + x1_) / 2, (y0_ + y1_) / 2 + 4, 13, kQuiet});
        legend();
        return svg_ + "</g>\n";
    }

  private:
    [[nodiscard]] double labels() const {
        double widest = 0;
        for (const auto& tick : y_ticks_)
            widest = std::max(widest, svg::text_width(tick.label, kTickText));
        return widest;
    }
    [[nodiscard]] double at_x(double x) const {
        return x0_ + (x - xs_.first) / (xs_.second - xs_.first) * (x1_ - x0_);
    }
    [[nodiscard]] double at_y(double y) const {
        return y0_ + (y - ys_.first) / (ys_.second - ys_.first) * (y1_ - y0_);
    }

    void axes() {
        svg_ += svg::text(chart_.title,
                          {x0_, top_ + 30, 15, kInk, "start", x1_ - x0_, /*strong=*/true});
        const auto x_ticks = chart_.log_x ? log_ticks(xs_) : linear_ticks(xs_, 6);
        for (const auto& tick : x_ticks)
            svg_ += svg::line(at_x(tick.at), y0_, at_x(tick.at), y1_,
                              tick.label.empty() ? kFaint : kGrid);
        for (const auto& tick : y_ticks_) {
            svg_ += svg::line(x0_, at_y(tick.at), x1_, at_y(tick.at), kGrid);
            svg_ += svg::text(tick.label, {x0_ - 7, at_y(tick.at) + 4, kTickText, kQuiet, "end"});
        }
        svg_ += svg::line(x0_, y0_, x1_, y0_, kAxis) + svg::line(x0_, y0_, x0_, y1_, kAxis);
        for (const auto& tick : x_ticks) {
            if (tick.label.empty())
                continue;
            svg_ += svg::line(at_x(tick.at), y0_, at_x(tick.at), y0_ + 4, kAxis);
            svg_ += svg::text(tick.label, {at_x(tick.at), y0_ + 17, kTickText, kQuiet});
        }
        svg_ +=
            svg::text(chart_.x_label, {(x0_ + x1_) / 2, y0_ + 38, 12, kQuiet, "middle", x1_ - x0_});
        svg_ +=
            svg::text(chart_.y_label, {x0_ - labels() - 18, (y0_ + y1_) / 2, 12, kQuiet, "middle",
                                       kPlotHeight, /*strong=*/false, /*upright=*/true});
    }

    bool series(const Drawn& drawn) {
        if (std::none_of(drawn.x.begin(), drawn.x.end(), [](double x) { return std::isfinite(x); }))
            return false;
        switch (drawn.series->kind) {
            case Kind::Line:
                line(drawn);
                break;
            case Kind::Points:
                points(drawn);
                break;
            case Kind::Bars:
                bars(drawn);
                break;
        }
        return true;
    }

    void line(const Drawn& drawn) {
        std::string path;
        std::string pen;  // end of the previous segment
        const auto seen = [&](std::size_t i) {
            return i < drawn.x.size() && std::isfinite(drawn.x[i]);
        };
        for (std::size_t i = 0; i + 1 < drawn.x.size();) {
            std::size_t next = i + 1;
            while (seen(i) && seen(next) && seen(next + 1) && close(drawn, i, next))
                ++next;
            std::array<double, 4> segment{drawn.x[i], drawn.y[i], drawn.x[next], drawn.y[next]};
            const bool whole = seen(i) && seen(next);
            i = next;
            if (!whole)
                continue;
            if (!clip(xs_, ys_, segment))
                continue;
            const auto from = svg::px(at_x(segment[0])) + ' ' + svg::px(at_y(segment[1]));
            const auto to = svg::px(at_x(segment[2])) + ' ' + svg::px(at_y(segment[3]));
            if (from != pen)
                path += 'M' + from;
            if (from != to)
                path += 'L' + to;
            pen = to;
        }
        if (!path.empty())
            svg_ += "<path d=\"" + path + '"' +
                    stroke_of(*drawn.series, drawn.x.size() > 1000 ? 1.2 : 1.8) + "/>\n";
        // An isolated point between two gaps would be invisible.
        std::string isolated;
        for (std::size_t i = 0; i < drawn.x.size(); ++i) {
            const bool before = i > 0 && std::isfinite(drawn.x[i - 1]);
            const bool after = i + 1 < drawn.x.size() && std::isfinite(drawn.x[i + 1]);
            if (!before && !after && inside(drawn, i))
                isolated += marker(*drawn.series, at_x(drawn.x[i]), at_y(drawn.y[i]), 2);
        }
        if (!isolated.empty())
            svg_ +=
                "<g" + svg::attribute("fill", colour_of(*drawn.series)) + '>' + isolated + "</g>\n";
    }

    void points(const Drawn& drawn) {
        const double radius = drawn.x.size() > 2000 ? 1.6 : drawn.x.size() > 300 ? 2.2 : 3.2;
        svg_ += "<g" + svg::attribute("fill", colour_of(*drawn.series)) +
                " fill-opacity=\"0.75\" stroke=\"#ffffff\" stroke-width=\"0.5\">\n";
        for (std::size_t i = 0; i < drawn.x.size(); ++i)
            if (inside(drawn, i))
                svg_ += marker(*drawn.series, at_x(drawn.x[i]), at_y(drawn.y[i]), radius) + '\n';
        svg_ += "</g>\n";
    }

    void bars(const Drawn& drawn) {
        svg_ += "<g" + bar_style(*drawn.series) + ">\n";
        for (std::size_t i = 0; i < drawn.x.size(); ++i) {
            if (!std::isfinite(drawn.x[i]))
                continue;
            const double left = std::max(drawn.x[i] - drawn.half_bar, xs_.first);
            const double right = std::min(drawn.x[i] + drawn.half_bar, xs_.second);
            const double low = std::max(std::min(drawn.y[i], 0.0), ys_.first);
            const double high = std::min(std::max(drawn.y[i], 0.0), ys_.second);
            if (left < right && low < high)
                svg_ += "<rect" + svg::attribute("x", at_x(left) + 0.5) +
                        svg::attribute("y", at_y(high)) +
                        svg::attribute("width", std::max(at_x(right) - at_x(left) - 1, 0.5)) +
                        svg::attribute("height", at_y(low) - at_y(high)) + "/>\n";
        }
        svg_ += "</g>\n";
    }

    /// Whether two points are too close to be distinguished.
    [[nodiscard]] bool close(const Drawn& drawn, std::size_t a, std::size_t b) const {
        return std::abs(at_x(drawn.x[a]) - at_x(drawn.x[b])) < 0.3 &&
               std::abs(at_y(drawn.y[a]) - at_y(drawn.y[b])) < 0.3;
    }

    [[nodiscard]] bool inside(const Drawn& drawn, std::size_t i) const {
        return drawn.x[i] >= xs_.first && drawn.x[i] <= xs_.second && drawn.y[i] >= ys_.first &&
               drawn.y[i] <= ys_.second;
    }

    void legend() {
        const auto legend = legend_of(chart_, x1_ - x0_);
        for (int i = 0; i < static_cast<int>(legend.entries.size()); ++i) {
            const auto& series = *legend.entries[static_cast<std::size_t>(i)];
            const double x = x0_ + legend.cell * (i % legend.columns);
            const double y = y0_ + kBottom + kLegendRow * (i / legend.columns) + 8;
            switch (series.kind) {
                case Kind::Line:
                    svg_ += "<path d=\"M" + svg::px(x) + ' ' + svg::px(y) + 'h' + svg::px(kSwatch) +
                            '"' + stroke_of(series) + "/>\n";
                    break;
                case Kind::Points:
                    svg_ += "<g" + svg::attribute("fill", colour_of(series)) + '>' +
                            marker(series, x + kSwatch / 2, y, 4) + "</g>\n";
                    break;
                case Kind::Bars:
                    svg_ += "<rect" + svg::attribute("x", x + 3) + svg::attribute("y", y - 5) +
                            svg::attribute("width", kSwatch - 6) + " height=\"10\"" +
                            bar_style(series) + "/>\n";
                    break;
            }
            svg_ += svg::text(series.name, {x + kSwatch + 8, y + 4, kLegendText, kInk, "start",
                                            legend.cell - kSwatch - 12});
        }
    }

    const Chart& chart_;
    std::vector<Drawn> all_;
    Range xs_, ys_;
    std::vector<Tick> y_ticks_;
    double top_ = 0;
    double x0_ = 0, x1_ = 0, y0_ = 0, y1_ = 0;  // the plot area
    std::string svg_;
};

}  // namespace

std::string charts_svg(const std::vector<Chart>& charts) {
    const auto rows = std::max<std::size_t>(1, (charts.size() + kMostInRow - 1) / kMostInRow);
    const auto columns = std::max<std::size_t>(1, (charts.size() + rows - 1) / rows);
    std::vector<Painter> painters(charts.begin(), charts.end());
    double margin = 0;  // shared by all charts, so that axes align vertically
    for (const auto& painter : painters)
        margin = std::max(margin, painter.margin());
    double legend = 0;
    std::string title;
    for (const auto& chart : charts) {
        legend = std::max(legend, legend_of(chart, kWidth - kRight - margin).height());
        title += (title.empty() ? "" : " · ") + svg::escaped(chart.title);
    }
    const double height_of_one = kTop + kPlotHeight + kBottom + legend;
    const double width = kWidth * static_cast<double>(columns) + 2 * kPadding;
    const double height = height_of_one * static_cast<double>(rows) + 2 * kPadding;

    std::string picture =
        "<svg xmlns=\"http://www.w3.org/2000/svg\"" + svg::attribute("width", width) +
        svg::attribute("height", height) + " viewBox=\"0 0 " + svg::px(width) + ' ' +
        svg::px(height) +
        "\" role=\"img\" font-family=\"system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Arial, "
        "sans-serif\">\n<title>" +
        title + "</title>\n<rect x=\"0.5\" y=\"0.5\"" + svg::attribute("width", width - 1) +
        svg::attribute("height", height - 1) + " rx=\"8\" fill=\"#ffffff\"" +
        svg::attribute("stroke", kFrame) + "/>\n";
    for (std::size_t i = 0; i < painters.size(); ++i)
        picture +=
            painters[i].paint(kPadding + kWidth * static_cast<double>(i % columns),
                              kPadding + height_of_one * static_cast<double>(i / columns), margin);
    return picture + "</svg>\n";
}

}  // namespace dfd
