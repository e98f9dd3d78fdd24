// The arithmetic a training settles on. Plain C++.
#pragma once

#include <string>

namespace dfd {

/// "fp32" or "bf16" for what LearningOptions::precision asks: "auto" takes bfloat16 (in
/// convolutions) on CUDA and on processors that multiply in it, float32 elsewhere. `device` as
/// open_evaluator's; throws DeviceError when there is none such.
[[nodiscard]] std::string settled_precision(const std::string& asked, const std::string& device);

}  // namespace dfd
