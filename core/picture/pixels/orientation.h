// Applies EXIF orientations. Depends on OpenCV.
// Internal to core/picture.
#pragma once

#include <opencv2/core/mat.hpp>

namespace dfd::picture_detail {

/// `orientation` is EXIF's, 1 .. 8. The result may share its data with `stored`.
[[nodiscard]] cv::Mat oriented(const cv::Mat& stored, int orientation);

}  // namespace dfd::picture_detail
