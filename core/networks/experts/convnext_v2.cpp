#include "core/networks/experts/convnext_v2.h"

#include <torch/nn/init.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/dropout.h>

#include <array>
#include <utility>

#include "core/networks/experts/activation_tap.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

namespace nn = torch::nn;
constexpr double kEpsilon = 1e-6;

/// LayerNorm over the channels of [N,C,H,W] or [N,C].
class ChannelNorm : public nn::Module {
  public:
    explicit ChannelNorm(int64_t channels) {
        weight = register_parameter("weight", torch::ones({channels}));
        bias = register_parameter("bias", torch::zeros({channels}));
    }
    /// Normalises the last dimension of [...,C]. Mixed precision can produce an input narrower than
    /// the weights; it is converted to their type. Autocast does this on CUDA but not on the CPU.
    torch::Tensor over_last(const torch::Tensor& x) {
        return torch::layer_norm(x.to(weight.scalar_type()), weight.sizes(), weight, bias,
                                 kEpsilon);
    }
    torch::Tensor forward(const torch::Tensor& x) {
        return x.dim() == 4 ? over_last(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2})
                            : over_last(x);
    }
    [[nodiscard]] ChannelNormPlan plan() const { return {weight, bias, kEpsilon}; }

    /// `over_last` with a constant divisor: linear in x apart from the bias.
    torch::Tensor with_held_divisor(const torch::Tensor& x) {
        const auto centred = x - x.mean(-1, /*keepdim=*/true);
        const auto divisor = (centred.square().mean(-1, true) + kEpsilon).sqrt().detach();
        return centred / divisor * weight + bias;
    }

    torch::Tensor weight, bias;
};

/// Global Response Normalisation over [N,H,W,C]: x + bias + weight * x * G / (mean(G) + eps),
/// with G the L2 norm of each channel over H and W.
class ResponseNorm : public nn::Module {
  public:
    explicit ResponseNorm(int64_t channels) {
        weight = register_parameter("weight", torch::zeros({channels}));
        bias = register_parameter("bias", torch::zeros({channels}));
    }
    torch::Tensor forward(const torch::Tensor& x) {
        const auto response = at::norm(x, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true);
        const auto relative = response / (response.mean(-1, /*keepdim=*/true) + kEpsilon);
        return x + torch::addcmul(bias, weight, x * relative);
    }

    torch::Tensor weight, bias;
};

/// A linear layer whose weight is stored as a 1x1 convolution [out,in,1,1] or as a matrix [out,in].
class Linear : public nn::Module {
  public:
    Linear(int64_t in, int64_t out, bool convolution_shape) {
        const auto shape =
            convolution_shape ? std::vector<int64_t>{out, in, 1, 1} : std::vector<int64_t>{out, in};
        weight = register_parameter("weight", torch::empty(shape));
        bias = register_parameter("bias", torch::zeros({out}));
        if (!WithoutInitialValues::active())
            nn::init::normal_(weight, 0, 0.02);
    }
    torch::Tensor forward(const torch::Tensor& x) {
        return torch::linear(x, weight.flatten(1), bias);
    }
    [[nodiscard]] ConvolutionPlan plan(Activation activation) const {
        ConvolutionPlan plan;
        plan.weight = weight;
        plan.bias = bias;
        plan.activation = activation;
        return plan;
    }

    torch::Tensor weight, bias;
};

class Mlp : public nn::Module {
  public:
    Mlp(int64_t width, bool convolution_shape)
        : fc1(register_module("fc1",
                              std::make_shared<Linear>(width, 4 * width, convolution_shape))),
          grn(register_module("grn", std::make_shared<ResponseNorm>(4 * width))),
          fc2(register_module("fc2",
                              std::make_shared<Linear>(4 * width, width, convolution_shape))) {}
    torch::Tensor forward(const torch::Tensor& x) {
        return fc2->forward(grn->forward(torch::gelu(fc1->forward(x))));
    }

    std::shared_ptr<Linear> fc1;
    std::shared_ptr<ResponseNorm> grn;
    std::shared_ptr<Linear> fc2;
};

nn::Conv2d convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding = 0,
                       int64_t groups = 1) {
    return normal_convolution(
        nn::Conv2dOptions(in, out, kernel).stride(stride).padding(padding).groups(groups), 0.02);
}

ConvolutionPlan plan_of(const nn::Conv2d& layer, int64_t padding) {
    ConvolutionPlan plan;
    plan.weight = layer->weight;
    plan.bias = layer->bias;
    plan.stride = layer->options.stride()->at(0);
    plan.groups = layer->options.groups();
    plan.padding = padding;
    return plan;
}

/// Stochastic depth: drops whole residual branches, one decision per sample. Identity in eval mode.
torch::Tensor drop_path(const torch::Tensor& x, double rate, bool training) {
    if (!training || rate <= 0)
        return x;
    std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
    shape[0] = x.size(0);
    return x * torch::empty(shape, x.options()).bernoulli_(1 - rate).div_(1 - rate);
}

class Block : public nn::Module {
  public:
    Block(int64_t width, bool convolution_shape, double drop)
        : conv_dw(register_module("conv_dw", convolution(width, width, 7, 1, 3, width))),
          norm(register_module("norm", std::make_shared<ChannelNorm>(width))),
          mlp(register_module("mlp", std::make_shared<Mlp>(width, convolution_shape))),
          drop_(drop) {}
    torch::Tensor forward(const torch::Tensor& x) {
        const auto nhwc = conv_dw->forward(x).permute({0, 2, 3, 1});
        const auto normed = norm->over_last(nhwc);
        return x + drop_path(mlp->forward(normed).permute({0, 3, 1, 2}), drop_, is_training());
    }
    [[nodiscard]] ResponseBlockPlan plan() const {
        return {
            plan_of(conv_dw, 3), norm->plan(), mlp->fc1->plan(Activation::Gelu), mlp->grn->weight,
            mlp->grn->bias,      kEpsilon,     mlp->fc2->plan(Activation::None)};
    }

    nn::Conv2d conv_dw;
    std::shared_ptr<ChannelNorm> norm;
    std::shared_ptr<Mlp> mlp;

  private:
    double drop_;
};

struct Shape {
    std::array<int64_t, 4> depths;
    std::array<int64_t, 4> widths;
    bool convolution_shape;  ///< MLP weights as 1x1 convolutions (atto) or as matrices (tiny)
};

class ConvNextV2 : public ExpertNetwork, public PlannedTrunk {
  public:
    ConvNextV2(const Shape& shape, const NetworkOptions& options) : dropout_(options.dropout) {
        const auto& [depths, widths, convolution_shape] = shape;
        nn::Sequential stem;
        stem->push_back("0", convolution(3, widths[0], 4, 4));
        stem->push_back("1", ChannelNorm(widths[0]));
        stem_ = register_module("stem", stem);

        int64_t blocks_in_all = 0;
        for (const auto depth : depths)
            blocks_in_all += depth;
        int64_t built = 0;
        auto stages = register_module("stages", std::make_shared<nn::Module>());
        for (size_t s = 0; s < 4; ++s) {
            auto stage = stages->register_module(std::to_string(s), std::make_shared<nn::Module>());
            nn::Sequential downsample;
            if (s > 0) {
                downsample->push_back("0", ChannelNorm(widths[s - 1]));
                downsample->push_back("1", convolution(widths[s - 1], widths[s], 2, 2));
                stage->register_module("downsample", downsample);
                trunk_.push_back(downsample);
            }
            nn::Sequential blocks;
            for (int64_t b = 0; b < depths[s]; ++b, ++built) {
                const double drop = options.stochastic_depth * static_cast<double>(built) /
                                    static_cast<double>(std::max<int64_t>(blocks_in_all - 1, 1));
                blocks->push_back(std::to_string(b),
                                  std::make_shared<Block>(widths[s], convolution_shape, drop));
            }
            stage->register_module("blocks", blocks);
            trunk_.push_back(blocks);
        }

        auto head = register_module("head", std::make_shared<nn::Module>());
        head_norm_ = head->register_module("norm", std::make_shared<ChannelNorm>(widths[3]));
        head_fc_ = head->register_module("fc", std::make_shared<Linear>(widths[3], 2, false));
    }

    FeatureMap feature_map(const torch::Tensor& input) override {
        auto x = stem_->forward(input);
        for (size_t part = 0, stage = 0; part < trunk_.size(); ++part) {
            x = trunk_[part]->forward(x);
            if (part % 2 == 0 && part + 1 < trunk_.size())  // the end of a stage, but not the last
                x = tapped("stages." + std::to_string(stage++), x);
        }
        return x;
    }
    torch::Tensor pool(const FeatureMap& features) override { return features.map.mean({2, 3}); }
    torch::Tensor logits(const FeatureMap& features) override {
        const auto pooled = pool(features);
        const auto normed = HeldDivisors::active() ? head_norm_->with_held_divisor(pooled)
                                                   : head_norm_->forward(pooled);
        return head_fc_->forward(torch::dropout(normed, dropout_, is_training()));
    }

    [[nodiscard]] TrunkPlan trunk_plan() const override {
        TrunkPlan plan;
        const auto add = [&](const nn::Sequential& part, const std::string& name) {
            for (size_t i = 0; i < part->size(); ++i) {
                const auto module = part->ptr(i);
                const auto at = name + "." + std::to_string(i);
                if (const auto* norm = module->as<ChannelNorm>())
                    plan.steps.push_back({at, norm->plan()});
                else if (const auto* block = module->as<Block>())
                    plan.steps.push_back({at, block->plan()});
                else
                    plan.steps.push_back(
                        {at, plan_of(std::dynamic_pointer_cast<nn::Conv2dImpl>(module), 0)});
            }
        };
        add(stem_, "stem");
        size_t part = 0;
        for (size_t s = 0; s < 4; ++s) {
            const auto stage = "stages." + std::to_string(s);
            if (s > 0)
                add(trunk_[part++], stage + ".downsample");
            add(trunk_[part++], stage + ".blocks");
        }
        return plan;
    }

  private:
    nn::Sequential stem_;
    std::vector<nn::Sequential> trunk_;  // the stages in order, registered under their own names
    std::shared_ptr<ChannelNorm> head_norm_;
    std::shared_ptr<Linear> head_fc_;
    double dropout_;
};

Architecture architecture(const std::string& name, const Shape& shape) {
    Architecture entry;
    entry.name = name;
    entry.feature_width = static_cast<int>(shape.widths[3]);
    entry.gradcam_layer = "stages.3";
    entry.make = [shape](const NetworkOptions& options) {
        return std::make_shared<ConvNextV2>(shape, options);
    };
    return entry;
}

}  // namespace

std::vector<Architecture> convnext_v2_architectures() {
    return {architecture("convnextv2_atto", {{2, 2, 6, 2}, {40, 80, 160, 320}, true}),
            architecture("convnextv2_tiny", {{3, 3, 9, 3}, {96, 192, 384, 768}, false})};
}

}  // namespace dfd
