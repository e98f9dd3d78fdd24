// The part of a photograph that is edited, and how new pixels are blended into it.
#pragma once

#include <opencv2/core/mat.hpp>

#include "core/base/dice.h"

namespace dfd {

inline constexpr int kEditMargin = 24;  ///< pixels around a region that its edit may read

/// A region, and the frame around it on which the edit works. Masks are 8-bit, 0 or 255.
struct EditRegion {
    cv::Rect frame;  ///< in the picture
    cv::Mat mask;    ///< the frame's size
    cv::Rect box;    ///< the mask's bounding box in the frame
};

/// An ellipse, a rectangle or a blob well inside a picture of at least 96 x 96 pixels, its width a
/// share of the shorter side.
[[nodiscard]] EditRegion random_region(const cv::Size& picture, Dice& dice, double smallest,
                                       double largest);

/// An upright ellipse that fills `box` (in the picture, cut at its border), with its frame.
[[nodiscard]] EditRegion ellipse_region(const cv::Size& picture, const cv::Rect& box);

/// Everything but the foreground, which GrabCut finds from `around` (a face or the middle of the
/// picture). The frame is the whole picture. Empty mask when it found no sensible division.
[[nodiscard]] EditRegion background_region(const cv::Mat& picture, const cv::Rect& around);

/// Lays `content` over `base` (both 8-bit BGR, the mask's size) where `mask` is set; with `feather`
/// > 0 the edge fades over about that many pixels to each side.
[[nodiscard]] cv::Mat lay_over(const cv::Mat& base, const cv::Mat& content, const cv::Mat& mask,
                               double feather);

/// Mean absolute difference of two pictures over the channels, in grey levels, where `mask` is set;
/// everywhere without one.
[[nodiscard]] double mean_change(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask = {});
/// An edit that changes less leaves nothing to find.
inline constexpr double kFaintest = 0.8;

/// 0 (a hard edge) in 30 %, else 0.7 to 4 pixels.
[[nodiscard]] double random_feather(Dice& dice);

enum class Blending { Hard, Feathered, Poisson };
[[nodiscard]] const char* blending_name(Blending blending);

/// Poisson in a quarter of cases, else lay_over with a random feather. `used` tells which.
[[nodiscard]] cv::Mat blend(const cv::Mat& base, const cv::Mat& content, const EditRegion& region,
                            Dice& dice, Blending& used);

}  // namespace dfd
