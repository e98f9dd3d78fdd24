// Pictures with parts removed. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/opinion/deletion.h"
#include "core/picture/picture.h"
#include "core/picture/pixels/window_choice.h"

namespace dfd {

/// The picture blurred until only its rough colours remain (`softened`). Throws std::bad_alloc.
[[nodiscard]] Pixels softened_copy(const Pixels& picture);

/// Writes the pixels `from` .. `to` of row y of a picture.
using FillRow = std::function<void(int y, int from, int to, std::uint8_t* rgb)>;

/// The same as softened_copy() to the eye, in memory for a small picture: for large pictures that
/// are not read whole. The picture is averaged over areas to 512 pixels before it is blurred.
[[nodiscard]] FillRow softened_rows(const Pixels& picture);
/// All of these rows.
[[nodiscard]] Pixels softened_by_rows(const Pixels& picture);
/// Of these rows what the windows read, one below the other, as stacked_windows().
[[nodiscard]] Pixels softened_windows(const Pixels& picture, const WindowChoice& windows);

/// The rows of a picture that exists.
[[nodiscard]] FillRow rows_of(Pixels picture);

/// `picture` with these cells of `grid`, which covers it, taken from `fill`, a picture of the same
/// size.
[[nodiscard]] Pixels with_cells_from(const Pixels& picture, const FillRow& fill,
                                     const CellGrid& grid, std::span<const int> cells);

}  // namespace dfd
