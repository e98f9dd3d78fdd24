// Grad-CAM on the last feature map; only the head is differentiated.
#pragma once

#include <torch/types.h>

#include "core/networks/experts/expert_network.h"

namespace dfd {

struct Explained {
    torch::Tensor logits;  ///< [N,2]
    torch::Tensor maps;    ///< [N,h,w] float32, never rescaled, >= 0
};

/// Selvaraju et al. 2017: a_c = mean over h,w of d logit[target] / d A_c; map = ReLU(sum_c a_c
/// A_c). `features` needs no gradient: the trunk may have run under NoGradGuard (but
/// not InferenceMode). Restores the grad mode. `target` is 0 (real) or 1 (deepfake).
[[nodiscard]] Explained grad_cam(ExpertNetwork& network, const FeatureMap& features, int target);

}  // namespace dfd
