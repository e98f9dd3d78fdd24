// Renders raw Grad-CAM maps as translucent images to draw over a picture.
#pragma once

#include <QImage>
#include <QSize>
#include <cstddef>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/heatmap_overlay.h"

namespace dfd::ui {

/// Range of the heatmap's colour scale.
enum class MapScale {
    Common,  ///< 0 to the largest value of all experts' maps of this picture
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

/// Whether the whole picture was looked at.
[[nodiscard]] bool is_complete(const HeatMap& map);

/// The largest value of all experts' maps; 0 if there are none.
[[nodiscard]] float common_scale(const PanelOpinion& opinion);

/// An expert's index in the opinion, or one of these.
inline constexpr int kMeanMap = -1;  ///< of the experts; with several questions, of the leading one
inline constexpr int kNoMap = -2;
/// The mean over the experts of one of several questions.
[[nodiscard]] constexpr int mean_map_of(std::size_t question) {
    return kNoMap - 1 - static_cast<int>(question);
}

/// The map with this number; empty if there is none.
[[nodiscard]] HeatMap selected_map(const PanelOpinion& opinion, int choice);

}  // namespace dfd::ui
