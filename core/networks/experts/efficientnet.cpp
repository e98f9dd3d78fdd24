#include "core/networks/experts/efficientnet.h"

#include <torch/nn/functional/padding.h>
#include <torch/nn/init.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/networks/experts/activation_tap.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

namespace nn = torch::nn;

nn::Conv2d convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups,
                       bool bias) {
    // He et al. 2015, with the fan-out per group, as EfficientNet initialises its weights.
    const double fan_out = static_cast<double>(kernel * kernel * out / groups);
    return normal_convolution(
        nn::Conv2dOptions(in, out, kernel).stride(stride).groups(groups).bias(bias),
        std::sqrt(2.0 / fan_out));
}

torch::Tensor convolve_same(nn::Conv2d& layer, const torch::Tensor& x) {
    const auto kernel = layer->options.kernel_size()->at(0);
    const auto stride = layer->options.stride()->at(0);
    const auto rows = same_padding(x.size(2), kernel, stride);
    const auto columns = same_padding(x.size(3), kernel, stride);
    // Symmetric padding: left to the convolution.
    if (rows.before == rows.after && columns.before == columns.after)
        return torch::conv2d(x, layer->weight, layer->bias, stride, {rows.before, columns.before},
                             1, layer->options.groups());
    return layer->forward(
        torch::constant_pad_nd(x, {columns.before, columns.after, rows.before, rows.after}));
}

nn::BatchNorm2d batch_norm(int64_t channels) {
    return nn::BatchNorm2d(nn::BatchNorm2dOptions(channels).eps(1e-3));
}

ConvolutionPlan plan_of(const nn::Conv2d& layer, const nn::BatchNorm2d& norm,
                        Activation activation) {
    ConvolutionPlan plan;
    plan.weight = layer->weight;
    plan.bias = layer->bias;
    plan.norm = BatchNormPlan{norm->weight, norm->bias, norm->running_mean, norm->running_var,
                              norm->options.eps()};
    plan.stride = layer->options.stride()->at(0);
    plan.groups = layer->options.groups();
    plan.padding = std::nullopt;
    plan.activation = activation;
    return plan;
}

/// x * sigmoid(expand(silu(reduce(mean(x))))).
class SqueezeExcite : public nn::Module {
  public:
    SqueezeExcite(int64_t channels, int64_t reduced)
        : conv_reduce(
              register_module("conv_reduce", convolution(channels, reduced, 1, 1, 1, true))),
          conv_expand(
              register_module("conv_expand", convolution(reduced, channels, 1, 1, 1, true))) {}
    torch::Tensor forward(const torch::Tensor& x) {
        const auto squeezed = torch::silu(conv_reduce->forward(x.mean({2, 3}, /*keepdim=*/true)));
        return x * torch::sigmoid(conv_expand->forward(squeezed));
    }
    [[nodiscard]] SqueezeExcitePlan plan() const {
        return {conv_reduce->weight, conv_reduce->bias, conv_expand->weight, conv_expand->bias};
    }

    nn::Conv2d conv_reduce, conv_expand;
};

/// EfficientNet as published, or Lite: no squeeze-excite, ReLU6 instead of SiLU, and a stem, head,
/// first and last stage of fixed size.
enum class Family { Standard, Lite };

Activation activation_of(Family family) {
    return family == Family::Lite ? Activation::Relu6 : Activation::Silu;
}

torch::Tensor activate(Family family, const torch::Tensor& x) {
    return family == Family::Lite ? torch::clamp(x, 0, 6) : torch::silu(x);
}

struct BlockShape {
    int64_t in, out, kernel, stride;
    int64_t expansion;  ///< 1: depthwise-separable block, without the expanding 1x1 convolution
    double drop;
    Family family;
};

/// Inverted residual (expand, depthwise, squeeze-excite, project), or depthwise-separable.
class Block : public nn::Module {
  public:
    explicit Block(const BlockShape& shape)
        : shape_(shape), residual_(shape.stride == 1 && shape.in == shape.out) {
        const auto width = shape.in * shape.expansion;
        const auto reduced =
            std::max<int64_t>(1, std::llround(static_cast<double>(shape.in) * 0.25));
        if (expands()) {
            expand_ = register_module("conv_pw", convolution(shape.in, width, 1, 1, 1, false));
            expand_norm_ = register_module("bn1", batch_norm(width));
        }
        depthwise_ = register_module(
            "conv_dw", convolution(width, width, shape.kernel, shape.stride, width, false));
        depthwise_norm_ = register_module(expands() ? "bn2" : "bn1", batch_norm(width));
        if (shape.family == Family::Standard)
            squeeze_ = register_module("se", std::make_shared<SqueezeExcite>(width, reduced));
        project_ = register_module(expands() ? "conv_pwl" : "conv_pw",
                                   convolution(width, shape.out, 1, 1, 1, false));
        project_norm_ = register_module(expands() ? "bn3" : "bn2", batch_norm(shape.out));
    }

    torch::Tensor forward(const torch::Tensor& input) {
        auto x = input;
        if (expands())
            x = activate(shape_.family, expand_norm_->forward(expand_->forward(x)));
        x = activate(shape_.family, depthwise_norm_->forward(convolve_same(depthwise_, x)));
        if (squeeze_)
            x = squeeze_->forward(x);
        x = project_norm_->forward(project_->forward(x));
        if (!residual_)
            return x;
        if (is_training() && shape_.drop > 0)  // stochastic depth, one decision per sample
            x = x * torch::empty({x.size(0), 1, 1, 1}, x.options())
                        .bernoulli_(1 - shape_.drop)
                        .div_(1 - shape_.drop);
        return x + input;
    }
    [[nodiscard]] InvertedResidualPlan plan() const {
        InvertedResidualPlan plan;
        const auto activation = activation_of(shape_.family);
        if (expands())
            plan.expand = plan_of(expand_, expand_norm_, activation);
        plan.depthwise = plan_of(depthwise_, depthwise_norm_, activation);
        if (squeeze_)
            plan.gate = squeeze_->plan();
        plan.project = plan_of(project_, project_norm_, Activation::None);
        plan.residual = residual_;
        return plan;
    }

  private:
    [[nodiscard]] bool expands() const { return shape_.expansion > 1; }

    BlockShape shape_;
    bool residual_;
    nn::Conv2d expand_{nullptr}, depthwise_{nullptr}, project_{nullptr};
    nn::BatchNorm2d expand_norm_{nullptr}, depthwise_norm_{nullptr}, project_norm_{nullptr};
    std::shared_ptr<SqueezeExcite> squeeze_;
};

/// Compound scaling: rounds widths to multiples of 8, reducing them by at most a tenth.
int64_t scaled_width(double width, double factor) {
    const double scaled = width * factor;
    auto rounded = std::max<int64_t>(8, static_cast<int64_t>(scaled + 4) / 8 * 8);
    if (static_cast<double>(rounded) < 0.9 * scaled)
        rounded += 8;
    return rounded;
}

struct Scaling {
    double width, depth;
    Family family = Family::Standard;

    [[nodiscard]] bool lite() const { return family == Family::Lite; }
    /// Channels of the last feature map.
    [[nodiscard]] int64_t features() const { return lite() ? 1280 : scaled_width(1280, width); }
};

struct Stage {
    int64_t kernel, stride, expansion, width, repeats;
};
constexpr std::array<Stage, 7> kStages{{{3, 1, 1, 16, 1},
                                        {3, 2, 6, 24, 2},
                                        {5, 2, 6, 40, 2},
                                        {3, 2, 6, 80, 3},
                                        {5, 1, 6, 112, 3},
                                        {5, 2, 6, 192, 4},
                                        {3, 1, 6, 320, 1}}};

class EfficientNet : public ExpertNetwork, public PlannedTrunk {
  public:
    EfficientNet(const Scaling& scaling, const NetworkOptions& options)
        : family_(scaling.family), dropout_(options.dropout) {
        auto width = scaling.lite() ? 32 : scaled_width(32, scaling.width);
        stem_ = register_module("conv_stem", convolution(3, width, 3, 2, 1, false));
        stem_norm_ = register_module("bn1", batch_norm(width));

        const auto repeats = [&](const Stage& stage) {
            const bool outer = &stage == &kStages.front() || &stage == &kStages.back();
            const double depth = scaling.lite() && outer ? 1 : scaling.depth;
            return static_cast<int64_t>(std::ceil(static_cast<double>(stage.repeats) * depth));
        };
        int64_t blocks_in_all = 0;
        for (const auto& stage : kStages)
            blocks_in_all += repeats(stage);
        int64_t built = 0;
        auto stages = register_module("blocks", std::make_shared<nn::Module>());
        for (size_t s = 0; s < kStages.size(); ++s) {
            const auto& stage = kStages[s];
            const auto out = scaled_width(static_cast<double>(stage.width), scaling.width);
            nn::Sequential blocks;
            for (int64_t b = 0; b < repeats(stage); ++b, ++built) {
                const double drop = options.stochastic_depth * static_cast<double>(built) /
                                    static_cast<double>(blocks_in_all);
                blocks->push_back(std::to_string(b),
                                  std::make_shared<Block>(BlockShape{
                                      width, out, stage.kernel, b == 0 ? stage.stride : 1,
                                      stage.expansion, drop, scaling.family}));
                width = out;
            }
            stages_.push_back(stages->register_module(std::to_string(s), blocks));
        }

        const auto features = scaling.features();
        head_ = register_module("conv_head", convolution(width, features, 1, 1, 1, false));
        head_norm_ = register_module("bn2", batch_norm(features));
        classifier_ = register_module("classifier", nn::Linear(features, 2));
        nn::init::uniform_(classifier_->weight, -std::sqrt(1.0 / 2), std::sqrt(1.0 / 2));
        nn::init::zeros_(classifier_->bias);
    }

    FeatureMap feature_map(const torch::Tensor& input) override {
        auto x = activate(family_, stem_norm_->forward(convolve_same(stem_, input)));
        for (size_t s = 0; s < stages_.size(); ++s)
            x = tapped("blocks." + std::to_string(s), stages_[s]->forward(x));
        return activate(family_, head_norm_->forward(head_->forward(x)));
    }
    torch::Tensor pool(const FeatureMap& features) override { return features.map.mean({2, 3}); }
    torch::Tensor logits(const FeatureMap& features) override {
        return classifier_->forward(torch::dropout(pool(features), dropout_, is_training()));
    }
    [[nodiscard]] TrunkPlan trunk_plan() const override {
        TrunkPlan plan;
        plan.steps.push_back({"conv_stem", plan_of(stem_, stem_norm_, activation_of(family_))});
        for (size_t s = 0; s < stages_.size(); ++s)
            for (size_t b = 0; b < stages_[s]->size(); ++b)
                plan.steps.push_back({"blocks." + std::to_string(s) + "." + std::to_string(b),
                                      stages_[s]->ptr<Block>(b)->plan()});
        plan.steps.push_back({"conv_head", plan_of(head_, head_norm_, activation_of(family_))});
        return plan;
    }

  private:
    nn::Conv2d stem_{nullptr}, head_{nullptr};
    nn::BatchNorm2d stem_norm_{nullptr}, head_norm_{nullptr};
    std::vector<nn::Sequential> stages_;
    nn::Linear classifier_{nullptr};
    Family family_;
    double dropout_;
};

Architecture architecture(const std::string& name, const Scaling& scaling) {
    Architecture entry;
    entry.name = name;
    entry.feature_width = static_cast<int>(scaling.features());
    entry.gradcam_layer = "bn2";  // output of conv_head, BatchNorm and activation
    if (scaling.lite()) {         // (x - 127) / 128 of the bytes
        entry.mean.fill(127.0f / 255);
        entry.std.fill(128.0f / 255);
    }
    entry.make = [scaling](const NetworkOptions& options) {
        return std::make_shared<EfficientNet>(scaling, options);
    };
    return entry;
}

}  // namespace

std::vector<Architecture> efficientnet_architectures() {
    return {architecture("tf_efficientnet_b0", {1.0, 1.0}),
            architecture("tf_efficientnet_b4", {1.4, 1.8}),
            architecture("tf_efficientnet_b5", {1.6, 2.2}),
            architecture("tf_efficientnet_b6", {1.8, 2.6}),
            architecture("tf_efficientnet_lite0", {1.0, 1.0, Family::Lite})};
}

}  // namespace dfd
