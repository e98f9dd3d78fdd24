// A picture as a small JPEG.
// Internal to core/casework.
#pragma once

#include <cstdint>
#include <vector>

#include "core/picture/picture.h"

namespace dfd {

/// At most `side` pixels a side (never enlarged). Throws PictureError when OpenCV cannot.
[[nodiscard]] std::vector<std::uint8_t> small_jpeg(const Pixels& pixels, int side);

}  // namespace dfd
