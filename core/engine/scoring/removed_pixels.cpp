#include "core/engine/scoring/removed_pixels.h"

#include <torch/types.h>

#include <algorithm>

#include "core/networks/experts/preprocess.h"
#include "core/networks/maps/deletion_fill.h"

namespace dfd {

Pixels softened_copy(const Pixels& picture) {
    const auto soft = softened(wrap_rgb(picture.rgb.data(), picture.width, picture.height));
    return {picture.width,
            picture.height,
            {soft.data_ptr<std::uint8_t>(), soft.data_ptr<std::uint8_t>() + soft.numel()}};
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
