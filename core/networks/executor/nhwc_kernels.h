// Kernels for channels-last data that no library fuses: norms, gates, activations with sums.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dfd::nhwc {

/// The upper half of a float32. Conversions round to nearest, ties to even.
struct BFloat16 {
    std::uint16_t bits;
};
[[nodiscard]] constexpr std::size_t value_bytes(bool bfloat16) {
    return bfloat16 ? sizeof(BFloat16) : sizeof(float);
}

/// The operation on a sum before it is stored. Add adds it to the output. Not every function
/// supports every operation.
enum class After { Nothing, Silu, Gelu, Relu6, Add };

/// A "place" is one spatial position. All functions work on `places` contiguous rows of `channels`
/// values, on the calling thread only; callers divide the places among threads. Compiled for
/// several instruction sets; the best one for the CPU is chosen at load time.

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the channels of each place, in place.
/// At most kMostNormalised channels.
inline constexpr std::int64_t kMostNormalised = 4096;
void normalise_channels(float* x, std::int64_t places, std::int64_t channels, const float* weight,
                        const float* bias, float epsilon);
void normalise_channels(BFloat16* x, std::int64_t places, std::int64_t channels,
                        const float* weight, const float* bias, float epsilon);

/// sums[c] = sum over the places of x[.][c]. `sums` may alias `x`.
void sum_places(const float* x, std::int64_t places, std::int64_t channels, float* sums);
void sum_places(const BFloat16* x, std::int64_t places, std::int64_t channels, float* sums);

/// x = gelu(x), in place, and sums[c] = sum over the places of x[.][c]^2.
void gelu_squares(float* x, std::int64_t places, std::int64_t channels, float* sums);
void gelu_squares(BFloat16* x, std::int64_t places, std::int64_t channels, float* sums);

/// x[.][c] *= scale[c].
void scale_channels(float* x, std::int64_t places, std::int64_t channels, const float* scale);
void scale_channels(BFloat16* x, std::int64_t places, std::int64_t channels, const float* scale);

/// to[i] = weights[i] * scale[channel[i]], for any layout of the weights.
void scale_weights(float* to, const float* weights, const std::int32_t* channel, const float* scale,
                   std::int64_t count);
void scale_weights(BFloat16* to, const BFloat16* weights, const std::int32_t* channel,
                   const float* scale, std::int64_t count);

void to_float(float* to, const BFloat16* from, std::int64_t count);

/// out[o] = bias[o] + sum over i of weight[o][i] * x[i]; `weight` is [outputs][inputs].
void multiply_rows(const float* weight, const float* bias, const float* x, std::int64_t outputs,
                   std::int64_t inputs, float* out);

/// In place: 1 / (1 + exp(-x)), and x / (1 + exp(-x)).
void sigmoid(float* x, std::int64_t count);
void silu(float* x, std::int64_t count);

}  // namespace dfd::nhwc
