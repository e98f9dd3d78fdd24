// Colour maps and overlays, shared by the window and the command line.
#pragma once

#include <array>
#include <cstdint>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// Perceptually uniform and readable with colour-vision deficiency.
enum class ColourMap { Inferno, Cividis };

/// 256 entries, RGB, dark (0) to bright (1).
[[nodiscard]] const std::array<std::array<std::uint8_t, 3>, 256>& colour_table(ColourMap map);

/// Largest value of a map; 0 for an empty one.
[[nodiscard]] float maximum(const HeatMap& map);

/// The map bilinearly enlarged over the whole picture and blended in:
/// alpha = opacity * value / scale_max (so that no evidence leaves the picture untouched).
/// `scale_max` <= 0 means nothing is drawn.
[[nodiscard]] Pixels overlay(const Pixels& picture, const HeatMap& map, float scale_max,
                             ColourMap colours, double opacity);

}  // namespace dfd
