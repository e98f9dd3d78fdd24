// Alterations that pictures undergo when shared: recompression, scaling, cropping and others. Plain
// C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/picture/pixels/pixels.h"

namespace dfd {

enum class AlterationStep {
    Jpeg,        ///< IJG quality 1 .. 100, 4:2:0, encoded and decoded with OpenCV
    WebP,        ///< lossy, quality 1 .. 100, encoded and decoded
    Scale,       ///< factor for both sides, > 0; not scaled back
    AtMost,      ///< longer side in pixels; smaller pictures are unchanged
    LongerSide,  ///< longer side in pixels; smaller pictures are enlarged
    Blur,        ///< Gaussian, standard deviation in pixels
    Noise,       ///< Gaussian, standard deviation in levels of 255; always the same noise
    Crop,        ///< share removed from each of the four sides, 0 .. 0.45
    Rotation,    ///< degrees counter-clockwise, -45 .. 45; then cropped to the largest upright
                 ///< rectangle of the same aspect ratio without empty corners
    Flip,        ///< 1 horizontal (left to right), 2 vertical (upside down)
    Brightness,  ///< factor for every value
    Contrast,    ///< factor for every value's distance from mid-grey (128)
};

struct Alteration {
    AlterationStep step = AlterationStep::Jpeg;
    double amount = 0;
};

/// "JPEG 75", "at most 1600 px", "rotation 0.7°": for users.
[[nodiscard]] std::string alteration_text(const Alteration& alteration);

/// Applies the steps in order, with 8-bit values between them. Reduction uses area averaging;
/// enlargement and rotation are bicubic. Amounts without effect (factor 1, 0 degrees, a blur of 0,
/// ...) return identical pixels. Blocks; thread-safe; deterministic. Throws PictureError for an
/// amount out of range, a size that a format does not support, or when memory runs out.
[[nodiscard]] Pixels altered(const Pixels& picture, std::span<const Alteration> steps);

/// Why a picture of this size cannot go through these steps, as a sentence; empty when it can. No
/// step may enlarge the picture to more than `most_pixels`.
[[nodiscard]] std::string alteration_problem(int width, int height,
                                             std::span<const Alteration> steps,
                                             std::uint64_t most_pixels);

}  // namespace dfd
