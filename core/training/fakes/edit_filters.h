// Filters for local edits: warp, resample, colour transfer. All take and return 8-bit BGR of the
// same size.
#pragma once

#include <opencv2/core/mat.hpp>

#include "core/base/dice.h"
#include "core/training/fakes/edit_region.h"

namespace dfd::filters {

/// OpenCV's constant for linear, cubic or Lanczos interpolation.
[[nodiscard]] int random_interpolation(Dice& dice);
/// Rotates about the centre and scales; borders are mirrored.
[[nodiscard]] cv::Mat turned(const cv::Mat& base, double degrees, double scale, Dice& dice);

[[nodiscard]] cv::Mat blurred(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat noisy(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat sharpened(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat resampled(const cv::Mat& base, Dice& dice);
/// A smooth displacement that fades to zero at the region's border.
[[nodiscard]] cv::Mat warped(const cv::Mat& base, const EditRegion& region, Dice& dice);
/// Scales down by 1.4 to 4 and up again: by interpolation, or by a transposed convolution whose
/// kernel size is not divisible by its stride, which leaves the checkerboard of generators'
/// decoders.
[[nodiscard]] cv::Mat resynthesised(const cv::Mat& base, Dice& dice);
[[nodiscard]] cv::Mat recoloured(const cv::Mat& base, Dice& dice);
/// Moves mean and standard deviation of each CIELAB channel inside `mask` to those of `target`
/// inside it (Reinhard et al., Color transfer between images, 2001, in CIELAB).
[[nodiscard]] cv::Mat colours_transferred(const cv::Mat& base, const cv::Mat& target,
                                          const cv::Mat& mask);

}  // namespace dfd::filters
