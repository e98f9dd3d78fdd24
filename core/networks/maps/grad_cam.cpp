#include "core/networks/maps/grad_cam.h"

#include <torch/autograd.h>

namespace dfd {

Explained grad_cam(ExpertNetwork& network, const FeatureMap& features, int target) {
    TORCH_CHECK(target == 0 || target == 1, "Grad-CAM's target is class 0 or 1");
    const torch::AutoGradMode gradients(true);
    const auto activations = features.map.detach().requires_grad_(true);
    const auto logits = network.logits(features.with_map(activations));
    // One backward pass for the batch: no picture's logit depends on another picture's map.
    const auto gradient =
        torch::autograd::grad({logits.select(1, target).sum()}, {activations}).front();
    const torch::NoGradGuard arithmetic;
    const auto weights = gradient.to(torch::kFloat32).mean({2, 3}, /*keepdim=*/true);
    const auto maps = (weights * activations.to(torch::kFloat32)).sum(1).relu();
    return {logits.detach().to(torch::kFloat32), maps};
}

}  // namespace dfd
