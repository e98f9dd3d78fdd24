// Renders raw Grad-CAM maps as translucent images to draw over a picture.
#pragma once

#include <QBrush>
#include <QImage>
#include <QSize>
#include <QString>
#include <cstddef>
#include <map>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/heatmap_overlay.h"
#include "core/picture/pixels/map_outline.h"
#include "core/picture/pixels/map_standing.h"

namespace dfd::ui {

/// Range of the heatmap's colour scale.
enum class MapScale {
    Common,  ///< experts: 0 to the largest value of the maps of its question; means: as Own
    Own,     ///< 0 to the largest value of the map shown
};

/// Which side of a signed map is shown.
enum class Towards { Both, Fake, Real };
/// Sets the values of the other side to 0.
[[nodiscard]] HeatMap side_of(HeatMap map, Towards towards);

/// Interpolates values bilinearly to `size`, then colours them. A pixel's alpha is opacity * value
/// / scale_max, so the picture stays unchanged where there is no evidence. Places that were not
/// looked at are veiled (core/picture/pixels/veil.h). A null image for an empty map, and for
/// `scale_max` <= 0 if all of it was looked at.
[[nodiscard]] QImage colour_heatmap(const HeatMap& map, float scale_max, ColourMap colours,
                                    double opacity, const QSize& size);

/// A map whose values may be negative: orange above 0, blue below, in the colours and with the
/// alpha of core's `signed_overlay`; veiled and null as above.
[[nodiscard]] QImage signed_heatmap(const HeatMap& map, float scale_max, double opacity,
                                    const QSize& size);

/// The picture under a heatmap, in the levels of core's `map_base`. Large pictures should be scaled
/// first.
[[nodiscard]] QImage map_base(const QImage& picture);

/// The line of core's `outline_of`, for a map drawn at `size`; null for no line.
[[nodiscard]] QImage contour(const HeatMap& map, float level, const QSize& size);

/// A heatmap as every view and sheet draws it: as `colour_heatmap`, with a line around its
/// strongest part; faint and without the line where it does not stand firm.
[[nodiscard]] QImage standing_heatmap(const HeatMap& map, MapStanding standing, float scale_max,
                                      ColourMap colours, double opacity, const QSize& size);

/// What must be said beside a map that does not stand firm; else empty.
[[nodiscard]] QString standing_text(MapStanding standing);

/// For a bar from weak to strong.
[[nodiscard]] QGradientStops colour_stops(ColourMap colours);

/// Whether the whole picture was looked at.
[[nodiscard]] bool is_complete(const HeatMap& map);

/// An expert's index in the opinion, or one of these.
inline constexpr int kMeanMap = -1;  ///< of the experts; with several questions, of the leading one
inline constexpr int kNoMap = -2;
/// The mean over the experts of one of several questions.
[[nodiscard]] constexpr int mean_map_of(std::size_t question) {
    return kNoMap - 1 - static_cast<int>(question);
}

/// The question that the map with this number is about; 0 for a panel that asks one.
[[nodiscard]] std::size_t question_of_map(const PanelOpinion& opinion, int choice);

/// The largest value of the scale on which the map with this number is drawn.
[[nodiscard]] float scale_maximum(const PanelOpinion& opinion, int choice, MapScale scale);

/// The map with this number; empty if there is none.
[[nodiscard]] HeatMap selected_map(const PanelOpinion& opinion, int choice);

/// What the deletion tests of an opinion's maps found, by the maps' numbers; without those that
/// were not tested.
using MapSupports = std::map<int, Support>;
/// How far the map with this number stands.
[[nodiscard]] MapStanding standing_of(const PanelOpinion& opinion, int choice,
                                      const MapSupports& supports);

}  // namespace dfd::ui
