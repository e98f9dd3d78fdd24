// Pictures with parts removed. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <span>

#include "core/opinion/deletion.h"
#include "core/picture/picture.h"

namespace dfd {

/// The picture blurred until only its rough colours remain (`softened`). Throws std::bad_alloc.
[[nodiscard]] Pixels softened_copy(const Pixels& picture);

/// `picture` with these cells of `grid`, which covers it, taken from `fill`, which has the same
/// size.
[[nodiscard]] Pixels with_cells_from(const Pixels& picture, const Pixels& fill,
                                     const CellGrid& grid, std::span<const int> cells);

}  // namespace dfd
