// Paths in the order people expect.
// Internal to core/casework.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd {

/// Bytes whose plain order is the natural one: img2 before img10, letters of ASCII without case, a
/// folder's content before what is named like it.
[[nodiscard]] std::vector<std::uint8_t> path_key(const std::filesystem::path& path);

/// Valid UTF-8 with the letters of ASCII in lower case: what a filter's text is looked for in.
[[nodiscard]] std::string search_text(const std::string& text);

}  // namespace dfd
