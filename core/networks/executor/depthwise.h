// Depthwise convolution with SiLU, row by row, channels innermost.
#pragma once

#include <cstdint>

#include "core/networks/executor/nhwc_kernels.h"

namespace dfd::nhwc {

struct DepthwiseShape {
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t channels = 0;
    std::int64_t width = 0;  ///< of an input row
    std::int64_t out_width = 0;
    std::int64_t before = 0;  ///< zeroes in front of a row
};
/// Whether depthwise_rows has it: a kernel of 3 or 5, a stride of 1 or 2, 16 channels or more.
[[nodiscard]] bool depthwise_supports(const DepthwiseShape& shape);

/// `count` output rows [out_width][channels], one behind the other, = silu(bias + the sum over the
/// kernel of weight * row), and for each the sum over its places, `sums` [count][channels]. `rows`
/// are the input's rows that they read, (count - 1) * stride + kernel of them from the first one's
/// topmost on, nullptr for one of zeroes; `weight` is [kernel][kernel][channels]. Some channels of
/// all rows, then the next: a row that several read comes from the nearest cache. On the calling
/// thread.
void depthwise_rows(const DepthwiseShape& shape, std::int64_t count, const float* const* rows,
                    const float* weight, const float* bias, float* out, float* sums);
void depthwise_rows(const DepthwiseShape& shape, std::int64_t count, const BFloat16* const* rows,
                    const float* weight, const float* bias, BFloat16* out, float* sums);

}  // namespace dfd::nhwc
