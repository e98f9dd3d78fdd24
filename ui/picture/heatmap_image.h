// A raw Grad-CAM map as a translucent image to lay over a picture. The picture is never touched.
#pragma once

#include <QImage>
#include <QSize>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/heatmap_overlay.h"

namespace dfd::ui {

/// What the scale of a heatmap's colours is.
enum class MapScale {
    Common,  ///< 0 to the largest value of any expert's map of this picture
    Own,     ///< 0 to the largest value of the map that is shown
};

/// Which side of a signed map is shown.
enum class Towards { Both, Fake, Real };
/// The other side's values become 0.
[[nodiscard]] HeatMap shown_part(HeatMap map, Towards towards);

/// Values are interpolated bilinearly to `size` first and coloured then; the alpha of a pixel is
/// opacity * value / scale_max, so a place without evidence leaves the picture as it is.
/// A null image for an empty map or `scale_max` <= 0.
[[nodiscard]] QImage colour_heatmap(const HeatMap& map, float scale_max, ColourMap colours,
                                    double opacity, const QSize& size);

/// A map whose values may be negative: orange above 0, blue below, in the colours and with the
/// alpha of core's `signed_overlay`. A null image for an empty map or `scale_max` <= 0.
[[nodiscard]] QImage signed_heatmap(const HeatMap& map, float scale_max, double opacity,
                                    const QSize& size);

/// The largest value of any expert's map; 0 when there are none.
[[nodiscard]] float common_scale(const PanelOpinion& opinion);

/// Expert's number in the opinion, or one of these.
inline constexpr int kMeanMap = -1;
inline constexpr int kNoMap = -2;

/// The map chosen by number; empty when there is none.
[[nodiscard]] HeatMap chosen_map(const PanelOpinion& opinion, int choice);

}  // namespace dfd::ui
