#include "core/networks/experts/trace_network.h"

#include <torch/nn/functional.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/dropout.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <vector>

#include "core/networks/experts/activation_tap.h"
#include "core/networks/experts/trace_residuals.h"
#include "core/networks/hardware/autocast.h"

namespace dfd {
namespace {

namespace nn = torch::nn;
using torch::indexing::Slice;

constexpr int kSmallestSide = 32;
constexpr int kCompared = 48;  // channels compared with the picture's mean
constexpr int kBetween = 96;
constexpr std::int64_t kTile = 1024;
constexpr std::int64_t kWholeUpTo = 1'500'000;  // pixels
constexpr std::int64_t kPass = 1 << 19;         // pixels of windows that are read together
constexpr std::int64_t kTappedPass = 1 << 21;   // a tapped layer must be read in one pass

/// A picture, or several of one size, as the trunk needs it: sides of at least kSmallestSide and
/// multiples of kTraceStride.
torch::Tensor fitted(const torch::Tensor& input) {
    TORCH_CHECK(input.dim() == 4 && input.size(1) == 3 && input.size(2) > 0 && input.size(3) > 0,
                "A trace network expects [N,3,H,W], not ", input.sizes());
    auto pixels = input;
    const auto missing = [](std::int64_t side) {
        return std::max<std::int64_t>(0, kSmallestSide - side);
    };
    if (missing(input.size(2)) > 0 || missing(input.size(3)) > 0)
        pixels = nn::functional::pad(
            pixels,
            nn::functional::PadFuncOptions({0, missing(input.size(3)), 0, missing(input.size(2))})
                .mode(torch::kReplicate));
    const auto rows = pixels.size(2) / kTraceStride * kTraceStride;
    const auto columns = pixels.size(3) / kTraceStride * kTraceStride;
    return pixels.narrow(2, 0, rows).narrow(3, 0, columns);
}

void convolution(nn::Sequential& layers, int from, int to, int stride, int dilation = 1) {
    layers->push_back(nn::Conv2d(nn::Conv2dOptions(from, to, 3)
                                     .stride(stride)
                                     .padding(dilation)
                                     .dilation(dilation)
                                     .bias(false)));
    layers->push_back(nn::BatchNorm2d(to));
    layers->push_back(nn::ReLU(nn::ReLUOptions(true)));
}

struct Layer {
    int width;
    int stride;
};

// 3x3 layers with increasing receptive field, at most about 48 pixels.
nn::Sequential plain_trunk(int inputs, std::initializer_list<Layer> plan) {
    nn::Sequential layers;
    for (const auto& layer : plan) {
        convolution(layers, inputs, layer.width, layer.stride);
        inputs = layer.width;
    }
    return layers;
}

/// Runs one branch's trunk. All layers but the last can be tapped as "layers.2", "layers.5" ...
torch::Tensor run_layers(nn::Sequential& layers, const torch::Tensor& residuals) {
    auto x = residuals;
    const auto last = layers->size() - 1;
    for (size_t i = 0; i <= last; ++i) {
        x = (*(layers->begin() + static_cast<std::ptrdiff_t>(i))).forward(x);
        if (i % 3 == 2 && i < last)  // after the ReLU that ends a layer
            x = tapped("layers." + std::to_string(i), x);
    }
    return x;
}

/// Brightness: seams, grain, sharpness, resampling.
class TraceLuma : public TraceNetwork {
  public:
    static constexpr int kWidth = 96;
    explicit TraceLuma(const NetworkOptions& options) : TraceNetwork(kWidth, options) {
        layers_ = register_module("layers", luma_trunk());
    }
    static nn::Sequential luma_trunk() {
        return plain_trunk(kLumaResiduals, {{24, 2}, {24, 1}, {48, 2}, {64, 1}, {kWidth, 2}});
    }

  protected:
    Residuals front_end(const torch::Tensor& pixels) const override {
        return {luma_residuals(pixels)};
    }
    torch::Tensor trunk(const Residuals& residuals) override {
        return run_layers(layers_, residuals.front());
    }

  private:
    nn::Sequential layers_{nullptr};
};

/// Colour differences.
class TraceColour : public TraceNetwork {
  public:
    static constexpr int kWidth = 96;
    explicit TraceColour(const NetworkOptions& options) : TraceNetwork(kWidth, options) {
        layers_ = register_module(
            "layers", plain_trunk(kColourResiduals, {{32, 1}, {48, 2}, {64, 1}, {kWidth, 2}}));
    }

  protected:
    Residuals front_end(const torch::Tensor& pixels) const override {
        return {colour_residuals(pixels)};
    }
    torch::Tensor trunk(const Residuals& residuals) override {
        return run_layers(layers_, residuals.front());
    }

  private:
    nn::Sequential layers_{nullptr};
};

/// Block residuals -> [N,96,H/8,W/8].
class BlockTrunk : public nn::Module {
  public:
    static constexpr int kWidth = 96;
    BlockTrunk() {
        embed_ = register_module(
            "embed", nn::Conv2d(nn::Conv2dOptions(kBlockResiduals, 2 * kEmbedded, 1).bias(false)));
        embed_norm_ = register_module("embed_norm", nn::BatchNorm2d(2 * kEmbedded));
        nn::Sequential layers;
        convolution(layers, 2 * kEmbedded, kWidth, 1);
        layers_ = register_module("layers", layers);
    }
    torch::Tensor forward(const torch::Tensor& residuals) {
        const auto embedded = embed_->forward(residuals);
        // One half describes the block itself, the other is averaged into a histogram of the
        // surrounding 5 x 5 blocks.
        const auto own = embedded.narrow(1, 0, kEmbedded);
        const auto around = nn::functional::avg_pool2d(
            embedded.narrow(1, kEmbedded, kEmbedded),
            nn::functional::AvgPool2dFuncOptions(5).stride(1).padding(2).count_include_pad(false));
        const auto normed = embed_norm_->forward(torch::cat({own, around}, 1));
        return layers_->forward(normed.relu());
    }

  private:
    static constexpr int kEmbedded = 64;

    nn::Conv2d embed_{nullptr};
    nn::BatchNorm2d embed_norm_{nullptr};
    nn::Sequential layers_{nullptr};
};

/// Quantisation of an earlier JPEG's blocks.
class TraceBlocks : public TraceNetwork {
  public:
    explicit TraceBlocks(const NetworkOptions& options)
        : TraceNetwork(BlockTrunk::kWidth, options) {
        blocks_ = register_module("blocks", std::make_shared<BlockTrunk>());
    }

  protected:
    Residuals front_end(const torch::Tensor& pixels) const override {
        return {block_residuals(pixels)};
    }
    torch::Tensor trunk(const Residuals& residuals) override {
        return blocks_->forward(residuals.front());
    }

  private:
    std::shared_ptr<BlockTrunk> blocks_;
};

/// Brightness and blocks, combined at every location.
class TraceJoint : public TraceNetwork {
  public:
    explicit TraceJoint(const NetworkOptions& options)
        : TraceNetwork(TraceLuma::kWidth + BlockTrunk::kWidth, options) {
        luma_ = register_module("luma", TraceLuma::luma_trunk());
        blocks_ = register_module("blocks", std::make_shared<BlockTrunk>());
    }

  protected:
    Residuals front_end(const torch::Tensor& pixels) const override {
        return {luma_residuals(pixels), block_residuals(pixels)};
    }
    torch::Tensor trunk(const Residuals& residuals) override {
        return torch::cat({luma_->forward(residuals[0]), blocks_->forward(residuals[1])}, 1);
    }

  private:
    nn::Sequential luma_{nullptr};
    std::shared_ptr<BlockTrunk> blocks_;
};

template <class Network>
Architecture line(const std::string& name) {
    Architecture entry;
    entry.name = name;
    entry.feature_width = kTraceFeatures;
    entry.gradcam_layer = "context.5";
    entry.native_resolution = true;
    entry.make = [](const NetworkOptions& options) { return std::make_shared<Network>(options); };
    return entry;
}

}  // namespace

TraceNetwork::TraceNetwork(int trunk_width, const NetworkOptions& options)
    : dropout_(options.dropout) {
    embed_ = register_module("embed",
                             nn::Conv2d(nn::Conv2dOptions(trunk_width, kCompared, 1).bias(false)));
    nn::Sequential context;
    convolution(context, trunk_width + kCompared, kBetween, 1, 2);
    convolution(context, kBetween, kTraceFeatures, 1, 4);
    context_ = register_module("context", context);
    evidence_ = register_module("evidence", nn::Conv2d(nn::Conv2dOptions(kTraceFeatures, 1, 1)));
    calibration_ = register_buffer("calibration", torch::tensor({1.0f, 0.0f, 0.0f}));
}

torch::Tensor TraceNetwork::read(const torch::Tensor& pixels) {
    Residuals residuals;
    {
        const AutocastScope full_precision(false);  // for the fixed front end
        residuals = front_end(pixels.to(torch::kFloat32));
    }
    const auto type = evidence_->weight.scalar_type();
    for (auto& each : residuals)
        each = each.to(each.options().dtype(type), false, false, torch::MemoryFormat::ChannelsLast);
    return trunk(residuals);
}

torch::Tensor TraceNetwork::compare(const torch::Tensor& read_locally, bool one_picture) {
    const auto local = tapped("trunk", read_locally);
    const auto embedded = embed_->forward(local);
    auto mean = embedded.mean({2, 3}, true, torch::kFloat32);
    if (one_picture)  // the windows have one size
        mean = mean.mean(0, true);
    const auto picture_mean = mean.to(embedded.scalar_type());
    return context_->forward(torch::cat({local, embedded - picture_mean}, 1));
}

FeatureMap TraceNetwork::feature_map(const torch::Tensor& input) {
    const auto pixels = fitted(input);
    const bool whole = torch::GradMode::is_enabled() || is_training() ||
                       pixels.size(2) * pixels.size(3) <= kWholeUpTo;
    return compare(whole ? read(pixels) : read_in_tiles(pixels), false);
}

FeatureMap TraceNetwork::feature_map_of_windows(const torch::Tensor& windows, std::int64_t rows) {
    const auto map = compare(read_in_passes(fitted(unstacked(windows, rows))), true);
    return {stacked(map), {}, map.size(2)};
}

torch::Tensor TraceNetwork::read_in_passes(const torch::Tensor& windows) {
    const auto count = windows.size(0), pixels = windows.size(2) * windows.size(3);
    const auto together = std::max<std::int64_t>(1, (tapping() ? kTappedPass : kPass) / pixels);
    if (torch::GradMode::is_enabled() || is_training() || count <= together)
        return read(windows);
    std::vector<torch::Tensor> passes;
    for (std::int64_t first = 0; first < count; first += together)
        passes.push_back(read(windows.narrow(0, first, std::min(together, count - first))));
    return torch::cat(passes);
}

std::vector<TraceTile> trace_tiles(std::int64_t side, bool one_size) {
    std::vector<TraceTile> tiles;
    const auto longest = std::min<std::int64_t>(side, kTile + 2 * kTraceHalo);
    for (std::int64_t first = 0; first < side; first += kTile) {
        TraceTile tile{std::max<std::int64_t>(0, first - kTraceHalo), 0, first,
                       std::min(kTile, side - first)};
        tile.to = std::min(side, first + kTile + kTraceHalo);
        if (one_size) {
            tile.from = std::min(tile.from, side - longest);
            tile.to = tile.from + longest;
        }
        tiles.push_back(tile);
    }
    return tiles;
}

torch::Tensor TraceNetwork::read_in_tiles(const torch::Tensor& pixels) {
    // On a processor the larger tiles would take longer, and nothing is planned for a size.
    const bool one_size = !pixels.is_cpu();
    std::vector<torch::Tensor> bands;
    for (const auto& down : trace_tiles(pixels.size(2), one_size)) {
        std::vector<torch::Tensor> band;
        for (const auto& across : trace_tiles(pixels.size(3), one_size)) {
            const auto tile = read(pixels.narrow(2, down.from, down.to - down.from)
                                       .narrow(3, across.from, across.to - across.from)
                                       .contiguous());
            band.push_back(
                tile.narrow(2, (down.first - down.from) / kTraceStride, down.count / kTraceStride)
                    .narrow(3, (across.first - across.from) / kTraceStride,
                            across.count / kTraceStride)
                    .contiguous());
        }
        bands.push_back(torch::cat(band, 3));
    }
    return torch::cat(bands, 2);
}

torch::Tensor TraceNetwork::pool(const FeatureMap& features) {
    return features.map.mean({2, 3});
}

torch::Tensor TraceNetwork::evidence(const torch::Tensor& feature_map) {
    return evidence_->forward(torch::dropout(feature_map, dropout_, is_training())).squeeze(1);
}

torch::Tensor TraceNetwork::window_means(const torch::Tensor& evidence) {
    const auto height = std::min<std::int64_t>(kTraceWindow, evidence.size(1));
    const auto width = std::min<std::int64_t>(kTraceWindow, evidence.size(2));
    return nn::functional::avg_pool2d(evidence.unsqueeze(1),
                                      nn::functional::AvgPool2dFuncOptions({height, width})
                                          .stride({std::max<std::int64_t>(1, height / 2),
                                                   std::max<std::int64_t>(1, width / 2)})
                                          .ceil_mode(true)
                                          .count_include_pad(false))
        .squeeze(1);
}

torch::Tensor TraceNetwork::summary(const torch::Tensor& evidence, std::int64_t rows) {
    const auto parts = rows > 0 ? evidence.reshape({-1, rows, evidence.size(2)}) : evidence;
    const auto windows = window_means(parts).reshape({evidence.size(0), -1});
    const auto count = std::min<std::int64_t>(kStrongestWindows, windows.size(1));
    const auto strongest = std::get<0>(windows.topk(count, 1)).mean(1);
    return torch::stack({strongest, evidence.mean({1, 2})}, 1);
}

torch::Tensor TraceNetwork::logits(const FeatureMap& features) {
    // In float32: pooling thousands of locations in half precision would lose evidence to rounding.
    const auto parts = summary(evidence(features.map).to(torch::kFloat32), features.window_rows);
    const auto calibration = calibration_.to(torch::kFloat32);
    const auto log_odds = (parts * calibration.narrow(0, 0, 2)).sum(1) + calibration[2];
    return torch::stack({log_odds * -0.5, log_odds * 0.5}, 1);
}

void TraceNetwork::set_calibration(double strongest, double overall, double bias) {
    TORCH_CHECK(std::isfinite(bias) && strongest + overall > 0,
                "A calibration must be finite and raise the score where there is more evidence.");
    const torch::NoGradGuard guard;
    calibration_.copy_(torch::tensor(
        {static_cast<float>(strongest), static_cast<float>(overall), static_cast<float>(bias)}));
}

std::vector<Architecture> trace_architectures() {
    return {line<TraceLuma>("trace_luma"), line<TraceColour>("trace_colour"),
            line<TraceBlocks>("trace_blocks"), line<TraceJoint>("trace_joint")};
}

}  // namespace dfd
