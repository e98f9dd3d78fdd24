// bfloat16 conversions for tests, independent of the kernels under test.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "core/networks/executor/nhwc_kernels.h"

namespace dfd::nhwc {

inline BFloat16 narrow(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return {static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16)};
}
inline std::vector<BFloat16> narrow(const std::vector<float>& all) {
    std::vector<BFloat16> result;
    for (const float value : all)
        result.push_back(narrow(value));
    return result;
}
inline float wide(BFloat16 value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
inline float wide(float value) {
    return value;
}

}  // namespace dfd::nhwc
