// Untrusted text made fit to show. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dfd {

/// Valid UTF-8: what is not becomes U+FFFD, control characters become spaces.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest);
/// Latin letters A-Z made small, everything else kept.
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
void append_utf8(std::string& text, std::uint32_t code);

}  // namespace dfd
