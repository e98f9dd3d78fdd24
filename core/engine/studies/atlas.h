// Scores overlapping windows of one picture, each with the whole panel. Plain C++.
//
// A panel scores a picture as a whole, so an edit that fills a small part of it can be missed.
// Upstream's own advice is that centring a face changes obvious misses. Here every window, and
// every face found, is scored as a picture of its own, beside the score of the whole, which stays
// the reference.
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
    /// Of the picture's sides; each scale has its own grid. Above 0, at most 4.
    std::vector<double> scales{1.0};
    int side = 512;        ///< of a window, in pixels of the scaled picture; at least 16
    double overlap = 0.5;  ///< share of a window that the next one overlaps, 0 .. 0.9
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
    PanelOpinion opinion;  ///< without maps; about the question that leads on the whole picture
};

struct Atlas {
    int width = 0;  ///< of the picture
    int height = 0;
    PanelOpinion whole;  ///< the picture as a whole: the reference
    std::vector<AtlasPlace> planned;
    /// Scored so far: first the windows that were known, then the others, both in the order of
    /// `planned`.
    std::vector<AtlasWindow> windows;
    /// Whether faces were searched for: false when this was not requested, and when the detectors'
    /// data (Debian's opencv-data) is not installed.
    bool faces_sought = false;
    bool complete = false;
};

/// The windows of a picture, without those around faces (see face_place): grids scale by scale, row
/// by row. Corners of a grid are multiples of 8 pixels of the scaled picture, so that at scale 1
/// the blocks of an earlier JPEG keep their phase. Up to 7 pixels at the right and lower border may
/// therefore lie in no window. A side shorter than a window is taken whole. Throws
/// std::invalid_argument for options out of their range.
[[nodiscard]] std::vector<AtlasPlace> atlas_places(int width, int height,
                                                   const AtlasOptions& options);
/// The window around one face: a square of twice the longer side of its box, at least `side`, at
/// the picture's own resolution. It is moved inwards where it would leave the picture, and cut
/// where the picture is smaller. In Atlas::planned these windows follow the grids, largest face
/// first.
[[nodiscard]] AtlasPlace face_place(int width, int height, const FaceBox& face,
                                    const AtlasOptions& options);

/// The pixels of a window as the panel scores them: averaged over areas at a scale below 1, bicubic
/// above 1.
[[nodiscard]] Pixels atlas_pixels(const Pixels& picture, const AtlasPlace& place);

/// Called after the whole picture, then after each window, on the caller's thread. `so_far` is
/// valid during the call.
using AtlasListener = std::function<void(const Atlas& so_far)>;

/// Blocks. Memory holds one batch of windows. A stop ends it at once with `complete` false and
/// every window that was finished. With `whole` the picture is not scored again; its weights are
/// taken as 1. Windows in `known`, of the same picture by the same panel, are reused where they are
/// planned. Throws PictureError for no pixels, std::invalid_argument as above, DeviceError,
/// std::bad_alloc, and Cancelled when stopped before the whole picture was scored.
[[nodiscard]] Atlas atlas_of(const Pixels& picture, Evaluator& evaluator,
                             const AtlasOptions& options = {},
                             const std::optional<PanelOpinion>& whole = {},
                             const AtlasListener& listener = {}, const std::stop_token& stop = {},
                             std::span<const AtlasWindow> known = {});

/// For an overlay: the mean score of the windows over each cell of a grid on the picture. Cells
/// have at least 16 pixels, and there are at most 128 a side. Cells without a window get
/// `elsewhere`. Empty without windows.
[[nodiscard]] HeatMap atlas_map(const Atlas& atlas, float elsewhere = 0);

/// The picture overlaid with `atlas_map`, from nothing at 0 to full at 1, with white and black
/// borders around the windows of faces: row by row, for write_png(). `picture` must outlive it.
[[nodiscard]] DrawRow atlas_rows(const Pixels& picture, const Atlas& atlas);

}  // namespace dfd
