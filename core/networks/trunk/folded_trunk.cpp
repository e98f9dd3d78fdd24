#include "core/networks/trunk/folded_trunk.h"

#include <torch/torch.h>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/networks/trunk/folded_convolution.h"

namespace dfd {
namespace {

/// Target device and type of the weights.
struct Target {
    torch::Device device;
    torch::ScalarType type;

    [[nodiscard]] torch::Tensor copy(const torch::Tensor& values) const {
        // Always a copy: the plan's tensors may be views of a mapped file.
        return values.detach().to(device, type, /*non_blocking=*/false, /*copy=*/true);
    }
};

torch::Tensor activate(torch::Tensor x, Activation activation) {
    switch (activation) {
        case Activation::Silu:
            return torch::silu_(x);
        case Activation::Gelu:
            return torch::gelu(x);
        case Activation::Relu6:
            return torch::clamp_(x, 0, 6);
        case Activation::None:
            break;
    }
    return x;
}

/// [N,C,H,W] in channels-last layout -> [N,H,W,C], without copying.
torch::Tensor places_of(const torch::Tensor& x) {
    return x.permute({0, 2, 3, 1}).contiguous();
}
torch::Tensor channels_first(const torch::Tensor& places) {
    return places.permute({0, 3, 1, 2});
}

/// [...,C] -> [...,O].
torch::Tensor product(const torch::Tensor& x, const torch::Tensor& weight,
                      const torch::Tensor& bias) {
    auto sizes = x.sizes().vec();
    const auto rows = x.reshape({-1, sizes.back()});
    sizes.back() = weight.size(1);
    return torch::addmm(bias, rows, weight).view(sizes);
}

class Convolution {
  public:
    Convolution(const ConvolutionPlan& plan, const Target& target)
        : stride_(plan.stride),
          groups_(plan.groups),
          padding_(plan.padding),
          activation_(plan.activation) {
        const auto folded = fold(plan);
        kernel_ = folded.weight.dim() == 4 ? folded.weight.size(2) : 1;
        product_ = kernel_ == 1 && stride_ == 1 && groups_ == 1;
        weight_ = target.copy(folded.weight);
        weight_ = product_ ? weight_.flatten(1).t()  // [I,O]
                           : weight_.contiguous(torch::MemoryFormat::ChannelsLast);
        bias_ = target.copy(folded.bias);
    }

    [[nodiscard]] torch::Tensor run(const torch::Tensor& x) const {
        if (product_)
            return channels_first(over_places(places_of(x)));
        const auto rows = padding_of(x.size(2)), columns = padding_of(x.size(3));
        const bool even = rows.before == rows.after && columns.before == columns.after;
        const auto input = even ? x
                                : torch::constant_pad_nd(
                                      x, {columns.before, columns.after, rows.before, rows.after});
        const std::vector<std::int64_t> padding =
            even ? std::vector{rows.before, columns.before} : std::vector<std::int64_t>{0, 0};
        return activate(torch::conv2d(input, weight_, bias_, stride_, padding, 1, groups_),
                        activation_);
    }
    /// For a dense 1x1 convolution: [N,H,W,C] -> [N,H,W,O].
    [[nodiscard]] torch::Tensor over_places(const torch::Tensor& places) const {
        return activate(product(places, weight_, bias_), activation_);
    }
    [[nodiscard]] std::int64_t bytes() const {
        return static_cast<std::int64_t>(weight_.nbytes() + bias_.nbytes());
    }

  private:
    [[nodiscard]] Padding padding_of(std::int64_t side) const {
        return padding_ ? Padding{*padding_, *padding_} : same_padding(side, kernel_, stride_);
    }

    torch::Tensor weight_, bias_;
    std::int64_t kernel_ = 1, stride_, groups_;
    std::optional<std::int64_t> padding_;
    Activation activation_;
    bool product_ = false;
};

class ChannelNorm {
  public:
    ChannelNorm(const ChannelNormPlan& plan, const Target& target)
        : weight_(target.copy(plan.weight)),
          bias_(target.copy(plan.bias)),
          epsilon_(plan.epsilon) {}

    [[nodiscard]] torch::Tensor over_places(const torch::Tensor& places) const {
        return torch::layer_norm(places, weight_.sizes(), weight_, bias_, epsilon_);
    }
    [[nodiscard]] torch::Tensor run(const torch::Tensor& x) const {
        return channels_first(over_places(places_of(x)));
    }
    [[nodiscard]] std::int64_t bytes() const {
        return static_cast<std::int64_t>(weight_.nbytes() + bias_.nbytes());
    }

  private:
    torch::Tensor weight_, bias_;
    double epsilon_;
};

class Gate {
  public:
    Gate(const SqueezeExcitePlan& plan, const Target& target)
        : reduce_(target.copy(plan.reduce_weight).flatten(1).t()),
          reduce_bias_(target.copy(plan.reduce_bias)),
          spread_(target.copy(plan.expand_weight).flatten(1).t()),
          spread_bias_(target.copy(plan.expand_bias)) {}

    /// Multiplies x in place.
    [[nodiscard]] torch::Tensor run(torch::Tensor x) const {
        const auto reduced = torch::silu(product(x.mean({2, 3}), reduce_, reduce_bias_));
        const auto factors = torch::sigmoid(product(reduced, spread_, spread_bias_));
        return x.mul_(factors.unsqueeze(2).unsqueeze(3));
    }
    [[nodiscard]] std::int64_t bytes() const {
        return static_cast<std::int64_t>(reduce_.nbytes() + reduce_bias_.nbytes() +
                                         spread_.nbytes() + spread_bias_.nbytes());
    }

  private:
    torch::Tensor reduce_, reduce_bias_, spread_, spread_bias_;
};

class InvertedResidual {
  public:
    InvertedResidual(const InvertedResidualPlan& plan, const Target& target)
        : depthwise_(plan.depthwise, target),
          project_(plan.project, target),
          residual_(plan.residual) {
        if (plan.expand)
            expand_.emplace(*plan.expand, target);
        if (plan.gate)
            gate_.emplace(*plan.gate, target);
    }

    [[nodiscard]] torch::Tensor run(const torch::Tensor& input) const {
        auto x = depthwise_.run(expand_ ? expand_->run(input) : input);
        auto result = project_.run(gate_ ? gate_->run(std::move(x)) : x);
        return residual_ ? result.add_(input) : result;
    }
    [[nodiscard]] std::int64_t bytes() const {
        return depthwise_.bytes() + project_.bytes() + (expand_ ? expand_->bytes() : 0) +
               (gate_ ? gate_->bytes() : 0);
    }

  private:
    std::optional<Convolution> expand_;
    Convolution depthwise_;
    std::optional<Gate> gate_;
    Convolution project_;
    bool residual_;
};

class ResponseBlock {
  public:
    ResponseBlock(const ResponseBlockPlan& plan, const Target& target)
        : depthwise_(plan.depthwise, target),
          norm_(plan.norm, target),
          expand_(plan.expand, target),
          // float32, because the response's sums of squares would overflow float16.
          response_weight_(Target{target.device, torch::kFloat32}.copy(plan.response_weight)),
          response_bias_(target.copy(plan.response_bias)),
          response_epsilon_(plan.response_epsilon),
          project_(plan.project, target) {}

    [[nodiscard]] torch::Tensor run(const torch::Tensor& x) const {
        const auto wide = expand_.over_places(norm_.over_places(places_of(depthwise_.run(x))));
        const auto response =
            at::norm(wide, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true, torch::kFloat32);
        // y + bias + weight * y * r = bias + y * (1 + weight * r).
        const auto factor = response / (response.mean(-1, /*keepdim=*/true) + response_epsilon_) *
                                response_weight_ +
                            1;
        const auto normed = torch::addcmul(response_bias_, wide, factor.to(wide.scalar_type()));
        return channels_first(project_.over_places(normed)).add_(x);
    }
    [[nodiscard]] std::int64_t bytes() const {
        return depthwise_.bytes() + norm_.bytes() + expand_.bytes() + project_.bytes() +
               static_cast<std::int64_t>(response_weight_.nbytes() + response_bias_.nbytes());
    }

  private:
    Convolution depthwise_;
    ChannelNorm norm_;
    Convolution expand_;
    torch::Tensor response_weight_, response_bias_;
    double response_epsilon_;
    Convolution project_;
};

using Step = std::variant<Convolution, ChannelNorm, InvertedResidual, ResponseBlock>;

Step step_of(const TrunkStep& step, const Target& target) {
    struct {
        const Target& target;
        Step operator()(const ConvolutionPlan& plan) const { return Convolution(plan, target); }
        Step operator()(const ChannelNormPlan& plan) const { return ChannelNorm(plan, target); }
        Step operator()(const InvertedResidualPlan& plan) const {
            return InvertedResidual(plan, target);
        }
        Step operator()(const ResponseBlockPlan& plan) const { return ResponseBlock(plan, target); }
    } const make{target};
    return std::visit(make, step.what);
}

}  // namespace

struct FoldedTrunk::Steps {
    Target target;
    std::vector<Step> all;
};

FoldedTrunk::FoldedTrunk(const TrunkPlan& plan, torch::Device device, torch::ScalarType type) {
    const torch::NoGradGuard no_gradients;
    auto steps = std::make_unique<Steps>(Steps{{device, type}, {}});
    for (const auto& step : plan.steps)
        steps->all.push_back(step_of(step, steps->target));
    steps_ = std::move(steps);
}

FoldedTrunk::~FoldedTrunk() = default;
FoldedTrunk::FoldedTrunk(FoldedTrunk&&) noexcept = default;
FoldedTrunk& FoldedTrunk::operator=(FoldedTrunk&&) noexcept = default;

torch::Tensor FoldedTrunk::run(const torch::Tensor& input) const {
    TORCH_CHECK(input.dim() == 4 && input.size(1) == 3, "a trunk's input is [N,3,H,W]");
    const torch::NoGradGuard no_gradients;
    auto x = input.to(steps_->target.device, steps_->target.type)
                 .contiguous(torch::MemoryFormat::ChannelsLast);
    for (const auto& step : steps_->all)
        x = std::visit([&](const auto& each) { return each.run(x); }, step);
    return x.to(torch::kFloat32);
}

std::int64_t FoldedTrunk::weight_bytes() const {
    std::int64_t bytes = 0;
    for (const auto& step : steps_->all)
        bytes += std::visit([](const auto& each) { return each.bytes(); }, step);
    return bytes;
}

}  // namespace dfd
