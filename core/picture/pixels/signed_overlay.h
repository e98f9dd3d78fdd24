// Overlays of signed maps: orange towards fake, blue towards real.
#pragma once

#include <array>
#include <cstdint>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// RGB at full strength.
inline constexpr std::array<std::uint8_t, 3> kTowardsFakeColour{230, 120, 20};
inline constexpr std::array<std::uint8_t, 3> kTowardsRealColour{30, 110, 220};

/// Enlarges a signed map bilinearly to the picture's size and blends it into the grey picture, as
/// `overlay` does: alpha = opacity * |value| / scale_max, orange for positive values, blue for
/// negative ones. No values are drawn when `scale_max` <= 0. Veiled as by `overlay`.
[[nodiscard]] Pixels signed_overlay(const Pixels& picture, const HeatMap& map, float scale_max,
                                    double opacity);

/// The same row by row. `picture` must outlive it.
[[nodiscard]] DrawRow signed_overlay_rows(const Pixels& picture, HeatMap map, float scale_max,
                                          double opacity);

/// Largest magnitude of a signed map; 0 for an empty one.
[[nodiscard]] float largest_magnitude(const HeatMap& map);

}  // namespace dfd
