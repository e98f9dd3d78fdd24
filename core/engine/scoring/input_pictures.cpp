#include "core/engine/scoring/input_pictures.h"

#include <c10/util/Exception.h>
#include <torch/types.h>

#include <algorithm>

#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/experts/trace_residuals.h"
#include "core/panel/panel_networks.h"
#include "core/picture/pixels/veil.h"

namespace dfd {
namespace {

/// [1,3,H,W], 0 black and 1 white.
Pixels to_pixels(const torch::Tensor& shares) {
    const auto bytes = rounded_rgb(shares.to(torch::kCPU, torch::kFloat32) * 255);
    return {static_cast<int>(bytes.size(1)),
            static_cast<int>(bytes.size(0)),
            {bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel()}};
}

torch::Tensor per_channel(const std::array<float, 3>& values) {
    return torch::tensor({values[0], values[1], values[2]}).view({1, 3, 1, 1});
}

/// What `show` makes of the pixels that the policy reads: of the picture, or of each window in its
/// place, with a veil over the rest.
template <class Show>
Pixels shown(const Pixels& pixels, const InputPolicy& policy, const Show& show) {
    const auto windows = windows_of(pixels, policy);
    if (windows.whole())
        return show(pixels);
    auto result = veiled(pixels);
    for (const auto& corner : windows.corners) {
        auto one = windows;
        one.corners = {corner};
        const Pixels window = show(stacked_windows(pixels, one));
        for (int y = 0; y < window.height; ++y)
            std::copy_n(window.rgb.begin() + std::ptrdiff_t{3} * window.width * y, 3 * window.width,
                        result.rgb.begin() +
                            3 * (std::ptrdiff_t{result.width} * (corner.y + y) + corner.x));
    }
    return result;
}

Pixels residuals_of(const Pixels& pixels) {
    constexpr std::int64_t kBlock = 8;
    constexpr double kRange = 2;  // they are softened to about [-2, 2]
    const auto rows = pixels.height / kBlock * kBlock, columns = pixels.width / kBlock * kBlock;
    if (rows == 0 || columns == 0)
        return {};
    const auto input =
        normalise(wrap_rgb(pixels.rgb.data(), pixels.width, pixels.height), {0, 0, 0}, {1, 1, 1})
            .narrow(2, 0, rows)
            .narrow(3, 0, columns)
            .contiguous();
    return to_pixels(luma_residuals(input) / (2 * kRange) + 0.5);
}

}  // namespace

Pixels input_picture(const Pixels& pixels, const InputPolicy& policy,
                     const std::string& device) try {
    return shown(pixels, policy, [&](const Pixels& read) {
        const auto input = expert_input(read, policy, torch::Device(device)).to(torch::kCPU);
        return to_pixels(input * per_channel(policy.std) + per_channel(policy.mean));
    });
} catch (const c10::Error& error) {
    rethrow_device_failure(error, device, "Preparing the picture");
}

Pixels normalised_picture(const Pixels& pixels, const InputPolicy& policy,
                          const std::string& device) try {
    return shown(pixels, policy, [&](const Pixels& read) {
        const auto rgb = wrap_rgb(read.rgb.data(), read.width, read.height);
        return to_pixels(normalise(rgb.to(torch::Device(device)), policy.mean, policy.std) /
                             (2 * kNormalisedRange) +
                         0.5);
    });
} catch (const c10::Error& error) {
    rethrow_device_failure(error, device, "Preparing the picture");
}

bool reads_residuals(const std::string& architecture) {
    return architecture == "trace_luma" || architecture == "trace_joint";
}

Pixels residual_picture(const Pixels& pixels, const InputPolicy& policy) try {
    return shown(pixels, policy, residuals_of);
} catch (const c10::Error& error) {
    rethrow_device_failure(error, "cpu", "Preparing the picture");
}

}  // namespace dfd
