#include "core/engine/scoring/removed_pixels.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/networks/experts/preprocess.h"
#include "core/networks/maps/deletion_fill.h"

namespace dfd {
namespace {

/// The two places of a coarser grid that a pixel lies between, and the weight of the second.
struct Between {
    int first = 0;
    int second = 0;
    float weight = 0;
};

std::vector<Between> neighbours(int pixels, int coarse) {
    std::vector<Between> result;
    for (int i = 0; i < pixels; ++i) {
        const double place = std::clamp((i + 0.5) * coarse / pixels - 0.5, 0.0, coarse - 1.0);
        const auto first = static_cast<int>(place);
        result.push_back(
            {first, std::min(first + 1, coarse - 1), static_cast<float>(place - first)});
    }
    return result;
}

}  // namespace

Pixels softened_copy(const Pixels& picture) {
    const auto soft = softened(wrap_rgb(picture.rgb.data(), picture.width, picture.height));
    return {picture.width,
            picture.height,
            {soft.data_ptr<std::uint8_t>(), soft.data_ptr<std::uint8_t>() + soft.numel()}};
}

Pixels softened_by_rows(const Pixels& picture) {
    constexpr int kCoarse = 512;
    const auto coarse = softened_copy(thumbnail(picture, kCoarse));
    const auto columns = neighbours(picture.width, coarse.width);
    const auto rows = neighbours(picture.height, coarse.height);
    Pixels result{picture.width, picture.height, {}};
    result.rgb.resize(picture.rgb.size());
    auto* out = result.rgb.data();
    const auto at = [&](int row, int column, std::size_t channel) {
        return static_cast<float>(
            coarse.rgb[3 * (static_cast<std::size_t>(row) * static_cast<std::size_t>(coarse.width) +
                            static_cast<std::size_t>(column)) +
                       channel]);
    };
    for (const auto& row : rows)
        for (const auto& column : columns)
            for (std::size_t channel = 0; channel < 3; ++channel)
                *out++ = static_cast<std::uint8_t>(std::lround(
                    std::lerp(std::lerp(at(row.first, column.first, channel),
                                        at(row.first, column.second, channel), column.weight),
                              std::lerp(at(row.second, column.first, channel),
                                        at(row.second, column.second, channel), column.weight),
                              row.weight)));
    return result;
}

Pixels with_cells_from(const Pixels& picture, const Pixels& fill, const CellGrid& grid,
                       std::span<const int> cells) {
    Pixels result = picture;
    for (const int cell : cells) {
        const auto row = static_cast<std::size_t>(cell / grid.columns());
        const auto column = static_cast<std::size_t>(cell % grid.columns());
        for (int y = grid.row_edges[row]; y < grid.row_edges[row + 1]; ++y) {
            const auto line = std::ptrdiff_t{3} * picture.width * y;
            std::copy(fill.rgb.begin() + line + std::ptrdiff_t{3} * grid.column_edges[column],
                      fill.rgb.begin() + line + std::ptrdiff_t{3} * grid.column_edges[column + 1],
                      result.rgb.begin() + line + std::ptrdiff_t{3} * grid.column_edges[column]);
        }
    }
    return result;
}

}  // namespace dfd
