// Loops over places and channels that no library fuses: norms, gates, sums.
#pragma once

#include <cstdint>

namespace dfd::nhwc {

/// The upper half of a float32. Rounded to nearest, ties to even.
struct BFloat16 {
    std::uint16_t bits;
};

/// All work on `places` rows of `channels` values one behind the other, on the calling thread
/// alone: the caller divides the places. Compiled for several instruction sets, of which the
/// processor's best is taken.

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over each row's channels, in place. At
/// most kMostNormalised channels.
inline constexpr std::int64_t kMostNormalised = 4096;
void normalise_channels(float* x, std::int64_t places, std::int64_t channels, const float* weight,
                        const float* bias, float epsilon);
void normalise_channels(BFloat16* x, std::int64_t places, std::int64_t channels,
                        const float* weight, const float* bias, float epsilon);

/// sums[c] = the sum over the places of x[.][c]. `sums` may be `x` itself.
void sum_places(const float* x, std::int64_t places, std::int64_t channels, float* sums);
void sum_places(const BFloat16* x, std::int64_t places, std::int64_t channels, float* sums);

/// x = gelu(x), in place, and sums[c] = the sum over the places of x[.][c] squared.
void gelu_squares(float* x, std::int64_t places, std::int64_t channels, float* sums);
void gelu_squares(BFloat16* x, std::int64_t places, std::int64_t channels, float* sums);

/// x[.][c] *= scale[c].
void scale_channels(float* x, std::int64_t places, std::int64_t channels, const float* scale);
void scale_channels(BFloat16* x, std::int64_t places, std::int64_t channels, const float* scale);

/// to[i] = weights[i] * scale[channel[i]], whatever order the weights are kept in.
void scale_weights(float* to, const float* weights, const std::int32_t* channel, const float* scale,
                   std::int64_t count);
void scale_weights(BFloat16* to, const BFloat16* weights, const std::int32_t* channel,
                   const float* scale, std::int64_t count);

void to_float(float* to, const BFloat16* from, std::int64_t count);

/// out[o] = bias[o] + the sum over i of weight[o][i] * x[i], for `outputs` rows of `inputs`.
void multiply_rows(const float* weight, const float* bias, const float* x, std::int64_t outputs,
                   std::int64_t inputs, float* out);

/// In place: 1 / (1 + exp(-x)), and x / (1 + exp(-x)).
void sigmoid(float* x, std::int64_t count);
void silu(float* x, std::int64_t count);

}  // namespace dfd::nhwc
