// A picture's perceptual hash. Plain C++.
#pragma once

#include <cstdint>
#include <optional>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// 64 bits that change little when the picture does (OpenCV's img_hash::PHash: signs of the lowest
/// cosine frequencies). Nothing for pictures that are too uniform (standard deviation below 2 of
/// 255 levels): they would all be alike. A copy of at least 32 pixels a side is sufficient.
[[nodiscard]] std::optional<std::uint64_t> perceptual_hash(const Pixels& pixels);

}  // namespace dfd
