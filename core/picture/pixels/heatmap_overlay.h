// Colour maps and heatmap overlays, shared by the window and the command line.
#pragma once

#include <array>
#include <cstdint>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// Perceptually uniform and suitable for colour-vision deficiency.
enum class ColourMap { Inferno, Cividis };

/// 256 entries, RGB, dark (0) to bright (1).
[[nodiscard]] const std::array<std::array<std::uint8_t, 3>, 256>& colour_table(ColourMap map);

/// Largest value of a map, of the places that were looked at; 0 for an empty one.
[[nodiscard]] float maximum(const HeatMap& map);
/// The same of all experts' maps; 0 without any.
[[nodiscard]] float common_scale(const PanelOpinion& opinion);

/// Enlarges the map bilinearly to the picture's size and blends it into the grey, dim picture
/// (core/picture/pixels/map_base.h): alpha = opacity * value / scale_max, so places without
/// evidence stay grey. No values are drawn when `scale_max` <= 0. Places that were not looked at
/// are veiled (core/picture/pixels/veil.h). When `opacity` <= 0, only the grey picture is drawn.
[[nodiscard]] Pixels overlay(const Pixels& picture, const HeatMap& map, float scale_max,
                             ColourMap colours, double opacity);
/// The same row by row, for pictures of which no second copy fits into memory. `picture` must
/// outlive it.
[[nodiscard]] DrawRow overlay_rows(const Pixels& picture, HeatMap map, float scale_max,
                                   ColourMap colours, double opacity);

}  // namespace dfd
