// Where a heatmap is concentrated, if anywhere. Plain C++.
#pragma once

#include <optional>
#include <string>

#include "core/opinion/opinion.h"

namespace dfd {

/// The window with the largest share of a map's sum. It is one third of the map wide and high, in
/// whole cells (about a ninth of the picture). Ties go to the topmost, then leftmost window.
struct MapFocus {
    double share = 0;  ///< of the map's sum inside the window, 0 .. 1; about 1/9 for a uniform map
    double looked_at = 0;  ///< of the cells that were looked at, the share inside the window
    double row = 0.5;      ///< centre of the window: 0 is the top of the picture, 1 the bottom
    double column = 0.5;   ///< 0 is the left edge, 1 the right
};

/// Places that were not looked at count as 0. Empty for a map with fewer than 3 rows or columns, or
/// whose sum is not positive.
[[nodiscard]] std::optional<MapFocus> focus_of(const HeatMap& map);

/// From this share on, a map counts as concentrated: half of its sum in a ninth of the picture.
inline constexpr double kConcentratedShare = 0.5;
/// ... and at least this many times what a uniform map would have there. Only where the expert
/// looked at a part of the picture can a ninth of the picture be most of what it saw.
inline constexpr double kConcentratedTimes = 2;
[[nodiscard]] bool is_concentrated(const MapFocus& focus);

/// "upper left", "top", "upper right", "left", "centre", "right", "lower left", "bottom" or "lower
/// right", depending on which cell of a 3 x 3 grid contains the window's centre.
[[nodiscard]] std::string place_name(const MapFocus& focus);

/// Whether the two windows overlap, each taken as one third of the picture wide and high.
[[nodiscard]] bool overlap(const MapFocus& one, const MapFocus& other);

}  // namespace dfd
