// What happens to a picture when it is passed on: recompressed, scaled, cut, photographed anew.
// Plain C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/picture/pixels/pixels.h"

namespace dfd {

enum class AlterationStep {
    Jpeg,        ///< IJG quality 1 .. 100, 4:2:0, through OpenCV's encoder and back
    WebP,        ///< lossy, quality 1 .. 100, and back
    Scale,       ///< factor of both sides, above 0; it stays at that size
    AtMost,      ///< longer side in pixels; a smaller picture stays as it is
    LongerSide,  ///< longer side in pixels; a smaller picture is enlarged
    Blur,        ///< Gaussian, standard deviation in pixels
    Noise,       ///< Gaussian, standard deviation in levels of 255; always the same noise
    Crop,        ///< share cut off at each of the four sides, 0 .. 0.45
    Rotation,    ///< degrees counter-clockwise, at most 45 either way; then cut to the largest
                 ///< upright rectangle of the picture's shape that has no empty corners
    Flip,        ///< 1 left and right, 2 top and bottom
    Brightness,  ///< factor of every value
    Contrast,    ///< factor of every value's distance from mid-grey (128)
};

struct Alteration {
    AlterationStep step = AlterationStep::Jpeg;
    double amount = 0;
};

/// "JPEG 75", "at most 1600 px", "rotation 0.7°": for people.
[[nodiscard]] std::string alteration_text(const Alteration& alteration);

/// The picture after these steps, in order; 8-bit values between them. Smaller sizes are averaged
/// over areas, larger ones and rotations are bicubic. Amounts that change nothing (factor 1,
/// 0 degrees, a blur of 0, ...) give the very pixels. Blocks; thread-safe; the same on every run.
/// Throws PictureError: an amount out of its range, a size that a format cannot hold, no memory.
[[nodiscard]] Pixels altered(const Pixels& picture, std::span<const Alteration> steps);

/// Why a picture of this size could not go through these steps: a sentence; empty when it can. No
/// step may make more than `most_pixels` of fewer.
[[nodiscard]] std::string alteration_obstacle(int width, int height,
                                              std::span<const Alteration> steps,
                                              std::uint64_t most_pixels);

}  // namespace dfd
