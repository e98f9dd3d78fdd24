// The line around the strongest part of a heatmap. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// The level that a ninth of the places that were looked at reach. 0 when no place stands out: when
/// that ninth has less than a quarter of all that the map shows (it would have a ninth of an even
/// map). Negative values count as 0.
[[nodiscard]] float strongest_level(const HeatMap& map);

/// White on a dark edge: visible on every colour.
enum class OutlinePart : std::uint8_t { None, Edge, Line };
/// A grey level and its opacity, 0 to 255, for each part.
struct OutlineInk {
    std::uint8_t grey = 0;
    std::uint8_t alpha = 0;
};
inline constexpr std::array<OutlineInk, 3> kOutlineInks{{{0, 0}, {0, 200}, {255, 255}}};

/// Around the places of at least `level` > 0, for a map drawn over `width` x `height` pixels: a
/// line of `thickness` pixels with an edge of one more on each side. Row-major, one part for each
/// pixel; empty for no line.
[[nodiscard]] std::vector<OutlinePart> outline_of(const HeatMap& map, float level, int width,
                                                  int height, int thickness);

/// Draws the line around the map's strongest part into a picture under the map; none when no place
/// stands out.
void draw_outline(Pixels& picture, const HeatMap& map, int thickness);

}  // namespace dfd
