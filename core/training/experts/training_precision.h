// Resolves the arithmetic precision of a training. Plain C++.
#pragma once

#include <string>

namespace dfd {

/// "fp32" or "bf16" for LearningOptions::precision: "auto" selects bfloat16 (in convolutions) on
/// CUDA and on processors with bfloat16 multiplication, otherwise float32. `device` as for
/// open_evaluator; throws DeviceError when it does not exist.
[[nodiscard]] std::string resolved_precision(const std::string& requested,
                                             const std::string& device);

}  // namespace dfd
