// Signed maps over a picture: orange towards fake, blue towards real.
#pragma once

#include <array>
#include <cstdint>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// RGB of a value's full strength.
inline constexpr std::array<std::uint8_t, 3> kTowardsFakeColour{230, 120, 20};
inline constexpr std::array<std::uint8_t, 3> kTowardsRealColour{30, 110, 220};

/// The map's values may be negative here. Bilinearly enlarged over the whole picture and blended
/// in: alpha = opacity * |value| / scale_max, orange where the value is above 0, blue where it is
/// below. `scale_max` <= 0 means nothing is drawn.
[[nodiscard]] Pixels signed_overlay(const Pixels& picture, const HeatMap& map, float scale_max,
                                    double opacity);

/// Largest magnitude of a signed map; 0 for an empty one.
[[nodiscard]] float largest_magnitude(const HeatMap& map);

}  // namespace dfd
