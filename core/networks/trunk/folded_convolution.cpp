#include "core/networks/trunk/folded_convolution.h"

#include "core/networks/hardware/large_pages.h"

namespace dfd {
namespace {

/// gamma / sqrt(variance + epsilon): BatchNorm's multiplier.
torch::Tensor norm_factor(const BatchNormPlan& norm) {
    return norm.weight.to(torch::kFloat64) /
           (norm.variance.to(torch::kFloat64) + norm.epsilon).sqrt();
}

/// A temporary float32 tensor on the CPU. For large tensors, page faults on small pages take longer
/// than the computation.
torch::Tensor on_large_pages(torch::IntArrayRef sizes) {
    const auto bytes = static_cast<std::size_t>(c10::multiply_integers(sizes)) * sizeof(float);
    if (bytes < std::size_t{1} << 20)
        return torch::empty(sizes, torch::kFloat32);
    auto pages = large_pages(bytes);
    auto* const data = pages.get();
    return torch::from_blob(
        data, sizes, [pages = std::move(pages)](void*) {}, torch::kFloat32);
}

}  // namespace

FoldedNorm fold_norm(const ConvolutionPlan& plan) {
    const torch::NoGradGuard no_gradients;
    auto bias = plan.bias.defined() ? plan.bias.to(torch::kFloat64)
                                    : torch::zeros({plan.weight.size(0)},
                                                   plan.weight.options().dtype(torch::kFloat64));
    torch::Tensor factor;
    if (plan.norm) {
        const auto exact = norm_factor(*plan.norm);
        factor = exact.to(torch::kFloat32);
        bias = (bias - plan.norm->mean.to(torch::kFloat64)) * exact +
               plan.norm->bias.to(torch::kFloat64);
    }
    return {factor, bias.to(torch::kFloat32).contiguous()};
}

FoldedConvolution fold(const ConvolutionPlan& plan) {
    const torch::NoGradGuard no_gradients;
    const auto [factor, bias] = fold_norm(plan);
    auto weight = plan.weight.to(torch::kFloat32);
    if (factor.defined()) {
        std::vector<std::int64_t> each(static_cast<std::size_t>(weight.dim()), 1);
        each[0] = -1;
        const auto scale = factor.view(each);
        if (weight.is_cpu()) {
            auto folded = on_large_pages(weight.sizes());
            torch::mul_out(folded, weight, scale);
            weight = folded;
        } else {
            weight = weight * scale;
        }
    }
    return {weight.contiguous(), bias};
}

}  // namespace dfd
