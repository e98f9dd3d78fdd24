// Grad-CAM from the last feature map, with only the head differentiated.
#pragma once

#include <torch/types.h>

#include "core/networks/experts/expert_network.h"

namespace dfd {

struct Explained {
    torch::Tensor logits;  ///< [N,2]
    torch::Tensor maps;    ///< [N,h,w] float32, raw scale, >= 0
};

/// Selvaraju et al. 2017: a_c = mean over h,w of d logit[target] / d A_c; map = ReLU(sum_c a_c
/// A_c). `feature_map` [N,C,h,w] needs no gradient: the trunk may have run under NoGradGuard (not
/// under InferenceMode). Grad mode is restored on return. `target` is 0 (real) or 1 (deepfake).
[[nodiscard]] Explained grad_cam(ExpertNetwork& network, const torch::Tensor& feature_map,
                                 int target);

}  // namespace dfd
