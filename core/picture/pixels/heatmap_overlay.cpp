#include "core/picture/pixels/heatmap_overlay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/imgproc.hpp>
#include <span>
#include <utility>

#include "core/picture/pixels/enlarged_map.h"
#include "core/picture/pixels/map_base.h"
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

float usable(float value) {
    return std::isfinite(value) && value > 0 ? value : 0;
}

/// Blends the enlarged map into the grey picture, row by row. `Used` sanitises a cell's value.
/// `ColourOf` returns the colour for a value relative to `scale_max` (-1 .. 1), whose magnitude
/// determines the opacity.
template <class Used, class ColourOf>
class Blending {
  public:
    Blending(const Pixels& picture, HeatMap map, float scale_max, double opacity, Used used,
             ColourOf colour_of)
        : picture_(&picture),
          map_(std::move(map)),
          scale_max_(scale_max),
          strength_(static_cast<float>(std::min(opacity, 1.0))),
          used_(used),
          colour_of_(colour_of) {
        const auto columns = static_cast<std::size_t>(std::max(map_.columns, 0));
        const auto rows = static_cast<std::size_t>(std::max(map_.rows, 0));
        if (picture.empty() || rows * columns == 0 || map_.values.size() != rows * columns ||
            !(opacity > 0))
            return;
        veils_ = !std::ranges::all_of(map_.values, looked_at);
        if (!(scale_max > 0) || !std::isfinite(scale_max))
            return;
        across_ = between_cells(picture.width, map_.columns);
        down_ = between_cells(picture.height, map_.rows);
        line_.resize(columns);
    }

    void operator()(int y, std::span<std::uint8_t> row) {
        const std::uint8_t* from = picture_->rgb.data() + row.size() * static_cast<std::size_t>(y);
        for (std::size_t i = 0; i + 2 < row.size(); i += 3)
            row[i] = row[i + 1] = row[i + 2] = map_base(from[i], from[i + 1], from[i + 2]);
        if (veils_)
            veil_unseen(y, row);
        if (!down_.empty())
            blend(down_[static_cast<std::size_t>(y)], row);
    }

  private:
    /// Veils the pixels whose nearest cell was not looked at.
    void veil_unseen(int y, std::span<std::uint8_t> row) const {
        const int longest = std::max(picture_->width, picture_->height);
        const auto cells =
            static_cast<std::size_t>(std::int64_t{y} * map_.rows / picture_->height) *
            static_cast<std::size_t>(map_.columns);
        std::uint8_t* pixel = row.data();
        for (int x = 0; x < picture_->width; ++x, pixel += 3)
            if (const auto column =
                    static_cast<std::size_t>(std::int64_t{x} * map_.columns / picture_->width);
                !looked_at(map_.values[cells + column]))
                draw_veil(pixel, veil_at(x, y, longest));
    }

    void blend(const BetweenCells& y, std::span<std::uint8_t> row) {
        const auto columns = line_.size();
        for (std::size_t x = 0; x < columns; ++x) {
            line_[x] = mixed(used_(map_.values[y.first * columns + x]),
                             used_(map_.values[y.second * columns + x]), y.weight);
        }
        std::uint8_t* pixel = row.data();
        for (const BetweenCells& x : across_) {
            const float value = std::clamp(
                mixed(line_[x.first], line_[x.second], x.weight) / scale_max_, -1.0F, 1.0F);
            const float alpha = strength_ * std::abs(value);
            const Colour& colour = colour_of_(value);
            for (std::size_t channel = 0; channel < 3; ++channel, ++pixel) {
                const float seen = mixed(*pixel, colour[channel], alpha);
                *pixel = static_cast<std::uint8_t>(std::lround(seen));
            }
        }
    }

    const Pixels* picture_;
    HeatMap map_;
    float scale_max_, strength_;
    Used used_;
    ColourOf colour_of_;
    bool veils_ = false;
    std::vector<BetweenCells> across_, down_;  ///< empty where nothing is blended
    std::vector<float> line_;
};

Pixels drawn(const Pixels& picture, const DrawRow& draw) {
    Pixels result{picture.width, picture.height, std::vector<std::uint8_t>(picture.rgb.size())};
    if (picture.empty())
        return result;
    const auto length = std::size_t{3} * static_cast<std::size_t>(picture.width);
    for (int y = 0; y < picture.height; ++y)
        draw(y, std::span(result.rgb).subspan(static_cast<std::size_t>(y) * length, length));
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

float common_scale(const PanelOpinion& opinion) {
    float largest = 0;
    for (const auto& expert : opinion.experts)
        if (expert.map)
            largest = std::max(largest, maximum(*expert.map));
    return largest;
}

DrawRow overlay_rows(const Pixels& picture, HeatMap map, float scale_max, ColourMap colours,
                     double opacity) {
    const Table& table = colour_table(colours);
    return Blending(picture, std::move(map), scale_max, opacity, usable,
                    [&table](float value) -> const Colour& {
                        return table[static_cast<std::size_t>(std::lround(value * 255))];
                    });
}

DrawRow signed_overlay_rows(const Pixels& picture, HeatMap map, float scale_max, double opacity) {
    return Blending(
        picture, std::move(map), scale_max, opacity,
        [](float value) { return std::isfinite(value) ? value : 0.0F; },
        [](float value) -> const Colour& {
            return value > 0 ? kTowardsFakeColour : kTowardsRealColour;
        });
}

Pixels overlay(const Pixels& picture, const HeatMap& map, float scale_max, ColourMap colours,
               double opacity) {
    return drawn(picture, overlay_rows(picture, map, scale_max, colours, opacity));
}

Pixels signed_overlay(const Pixels& picture, const HeatMap& map, float scale_max, double opacity) {
    return drawn(picture, signed_overlay_rows(picture, map, scale_max, opacity));
}

float largest_magnitude(const HeatMap& map) {
    float largest = 0;
    for (const float value : map.values)
        largest = std::max(largest, std::isfinite(value) ? std::abs(value) : 0);
    return largest;
}

}  // namespace dfd
