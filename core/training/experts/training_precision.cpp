#include "core/training/experts/training_precision.h"

#include <c10/core/Device.h>

#include "core/engine/devices/torch_device.h"

namespace dfd {

std::string resolved_precision(const std::string& requested, const std::string& device) {
    if (requested == "fp32")
        return requested;
    DeviceInfo info;
    if (choose_device(device, info).is_cuda()) {
        const auto card = card_of(info.id);
        return card ? precision_on_card(requested, *card) : "bf16";
    }
    if (requested != "auto")
        return requested;
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0 ? "bf16" : "fp32";
#else
    return "fp32";
#endif
}

std::string precision_on_card(const std::string& requested, const Card& card) {
    if (multiplies_bfloat16(card))
        return requested == "auto" ? "bf16" : requested;
    if (requested == "bf16")
        throw DeviceError("The card " + card.name + " (" + card_detail(card) +
                          ") does not train in bf16: that needs compute capability 8.0. Use "
                          "--precision fp32.");
    return "fp32";
}

}  // namespace dfd
