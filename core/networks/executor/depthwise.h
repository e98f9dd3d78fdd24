// Depthwise convolution with its activation on rows in channels-last layout, for any CPU.
#pragma once

#include <cstdint>

#include "core/networks/executor/nhwc_kernels.h"

namespace dfd::nhwc {

struct DepthwiseShape {
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t channels = 0;
    std::int64_t width = 0;  ///< of an input row, in places
    std::int64_t out_width = 0;
    std::int64_t before = 0;  ///< zero padding on the left of a row
};
/// Whether depthwise_rows supports the shape: kernel 3 or 5, stride 1 or 2, at least 16 channels.
[[nodiscard]] bool depthwise_supports(const DepthwiseShape& shape);

/// Computes `count` contiguous output rows [out_width][channels] = after(bias + sum over the kernel
/// of weight * row), and for each row the sums over its places, `sums` [count][channels]. `after`
/// is Nothing, Silu or Relu6.
///
/// `rows` are the (count - 1) * stride + kernel input rows they read, from the topmost row of the
/// first output on; nullptr means a row of zeroes. `weight` is [kernel][kernel][channels]. The
/// outer loop runs over blocks of channels, so that input rows shared by several output rows stay
/// in the L1 cache. Runs on the calling thread.
void depthwise_rows(const DepthwiseShape& shape, std::int64_t count, const float* const* rows,
                    const float* weight, const float* bias, After after, float* out, float* sums);
void depthwise_rows(const DepthwiseShape& shape, std::int64_t count, const BFloat16* const* rows,
                    const float* weight, const float* bias, After after, BFloat16* out,
                    float* sums);

}  // namespace dfd::nhwc
