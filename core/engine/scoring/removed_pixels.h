// Pictures with parts removed. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <span>

#include "core/opinion/deletion.h"
#include "core/picture/picture.h"

namespace dfd {

/// The picture blurred until only its rough colours remain (`softened`). Throws std::bad_alloc.
[[nodiscard]] Pixels softened_copy(const Pixels& picture);

/// The same to the eye in memory for a few rows beside the result: for large pictures that are not
/// read whole. The picture is averaged over areas to 512 pixels before it is blurred.
[[nodiscard]] Pixels softened_by_rows(const Pixels& picture);

/// `picture` with these cells of `grid`, which covers it, taken from `fill`, which has the same
/// size.
[[nodiscard]] Pixels with_cells_from(const Pixels& picture, const Pixels& fill,
                                     const CellGrid& grid, std::span<const int> cells);

}  // namespace dfd
