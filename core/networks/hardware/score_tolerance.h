// How far scores of one picture may differ between devices and precisions.
#pragma once

#include <string_view>

namespace dfd {

/// The largest difference of an expert's score from 0 to 1 that rounding explains. `precision` is
/// "fp32", "bf16" or "fp16"; a GPU rounds in its own order.
[[nodiscard]] constexpr double rounding_tolerance(bool on_processor, std::string_view precision) {
    if (precision == "bf16")
        return 0.02;
    if (precision == "fp16")
        return 0.005;
    return on_processor ? 1e-4 : 1e-3;
}

}  // namespace dfd
