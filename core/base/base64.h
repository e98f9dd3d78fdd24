// Base64 (RFC 4648) with padding, through OpenSSL.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

[[nodiscard]] std::string encode_base64(std::span<const std::uint8_t> bytes);
/// Nothing when the text is empty or not valid. Spaces and line breaks are not valid.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace dfd
