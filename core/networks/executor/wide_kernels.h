// AVX-512 kernels for 1x1 and depthwise convolutions, fused with the operations that follow them.
#pragma once

#include <cstdint>

#include "core/networks/executor/depthwise.h"
#include "core/networks/executor/nhwc_kernels.h"

namespace dfd::nhwc {

/// Whether this CPU and build support the kernels. With `bfloat16`, AVX512-BF16 is needed too.
[[nodiscard]] bool wide_kernels_support(bool bfloat16);

/// Output channels are computed in vectors of kVectorLanes, up to kPanelVectors at a time.
inline constexpr std::int64_t kVectorLanes = 16;
inline constexpr std::int64_t kPanelVectors = 3;
/// Places per tile of a product: work is best divided into multiples of this.
inline constexpr std::int64_t kTilePlaces = 8;
inline constexpr std::int64_t kLargestWideDepthwise = 7;

/// A group of adjacent output channels of a 1x1 convolution, with their weights.
struct Panel {
    /// float [in][vectors * 16], or BFloat16 [in / 2][vectors * 16][2]; zero for missing channels.
    const void* weights = nullptr;
    const float* bias = nullptr;  ///< [vectors * 16]
    std::int64_t first = 0;       ///< index of the first output channel
    std::int64_t channels = 0;    ///< actual channels, more than (vectors - 1) * 16
    std::int64_t vectors = 0;     ///< 1 to kPanelVectors
};

/// Output strides in values, between places and between vectors. With `whole`, all lanes of the
/// last vector are written; lanes without a channel have meaningless values.
struct PanelLayout {
    std::int64_t place = 0, vector = kVectorLanes;
    bool whole = false;
};

/// Packs the panel's rows of weight [out][in] in panel order, each channel multiplied by
/// factor[out] (nullptr means 1). Missing channels are zero. Does not read `panel.weights`.
void pack_panel(const Panel& panel, std::int64_t in, const float* weight, const float* factor,
                float* to);
void pack_panel(const Panel& panel, std::int64_t in, const float* weight, const float* factor,
                BFloat16* to);

/// out[place][channel] = after(bias + sum over i of x[place][i] * weight[i][channel]) for the
/// panel's channels. x is [places][in]; `in` must be even for BFloat16. If given, `squares`
/// [channels] receives the sums over the places of the squared results. Runs on the calling thread.
void panel_product(const float* x, std::int64_t places, std::int64_t in, const Panel& panel,
                   After after, float* out, const PanelLayout& layout, float* squares = nullptr);
void panel_product(const BFloat16* x, std::int64_t places, std::int64_t in, const Panel& panel,
                   After after, float* out, const PanelLayout& layout, float* squares = nullptr);
void panel_product(const BFloat16* x, std::int64_t places, std::int64_t in, const Panel& panel,
                   After after, BFloat16* out, const PanelLayout& layout, float* squares = nullptr);

/// out[vector][place][16] = x[place][channel] for the panel's channels; zero for missing ones.
/// `channels` is the number of channels of x, `vector` the stride between vectors.
void copy_panel(const float* x, std::int64_t places, std::int64_t channels, const Panel& panel,
                float* out, std::int64_t vector);
void copy_panel(const BFloat16* x, std::int64_t places, std::int64_t channels, const Panel& panel,
                float* out, std::int64_t vector);

/// Copies the panel's weights to `to`, multiplying those of input i by scale[i].
void scale_panel(const Panel& panel, std::int64_t in, const float* scale, float* to);
void scale_panel(const Panel& panel, std::int64_t in, const float* scale, BFloat16* to);

/// Computes one output row of a depthwise convolution for the channels of one panel, then `after`
/// (Nothing, Silu or Relu6).
///
/// `rows` are the `kernel` (3, 5 or 7) input rows; nullptr means a row of zeroes. Each row is
/// [vectors][place][16] with zero padding included and `vector` values between vectors. `weight` is
/// [channel vectors][kernel * kernel][16] and `bias` [channel vectors][16], both starting at the
/// panel's first channel, which is a multiple of 16. Writes out[place][channel] and the sums over
/// the places, both in rows of `shape.channels` and starting at the panel's first channel. Runs on
/// the calling thread.
void depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                   std::int64_t vector, const float* weight, const float* bias, After after,
                   float* out, float* sums);
void depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                   std::int64_t vector, const float* weight, const float* bias, After after,
                   BFloat16* out, float* sums);
/// Whether depthwise_row supports the shape on a CPU that has the kernels.
[[nodiscard]] bool wide_depthwise_supports(const DepthwiseShape& shape);

}  // namespace dfd::nhwc
