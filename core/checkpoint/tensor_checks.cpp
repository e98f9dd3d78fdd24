#include "core/checkpoint/tensor_checks.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <atomic>
#include <limits>

namespace dfd {
namespace {

using Wide = __int128;
constexpr Wide kLargest = std::numeric_limits<std::int64_t>::max();

/// A float is NaN or infinite exactly when all its exponent bits are set.
template <typename Bits>
bool exponents_finite(const void* data, std::int64_t count, Bits exponent) {
    const auto* bits = static_cast<const Bits*>(data);
    std::atomic<bool> finite{true};
    at::parallel_for(0, count, 1 << 18, [&](std::int64_t begin, std::int64_t end) {
        int bad = 0;  // branch-free, so that the loop vectorises
        for (auto i = begin; i < end; ++i)
            bad |= (bits[i] & exponent) == exponent;
        if (bad != 0)
            finite = false;
    });
    return finite;
}

}  // namespace

std::int64_t checked_elements(std::span<const std::int64_t> shape) {
    if (std::ranges::any_of(shape, [](auto size) { return size < 0; }))
        return -1;
    if (std::ranges::find(shape, 0) != shape.end())
        return 0;
    Wide count = 1;
    for (const auto size : shape) {
        count *= size;
        if (count > kLargest)
            return -1;
    }
    return static_cast<std::int64_t>(count);
}

bool view_fits(std::span<const std::int64_t> shape, std::span<const std::int64_t> strides,
               std::int64_t offset, std::int64_t available) {
    const auto count = checked_elements(shape);
    if (count < 0 || strides.size() != shape.size() || offset < 0 || offset > available ||
        std::ranges::any_of(strides, [](auto stride) { return stride < 0; }))
        return false;
    if (count == 0)
        return true;
    if (count > available)  // also refuses a stride of 0 that repeats one element
        return false;
    Wide last = offset;
    for (std::size_t d = 0; d < shape.size(); ++d) {
        last += Wide(shape[d] - 1) * strides[d];
        if (last >= available)
            return false;
    }
    return last < available;
}

bool all_finite(const torch::Tensor& tensor) {
    if (!tensor.is_floating_point())
        return true;
    const auto flat = tensor.detach().contiguous();
    const auto count = flat.numel();
    switch (flat.scalar_type()) {
        case torch::kFloat32:
            return exponents_finite<std::uint32_t>(flat.data_ptr(), count, 0x7F800000u);
        case torch::kFloat64:
            return exponents_finite<std::uint64_t>(flat.data_ptr(), count, 0x7FF0000000000000u);
        case torch::kFloat16:
            return exponents_finite<std::uint16_t>(flat.data_ptr(), count, 0x7C00u);
        case torch::kBFloat16:
            return exponents_finite<std::uint16_t>(flat.data_ptr(), count, 0x7F80u);
        default:
            return torch::isfinite(flat).all().item<bool>();
    }
}

}  // namespace dfd
