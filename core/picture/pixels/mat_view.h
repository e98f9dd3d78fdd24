// Pixels as a matrix of OpenCV's.
// Internal to core/picture.
#pragma once

#include <opencv2/core/mat.hpp>

#include "core/picture/pixels/pixels.h"

namespace dfd::picture_detail {

/// A view, RGB. cv::Mat is never const, but of const pixels callers only read.
[[nodiscard]] inline cv::Mat view(const Pixels& pixels) {
    return {pixels.height, pixels.width, CV_8UC3, const_cast<std::uint8_t*>(pixels.rgb.data())};
}

}  // namespace dfd::picture_detail
