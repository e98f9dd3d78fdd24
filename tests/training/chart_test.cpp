#include "core/training/charts/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "core/training/charts/chart_axis.h"

namespace dfd {
namespace {

using Kind = ChartSeries::Kind;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

ChartSeries series(Kind kind, std::vector<double> x, std::vector<double> y,
                   const std::string& name = "", int colour = 0) {
    ChartSeries result;
    result.kind = kind;
    result.x = std::move(x);
    result.y = std::move(y);
    result.name = name;
    result.colour = colour;
    return result;
}

Chart chart(std::vector<ChartSeries> all) {
    Chart result;
    result.title = "title";
    result.series = std::move(all);
    return result;
}

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

/// Whether tags are closed in the right order and text contains no markup.
bool well_formed(const std::string& svg) {
    std::vector<std::string> open;
    for (std::size_t at = 0; at < svg.size();) {
        if (svg[at] == '&' && svg.compare(at, 5, "&amp;") != 0 && svg.compare(at, 4, "&lt;") != 0 &&
            svg.compare(at, 4, "&gt;") != 0 && svg.compare(at, 6, "&quot;") != 0)
            return false;
        if (svg[at] != '<') {
            ++at;
            continue;
        }
        const auto end = svg.find('>', at);
        if (end == std::string::npos)
            return false;
        const auto tag = svg.substr(at + 1, end - at - 1);
        if (count(tag, "\"") % 2 != 0 || tag.find('<') != std::string::npos)
            return false;
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1))
                return false;
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(tag.substr(0, tag.find(' ')));
        }
        at = end + 1;
    }
    return open.empty();
}

/// Path data of line series, the only paths without a fill and with a round join.
std::string line_path(const std::string& svg) {
    const auto join = svg.find("stroke-linejoin");
    const auto begin = svg.rfind("<path d=\"", join) + 9;
    return join == std::string::npos ? "" : svg.substr(begin, svg.find('"', begin) - begin);
}

TEST(Chart, IsAWellFormedPictureWithABackground) {
    auto one = chart({series(Kind::Line, {0, 1, 2}, {1, 3, 2}, "line"),
                      series(Kind::Points, {0, 1, 2}, {2, 1, 3}, "points", 1),
                      series(Kind::Bars, {0, 1, 2}, {1, 1, 1}, "bars", 2)});
    one.x_label = "across";
    one.y_label = "up";
    const auto svg = charts_svg({one});
    EXPECT_TRUE(well_formed(svg));
    EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_NE(svg.find("fill=\"#ffffff\""), std::string::npos);
    for (const auto* text : {">title<", ">across<", ">up<", ">line<", ">points<", ">bars<"})
        EXPECT_NE(svg.find(text), std::string::npos) << text;
    EXPECT_EQ(count(svg, "<circle"), 3 + 1);  // plus one in the legend
    EXPECT_NE(svg.find("#0072b2"), std::string::npos);
    EXPECT_NE(svg.find("#d55e00"), std::string::npos);
    EXPECT_NE(svg.find("#009e73"), std::string::npos);
}

TEST(Chart, EscapesAndRepairsText) {
    auto one = chart({series(Kind::Line, {0, 1}, {0, 1}, "a<b & \"c\"")});
    one.title = std::string("Größe \xff \x01 \xEF\xBF\xBF 検証</text>");
    const auto svg = charts_svg({one});
    EXPECT_TRUE(well_formed(svg)) << svg;
    EXPECT_NE(svg.find("a&lt;b &amp; &quot;c&quot;"), std::string::npos);
    EXPECT_NE(svg.find("Größe \xEF\xBF\xBD"), std::string::npos);
    EXPECT_NE(svg.find("検証&lt;/text&gt;"), std::string::npos);
    EXPECT_EQ(svg.find('\x01'), std::string::npos);
    EXPECT_EQ(svg.find("\xEF\xBF\xBF"), std::string::npos);
}

TEST(Chart, ShortensWhatDoesNotFitAndKeepsItAsTooltip) {
    const std::string name(300, 'x');
    const auto svg = charts_svg({chart({series(Kind::Line, {0, 1}, {0, 1}, name)})});
    EXPECT_TRUE(well_formed(svg));
    EXPECT_NE(svg.find("x…<title>" + name + "</title>"), std::string::npos);
}

TEST(Chart, SkipsNanAndBreaksTheLine) {
    const auto whole = charts_svg({chart({series(Kind::Line, {0, 1, 2, 3, 4}, {0, 1, 2, 1, 0})})});
    EXPECT_EQ(count(line_path(whole), "M"), 1);
    EXPECT_EQ(count(line_path(whole), "L"), 4);
    const auto broken =
        charts_svg({chart({series(Kind::Line, {0, 1, 2, 3, 4}, {0, 1, kNan, 1, 0})})});
    EXPECT_EQ(count(line_path(broken), "M"), 2);
    EXPECT_EQ(count(line_path(broken), "L"), 2);
    EXPECT_EQ(count(broken, "<circle"), 0);
    // An isolated point between two gaps is drawn as a point.
    const auto isolated =
        charts_svg({chart({series(Kind::Line, {0, 1, 2, 3, 4}, {0, kNan, 1, kNan, 0})})});
    EXPECT_EQ(line_path(isolated), "");
    EXPECT_EQ(count(isolated, "<circle"), 3);
    const auto points =
        charts_svg({chart({series(Kind::Points, {0, kNan, 2, 3, 1},
                                  {0, 1, std::numeric_limits<double>::infinity(), kNan, 1})})});
    EXPECT_EQ(count(points, "<circle"), 2);
    for (const auto& svg : {whole, broken, isolated, points}) {
        EXPECT_EQ(svg.find("nan"), std::string::npos);
        EXPECT_EQ(svg.find("inf"), std::string::npos);
    }
}

TEST(Chart, SaysWhenThereIsNoData) {
    for (const auto& all :
         std::vector<std::vector<ChartSeries>>{{},
                                               {series(Kind::Line, {}, {}, "empty")},
                                               {series(Kind::Bars, {kNan}, {1})},
                                               {series(Kind::Points, {1, 2}, {})}}) {
        const auto svg = charts_svg({chart(all)});
        EXPECT_TRUE(well_formed(svg));
        EXPECT_NE(svg.find("no data"), std::string::npos);
        EXPECT_EQ(svg.find("nan"), std::string::npos);
    }
    EXPECT_TRUE(well_formed(charts_svg({})));
}

TEST(Chart, ClipsAtItsRange) {
    auto one = chart({series(Kind::Line, {-10, 10}, {-10, 10}),
                      series(Kind::Points, {0.5, 5}, {0.5, 0.5}, "", 1)});
    one.x_range = {0, 1};
    one.y_range = {0, 1};
    auto inner =
        chart({series(Kind::Line, {0, 1}, {0, 1}), series(Kind::Points, {0.5}, {0.5}, "", 1)});
    inner.x_range = {0, 1};
    inner.y_range = {0, 1};
    EXPECT_EQ(charts_svg({one}), charts_svg({inner}));
}

TEST(Chart, LogarithmicAxisTakesPositiveValues) {
    auto one = chart({series(Kind::Points, {0, -1, 0.001, 0.1, 10}, {1, 1, 1, 1, 1})});
    one.log_x = true;
    const auto svg = charts_svg({one});
    EXPECT_EQ(count(svg, "<circle"), 3);
    for (const auto* tick : {">0.001<", ">0.01<", ">0.1<", ">1<", ">10<"})
        EXPECT_NE(svg.find(tick), std::string::npos) << tick;
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    one.x_range = {0, 1};  // has no logarithm, so the series' range is used
    EXPECT_EQ(charts_svg({one}), svg);
}

TEST(Chart, MergesPointsThatCannotBeDistinguished) {
    std::vector<double> x;
    std::vector<double> y;
    for (int i = 0; i < 200000; ++i) {
        x.push_back(i);
        y.push_back(i == 100000 ? 5 : std::sin(i * 1e-4));
    }
    const auto svg = charts_svg({chart({series(Kind::Line, x, y)})});
    EXPECT_LT(svg.size(), 100000u);
    // The outlier is kept: most of the plot's height lies between it and the other points.
    std::vector<double> heights;
    std::istringstream path(line_path(svg));
    char step = 0;
    double across = 0;
    double down = 0;
    while (path >> step >> across >> down)
        heights.push_back(down);
    std::sort(heights.begin(), heights.end());
    ASSERT_GT(heights.size(), 1000u);
    EXPECT_GT(heights[1] - heights[0], 0.5 * (heights.back() - heights.front()));
}

TEST(Chart, PutsSeveralBesideEachOther) {
    const auto one = chart({series(Kind::Line, {0, 1}, {0, 1})});
    const auto width = [](const std::string& svg) {
        const auto at = svg.find("width=\"") + 7;
        return std::stod(svg.substr(at));
    };
    const double single = width(charts_svg({one}));
    EXPECT_GT(width(charts_svg({one, one, one})), 2.8 * single);
    EXPECT_LT(width(charts_svg(std::vector<Chart>(9, one))), 4 * single);
    EXPECT_EQ(count(charts_svg(std::vector<Chart>(9, one)), ">title<"), 9);
}

TEST(Chart, DistinguishesMoreSeriesThanColours) {
    std::vector<ChartSeries> all;
    for (int i = 0; i < 14; ++i)
        all.push_back(series(Kind::Line, {0, 1}, {0, 1.0 * i}, "s" + std::to_string(i), i));
    const auto svg = charts_svg({chart(all)});
    EXPECT_EQ(count(svg, "stroke=\"#0072b2\""), 4);    // series 0 and 7, each with a legend entry
    EXPECT_EQ(count(svg, "stroke-dasharray"), 7 * 2);  // series 7 to 13, in the second round
    const auto negative = charts_svg({chart({series(Kind::Line, {0, 1}, {0, 1}, "", -3)})});
    EXPECT_TRUE(well_formed(negative));
}

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
    std::vector<std::string> all;
    for (const auto& tick : ticks)
        if (!tick.label.empty())
            all.push_back(tick.label);
    return all;
}

TEST(ChartAxis, TicksAreRound) {
    using Labels = std::vector<std::string>;
    EXPECT_EQ(labels(linear_ticks({0, 1}, 6)), (Labels{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
    EXPECT_EQ(labels(linear_ticks({-0.9, 1.3}, 5)), (Labels{"−0.5", "0", "0.5", "1.0"}));
    EXPECT_EQ(labels(linear_ticks({0, 120000}, 6)),
              (Labels{"0", "20k", "40k", "60k", "80k", "100k", "120k"}));
    EXPECT_EQ(labels(linear_ticks({0, 4.1e6}, 5)), (Labels{"0", "1M", "2M", "3M", "4M"}));
    EXPECT_EQ(labels(linear_ticks({0, 6.1e-5}, 3)), (Labels{"0", "2.5·10⁻⁵", "5·10⁻⁵"}));
    EXPECT_EQ(labels(linear_ticks({1000, 1004}, 5)),
              (Labels{"1000", "1001", "1002", "1003", "1004"}));
    EXPECT_EQ(labels(log_ticks({-3, 0})), (Labels{"0.001", "0.01", "0.1", "1"}));
    EXPECT_EQ(labels(log_ticks({-9, 3})).front(), "10⁻⁸");
    // 1.1 .. 4 contains no power of ten but round values.
    EXPECT_EQ(labels(log_ticks({std::log10(1.1), std::log10(4)})), (Labels{"2", "3", "4"}));
    for (const auto& tick : log_ticks({-3, 0}))
        EXPECT_LE(tick.at, 0);
}

TEST(ChartAxis, RangesHaveRoom) {
    EXPECT_EQ(widened(1, 0), AxisRange(0, 1));
    const auto around = widened(0, 10);
    EXPECT_LT(around.first, 0);
    EXPECT_GT(around.second, 10);
    EXPECT_EQ(widened(3, 3), AxisRange(2.5, 3.5));
    EXPECT_TRUE(usable(widened(-1e308, 1e308)));
    EXPECT_TRUE(usable(widened(1e300, 1e300)));
    EXPECT_FALSE(usable({0, kNan}));
    EXPECT_FALSE(usable({1, 1}));
    EXPECT_TRUE(linear_ticks({1e15, 1e15 + 1}, 5).size() < 10);
}

}  // namespace
}  // namespace dfd
