#include "core/networks/executor/depthwise.h"

#include <algorithm>

#include "core/networks/executor/depthwise_sums.h"

namespace dfd::nhwc {
namespace {

using std::int64_t;

DFD_INLINE void apply(After after, Vector& x) {
    if (after == After::Silu)
        silu(x);
    else if (after == After::Relu6)
        relu6(x);
}

/// Computes kOutputs adjacent places of kLanes channels. The kernels must lie inside the row;
/// overlapping inputs are loaded once. `first` is the leftmost input place of the first output.
template <int kKernel, int kStride, int kOutputs, typename T>
DFD_INLINE void inner_places(const T* const* rows, int64_t channels, int64_t first,
                             const float* weight, const Vector& bias, After after, T* out,
                             Vector& sum) {
    Vector results[kOutputs];
    for (auto& result : results)
        result = bias;
    add_depthwise<kKernel, kStride>(rows, first, channels, weight, channels, results);
    for (int i = 0; i < kOutputs; ++i) {
        apply(after, results[i]);
        sum += results[i];
        store(out + i * channels, results[i]);
    }
}

/// Computes one place whose kernel may extend beyond the row.
template <int kKernel, typename T>
DFD_INLINE void outer_place(const T* const* rows, int64_t channels, int64_t first, int64_t width,
                            const float* weight, const Vector& bias, After after, T* out,
                            Vector& sum) {
    Vector result = bias;
    for (int y = 0; y < kKernel; ++y)
        for (int x = 0; rows[y] != nullptr && x < kKernel; ++x) {
            if (first + x < 0 || first + x >= width)
                continue;
            Vector factor, read;
            load(factor, weight + (y * kKernel + x) * channels);
            load(read, rows[y] + (first + x) * channels);
            result += factor * read;
        }
    apply(after, result);
    sum += result;
    store(out, result);
}

/// Computes kLanes channels of one row.
template <int kKernel, int kStride, typename T>
DFD_INLINE void one_row(const DepthwiseShape& shape, const T* const* rows, const float* weight,
                        const Vector& bias, After after, T* out, float* sums) {
    constexpr int kOutputs = kStride == 1 ? 4 : 2;
    const auto channels = shape.channels;
    Vector sum{};
    int64_t x = 0;
    const auto outer = [&] {
        outer_place<kKernel>(rows, channels, x * kStride - shape.before, shape.width, weight, bias,
                             after, out + x * channels, sum);
        ++x;
    };
    while (x < shape.out_width && x * kStride < shape.before)
        outer();
    for (; x + kOutputs <= shape.out_width &&
           (x + kOutputs - 1) * kStride - shape.before + kKernel <= shape.width;
         x += kOutputs)
        inner_places<kKernel, kStride, kOutputs>(rows, channels, x * kStride - shape.before, weight,
                                                 bias, after, out + x * channels, sum);
    while (x < shape.out_width)
        outer();
    store(sums, sum);
}

template <int kKernel, int kStride, typename T>
DFD_INLINE void all_rows(const DepthwiseShape& shape, int64_t count, const T* const* rows,
                         const float* weight, const float* bias, After after, T* out, float* sums) {
    const auto channels = shape.channels;
    for (int64_t begin = 0; begin < channels; begin += kLanes) {
        // The last block may overlap the previous one; the shared channels are computed twice with
        // equal results.
        const auto c = std::min(begin, channels - kLanes);
        Vector added;
        load(added, bias + c);
        for (int64_t row = 0; row < count; ++row) {
            const T* from[kKernel];
            for (int y = 0; y < kKernel; ++y) {
                const auto* const whole = rows[row * kStride + y];
                from[y] = whole == nullptr ? nullptr : whole + c;
            }
            one_row<kKernel, kStride>(shape, from, weight + c, added, after,
                                      out + row * shape.out_width * channels + c,
                                      sums + row * channels + c);
        }
    }
}

template <typename T>
DFD_INLINE void any_rows(const DepthwiseShape& shape, int64_t count, const T* const* rows,
                         const float* weight, const float* bias, After after, T* out, float* sums) {
    if (shape.kernel == 3 && shape.stride == 1)
        all_rows<3, 1>(shape, count, rows, weight, bias, after, out, sums);
    else if (shape.kernel == 3)
        all_rows<3, 2>(shape, count, rows, weight, bias, after, out, sums);
    else if (shape.stride == 1)
        all_rows<5, 1>(shape, count, rows, weight, bias, after, out, sums);
    else
        all_rows<5, 2>(shape, count, rows, weight, bias, after, out, sums);
}

}  // namespace

bool depthwise_supports(const DepthwiseShape& shape) {
    return (shape.kernel == 3 || shape.kernel == 5) && (shape.stride == 1 || shape.stride == 2) &&
           shape.channels >= kLanes;
}

DFD_EVERY_PROCESSOR void depthwise_rows(const DepthwiseShape& shape, int64_t count,
                                        const float* const* rows, const float* weight,
                                        const float* bias, After after, float* out, float* sums) {
    any_rows(shape, count, rows, weight, bias, after, out, sums);
}
DFD_EVERY_PROCESSOR void depthwise_rows(const DepthwiseShape& shape, int64_t count,
                                        const BFloat16* const* rows, const float* weight,
                                        const float* bias, After after, BFloat16* out,
                                        float* sums) {
    any_rows(shape, count, rows, weight, bias, after, out, sums);
}

}  // namespace dfd::nhwc
