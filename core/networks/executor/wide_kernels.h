// The two convolutions of which trunks consist, with what follows them done in the registers, for
// processors with 32 registers of 16 floats (AVX-512).
#pragma once

#include <cstdint>

#include "core/networks/executor/depthwise.h"
#include "core/networks/executor/nhwc_kernels.h"

namespace dfd::nhwc {

/// Whether this processor and this build have them; for bfloat16, with its products of pairs.
[[nodiscard]] bool wide_kernels_support(bool bfloat16);

/// As long as one lives, wide_kernels_support says no: executors made meanwhile compute as they do
/// on other processors. Not for several threads.
class WithoutWideKernels {
  public:
    WithoutWideKernels();
    ~WithoutWideKernels();
    WithoutWideKernels(const WithoutWideKernels&) = delete;
    WithoutWideKernels& operator=(const WithoutWideKernels&) = delete;
};

/// Output channels are computed as vectors of kVectorLanes, up to kPanelVectors of them together.
inline constexpr std::int64_t kVectorLanes = 16;
inline constexpr std::int64_t kPanelVectors = 3;
/// Places that one step computes together: work is best divided into multiples of it.
inline constexpr std::int64_t kTilePlaces = 8;
inline constexpr std::int64_t kLargestWideDepthwise = 7;

/// The part of a 1x1 convolution that makes some neighbouring channels of its output.
struct Panel {
    /// float [in][vectors * 16], or BFloat16 [in / 2][vectors * 16][2]; zero where no channel is.
    const void* weights = nullptr;
    const float* bias = nullptr;  ///< [vectors * 16]
    std::int64_t first = 0;       ///< channel of the whole output
    std::int64_t channels = 0;    ///< that there are: more than (vectors - 1) * 16
    std::int64_t vectors = 0;     ///< 1 to kPanelVectors
};

enum class After { Nothing, Silu, Gelu, Add };  ///< Add: to what the output holds

/// Where a panel's channels go, in values: from one place to the next, from one vector to the next.
/// `whole` writes all lanes of the last vector, of which those without a channel are meaningless.
struct PanelLayout {
    std::int64_t place = 0, vector = kVectorLanes;
    bool whole = false;
};

/// to = the weights of the panel's channels of weight [out][in], each channel's times factor[out]
/// (nullptr: 1), in the panel's order and with its zeroes. `panel.weights` is not looked at.
void pack_panel(const Panel& panel, std::int64_t in, const float* weight, const float* factor,
                float* to);
void pack_panel(const Panel& panel, std::int64_t in, const float* weight, const float* factor,
                BFloat16* to);

/// out[place][channel] = after(bias + the sum over i of x[place][i] * weight[i][channel]) for the
/// panel's channels; x is [places][in], `in` even for BFloat16. `squares` [channels], if any, get
/// the sums over the places of the results squared. On the calling thread.
void panel_product(const float* x, std::int64_t places, std::int64_t in, const Panel& panel,
                   After after, float* out, const PanelLayout& layout, float* squares = nullptr);
void panel_product(const BFloat16* x, std::int64_t places, std::int64_t in, const Panel& panel,
                   After after, float* out, const PanelLayout& layout, float* squares = nullptr);
void panel_product(const BFloat16* x, std::int64_t places, std::int64_t in, const Panel& panel,
                   After after, BFloat16* out, const PanelLayout& layout, float* squares = nullptr);

/// out[vector][place][16] = x[place][channel] for the panel's channels of `channels`, zero where no
/// channel is; `vector` values from one vector to the next.
void copy_panel(const float* x, std::int64_t places, std::int64_t channels, const Panel& panel,
                float* out, std::int64_t vector);
void copy_panel(const BFloat16* x, std::int64_t places, std::int64_t channels, const Panel& panel,
                float* out, std::int64_t vector);

/// to = the panel's weights, those of input i times scale[i].
void scale_panel(const Panel& panel, std::int64_t in, const float* scale, float* to);
void scale_panel(const Panel& panel, std::int64_t in, const float* scale, BFloat16* to);

/// One output row of a depthwise convolution for the channels of one panel, then `after` (Nothing
/// or Silu). `rows` are the `kernel` (3, 5 or 7) input rows, nullptr for one of zeroes, vector by
/// vector: [vectors][place][16], `vector` values from one to the next, with the zeroes before and
/// after a row in their places. `weight` is [channels' vectors][kernel * kernel][16], `bias`
/// [channels' vectors][16], both from the panel's first channel on, which is a multiple of 16.
/// Writes out[place][channel] and the sums over the places, of a row of `shape.channels`, from
/// the panel's first channel on. On the calling thread.
void depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                   std::int64_t vector, const float* weight, const float* bias, After after,
                   float* out, float* sums);
void depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                   std::int64_t vector, const float* weight, const float* bias, After after,
                   BFloat16* out, float* sums);
/// Whether depthwise_row has this shape, if the processor is one for it.
[[nodiscard]] bool wide_depthwise_supports(const DepthwiseShape& shape);

}  // namespace dfd::nhwc
