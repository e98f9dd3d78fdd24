#include "core/networks/executor/nhwc_kernels.h"

#include <cmath>

#include "core/networks/executor/vectors.h"

namespace dfd::nhwc {
namespace {

using std::int64_t;

template <typename T>
DFD_INLINE void normalise_rows(T* x, int64_t places, int64_t channels, const float* weight,
                               const float* bias, float epsilon) {
    float row[kMostNormalised];
    const float share = 1.0f / static_cast<float>(channels);
    for (int64_t place = 0; place < places; ++place, x += channels) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t c = 0; c < channels; ++c)
            sum += row[c] = load(x[c]);
        const float mean = sum * share;
        float squares = 0;
#pragma omp simd reduction(+ : squares)
        for (int64_t c = 0; c < channels; ++c)
            squares += (row[c] - mean) * (row[c] - mean);
        const float factor = 1.0f / std::sqrt(squares * share + epsilon);
#pragma omp simd
        for (int64_t c = 0; c < channels; ++c)
            store(x[c], (row[c] - mean) * factor * weight[c] + bias[c]);
    }
}

/// Blocks of channels over all places, so that the sums stay in registers. `sums` may alias the
/// first place.
template <typename T>
DFD_INLINE void sum_rows(const T* x, int64_t places, int64_t channels, float* sums) {
    constexpr int64_t kWide = 4 * kLanes;
    int64_t c = 0;
    for (; c + kWide <= channels; c += kWide) {
        float part[kWide] = {};
        for (int64_t place = 0; place < places; ++place)
#pragma omp simd
            for (int64_t i = 0; i < kWide; ++i)
                part[i] += load(x[place * channels + c + i]);
        for (int64_t i = 0; i < kWide; ++i)
            sums[c + i] = part[i];
    }
    float part[kWide] = {};
    for (int64_t place = 0; place < places; ++place)
#pragma omp simd
        for (int64_t i = c; i < channels; ++i)
            part[i - c] += load(x[place * channels + i]);
    for (int64_t i = c; i < channels; ++i)
        sums[i] = part[i - c];
}

/// Computes kVectors * kLanes channels of all places.
template <int kVectors, typename T>
DFD_INLINE void gelu_columns(T* x, int64_t places, int64_t channels, float* sums) {
    Vector squares[kVectors] = {};
    for (int64_t place = 0; place < places; ++place, x += channels)
        for (int i = 0; i < kVectors; ++i) {
            Vector value;
            load(value, x + i * kLanes);
            gelu(value);
            squares[i] += value * value;
            store(x + i * kLanes, value);
        }
    for (int i = 0; i < kVectors; ++i)
        store(sums + i * kLanes, squares[i]);
}

template <typename T>
DFD_INLINE void gelu_rows(T* x, int64_t places, int64_t channels, float* sums) {
    int64_t c = 0;
    for (; c + 4 * kLanes <= channels; c += 4 * kLanes)
        gelu_columns<4>(x + c, places, channels, sums + c);
    for (; c + kLanes <= channels; c += kLanes)
        gelu_columns<1>(x + c, places, channels, sums + c);
    if (c == channels)
        return;
    float squares[kLanes] = {};
    for (int64_t place = 0; place < places; ++place) {
        float last[kLanes] = {};
        for (int64_t i = c; i < channels; ++i)
            last[i - c] = load(x[place * channels + i]);
        Vector value;
        load(value, last);
        gelu(value);
        store(last, value);
        for (int64_t i = c; i < channels; ++i) {
            squares[i - c] += last[i - c] * last[i - c];
            store(x[place * channels + i], last[i - c]);
        }
    }
    for (int64_t i = c; i < channels; ++i)
        sums[i] = squares[i - c];
}

template <typename T>
DFD_INLINE void scale_rows(T* x, int64_t places, int64_t channels, const float* scale) {
    for (int64_t place = 0; place < places; ++place, x += channels)
#pragma omp simd
        for (int64_t c = 0; c < channels; ++c)
            store(x[c], load(x[c]) * scale[c]);
}

template <typename T>
DFD_INLINE void scale_each(T* to, const T* weights, const std::int32_t* channel, const float* scale,
                           int64_t count) {
#pragma omp simd
    for (int64_t i = 0; i < count; ++i)
        store(to[i], load(weights[i]) * scale[channel[i]]);
}

}  // namespace

DFD_EVERY_PROCESSOR void normalise_channels(float* x, int64_t places, int64_t channels,
                                            const float* weight, const float* bias, float epsilon) {
    normalise_rows(x, places, channels, weight, bias, epsilon);
}
DFD_EVERY_PROCESSOR void normalise_channels(BFloat16* x, int64_t places, int64_t channels,
                                            const float* weight, const float* bias, float epsilon) {
    normalise_rows(x, places, channels, weight, bias, epsilon);
}

DFD_EVERY_PROCESSOR void sum_places(const float* x, int64_t places, int64_t channels, float* sums) {
    sum_rows(x, places, channels, sums);
}
DFD_EVERY_PROCESSOR void sum_places(const BFloat16* x, int64_t places, int64_t channels,
                                    float* sums) {
    sum_rows(x, places, channels, sums);
}

DFD_EVERY_PROCESSOR void gelu_squares(float* x, int64_t places, int64_t channels, float* sums) {
    gelu_rows(x, places, channels, sums);
}
DFD_EVERY_PROCESSOR void gelu_squares(BFloat16* x, int64_t places, int64_t channels, float* sums) {
    gelu_rows(x, places, channels, sums);
}

DFD_EVERY_PROCESSOR void scale_channels(float* x, int64_t places, int64_t channels,
                                        const float* scale) {
    scale_rows(x, places, channels, scale);
}
DFD_EVERY_PROCESSOR void scale_channels(BFloat16* x, int64_t places, int64_t channels,
                                        const float* scale) {
    scale_rows(x, places, channels, scale);
}

DFD_EVERY_PROCESSOR void scale_weights(float* to, const float* weights, const std::int32_t* channel,
                                       const float* scale, int64_t count) {
    scale_each(to, weights, channel, scale, count);
}
DFD_EVERY_PROCESSOR void scale_weights(BFloat16* to, const BFloat16* weights,
                                       const std::int32_t* channel, const float* scale,
                                       int64_t count) {
    scale_each(to, weights, channel, scale, count);
}

DFD_EVERY_PROCESSOR void to_float(float* to, const BFloat16* from, int64_t count) {
#pragma omp simd
    for (int64_t i = 0; i < count; ++i)
        to[i] = load(from[i]);
}

DFD_EVERY_PROCESSOR void multiply_rows(const float* weight, const float* bias, const float* x,
                                       int64_t outputs, int64_t inputs, float* out) {
    for (int64_t o = 0; o < outputs; ++o, weight += inputs) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t i = 0; i < inputs; ++i)
            sum += weight[i] * x[i];
        out[o] = bias[o] + sum;
    }
}

void sigmoid(float* x, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        x[i] = 1.0f / (1.0f + std::exp(-x[i]));
}

void silu(float* x, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        x[i] = x[i] / (1.0f + std::exp(-x[i]));
}

}  // namespace dfd::nhwc
