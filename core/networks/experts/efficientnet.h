// EfficientNet, TensorFlow variant (Tan & Le 2019), and EfficientNet-Lite (Liu 2020); tensor names
// as in timm 1.0.8's tf_efficientnet_*.
#pragma once

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// tf_efficientnet_b0, b4, b5, b6 and lite0.
[[nodiscard]] std::vector<Architecture> efficientnet_architectures();

}  // namespace dfd
