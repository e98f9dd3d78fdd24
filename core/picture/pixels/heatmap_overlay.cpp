#include "core/picture/pixels/heatmap_overlay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/imgproc.hpp>

#include "core/picture/pixels/signed_overlay.h"
#include "core/picture/pixels/veil.h"

namespace dfd {
namespace {

using Colour = std::array<std::uint8_t, 3>;
using Table = std::array<Colour, 256>;

Table make_table(int opencv_map) {
    cv::Mat ramp(1, 256, CV_8UC1);
    for (int i = 0; i < 256; ++i)
        ramp.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(i);
    cv::Mat colours;
    cv::applyColorMap(ramp, colours, opencv_map);
    Table table{};
    for (int i = 0; i < 256; ++i) {
        const auto bgr = colours.at<cv::Vec3b>(0, i);
        table[static_cast<std::size_t>(i)] = {bgr[2], bgr[1], bgr[0]};
    }
    return table;
}

/// The two cells that a pixel lies between, and the weight of the second.
struct Between {
    std::size_t first = 0;
    std::size_t second = 0;
    float weight = 0;
};

/// Pixel and cell centres are at half-integer coordinates, so both grids cover the same area.
std::vector<Between> neighbours(int pixels, int cells) {
    std::vector<Between> result(static_cast<std::size_t>(pixels));
    const double ratio = static_cast<double>(cells) / pixels;
    for (int i = 0; i < pixels; ++i) {
        const double at = std::clamp((i + 0.5) * ratio - 0.5, 0.0, cells - 1.0);
        const auto first = static_cast<int>(at);
        result[static_cast<std::size_t>(i)] = {
            static_cast<std::size_t>(first),
            static_cast<std::size_t>(std::min(first + 1, cells - 1)),
            static_cast<float>(at - first)};
    }
    return result;
}

float mix(float a, float b, float weight) {
    return a + (b - a) * weight;
}

float usable(float value) {
    return std::isfinite(value) && value > 0 ? value : 0;
}

/// Veils the pixels whose nearest cell was not looked at.
void veil_unseen(Pixels& picture, const HeatMap& map) {
    if (std::ranges::all_of(map.values, looked_at))
        return;
    const int longest = std::max(picture.width, picture.height);
    std::uint8_t* pixel = picture.rgb.data();
    for (int y = 0; y < picture.height; ++y) {
        const auto row = static_cast<std::size_t>(std::int64_t{y} * map.rows / picture.height) *
                         static_cast<std::size_t>(map.columns);
        for (int x = 0; x < picture.width; ++x, pixel += 3)
            if (const auto column =
                    static_cast<std::size_t>(std::int64_t{x} * map.columns / picture.width);
                !looked_at(map.values[row + column]))
                draw_veil(pixel, veil_at(x, y, longest));
    }
}

/// Blends the enlarged map into the picture. `used` sanitises a cell's value. `colour_of` returns
/// the colour for a value relative to `scale_max` (-1 .. 1), whose magnitude determines the
/// opacity.
template <class Used, class ColourOf>
Pixels blended(const Pixels& picture, const HeatMap& map, float scale_max, double opacity,
               const Used& used, const ColourOf& colour_of) {
    Pixels result = picture;
    const auto columns = static_cast<std::size_t>(std::max(map.columns, 0));
    const auto rows = static_cast<std::size_t>(std::max(map.rows, 0));
    if (picture.empty() || rows * columns == 0 || map.values.size() != rows * columns ||
        !(opacity > 0))
        return result;
    veil_unseen(result, map);
    if (!(scale_max > 0) || !std::isfinite(scale_max))
        return result;
    const float strength = static_cast<float>(std::min(opacity, 1.0));
    const std::vector<Between> across = neighbours(picture.width, map.columns);
    const std::vector<Between> down = neighbours(picture.height, map.rows);
    std::vector<float> line(columns);
    std::uint8_t* pixel = result.rgb.data();
    for (const Between& y : down) {
        for (std::size_t x = 0; x < columns; ++x) {
            line[x] = mix(used(map.values[y.first * columns + x]),
                          used(map.values[y.second * columns + x]), y.weight);
        }
        for (const Between& x : across) {
            const float value =
                std::clamp(mix(line[x.first], line[x.second], x.weight) / scale_max, -1.0F, 1.0F);
            const float alpha = strength * std::abs(value);
            const Colour& colour = colour_of(value);
            for (std::size_t channel = 0; channel < 3; ++channel, ++pixel) {
                const float seen = mix(*pixel, colour[channel], alpha);
                *pixel = static_cast<std::uint8_t>(std::lround(seen));
            }
        }
    }
    return result;
}

}  // namespace

const Table& colour_table(ColourMap map) {
    static const Table inferno = make_table(cv::COLORMAP_INFERNO);
    static const Table cividis = make_table(cv::COLORMAP_CIVIDIS);
    return map == ColourMap::Inferno ? inferno : cividis;
}

float maximum(const HeatMap& map) {
    float largest = 0;
    for (const float value : map.values)
        largest = std::max(largest, usable(value));
    return largest;
}

Pixels overlay(const Pixels& picture, const HeatMap& map, float scale_max, ColourMap colours,
               double opacity) {
    const Table& table = colour_table(colours);
    return blended(picture, map, scale_max, opacity, usable, [&](float value) -> const Colour& {
        return table[static_cast<std::size_t>(std::lround(value * 255))];
    });
}

Pixels signed_overlay(const Pixels& picture, const HeatMap& map, float scale_max, double opacity) {
    return blended(
        picture, map, scale_max, opacity,
        [](float value) { return std::isfinite(value) ? value : 0.0F; },
        [](float value) -> const Colour& {
            return value > 0 ? kTowardsFakeColour : kTowardsRealColour;
        });
}

float largest_magnitude(const HeatMap& map) {
    float largest = 0;
    for (const float value : map.values)
        largest = std::max(largest, std::isfinite(value) ? std::abs(value) : 0);
    return largest;
}

}  // namespace dfd
