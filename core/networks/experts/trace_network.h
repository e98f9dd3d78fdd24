// Experts that read a picture at its own resolution, from traces that editing leaves.
#pragma once

#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// The architectures "trace_luma", "trace_colour", "trace_blocks" and "trace_joint" (brightness and
/// blocks in one): a fixed residual front end, a small plain convolutional trunk, a context that
/// compares each location with the rest of its picture, and a head that gives every location its
/// own evidence and pools the strongest of it.
///
/// The context is what makes a trace speak: blocks that were never quantised mean nothing in a
/// picture that never was a JPEG, and a lot in one whose other blocks were.
///
/// Input policy: Resize::Native, mean 0, std 1, so pixels are RGB in [0,1]. Give float32 whatever
/// the precision of the weights: the front end always computes in float32 (bfloat16 cannot hold one
/// grey level) and hands its residuals over in the weights' type.
///
/// The traces are those of single pixels and of the 8 x 8 blocks of an earlier JPEG. They die when
/// the picture is resized, so a scaled copy of a picture tells these experts little; a crop keeps
/// the block traces only if its corner lay on a multiple of 8 pixels.
[[nodiscard]] std::vector<Architecture> trace_architectures();

/// One location of the feature map covers this many pixels each way, for all of them.
inline constexpr int kTraceStride = 8;

/// How a picture's evidence becomes one number: a window is kTraceWindow x kTraceWindow locations,
/// windows overlap by half, and the kStrongestWindows highest are averaged.
inline constexpr int kTraceWindow = 8;
inline constexpr int kStrongestWindows = 4;

/// Width of the last feature map of every one of them.
inline constexpr int kTraceFeatures = 128;

/// Common part of all: padding, tiling, context, head. Thread-safe for scoring (eval mode).
class TraceNetwork : public ExpertNetwork {
  public:
    /// [N,3,H,W] -> [N,C,floor(H/8),floor(W/8)]; pictures below 32 pixels are padded to 32 by
    /// repeating their edge, the last H mod 8 rows and W mod 8 columns are not read. Without
    /// gradients a picture of more than about 1.5 megapixels is read in overlapping tiles, whose
    /// result equals the whole one's up to rounding, in memory bounded by the tile and a few maps.
    torch::Tensor feature_map(const torch::Tensor& input) override;
    /// Mean over locations.
    torch::Tensor pool(const torch::Tensor& feature_map) override;
    torch::Tensor logits(const torch::Tensor& feature_map) override;

    /// [N,C,h,w] -> [N,h,w]: log-odds of each location having been edited, before calibration.
    torch::Tensor evidence(const torch::Tensor& feature_map);
    /// [N,h,w] -> [N,wh,ww]: means over half-overlapping windows (those at the right and bottom
    /// edge may be cut short).
    static torch::Tensor window_means(const torch::Tensor& evidence);
    /// [N,h,w] -> [N,2]: mean of the strongest windows, and mean over the picture. What the
    /// calibration weighs.
    static torch::Tensor summary(const torch::Tensor& evidence);

    /// log-odds of a picture = strongest * summary[0] + overall * summary[1] + bias.
    /// `strongest + overall` must be positive, or Grad-CAM would show where evidence is absent.
    void set_calibration(double strongest, double overall, double bias);

  protected:
    TraceNetwork(int trunk_width, const NetworkOptions& options);
    using Residuals = std::vector<torch::Tensor>;
    /// [N,3,H,W] float32 in [0,1], H and W multiples of 8 and at least 32 -> trace_residuals.h's.
    virtual Residuals front_end(const torch::Tensor& pixels) const = 0;
    /// Residuals -> [N,trunk_width,H/8,W/8]. Reaches no further than kHalo pixels to any side.
    virtual torch::Tensor trunk(const Residuals& residuals) = 0;

    static constexpr int kHalo = 64;

  private:
    torch::Tensor read(const torch::Tensor& pixels);
    torch::Tensor read_in_tiles(const torch::Tensor& pixels);
    torch::Tensor compare(const torch::Tensor& local);

    double dropout_ = 0;
    torch::nn::Conv2d embed_{nullptr};  ///< what is compared with the picture's mean
    torch::nn::Sequential context_{nullptr};
    torch::nn::Conv2d evidence_{nullptr};
    torch::Tensor calibration_;  ///< [3]: strongest, overall, bias
};

}  // namespace dfd
