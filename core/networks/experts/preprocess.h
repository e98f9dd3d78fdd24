// Converts 8-bit pixels to an expert's input tensor, in the same order of steps as the reference.
#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

namespace dfd {

/// [H,W,3] or [N,H,W,3] uint8 RGB -> [N,3,H,W] float32: divide by 255, subtract mean, divide by
/// std.
[[nodiscard]] torch::Tensor normalise(const torch::Tensor& rgb, const std::array<float, 3>& mean,
                                      const std::array<float, 3>& std);

/// [N,3,H,W] -> [N,3,size,size]: antialiased bilinear, align_corners off, aspect ratio not
/// preserved.
[[nodiscard]] torch::Tensor stretch(const torch::Tensor& normalised, int size);

/// stretch(normalise(rgb, mean, std), size), the same to the bit, with bounded memory: a picture of
/// more than `most_pixels` on the CPU is normalised and narrowed in bands of rows. The resampling
/// is separable and narrows first, each row by itself.
[[nodiscard]] torch::Tensor stretched(const torch::Tensor& rgb, const std::array<float, 3>& mean,
                                      const std::array<float, 3>& std, int size,
                                      std::int64_t most_pixels = 16'000'000);

/// A non-owning view of the pixels; the bytes must outlive the tensor.
[[nodiscard]] torch::Tensor wrap_rgb(const std::uint8_t* rgb, int width, int height);

/// [1,3,H,W] with values from 0 to 255 -> [H,W,3] uint8 RGB, rounded.
[[nodiscard]] torch::Tensor rounded_rgb(const torch::Tensor& planes);

}  // namespace dfd
