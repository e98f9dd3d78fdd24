// A heatmap's values for every pixel of a picture, interpolated bilinearly. Plain C++.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// The two cells that a pixel lies between along one side, and the weight of the second.
struct BetweenCells {
    std::size_t first = 0;
    std::size_t second = 0;
    float weight = 0;

    [[nodiscard]] std::size_t nearest() const { return weight < 0.5F ? first : second; }
};

/// For each of `pixels` pixels along one side, over `cells` cells; both at least 1. Pixel and cell
/// centres are at half-integer coordinates, so both grids cover the same area.
[[nodiscard]] inline std::vector<BetweenCells> between_cells(int pixels, int cells) {
    std::vector<BetweenCells> result(static_cast<std::size_t>(pixels));
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

[[nodiscard]] inline float mixed(float a, float b, float weight) {
    return a + (b - a) * weight;
}

/// The map must outlive it and have rows * columns values, at least one; the picture has at least
/// one pixel. Places that were not looked at count as 0.
class EnlargedMap {
  public:
    EnlargedMap(const HeatMap& map, int width, int height)
        : map_(&map),
          columns_(between_cells(width, map.columns)),
          rows_(between_cells(height, map.rows)) {}

    /// The value at a pixel, in the map's own unit.
    [[nodiscard]] float at(int x, int y) const {
        const auto& across = columns_[static_cast<std::size_t>(x)];
        const auto& down = rows_[static_cast<std::size_t>(y)];
        const float top =
            mixed(value(down.first, across.first), value(down.first, across.second), across.weight);
        const float bottom = mixed(value(down.second, across.first),
                                   value(down.second, across.second), across.weight);
        return mixed(top, bottom, down.weight);
    }
    /// Whether the place of the pixel was looked at.
    [[nodiscard]] bool seen(int x, int y) const {
        return looked_at(cell(rows_[static_cast<std::size_t>(y)].nearest(),
                              columns_[static_cast<std::size_t>(x)].nearest()));
    }

  private:
    [[nodiscard]] float cell(std::size_t row, std::size_t column) const {
        return map_->values[row * static_cast<std::size_t>(map_->columns) + column];
    }
    [[nodiscard]] float value(std::size_t row, std::size_t column) const {
        const float found = cell(row, column);
        return looked_at(found) ? found : 0;
    }

    const HeatMap* map_;
    std::vector<BetweenCells> columns_, rows_;
};

}  // namespace dfd
