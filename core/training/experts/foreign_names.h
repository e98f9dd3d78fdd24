// Translates tensor names of the EfficientNet-PyTorch library into those of timm.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace dfd {

/// Maps the names that EfficientNet-PyTorch gives (`_conv_stem`, `_blocks.N._expand_conv`, `_fc`)
/// to timm's names, `names`, of an EfficientNet's tensors. Empty for other networks.
[[nodiscard]] std::map<std::string, std::string> efficientnet_pytorch_names(
    const std::vector<std::string>& names);

}  // namespace dfd
