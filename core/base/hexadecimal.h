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
/// Lower-case digits only.
[[nodiscard]] bool is_hex(std::string_view text);
/// Whether it is a digest as sha256_hex gives it: 64 lower-case digits.
[[nodiscard]] bool is_sha256_hex(std::string_view text);
/// 32 random digits, for names that must not meet again.
[[nodiscard]] std::string random_id();

}  // namespace dfd
