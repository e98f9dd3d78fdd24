// Resolves the arithmetic precision of a training. Plain C++.
#pragma once

#include <string>

#include "core/engine/devices/cards.h"

namespace dfd {

/// "fp32" or "bf16" for LearningOptions::precision: "auto" selects bfloat16 (in convolutions) on
/// GPUs and processors with bfloat16 multiplication, otherwise float32. `device` as for
/// open_evaluator; throws DeviceError when it does not exist or cannot compute in that precision.
[[nodiscard]] std::string resolved_precision(const std::string& requested,
                                             const std::string& device);

/// The same on a GPU. Below compute capability 8.0 cuDNN refuses bfloat16.
[[nodiscard]] std::string precision_on_card(const std::string& requested, const Card& card);

}  // namespace dfd
