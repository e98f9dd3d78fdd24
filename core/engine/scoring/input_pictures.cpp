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

torch::Tensor per_channel(const std::array<float, 3>& values) {
    return torch::tensor({values[0], values[1], values[2]}).view({1, 3, 1, 1});
}

/// [1,3,H,W], 0 black and 1 white.
Pixels to_pixels(const torch::Tensor& shares) {
    const auto bytes = rounded_rgb(shares.to(torch::kCPU, torch::kFloat32) * 255);
    return {static_cast<int>(bytes.size(1)),
            static_cast<int>(bytes.size(0)),
            {bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel()}};
}

/// The same of a picture of which `show` makes the shares of some rows, band by band.
template <class Show>
Pixels by_bands(const Pixels& pixels, const Show& show) {
    constexpr std::int64_t kPixels = std::int64_t{1} << 20;
    Pixels result{pixels.width, pixels.height, {}};
    result.rgb.reserve(pixels.rgb.size());
    const int rows = static_cast<int>(kPixels / std::max(pixels.width, 1)) + 1;
    for (int y = 0; y < pixels.height; y += rows) {
        const auto band =
            to_pixels(show(wrap_rgb(pixels.rgb.data() + std::ptrdiff_t{3} * pixels.width * y,
                                    pixels.width, std::min(rows, pixels.height - y))));
        result.rgb.insert(result.rgb.end(), band.rgb.begin(), band.rgb.end());
    }
    return result;
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

constexpr int kBlock = 8;

Pixels residuals_of(const Pixels& pixels) {
    constexpr double kRange = 2;  // they are softened to about [-2, 2]
    const int rows = pixels.height / kBlock * kBlock, columns = pixels.width / kBlock * kBlock;
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
        return by_bands(read, [&](const torch::Tensor& rgb) {
            return normalise(rgb.to(torch::Device(device)), policy.mean, policy.std) /
                       (2 * kNormalisedRange) +
                   0.5;
        });
    });
} catch (const c10::Error& error) {
    rethrow_device_failure(error, device, "Preparing the picture");
}

bool reads_residuals(const std::string& architecture) {
    return architecture == "trace_luma" || architecture == "trace_joint";
}

bool has_residuals(const Pixels& pixels, const InputPolicy& policy) {
    return std::min(pixels.width, pixels.height) >= kBlock || !windows_of(pixels, policy).whole();
}

Pixels residual_picture(const Pixels& pixels, const InputPolicy& policy) try {
    return shown(pixels, policy, residuals_of);
} catch (const c10::Error& error) {
    rethrow_device_failure(error, "cpu", "Preparing the picture");
}

}  // namespace dfd
