// Inputs of the trace experts: fixed transforms that keep traces of editing and suppress the
// picture's content. Depends on torch.
#pragma once

#include <torch/types.h>

namespace dfd {

/// All functions take [N,3,H,W] float32 RGB in [0,1], H and W multiples of 8.

inline constexpr int kLumaResiduals = 3;
/// [N,3,H,W]: second differences of brightness horizontally, vertically and in both directions, in
/// grey levels, compressed to about [-2, 2].
[[nodiscard]] torch::Tensor luma_residuals(const torch::Tensor& pixels);

inline constexpr int kColourResiduals = 8;
/// [N,8,H/2,W/2]: second differences of the two colour differences and of brightness at half
/// resolution, which is the resolution that chroma subsampling leaves.
[[nodiscard]] torch::Tensor colour_residuals(const torch::Tensor& pixels);

inline constexpr int kBlockResiduals = 28 * 15 + 2 * 64;
/// [N,548,H/8,W/8]: how the picture's 8 x 8 blocks were quantised. For each of a block's 28 lowest
/// DCT coefficients c and each of 15 steps q: cos(2 pi c / q). Its average is the spectrum of the
/// histogram at 1/q: 1 if c was quantised with q, near 0 if not. Coefficients near zero carry no
/// such trace and get little weight. Then, for all 64 coefficients, their magnitude 0.3 log(1 +
/// |c|) and a measure of how clearly they differ from zero.
[[nodiscard]] torch::Tensor block_residuals(const torch::Tensor& pixels);

}  // namespace dfd
