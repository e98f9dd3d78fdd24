// Simulates a camera: from linear light to its 8-bit picture.
#pragma once

#include <opencv2/core.hpp>

#include "resources/samples/scene.h"

namespace dfd::samples {

struct Film {
    float exposure = 1;
    float warmth = 0;
    float grain = 1;  ///< sensor noise; 1 is an ordinary camera in good light
    float vignette = 0.3F;
    std::uint64_t seed = 1;
};

/// 8-bit BGR: bloom, vignette, a Bayer sensor with shot and read noise, demosaicing, white
/// balance, tone curve, a little sharpening.
[[nodiscard]] cv::Mat develop(const Rendering& rendering, const Film& film);

}  // namespace dfd::samples
