#include "core/engine/scoring/input_tensors.h"

#include <c10/util/Exception.h>
#include <torch/types.h>

#include <algorithm>
#include <bit>

#include "core/base/digest.h"
#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/window_views.h"
#include "core/panel/panel_networks.h"

namespace dfd {

InputKey input_key(const InputPolicy& policy) {
    return {policy.resize, policy.resize == Resize::Stretch ? policy.size : 0, policy.mean,
            policy.std, policy.resize == Resize::Native ? policy.windows : std::nullopt};
}

InputSummary summarise_input(const Pixels& pixels, const InputPolicy& policy,
                             const std::string& device) try {
    static_assert(std::endian::native == std::endian::little,
                  "the digest is of little-endian numbers");
    constexpr std::size_t kMostSamples = 64;
    const auto windows = windows_of(pixels, policy);
    const auto tensor = expert_input(windows.whole() ? pixels : stacked_windows(pixels, windows),
                                     policy, torch::Device(device))
                            .to(torch::kCPU)
                            .contiguous();
    const auto* const values = tensor.data_ptr<float>();
    const auto count = static_cast<std::size_t>(tensor.numel());
    InputSummary summary;
    summary.height = static_cast<int>(tensor.size(2));
    summary.width = static_cast<int>(tensor.size(3));
    summary.sha256 =
        sha256_hex({reinterpret_cast<const std::uint8_t*>(values), count * sizeof(float)});
    // One value per stretch, not always its first: that would be one column of the picture.
    const std::size_t stretch = (count + kMostSamples - 1) / kMostSamples;
    for (std::size_t i = 0; i * stretch < count; ++i)
        summary.samples.push_back(values[std::min(i * stretch + i * 7919 % stretch, count - 1)]);
    return summary;
} catch (const c10::Error& error) {
    rethrow_device_failure(error, device, "Preparing the picture");
}

}  // namespace dfd
