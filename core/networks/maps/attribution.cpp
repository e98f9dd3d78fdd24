#include "core/networks/maps/attribution.h"

#include <torch/autograd.h>

#include <optional>
#include <stdexcept>

#include "core/base/text.h"

namespace dfd {
namespace {

/// The weights [N,C,1,1] of the positive gradients, after Chattopadhay et al.
torch::Tensor plus_plus_weights(const torch::Tensor& gradient, const torch::Tensor& activations) {
    const auto squared = gradient.square();
    const auto divisor =
        2 * squared + squared * gradient * activations.sum({2, 3}, /*keepdim=*/true);
    const auto usable = (gradient > 0).logical_and(divisor > 0);
    const auto alpha = torch::where(usable, squared / divisor, torch::zeros_like(squared));
    const auto total = alpha.sum({2, 3}, true);
    const auto weighted = (alpha * gradient.relu()).sum({2, 3}, true);
    return torch::where(total > 0, weighted / total, torch::zeros_like(total));
}

torch::Tensor contributions(AttributionMethod method, const torch::Tensor& gradient,
                            const torch::Tensor& activations) {
    switch (method) {
        case AttributionMethod::GradCam:
            return gradient.mean({2, 3}, /*keepdim=*/true) * activations;
        case AttributionMethod::GradCamPlusPlus:
            return (plus_plus_weights(gradient, activations) -
                    plus_plus_weights(-gradient, activations)) *
                   activations;
        case AttributionMethod::LayerCam:
        case AttributionMethod::Exact:
        case AttributionMethod::Occlusion:
        case AttributionMethod::Own:
            break;
    }
    return gradient * activations;
}

/// A layer's output with a gradient, and the logits computed from it.
struct Cut {
    torch::Tensor activations;
    torch::Tensor logits;
};

Cut cut_at(ExpertNetwork& network, const torch::Tensor& input, const std::string& layer,
           std::int64_t window_rows) {
    const torch::NoGradGuard trunk;
    ActivationTap tap(layer);
    auto features = window_rows > 0 ? network.feature_map_of_windows(input, window_rows)
                                    : network.feature_map(input);
    if (!layer.empty() && !tap.activation().defined()) {
        const auto known =
            joined(tap.passed(), ", ", [](const auto& passed) { return passed.name; });
        throw std::invalid_argument("Unknown layer \"" + layer + "\"; this expert has " +
                                    (known.empty() ? std::string() : known + " and ") +
                                    "its last feature map.");
    }
    const torch::AutoGradMode gradients(true);
    const auto activations =
        layer.empty() ? features.map.detach().requires_grad_(true) : tap.activation();
    return {activations, network.logits(layer.empty() ? features.with_map(activations) : features)};
}

}  // namespace

torch::Tensor target_value(const torch::Tensor& logits, AttributionTarget target) {
    switch (target) {
        case AttributionTarget::Fake:
            return logits.select(1, 1);
        case AttributionTarget::Real:
            return logits.select(1, 0);
        case AttributionTarget::LogOdds:
            break;
    }
    return logits.select(1, 1) - logits.select(1, 0);
}

Attribution attribute(ExpertNetwork& network, const torch::Tensor& input, AttributionMethod method,
                      AttributionTarget target, const std::string& layer,
                      std::int64_t window_rows) {
    TORCH_CHECK(input.dim() == 4 && input.size(0) == 1,
                "Only one picture can be explained at a time");
    if (method == AttributionMethod::Exact && !layer.empty())
        throw std::invalid_argument(
            "Only the last feature map has an exact decomposition; choose another method for the "
            "layer \"" +
            layer + "\".");
    std::optional<HeldDivisors> divisors;
    if (method == AttributionMethod::Exact)
        divisors.emplace();
    auto cut = cut_at(network, input, layer, window_rows);
    auto gradient =
        torch::autograd::grad({target_value(cut.logits, target).sum()}, {cut.activations}).front();

    const torch::NoGradGuard arithmetic;
    if (cut.activations.size(0) > 1) {  // an earlier layer's maps of windows: parts of one picture
        gradient = stacked(gradient);
        cut.activations = stacked(cut.activations);
    }
    Attribution result;
    result.last_layer = layer.empty();
    result.divisor_held = divisors && divisors->held();
    result.logits = cut.logits.detach().to(torch::kFloat32);
    result.map = contributions(method, gradient.to(torch::kFloat32),
                               cut.activations.detach().to(torch::kFloat32))
                     .sum(1)
                     .squeeze(0);
    result.value = target_value(result.logits.to(torch::kFloat64), target).item<double>();
    result.rest = result.value - result.map.sum(torch::kFloat64).item<double>();
    return result;
}

torch::Tensor blank_input(ExpertNetwork& network) {
    // Trace networks convert their input to float32.
    const auto side = network.input_side() > 0 ? network.input_side() : 64;
    return torch::zeros({1, 3, side, side}, network.parameters().front().options());
}

std::vector<TappedLayer> earlier_layers(ExpertNetwork& network) {
    const torch::NoGradGuard no_gradients;
    const ActivationTap tap({});
    (void)network.feature_map(blank_input(network));
    return tap.passed();
}

}  // namespace dfd
