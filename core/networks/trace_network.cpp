#include "core/networks/trace_network.h"

#include <ATen/autocast_mode.h>
#include <torch/nn/functional.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/dropout.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <vector>

namespace dfd {
namespace {

namespace nn = torch::nn;
using torch::indexing::Slice;

constexpr int kSmallestSide = 32;
constexpr std::int64_t kTile = 1024;
constexpr std::int64_t kWholeUpTo = 1'500'000;  // pixels

// Mixed precision must not reach the fixed front end; it is switched off for a scope.
class FullPrecision {
  public:
    FullPrecision() : cpu_(at::autocast::is_cpu_enabled()), cuda_(at::autocast::is_enabled()) {
        at::autocast::set_cpu_enabled(false);
        at::autocast::set_enabled(false);
    }
    ~FullPrecision() {
        at::autocast::set_cpu_enabled(cpu_);
        at::autocast::set_enabled(cuda_);
    }
    FullPrecision(const FullPrecision&) = delete;
    FullPrecision& operator=(const FullPrecision&) = delete;

  private:
    bool cpu_;
    bool cuda_;
};

torch::Tensor luma(const torch::Tensor& rgb) {
    return (rgb.select(1, 0) * 0.299 + rgb.select(1, 1) * 0.587 + rgb.select(1, 2) * 0.114)
        .unsqueeze(1);
}

torch::Tensor replicate(const torch::Tensor& planes, int margin) {
    return nn::functional::pad(
        planes,
        nn::functional::PadFuncOptions({margin, margin, margin, margin}).mode(torch::kReplicate));
}

// x[i-d] - 2 x[i] + x[i+d] along one dimension, for each plane; the border repeats.
torch::Tensor second_difference(const torch::Tensor& planes, int dimension, int distance) {
    const auto size = planes.size(dimension);
    const auto padded = replicate(planes, distance);
    const auto across =
        padded.narrow(dimension == 2 ? 3 : 2, distance, planes.size(dimension == 2 ? 3 : 2));
    return across.narrow(dimension, 0, size) - planes * 2 +
           across.narrow(dimension, 2 * distance, size);
}

// Grey levels -> about [-2, 2]: linear for the faint residuals that matter, bounded at edges.
torch::Tensor soften(const torch::Tensor& grey_levels) {
    return (grey_levels / (grey_levels.abs() / 8 + 1)).clamp_(-8, 8) / 4;
}

void convolution(nn::Sequential& layers, int from, int to, int stride) {
    layers->push_back(
        nn::Conv2d(nn::Conv2dOptions(from, to, 3).stride(stride).padding(1).bias(false)));
    layers->push_back(nn::BatchNorm2d(to));
    layers->push_back(nn::ReLU(nn::ReLUOptions(true)));
}

struct Layer {
    int width;
    int stride;
};

// 3x3 layers; each sees a little more of the residual, and no location much more than 48 pixels.
nn::Sequential plain_trunk(int inputs, std::initializer_list<Layer> plan) {
    nn::Sequential layers;
    for (const auto& layer : plan) {
        convolution(layers, inputs, layer.width, layer.stride);
        inputs = layer.width;
    }
    return layers;
}

/// Second differences of brightness: across, down, and both.
class TraceLuma : public TraceNetwork {
  public:
    static constexpr int kWidth = 128;
    explicit TraceLuma(const NetworkOptions& options) : TraceNetwork(kWidth, options) {
        layers_ = register_module(
            "layers", plain_trunk(3, {{24, 2}, {24, 1}, {48, 2}, {64, 1}, {96, 2}, {kWidth, 1}}));
    }

  protected:
    torch::Tensor front_end(const torch::Tensor& pixels) const override {
        const auto grey = luma(pixels) * 255;
        const auto across = second_difference(grey, 3, 1);
        const auto down = second_difference(grey, 2, 1);
        const auto both = second_difference(across, 2, 1) / 2;
        return soften(torch::cat({across, down, both}, 1));
    }
    torch::Tensor trunk(const torch::Tensor& residuals) override {
        return layers_->forward(residuals);
    }

  private:
    nn::Sequential layers_{nullptr};
};

/// Second differences of the two colour differences at half resolution, which is all that chroma
/// subsampling leaves of them, beside those of brightness there.
class TraceColour : public TraceNetwork {
  public:
    static constexpr int kWidth = 128;
    explicit TraceColour(const NetworkOptions& options) : TraceNetwork(kWidth, options) {
        layers_ = register_module(
            "layers", plain_trunk(8, {{32, 1}, {48, 2}, {64, 1}, {96, 2}, {kWidth, 1}}));
    }

  protected:
    torch::Tensor front_end(const torch::Tensor& pixels) const override {
        const auto half =
            nn::functional::avg_pool2d(pixels, nn::functional::AvgPool2dFuncOptions(2));
        const auto grey = luma(half);
        const auto chroma =
            torch::cat({half.narrow(1, 2, 1) - grey, half.narrow(1, 0, 1) - grey}, 1);
        const auto planes = torch::cat({chroma * 2, grey}, 1) * 255;
        const auto across = second_difference(planes, 3, 1);
        const auto down = second_difference(planes, 2, 1);
        const auto both = second_difference(across.narrow(1, 0, 2), 2, 1) / 2;
        return soften(torch::cat({across, down, both}, 1));
    }
    torch::Tensor trunk(const torch::Tensor& residuals) override {
        return layers_->forward(residuals);
    }

  private:
    nn::Sequential layers_{nullptr};
};

// The lowest 28 coefficients of an 8 x 8 block in zigzag order: (row, column) with sum <= 6.
std::vector<std::pair<int, int>> low_frequencies() {
    std::vector<std::pair<int, int>> all;
    for (int sum = 0; sum <= 6; ++sum)
        for (int row = 0; row <= sum; ++row)
            all.emplace_back(row, sum - row);
    return all;
}

// Orthonormal 2-D DCT as a [64,F] matrix: JPEG's own scaling, so a coefficient quantised with step
// q is a multiple of q.
torch::Tensor block_dct(const std::vector<std::pair<int, int>>& frequencies) {
    auto matrix = torch::empty({64, static_cast<std::int64_t>(frequencies.size())});
    auto values = matrix.accessor<float, 2>();
    const auto wave = [](int frequency, int at) {
        const double scale = frequency == 0 ? std::sqrt(0.125) : 0.5;
        return scale * std::cos((2 * at + 1) * frequency * std::numbers::pi / 16);
    };
    for (std::size_t f = 0; f < frequencies.size(); ++f)
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < 8; ++x)
                values[y * 8 + x][static_cast<std::int64_t>(f)] = static_cast<float>(
                    wave(frequencies[f].first, y) * wave(frequencies[f].second, x));
    return matrix;
}

std::vector<std::pair<int, int>> all_frequencies() {
    auto all = low_frequencies();
    for (int row = 0; row < 8; ++row)
        for (int column = 0; column < 8; ++column)
            if (row + column > 6)
                all.emplace_back(row, column);
    return all;
}

/// How the 8 x 8 blocks of the picture's own grid were quantised. For each low-frequency
/// coefficient c and step q, cos(2 pi c / q) averages to the histogram's spectrum at 1/q: it is 1
/// where c was once quantised with q and near 0 where it was not. Coefficients near zero carry no
/// such trace and count little.
class TraceBlocks : public TraceNetwork {
  public:
    static constexpr int kWidth = 128;
    explicit TraceBlocks(const NetworkOptions& options) : TraceNetwork(kWidth, options) {
        const auto low = static_cast<std::int64_t>(low_frequencies().size());
        const auto inputs = low * static_cast<std::int64_t>(kSteps.size()) + 2 * 64;
        embed_ = register_module(
            "embed", nn::Conv2d(nn::Conv2dOptions(inputs, 2 * kEmbedded, 1).bias(false)));
        embed_norm_ = register_module("embed_norm", nn::BatchNorm2d(2 * kEmbedded));
        nn::Sequential layers;
        convolution(layers, 2 * kEmbedded, 128, 1);
        convolution(layers, 128, kWidth, 1);
        layers_ = register_module("layers", layers);
    }

  protected:
    torch::Tensor front_end(const torch::Tensor& pixels) const override {
        static const torch::Tensor dct_on_cpu = block_dct(all_frequencies());
        static const torch::Tensor steps_on_cpu = [] {
            auto steps = torch::empty({1, 1, static_cast<std::int64_t>(kSteps.size())});
            for (std::size_t i = 0; i < kSteps.size(); ++i)
                steps.data_ptr<float>()[i] = static_cast<float>(2 * std::numbers::pi / kSteps[i]);
            return steps;
        }();
        const auto grey = luma(pixels).squeeze(1) * 255 - 128;
        const auto n = grey.size(0);
        const auto h = grey.size(1) / 8;
        const auto w = grey.size(2) / 8;
        const auto blocks =
            grey.view({n, h, 8, w, 8}).permute({0, 1, 3, 2, 4}).reshape({n * h * w, 64});
        const auto coefficients = blocks.matmul(dct_on_cpu.to(blocks.device()));
        const auto present = 1 - (coefficients.square() * -0.5).exp();
        const auto low = static_cast<std::int64_t>(low_frequencies().size());
        const auto periodic =
            (coefficients.narrow(1, 0, low).unsqueeze(2) * steps_on_cpu.to(blocks.device()))
                .cos_()
                .mul_(present.narrow(1, 0, low).unsqueeze(2));
        const auto strength = coefficients.abs().log1p_().mul_(0.3);
        return torch::cat({periodic.flatten(1), strength, present}, 1)
            .view({n, h, w, -1})
            .permute({0, 3, 1, 2});
    }
    torch::Tensor trunk(const torch::Tensor& residuals) override {
        const auto embedded = embed_->forward(residuals);
        // One half stays with its block, the other becomes the histogram of 5 x 5 blocks around.
        const auto own = embedded.narrow(1, 0, kEmbedded);
        const auto around = nn::functional::avg_pool2d(
            embedded.narrow(1, kEmbedded, kEmbedded),
            nn::functional::AvgPool2dFuncOptions(5).stride(1).padding(2).count_include_pad(false));
        const auto normed = embed_norm_->forward(torch::cat({own, around}, 1));
        return layers_->forward(normed.relu());
    }

  private:
    static constexpr std::array<double, 15> kSteps{2,  3,  4,  5,  6,  7,  8, 9,
                                                   10, 11, 12, 14, 16, 20, 25};
    static constexpr int kEmbedded = 64;

    nn::Conv2d embed_{nullptr};
    nn::BatchNorm2d embed_norm_{nullptr};
    nn::Sequential layers_{nullptr};
};

template <class Network>
Architecture line(const std::string& name, const std::string& layer) {
    return {name, Network::kWidth, layer, true,
            [](const NetworkOptions& options) { return std::make_shared<Network>(options); }};
}

}  // namespace

TraceNetwork::TraceNetwork(int feature_width, const NetworkOptions& options)
    : dropout_(options.dropout) {
    evidence_ = register_module("evidence", nn::Conv2d(nn::Conv2dOptions(feature_width, 1, 1)));
    calibration_ = register_buffer("calibration", torch::tensor({1.0f, 0.0f, 0.0f}));
}

torch::Tensor TraceNetwork::read(const torch::Tensor& pixels) {
    torch::Tensor residuals;
    {
        const FullPrecision guard;
        residuals = front_end(pixels.to(torch::kFloat32));
    }
    const auto type = evidence_->weight.scalar_type();
    return trunk(residuals.to(residuals.options().dtype(type), false, false,
                              torch::MemoryFormat::ChannelsLast));
}

torch::Tensor TraceNetwork::feature_map(const torch::Tensor& input) {
    TORCH_CHECK(input.dim() == 4 && input.size(1) == 3 && input.size(2) > 0 && input.size(3) > 0,
                "A trace network expects [N,3,H,W], not ", input.sizes());
    auto pixels = input;
    const auto short_by = [](std::int64_t side) {
        return std::max<std::int64_t>(0, kSmallestSide - side);
    };
    if (short_by(input.size(2)) > 0 || short_by(input.size(3)) > 0)
        pixels = nn::functional::pad(
            pixels,
            nn::functional::PadFuncOptions({0, short_by(input.size(3)), 0, short_by(input.size(2))})
                .mode(torch::kReplicate));
    const auto rows = pixels.size(2) / kTraceStride * kTraceStride;
    const auto columns = pixels.size(3) / kTraceStride * kTraceStride;
    pixels = pixels.narrow(2, 0, rows).narrow(3, 0, columns);
    if (torch::GradMode::is_enabled() || is_training() || rows * columns <= kWholeUpTo)
        return read(pixels);

    std::vector<torch::Tensor> bands;
    for (std::int64_t y = 0; y < rows; y += kTile) {
        const auto top = std::max<std::int64_t>(0, y - kHalo);
        const auto bottom = std::min(rows, y + kTile + kHalo);
        std::vector<torch::Tensor> band;
        for (std::int64_t x = 0; x < columns; x += kTile) {
            const auto left = std::max<std::int64_t>(0, x - kHalo);
            const auto right = std::min(columns, x + kTile + kHalo);
            const auto tile = read(
                pixels.narrow(2, top, bottom - top).narrow(3, left, right - left).contiguous());
            band.push_back(
                tile.narrow(2, (y - top) / kTraceStride, std::min(kTile, rows - y) / kTraceStride)
                    .narrow(3, (x - left) / kTraceStride,
                            std::min(kTile, columns - x) / kTraceStride)
                    .contiguous());
        }
        bands.push_back(torch::cat(band, 3));
    }
    return torch::cat(bands, 2);
}

torch::Tensor TraceNetwork::pool(const torch::Tensor& feature_map) {
    return feature_map.mean({2, 3});
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

torch::Tensor TraceNetwork::summary(const torch::Tensor& evidence) {
    const auto windows = window_means(evidence).flatten(1);
    const auto count = std::min<std::int64_t>(kStrongestWindows, windows.size(1));
    const auto strongest = std::get<0>(windows.topk(count, 1)).mean(1);
    return torch::stack({strongest, evidence.mean({1, 2})}, 1);
}

torch::Tensor TraceNetwork::logits(const torch::Tensor& feature_map) {
    // Pooling a map of thousands of locations in half precision would round evidence away.
    const auto parts = summary(evidence(feature_map).to(torch::kFloat32));
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
    return {line<TraceLuma>("trace_luma", "layers.17"),
            line<TraceColour>("trace_colour", "layers.14"),
            line<TraceBlocks>("trace_blocks", "layers.5")};
}

}  // namespace dfd
