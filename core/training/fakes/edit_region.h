// Regions for local edits (shape, mask, frame), and blending of new pixels into them.
#pragma once

#include <opencv2/core/mat.hpp>

#include "core/base/dice.h"

namespace dfd {

inline constexpr int kEditMargin = 24;  ///< pixels around a region that its edit may read

/// An edited region, and the frame around it that the edit works on. Masks are 8-bit, 0 or 255.
struct EditRegion {
    cv::Rect frame;  ///< in the picture
    cv::Mat mask;    ///< the frame's size
    cv::Rect box;    ///< the mask's bounding box in the frame
};

/// An ellipse, a rectangle or a blob well inside a picture of at least 96 x 96 pixels. Its width is
/// a random share of the shorter side.
[[nodiscard]] EditRegion random_region(const cv::Size& picture, Dice& dice, double smallest,
                                       double largest);

/// An upright ellipse that fills `box` (in picture coordinates, clipped to the picture), with its
/// frame.
[[nodiscard]] EditRegion ellipse_region(const cv::Size& picture, const cv::Rect& box);

/// Everything except the foreground, which GrabCut finds starting from `around` (a face or the
/// middle of the picture). The frame is the whole picture. Returns an empty mask when there is no
/// plausible segmentation.
[[nodiscard]] EditRegion background_region(const cv::Mat& picture, const cv::Rect& around);

/// Copies `content` over `base` (both 8-bit BGR, the mask's size) where `mask` is set; with
/// `feather` > 0 the edge fades over about that many pixels on each side.
[[nodiscard]] cv::Mat composite(const cv::Mat& base, const cv::Mat& content, const cv::Mat& mask,
                                double feather);

/// Mean absolute difference of two pictures over all channels, in grey levels, where `mask` is set,
/// or everywhere if it is empty.
[[nodiscard]] double mean_change(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask = {});
/// Edits with a smaller mean change are rejected: there would be nothing to detect.
inline constexpr double kSmallestChange = 0.8;

/// 0 (a hard edge) in 30 % of cases, else 0.7 to 4 pixels.
[[nodiscard]] double random_feather(Dice& dice);

enum class Blending { Hard, Feathered, Poisson };
[[nodiscard]] const char* blending_name(Blending blending);

/// Poisson blending in a quarter of cases, else composite() with a random feather. Reports the
/// choice in `used`.
[[nodiscard]] cv::Mat blend(const cv::Mat& base, const cv::Mat& content, const EditRegion& region,
                            Dice& dice, Blending& used);

}  // namespace dfd
