#include "core/networks/folded_convolution.h"

namespace dfd {
namespace {

/// gamma / sqrt(variance + epsilon): what BatchNorm multiplies with.
torch::Tensor norm_factor(const BatchNormPlan& norm) {
    return norm.weight.to(torch::kFloat64) /
           (norm.variance.to(torch::kFloat64) + norm.epsilon).sqrt();
}

}  // namespace

FoldedConvolution fold(const ConvolutionPlan& plan) {
    const torch::NoGradGuard no_gradients;
    auto weight = plan.weight.to(torch::kFloat32);
    auto bias = plan.bias.defined()
                    ? plan.bias.to(torch::kFloat64)
                    : torch::zeros({weight.size(0)}, weight.options().dtype(torch::kFloat64));
    if (plan.norm) {
        const auto factor = norm_factor(*plan.norm);
        std::vector<std::int64_t> each(static_cast<std::size_t>(weight.dim()), 1);
        each[0] = -1;
        weight = weight * factor.to(torch::kFloat32).view(each);
        bias = (bias - plan.norm->mean.to(torch::kFloat64)) * factor +
               plan.norm->bias.to(torch::kFloat64);
    }
    return {weight.contiguous(), bias.to(torch::kFloat32).contiguous()};
}

}  // namespace dfd
