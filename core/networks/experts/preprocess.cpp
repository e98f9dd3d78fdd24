#include "core/networks/experts/preprocess.h"

#include <ATen/ops/_upsample_bilinear2d_aa.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "core/networks/hardware/device_constant.h"

namespace dfd {
namespace {

/// [1,3,1,1] float32.
torch::Tensor per_channel(const std::array<float, 3>& values, const torch::Device& device) {
    if (device.is_cpu())
        return torch::tensor({values[0], values[1], values[2]}).view({1, 3, 1, 1});
    static auto& mutex = *new std::mutex;
    static auto& known = *new std::map<std::array<float, 3>, torch::Tensor>;
    torch::Tensor constant;
    {
        const std::lock_guard lock(mutex);
        auto& each = known[values];
        if (!each.defined())
            each = per_channel(values, torch::kCPU);
        constant = each;
    }
    return constant_on(constant, device);
}

/// Antialiased bilinear, align_corners off.
torch::Tensor resample(const torch::Tensor& planes, std::int64_t height, std::int64_t width) {
    return at::_upsample_bilinear2d_aa(planes, {height, width}, /*align_corners=*/false,
                                       c10::nullopt, c10::nullopt);
}

}  // namespace

torch::Tensor wrap_rgb(const std::uint8_t* rgb, int width, int height) {
    // from_blob takes a mutable pointer; nothing here writes through it.
    return torch::from_blob(const_cast<std::uint8_t*>(rgb), {height, width, 3}, torch::kUInt8);
}

torch::Tensor rounded_rgb(const torch::Tensor& planes) {
    return planes.round()
        .clamp(0, 255)
        .to(torch::kUInt8)
        .squeeze(0)
        .permute({1, 2, 0})
        .contiguous();
}

torch::Tensor normalise(const torch::Tensor& rgb, const std::array<float, 3>& mean,
                        const std::array<float, 3>& std) {
    const auto batch = rgb.dim() == 3 ? rgb.unsqueeze(0) : rgb;
    TORCH_CHECK(batch.dim() == 4 && batch.size(3) == 3 && batch.scalar_type() == torch::kUInt8,
                "normalise expects [N,H,W,3] uint8 RGB");
    return batch.permute({0, 3, 1, 2})
        .to(torch::kFloat32, /*non_blocking=*/false, /*copy=*/true, torch::MemoryFormat::Contiguous)
        .div_(255.0)
        .sub_(per_channel(mean, batch.device()))
        .div_(per_channel(std, batch.device()));
}

torch::Tensor stretch(const torch::Tensor& normalised, int size) {
    return resample(normalised, size, size);
}

torch::Tensor stretched(const torch::Tensor& rgb, const std::array<float, 3>& mean,
                        const std::array<float, 3>& std, int size, std::int64_t most_pixels) {
    const auto batch = rgb.dim() == 3 ? rgb.unsqueeze(0) : rgb;
    const auto height = batch.size(1), width = batch.size(2);
    const auto rows = std::max<std::int64_t>(1, most_pixels / std::max<std::int64_t>(1, width));
    if (height <= rows || !batch.device().is_cpu())
        return stretch(normalise(batch, mean, std), size);
    std::vector<torch::Tensor> bands;
    for (std::int64_t top = 0; top < height; top += rows) {
        const auto band = batch.narrow(1, top, std::min(rows, height - top));
        bands.push_back(resample(normalise(band, mean, std), band.size(1), size));
    }
    return resample(torch::cat(bands, 2), size, size);
}

}  // namespace dfd
