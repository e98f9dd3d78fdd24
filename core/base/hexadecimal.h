// Bytes as lower-case hexadecimal digits and back. Plain C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
/// Accepts digits in either case. Stops at the first pair that is not hexadecimal.
[[nodiscard]] std::vector<std::uint8_t> from_hex(std::string_view digits);
/// 32 random digits, for names that must not meet again.
[[nodiscard]] std::string random_id();

}  // namespace dfd
