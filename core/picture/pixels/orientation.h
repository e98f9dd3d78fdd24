// Applies EXIF orientations. Depends on OpenCV.
// Internal to core/picture.
#pragma once

#include <opencv2/core/mat.hpp>

namespace dfd::picture_detail {

/// `orientation` is EXIF's, 1 .. 8. The result may share its data with `stored`.
[[nodiscard]] cv::Mat oriented(const cv::Mat& stored, int orientation);
/// The same into `result`, which is written in place where it has the right size and type. It must
/// not share its data with `stored`.
void orient(const cv::Mat& stored, int orientation, cv::Mat& result);
/// Where the rows `from` .. `to` of a stored picture lie in `result`, the whole picture as
/// oriented.
[[nodiscard]] cv::Mat oriented_rows(const cv::Mat& result, int orientation, int from, int to);

}  // namespace dfd::picture_detail
