// Which tensors of an expert network are its head: what is trained on a frozen encoder.
#pragma once

#include <string_view>

namespace dfd {

/// Whether a tensor of this name belongs to the last linear layer of its network, or to the
/// calibration of its logits. All other tensors are the encoder.
[[nodiscard]] inline bool in_head(std::string_view name) {
    return name.starts_with("classifier.") || name.starts_with("head.fc.") ||
           name.starts_with("evidence.") || name == "calibration";
}

}  // namespace dfd
