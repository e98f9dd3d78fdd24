#include "core/training/experts/training_precision.h"

#include <c10/core/Device.h>

#include "core/engine/devices/torch_device.h"

namespace dfd {

std::string resolved_precision(const std::string& requested, const std::string& device) {
    if (requested != "auto")
        return requested;
    DeviceInfo info;
    if (choose_device(device, info).is_cuda())
        return "bf16";
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0 ? "bf16" : "fp32";
#else
    return "fp32";
#endif
}

}  // namespace dfd
