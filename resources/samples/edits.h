// Typical manipulations, applied to the sample pictures. All work on finished 8-bit BGR pictures.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "resources/samples/scene.h"

namespace dfd::samples {

/// White where the picture shows the named object.
[[nodiscard]] cv::Mat mask_of(const Scene& scene, const Rendering& rendering,
                              const std::string& object);

/// Copies the object to a place `shift` pixels away, with a painted shadow.
[[nodiscard]] cv::Mat copy_move(const cv::Mat& picture, const cv::Mat& mask, cv::Point shift);

/// Removes the object and its shadow: replaces them by the content `from` pixels away, with a
/// seamless join like that of a clone stamp.
[[nodiscard]] cv::Mat removed(const cv::Mat& picture, const cv::Mat& mask, cv::Point from);

/// Inserts an object from another picture, scaled, centred at `at`, with adjusted colours.
[[nodiscard]] cv::Mat spliced(const cv::Mat& picture, const cv::Mat& other, const cv::Mat& mask,
                              double scale, cv::Point at);

/// Blends the inner face of `other` over that of `picture`; both have the same pose.
[[nodiscard]] cv::Mat face_swapped(const cv::Mat& picture, const cv::Mat& other, cv::Point middle,
                                   cv::Size radii);

/// Reduces a region to a fraction of its resolution and recreates detail by enlarging and
/// sharpening.
[[nodiscard]] cv::Mat resynthesised(const cv::Mat& picture, cv::Rect region, double fraction);

/// Blurs the area of `shapes` (8-bit, 255 inside); the edge fades over about `feather` pixels.
[[nodiscard]] cv::Mat blurred(const cv::Mat& picture, const cv::Mat& shapes, double sigma,
                              double feather);

/// The picture after a JPEG round trip, as an editor opens the camera's file.
[[nodiscard]] cv::Mat reopened(const cv::Mat& picture, int quality);

}  // namespace dfd::samples
