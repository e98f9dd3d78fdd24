// A network's trunk as data, from which inference executors are compiled.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dfd {

/// Relu6 is min(max(x, 0), 6).
enum class Activation { None, Silu, Gelu, Relu6 };

/// (x - mean) / sqrt(variance + epsilon) * weight + bias, with the running statistics used in eval
/// mode.
struct BatchNormPlan {
    torch::Tensor weight, bias, mean, variance;  ///< [C] each
    double epsilon = 0;
};

/// activation(norm(convolution(x))). Dilation is 1; kernels and strides are square.
struct ConvolutionPlan {
    torch::Tensor weight;  ///< [O,I/groups,k,k], or [O,I] when k is 1
    torch::Tensor bias;    ///< [O] or undefined
    std::optional<BatchNormPlan> norm;
    std::int64_t stride = 1;
    std::int64_t groups = 1;
    std::optional<std::int64_t> padding = 0;  ///< on every side; nullopt: TensorFlow's "SAME"
    Activation activation = Activation::None;
};

/// Whether each channel has its own kernel.
[[nodiscard]] bool is_depthwise(const ConvolutionPlan& plan);
/// The sizes only: a weight without storage, no bias and no norm.
[[nodiscard]] ConvolutionPlan without_values(ConvolutionPlan plan);

/// LayerNorm over the channels at each location.
struct ChannelNormPlan {
    torch::Tensor weight, bias;  ///< [C]
    double epsilon = 0;
};

/// x * sigmoid(expand(silu(reduce(mean of x over the locations)))).
struct SqueezeExcitePlan {
    torch::Tensor reduce_weight, reduce_bias;  ///< [R,C,1,1], [R]
    torch::Tensor expand_weight, expand_bias;  ///< [C,R,1,1], [C]
};

/// EfficientNet's block: project(gate(depthwise(expand(x)))), plus x with `residual`. The Lite
/// variants have no gate.
struct InvertedResidualPlan {
    std::optional<ConvolutionPlan> expand;
    ConvolutionPlan depthwise;
    std::optional<SqueezeExcitePlan> gate;
    ConvolutionPlan project;
    bool residual = false;
};

/// ConvNeXt V2's block: x + project(response(expand(norm(depthwise(x))))). The response
/// normalisation is y + bias + weight * y * G / (mean(G) + epsilon), with G the L2 norm of each
/// channel over the locations.
struct ResponseBlockPlan {
    ConvolutionPlan depthwise;
    ChannelNormPlan norm;
    ConvolutionPlan expand;
    torch::Tensor response_weight, response_bias;  ///< [C of expand]
    double response_epsilon = 0;
    ConvolutionPlan project;
};

struct TrunkStep {
    std::string name;  ///< the module's name, which is the prefix of its tensors' names
    std::variant<ConvolutionPlan, ChannelNormPlan, InvertedResidualPlan, ResponseBlockPlan> what;
};

/// Each step reads the output of the previous one. The first reads [N,3,H,W], the last produces the
/// feature map. The tensors are shared with the network: they see newly loaded values and keep the
/// storage alive.
struct TrunkPlan {
    std::vector<TrunkStep> steps;
};

/// Zero padding before and after a row (or column) of `input` values, per ConvolutionPlan::padding.
/// TensorFlow's "SAME": max((ceil(i/s) - 1) * s + k - i, 0) in total, the smaller half first.
struct Padding {
    std::int64_t before = 0, after = 0;
};
[[nodiscard]] Padding same_padding(std::int64_t input, std::int64_t kernel, std::int64_t stride);

/// Sizes, channels and cost of a convolution applied to [1,C,height,width].
struct ConvolutionShape {
    std::int64_t in = 0, out = 0, kernel = 1;
    std::int64_t height = 0, width = 0;          ///< of the input
    std::int64_t out_height = 0, out_width = 0;  ///< of the output
    Padding rows, columns;
    double flops = 0;  ///< two per multiply-add; without norm and activation
};
[[nodiscard]] ConvolutionShape shape_of(const ConvolutionPlan& plan, std::int64_t height,
                                        std::int64_t width);

/// Floating-point operations of the convolutions (including depthwise) and linear layers for one
/// picture [1,3,height,width]. 0 for an empty plan.
[[nodiscard]] double trunk_flops(const TrunkPlan& plan, std::int64_t height, std::int64_t width);

/// All tensors of a plan, in the order of its steps.
[[nodiscard]] std::vector<torch::Tensor> tensors_of(const TrunkPlan& plan);

/// Frees the trunk's tensors after an executor has packed them. The network is left with its head;
/// its `feature_map` no longer works. The head's tensors must not be views of the trunk's storage.
void release_tensors(const TrunkPlan& plan);

}  // namespace dfd
