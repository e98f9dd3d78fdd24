// Conversion between Pixels (RGB) and OpenCV pictures (BGR).
#pragma once

#include <opencv2/core/mat.hpp>

#include "core/picture/picture.h"

namespace dfd {

/// 8-bit BGR; a copy.
[[nodiscard]] cv::Mat to_bgr(const Pixels& pixels);
/// `bgr` is 8-bit with three channels.
[[nodiscard]] Pixels to_pixels(const cv::Mat& bgr);

}  // namespace dfd
