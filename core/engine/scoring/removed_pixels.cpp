#include "core/engine/scoring/removed_pixels.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
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

FillRow softened_rows(const Pixels& picture) {
    constexpr int kCoarse = 512;
    auto coarse = softened_copy(thumbnail(picture, kCoarse));
    auto columns = neighbours(picture.width, coarse.width);
    auto rows = neighbours(picture.height, coarse.height);
    return [coarse = std::move(coarse), columns = std::move(columns), rows = std::move(rows)](
               int y, int from, int to, std::uint8_t* rgb) {
        const auto at = [&](int row, int column, std::size_t channel) {
            return static_cast<float>(coarse.rgb[3 * (static_cast<std::size_t>(row) *
                                                          static_cast<std::size_t>(coarse.width) +
                                                      static_cast<std::size_t>(column)) +
                                                 channel]);
        };
        const auto& row = rows[static_cast<std::size_t>(y)];
        for (int x = from; x < to; ++x) {
            const auto& column = columns[static_cast<std::size_t>(x)];
            for (std::size_t channel = 0; channel < 3; ++channel)
                *rgb++ = static_cast<std::uint8_t>(std::lround(
                    std::lerp(std::lerp(at(row.first, column.first, channel),
                                        at(row.first, column.second, channel), column.weight),
                              std::lerp(at(row.second, column.first, channel),
                                        at(row.second, column.second, channel), column.weight),
                              row.weight)));
        }
    };
}

Pixels softened_by_rows(const Pixels& picture) {
    Pixels result{picture.width, picture.height, {}};
    result.rgb.resize(picture.rgb.size());
    const auto fill = softened_rows(picture);
    for (int y = 0; y < picture.height; ++y)
        fill(y, 0, picture.width, result.rgb.data() + std::ptrdiff_t{3} * picture.width * y);
    return result;
}

Pixels softened_windows(const Pixels& picture, const WindowChoice& windows) {
    Pixels result{windows.width, windows.height * static_cast<int>(windows.corners.size()), {}};
    const auto line = std::size_t{3} * static_cast<std::size_t>(windows.width);
    result.rgb.resize(line * static_cast<std::size_t>(result.height));
    const auto fill = softened_rows(picture);
    auto* rgb = result.rgb.data();
    for (const auto& corner : windows.corners)
        for (int y = corner.y; y < corner.y + windows.height; ++y, rgb += line)
            fill(y, corner.x, corner.x + windows.width, rgb);
    return result;
}

FillRow rows_of(Pixels picture) {
    return [shared = std::make_shared<const Pixels>(std::move(picture))](int y, int from, int to,
                                                                         std::uint8_t* rgb) {
        const auto line = std::ptrdiff_t{3} * shared->width * y;
        std::copy(shared->rgb.begin() + line + std::ptrdiff_t{3} * from,
                  shared->rgb.begin() + line + std::ptrdiff_t{3} * to, rgb);
    };
}

Pixels with_cells_from(const Pixels& picture, const FillRow& fill, const CellGrid& grid,
                       std::span<const int> cells) {
    Pixels result = picture;
    for (const int cell : cells) {
        const auto row = static_cast<std::size_t>(cell / grid.columns());
        const auto column = static_cast<std::size_t>(cell % grid.columns());
        const int from = grid.column_edges[column], to = grid.column_edges[column + 1];
        for (int y = grid.row_edges[row]; y < grid.row_edges[row + 1]; ++y)
            fill(y, from, to, result.rgb.data() + 3 * (std::ptrdiff_t{picture.width} * y + from));
    }
    return result;
}

}  // namespace dfd
