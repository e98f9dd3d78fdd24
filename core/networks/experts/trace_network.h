// Experts that read a picture at its own resolution and look for traces of editing.
#pragma once

#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include <cstdint>
#include <vector>

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// The architectures "trace_luma", "trace_colour", "trace_blocks" and "trace_joint" (brightness and
/// blocks combined). Each has a fixed residual front end, a small plain convolutional trunk, a
/// context that compares each location with the rest of the picture, and a head that computes
/// evidence per location and pools the strongest.
///
/// The context gives a trace its meaning: blocks that were never quantised mean nothing in a
/// picture that never was a JPEG, but a lot in one whose other blocks were quantised.
///
/// Input policy: Resize::Native, mean 0, std 1, so pixels are RGB in [0,1]. The input must be
/// float32 whatever the precision of the weights: the front end always computes in float32
/// (bfloat16 cannot represent a single grey level) and converts the residuals to the weights' type.
///
/// The traces are those of single pixels and of the 8 x 8 blocks of an earlier JPEG. Resizing
/// destroys them, so a scaled copy of a picture tells these experts little. Cropping preserves the
/// block traces only when the crop's corner is at a multiple of 8 pixels.
[[nodiscard]] std::vector<Architecture> trace_architectures();

/// Pixels per location of the feature map in each direction, for all trace networks.
inline constexpr int kTraceStride = 8;

/// Pixels to each side of a location that its features may depend on, before the context.
inline constexpr int kTraceHalo = 64;

/// Pooling of the evidence: windows of kTraceWindow x kTraceWindow locations overlap by half, and
/// the kStrongestWindows highest window means are averaged.
inline constexpr int kTraceWindow = 8;
inline constexpr int kStrongestWindows = 4;

/// Channels of the last feature map of all trace networks.
inline constexpr int kTraceFeatures = 128;

/// A part of one side of a picture that is read together, in pixels: [from, to), of which the
/// locations of [first, first + count) are kept. The rest is their surroundings.
struct TraceTile {
    std::int64_t from = 0, to = 0, first = 0, count = 0;
};
/// The tiles along a side that is a multiple of kTraceStride. With `one_size` all are as long as an
/// inner one (or the side), so that a GPU plans its convolutions once; without it those at the ends
/// are shorter.
[[nodiscard]] std::vector<TraceTile> trace_tiles(std::int64_t side, bool one_size);

/// Common base: padding, tiling, context and head. Thread-safe for scoring (eval mode).
class TraceNetwork : public ExpertNetwork {
  public:
    /// [N,3,H,W] -> [N,C,floor(H/8),floor(W/8)]. Sides below 32 pixels are padded to 32 by
    /// repeating the edge; the last H mod 8 rows and W mod 8 columns are ignored. Without gradients
    /// and in eval mode, a picture of more than about 1.5 megapixels is read in overlapping tiles.
    /// The result is equal up to rounding, and memory is bounded by the tile and a few maps.
    FeatureMap feature_map(const torch::Tensor& input) override;
    /// Sides of windows are treated as those of pictures. Without gradients and in eval mode, about
    /// half a megapixel is read at a time.
    FeatureMap feature_map_of_windows(const torch::Tensor& stacked, std::int64_t rows) override;
    /// Mean over locations.
    torch::Tensor pool(const FeatureMap& features) override;
    torch::Tensor logits(const FeatureMap& features) override;

    /// [N,C,h,w] -> [N,h,w]: log-odds of each location having been edited, before calibration.
    torch::Tensor evidence(const torch::Tensor& feature_map);
    /// [N,h,w] -> [N,wh,ww]: means over half-overlapping windows (those at the right and bottom
    /// edge may be smaller).
    static torch::Tensor window_means(const torch::Tensor& evidence);
    /// [N,h,w] -> [N,2]: the mean of the strongest windows and the mean over the picture, which are
    /// the inputs of the calibration. With `rows`, the evidence is of parts of a picture that are
    /// that high, one below the other, and no window lies across two of them.
    static torch::Tensor summary(const torch::Tensor& evidence, std::int64_t rows = 0);

    /// Sets the log-odds of a picture to strongest * summary[0] + overall * summary[1] + bias.
    /// `strongest + overall` must be positive; otherwise Grad-CAM would highlight missing evidence.
    void set_calibration(double strongest, double overall, double bias);

  protected:
    TraceNetwork(int trunk_width, const NetworkOptions& options);
    using Residuals = std::vector<torch::Tensor>;
    /// [N,3,H,W] float32 in [0,1], H and W multiples of 8 and at least 32 -> the residuals of
    /// trace_residuals.h.
    virtual Residuals front_end(const torch::Tensor& pixels) const = 0;
    /// Residuals -> [N,trunk_width,H/8,W/8]. The receptive field extends at most kTraceHalo pixels
    /// to each side.
    virtual torch::Tensor trunk(const Residuals& residuals) = 0;

  private:
    torch::Tensor read(const torch::Tensor& pixels);
    torch::Tensor read_in_tiles(const torch::Tensor& pixels);
    torch::Tensor read_in_passes(const torch::Tensor& windows);
    /// Compares the locations with the mean of each picture, or with that of all of them.
    torch::Tensor compare(const torch::Tensor& local, bool one_picture);

    double dropout_ = 0;
    torch::nn::Conv2d embed_{nullptr};  ///< features compared with the picture's mean
    torch::nn::Sequential context_{nullptr};
    torch::nn::Conv2d evidence_{nullptr};
    torch::Tensor calibration_;  ///< [3]: strongest, overall, bias
};

}  // namespace dfd
