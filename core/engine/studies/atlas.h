// One picture in overlapping windows, each scored by the whole panel. Plain C++.
//
// A panel sees a picture as one; an edit that fills a small part of it can drown. Upstream's own
// advice is that centring a face changes obvious misses: here every window, and every face found,
// is looked at as a picture of its own, beside the score of the whole, which stays the reference.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/picture/pixels/faces.h"

namespace dfd {

struct AtlasOptions {
    /// Of the picture's sides; each gives a grid of its own. Above 0, at most 4.
    std::vector<double> scales{1.0};
    int side = 512;        ///< of a window, pixels of the scaled picture; at least 16
    double overlap = 0.5;  ///< share of a window that the next one covers again, 0 .. 0.9
    bool faces = true;     ///< look for faces, and add a window around each
    int batch = 4;
};

/// In pixels of the picture, inside its borders.
struct AtlasPlace {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    double scale = 1;   ///< at which the panel saw it
    bool face = false;  ///< centred on a face

    [[nodiscard]] bool operator==(const AtlasPlace&) const = default;
};

struct AtlasWindow {
    AtlasPlace place;
    PanelOpinion opinion;  ///< without maps
};

struct Atlas {
    int width = 0;  ///< of the picture
    int height = 0;
    PanelOpinion whole;  ///< the picture as one: the reference
    std::vector<AtlasPlace> planned;
    /// Scored so far: those that were known before, then the others, both in the order of
    /// `planned`.
    std::vector<AtlasWindow> windows;
    /// Whether faces were looked for: false when that was not asked for, and when the detectors'
    /// data (Debian's opencv-data) is not installed.
    bool faces_sought = false;
    bool complete = false;
};

/// The windows of a picture: grids scale by scale, row by row (faces follow them, largest first:
/// `face_place`). Corners
/// of a grid are multiples of 8 pixels of the scaled picture, so that at scale 1 the blocks of an
/// earlier JPEG keep their phase; up to 7 pixels at the right and lower border may therefore lie in
/// no window. A side shorter than a window is taken whole. Throws
/// std::invalid_argument for options out of their range.
[[nodiscard]] std::vector<AtlasPlace> atlas_places(int width, int height,
                                                   const AtlasOptions& options);
/// The window around one face: a square of twice the longer side of its box, at least `side`, at
/// the picture's own resolution, moved inwards where it would leave the picture and cut where the
/// picture is smaller.
[[nodiscard]] AtlasPlace face_place(int width, int height, const FaceBox& face,
                                    const AtlasOptions& options);

/// What the panel is shown of a window: the pixels there, and at a scale below 1 averaged over
/// areas, above 1 bicubic.
[[nodiscard]] Pixels atlas_pixels(const Pixels& picture, const AtlasPlace& place);

/// After the whole picture, then after each window, on the caller's thread. Valid during the call.
using AtlasListener = std::function<void(const Atlas& so_far)>;

/// Blocks; memory holds one batch of windows. A stop ends it at once with `complete` false and
/// every window that was finished. `whole` spares scoring the picture again; its weights are taken
/// as 1. Windows among `known`, of the same picture by the same panel, are taken over where they
/// are planned. Throws PictureError for no pixels, std::invalid_argument as above, DeviceError,
/// std::bad_alloc, and Cancelled when stopped before the whole picture was scored.
[[nodiscard]] Atlas atlas_of(const Pixels& picture, Evaluator& evaluator,
                             const AtlasOptions& options = {},
                             const std::optional<PanelOpinion>& whole = {},
                             const AtlasListener& heard = {}, const std::stop_token& stop = {},
                             std::span<const AtlasWindow> known = {});

/// The mean score of the windows over each place of a grid laid on the picture, for an overlay;
/// cells of at least 16 pixels, at most 128 a side; `elsewhere` where no window lies. Empty without
/// windows.
[[nodiscard]] HeatMap atlas_map(const Atlas& atlas, float elsewhere = 0);

/// The picture with `atlas_map` laid over it, from nothing at 0 to full at 1, and the rims of
/// windows around faces drawn in white and black.
[[nodiscard]] Pixels atlas_picture(const Pixels& picture, const Atlas& atlas);

}  // namespace dfd
