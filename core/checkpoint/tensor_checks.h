// Checks for every tensor read from a file, independent of the container format.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>

namespace dfd {

/// Product of the sizes, or -1 when a size is negative or the product overflows an int64.
[[nodiscard]] std::int64_t checked_elements(std::span<const std::int64_t> shape);

/// True when a strided view accesses only elements [0, available): no negative size, stride or
/// offset, and no more elements than available. Computed in 128 bits.
[[nodiscard]] bool view_fits(std::span<const std::int64_t> shape,
                             std::span<const std::int64_t> strides, std::int64_t offset,
                             std::int64_t available);

/// True when no element is NaN or infinite. Non-floating types count as finite.
[[nodiscard]] bool all_finite(const torch::Tensor& tensor);

}  // namespace dfd
