#include "core/networks/hardware/device_constant.h"

#include <map>
#include <mutex>
#include <tuple>

namespace dfd {

torch::Tensor constant_on(const torch::Tensor& constant, const torch::Device& device) {
    if (device.is_cpu())
        return constant;
    using Key = std::tuple<const void*, c10::DeviceType, c10::DeviceIndex>;
    // Never destroyed: at the end of the process the GPU may be gone before this file's data.
    static auto& mutex = *new std::mutex;
    static auto& copies = *new std::map<Key, torch::Tensor>;
    const std::lock_guard lock(mutex);
    auto& copy = copies[{constant.unsafeGetTensorImpl(), device.type(), device.index()}];
    if (!copy.defined())
        copy = constant.to(device);
    return copy;
}

}  // namespace dfd
