// Where a heatmap points, if it points anywhere. Plain C++.
#pragma once

#include <optional>

#include "core/opinion/opinion.h"

namespace dfd {

/// The place of a map that holds most of it: a window one third of the map wide and one third high
/// (whole cells, about a ninth of the picture), wherever the sum below it is largest; the topmost
/// and then leftmost of equals.
struct MapFocus {
    double share = 0;     ///< of the map's sum that lies within, 0 .. 1; an even map has about 1/9
    double row = 0.5;     ///< the window's centre: 0 the picture's top, 1 its bottom
    double column = 0.5;  ///< 0 left, 1 right
};

/// None for a map of fewer than 3 rows or columns, which has no thirds, and for one that is 0.
[[nodiscard]] std::optional<MapFocus> focus_of(const HeatMap& map);

/// From this share on a map is said to point somewhere: half of it in a ninth of the picture.
inline constexpr double kConcentratedShare = 0.5;

/// "upper left", "top", "upper right", "left", "centre", "right", "lower left", "bottom" or
/// "lower right": the third of the picture, each way, that the window's centre lies in.
[[nodiscard]] const char* place_name(const MapFocus& focus);

/// Whether the two windows overlap, each taken as a third of the picture each way.
[[nodiscard]] bool same_place(const MapFocus& one, const MapFocus& other);

}  // namespace dfd
