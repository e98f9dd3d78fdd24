// Pictures as tensors, for networks that make fakes. Uses torch.
// Internal to core/training/fakes.
#pragma once

#include <torch/types.h>

#include <opencv2/core/mat.hpp>

namespace dfd {

/// 8-bit BGR -> [1,3,H,W] float32 RGB in [0,1].
[[nodiscard]] torch::Tensor tensor_of(const cv::Mat& bgr);
/// [1,3,H,W] RGB in [0,1] -> 8-bit BGR, rounded to nearest and clamped.
[[nodiscard]] cv::Mat picture_of(const torch::Tensor& pixels);

}  // namespace dfd
