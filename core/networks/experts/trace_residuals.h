// What trace experts read instead of pixels: fixed transforms that leave editing's traces and
// little of the picture. Sees torch.
#pragma once

#include <torch/types.h>

namespace dfd {

/// All take [N,3,H,W] float32 RGB in [0,1], H and W multiples of 8.

inline constexpr int kLumaResiduals = 3;
/// [N,3,H,W]: second differences of brightness across, down and both, in grey levels, softened to
/// about [-2, 2].
[[nodiscard]] torch::Tensor luma_residuals(const torch::Tensor& pixels);

inline constexpr int kColourResiduals = 8;
/// [N,8,H/2,W/2]: second differences of the two colour differences at half resolution, which is all
/// that chroma subsampling leaves of them, beside those of brightness there.
[[nodiscard]] torch::Tensor colour_residuals(const torch::Tensor& pixels);

inline constexpr int kBlockResiduals = 28 * 15 + 2 * 64;
/// [N,548,H/8,W/8]: how the 8 x 8 blocks of the picture's own grid were quantised. For each of the
/// 28 lowest DCT coefficients c of a block and each of 15 steps q, cos(2 pi c / q), which averages
/// to the histogram's spectrum at 1/q: it is 1 where c was once quantised with q and near 0 where
/// it was not. Coefficients near zero carry no such trace and count little. Then, for all 64
/// coefficients, their strength 0.3 log(1 + |c|) and how surely they differ from zero.
[[nodiscard]] torch::Tensor block_residuals(const torch::Tensor& pixels);

}  // namespace dfd
