// The inner loop of a depthwise convolution, shared by kernels with different memory layouts.
#pragma once

#include "core/networks/executor/vectors.h"

namespace dfd::nhwc {

/// Adds the depthwise sums of kOutputs adjacent places of one vector of channels to `results`;
/// overlapping inputs are loaded once. `rows` are the kernel's input rows; nullptr means a row of
/// zeroes. `first` is the leftmost input place of the first output. `place` and `tap` are the
/// strides, in values, between places and between weights.
template <int kKernel, int kStride, int kOutputs, typename T>
DFD_INLINE void add_depthwise(const T* const* rows, std::int64_t first, std::int64_t place,
                              const float* weight, std::int64_t tap, Vector (&results)[kOutputs]) {
    constexpr int kRead = (kOutputs - 1) * kStride + kKernel;
    for (int y = 0; y < kKernel; ++y) {
        if (rows[y] == nullptr)
            continue;
        const T* const row = rows[y] + first * place;
        Vector read[kRead];
        for (int x = 0; x < kRead; ++x)
            load(read[x], row + x * place);
        for (int x = 0; x < kKernel; ++x) {
            Vector factor;
            load(factor, weight + (y * kKernel + x) * tap);
            for (int i = 0; i < kOutputs; ++i)
                results[i] += factor * read[i * kStride + x];
        }
    }
}

}  // namespace dfd::nhwc
