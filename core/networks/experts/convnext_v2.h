// ConvNeXt V2 (Woo et al. 2023); tensor names as in timm 1.0.8's convnextv2_*.
#pragma once

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// convnextv2_atto and convnextv2_tiny.
[[nodiscard]] std::vector<Architecture> convnext_v2_architectures();

}  // namespace dfd
