// EfficientNet, TensorFlow variant (Tan & Le 2019); tensor names as in timm 1.0.8's
// tf_efficientnet_*.
#pragma once

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// tf_efficientnet_b0, b4, b5 and b6.
[[nodiscard]] std::vector<Architecture> efficientnet_architectures();

}  // namespace dfd
