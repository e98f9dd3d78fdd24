// The sums of a depthwise convolution, for the kernels that differ in where its values lie.
#pragma once

#include "core/networks/executor/vectors.h"

namespace dfd::nhwc {

/// Adds to kOutputs neighbouring places of one vector of channels what the kernel gives them; they
/// share what they read. `rows` are the kernel's, nullptr for one of zeroes; `first` is the first
/// place's leftmost one; `place` and `tap` values lie from one place, and one weight, to the next.
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
