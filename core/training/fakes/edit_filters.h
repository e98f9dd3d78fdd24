// What an editor's tools do to the pixels of a frame. All take and give 8-bit BGR of one size.
#pragma once

#include <opencv2/core/mat.hpp>

#include "core/base/dice.h"
#include "core/training/fakes/edit_region.h"

namespace dfd::filters {

/// Linear, cubic or Lanczos, as OpenCV names them.
[[nodiscard]] int random_interpolation(Dice& dice);
/// Turned about its middle and scaled; what comes in from outside is mirrored.
[[nodiscard]] cv::Mat turned(const cv::Mat& base, double degrees, double scale, Dice& dice);

[[nodiscard]] cv::Mat blurred(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat noisy(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat sharpened(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat resampled(const cv::Mat& base, Dice& dice);
/// A smooth displacement that fades to nothing at the region's border.
[[nodiscard]] cv::Mat warped(const cv::Mat& base, const EditRegion& region, Dice& dice);
/// Down by 1.4 to 4 and up again: by interpolation, or by a transposed convolution whose kernel
/// does not divide by its stride and so leaves the checkerboard that decoders of generators leave.
[[nodiscard]] cv::Mat resynthesised(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat recoloured(const cv::Mat& base, Dice& dice);
/// Mean and standard deviation of each CIELAB channel inside `mask` moved to those of `target`
/// inside it (Reinhard et al., Color transfer between images, 2001, in CIELAB).
[[nodiscard]] cv::Mat colours_transferred(const cv::Mat& base, const cv::Mat& target,
                                          const cv::Mat& mask);

}  // namespace dfd::filters
