// What people do to pictures, done to ours. All on finished 8-bit BGR pictures.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "resources/samples/scene.h"

namespace dfd::samples {

/// White where the picture shows the named object.
[[nodiscard]] cv::Mat mask_of(const Scene& scene, const Rendering& rendering,
                              const std::string& object);

/// The object once more, moved by `shift` pixels, with a shadow painted below it.
[[nodiscard]] cv::Mat copy_move(const cv::Mat& picture, const cv::Mat& mask, cv::Point shift);

/// The object and its shadow gone under what the picture shows `from` pixels away, joined without
/// a seam, as a clone stamp does.
[[nodiscard]] cv::Mat removed(const cv::Mat& picture, const cv::Mat& mask, cv::Point from);

/// An object of another picture, scaled and put where `at` is its middle, toned to its new place.
[[nodiscard]] cv::Mat spliced(const cv::Mat& picture, const cv::Mat& other, const cv::Mat& mask,
                              double scale, cv::Point at);

/// The inner face of `other` blended over that of `picture`; both have the same pose.
[[nodiscard]] cv::Mat face_swapped(const cv::Mat& picture, const cv::Mat& other, cv::Point middle,
                                   cv::Size radii);

/// A region reduced to a fraction of its detail and invented again by enlarging and sharpening.
[[nodiscard]] cv::Mat resynthesised(const cv::Mat& picture, cv::Rect region, double fraction);

/// What `shapes` (8-bit, 255 inside) covers, blurred; the edge fades over about `feather` pixels.
[[nodiscard]] cv::Mat blurred(const cv::Mat& picture, const cv::Mat& shapes, double sigma,
                              double feather);

/// The picture as it comes back from a JPEG of the camera: what an editor opens.
[[nodiscard]] cv::Mat reopened(const cv::Mat& picture, int quality);

}  // namespace dfd::samples
