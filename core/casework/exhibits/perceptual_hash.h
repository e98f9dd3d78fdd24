// What a picture looks like, in 64 bits. Plain C++.
#pragma once

#include <cstdint>
#include <optional>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// 64 bits that change little when the picture does (OpenCV's img_hash::PHash: signs of its lowest
/// cosine frequencies). Nothing for pictures too plain to have any (standard deviation below 2 of
/// 255 levels): they would all be alike. Any copy of at least 32 pixels a side will do.
[[nodiscard]] std::optional<std::uint64_t> perceptual_hash(const Pixels& pixels);

}  // namespace dfd
