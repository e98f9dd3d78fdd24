// Device choice for code that sees torch.
#pragma once

#include <torch/types.h>

#include <string>

#include "core/engine/evaluator.h"

namespace dfd {

/// "auto" is the first CUDA device, else the CPU. Fills `info`. Throws DeviceError.
[[nodiscard]] torch::Device choose_device(const std::string& wanted, DeviceInfo& info);

}  // namespace dfd
