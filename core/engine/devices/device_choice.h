// Chooses a device by name, for code that does not include LibTorch.
#pragma once

#include <string>

#include "core/engine/devices/devices.h"

namespace dfd {

/// "auto" is the first CUDA device, else the CPU. "cpu", "cuda" (the first) and "cuda:N" name one.
/// Prepares the calling thread for computing (see use_all_processors). Throws DeviceError.
[[nodiscard]] DeviceInfo find_device(const std::string& wanted);

}  // namespace dfd
