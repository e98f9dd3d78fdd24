// A network's trunk as data: what an executor for inference is compiled from.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dfd {

enum class Activation { None, Silu, Gelu };

/// Running statistics, as scoring uses them: (x - mean) / sqrt(variance + epsilon) * weight + bias.
struct BatchNormPlan {
    torch::Tensor weight, bias, mean, variance;  ///< [C] each
    double epsilon = 0;
};

/// activation(norm(convolution(x))). Dilation is 1, kernels and strides are square.
struct ConvolutionPlan {
    torch::Tensor weight;  ///< [O,I/groups,k,k], or [O,I] where k is 1
    torch::Tensor bias;    ///< [O] or undefined
    std::optional<BatchNormPlan> norm;
    std::int64_t stride = 1;
    std::int64_t groups = 1;
    std::optional<std::int64_t> padding = 0;  ///< on every side; none: TensorFlow's "SAME"
    Activation activation = Activation::None;
};

/// Whether each channel has a kernel of its own.
[[nodiscard]] bool is_depthwise(const ConvolutionPlan& plan);
/// The sizes alone: a weight without storage, no bias and no norm.
[[nodiscard]] ConvolutionPlan without_values(ConvolutionPlan plan);

/// LayerNorm over the channels of each place.
struct ChannelNormPlan {
    torch::Tensor weight, bias;  ///< [C]
    double epsilon = 0;
};

/// x * sigmoid(expand(silu(reduce(mean over places of x)))).
struct SqueezeExcitePlan {
    torch::Tensor reduce_weight, reduce_bias;  ///< [R,C,1,1], [R]
    torch::Tensor expand_weight, expand_bias;  ///< [C,R,1,1], [C]
};

/// project(gate(depthwise(expand(x)))) and, with `residual`, + x. (EfficientNet's block.)
struct InvertedResidualPlan {
    std::optional<ConvolutionPlan> expand;
    ConvolutionPlan depthwise;
    SqueezeExcitePlan gate;
    ConvolutionPlan project;
    bool residual = false;
};

/// x + project(response(expand(norm(depthwise(x))))). (ConvNeXt V2's block.) The response
/// normalisation is y + bias + weight * y * G / (mean(G) + epsilon), with G the L2 norm of each
/// channel over the places.
struct ResponseBlockPlan {
    ConvolutionPlan depthwise;
    ChannelNormPlan norm;
    ConvolutionPlan expand;
    torch::Tensor response_weight, response_bias;  ///< [C of expand]
    double response_epsilon = 0;
    ConvolutionPlan project;
};

struct TrunkStep {
    std::string name;  ///< of the module, as its tensors' names begin
    std::variant<ConvolutionPlan, ChannelNormPlan, InvertedResidualPlan, ResponseBlockPlan> what;
};

/// Each step reads the one before; the first reads [N,3,H,W], the last gives the feature map. The
/// tensors are the network's own: they follow what it loads, and keep its storage alive.
struct TrunkPlan {
    std::vector<TrunkStep> steps;
};

/// Zeroes before and after a row (or column) of `input` places, per ConvolutionPlan::padding.
/// "SAME" is TensorFlow's: max((ceil(i/s) - 1) * s + k - i, 0) in all, the smaller half first.
struct Padding {
    std::int64_t before = 0, after = 0;
};
[[nodiscard]] Padding same_padding(std::int64_t input, std::int64_t kernel, std::int64_t stride);

/// Side lengths, channels and cost of what a convolution makes of [1,C,height,width].
struct ConvolutionShape {
    std::int64_t in = 0, out = 0, kernel = 1;
    std::int64_t height = 0, width = 0;          ///< of the input
    std::int64_t out_height = 0, out_width = 0;  ///< of the output
    Padding rows, columns;
    double flops = 0;  ///< two a multiplication with its addition; norm and activation not counted
};
[[nodiscard]] ConvolutionShape shape_of(const ConvolutionPlan& plan, std::int64_t height,
                                        std::int64_t width);

/// Floating-point operations of the convolutions and linear layers (depthwise ones included) of
/// one [1,3,height,width] picture. 0 for an empty plan.
[[nodiscard]] double trunk_flops(const TrunkPlan& plan, std::int64_t height, std::int64_t width);

/// Every tensor of a plan, in the steps' order.
[[nodiscard]] std::vector<torch::Tensor> tensors_of(const TrunkPlan& plan);

/// Frees what the trunk's tensors hold, once an executor has packed them: from then on the network
/// has a head only, and its `feature_map` fails. The head's tensors must not be views of the
/// trunk's storage.
void release_tensors(const TrunkPlan& plan);

}  // namespace dfd
