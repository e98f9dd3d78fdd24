// Bytes as lower-case hexadecimal digits and back. Plain C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

[[nodiscard]] std::string hexadecimal(std::span<const std::uint8_t> bytes);
/// Digits in either case; stops at the first that is none.
[[nodiscard]] std::vector<std::uint8_t> unhexadecimal(std::string_view digits);

}  // namespace dfd
