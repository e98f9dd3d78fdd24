// Sort keys and search texts of paths.
// Internal to core/casework.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd {

/// Bytes whose lexicographic order is the natural order: img2 before img10, ASCII letters without
/// case, a folder's content before names that begin like the folder.
[[nodiscard]] std::vector<std::uint8_t> path_key(const std::filesystem::path& path);

/// Valid UTF-8 with ASCII letters in lower case, in which a filter's text is searched.
[[nodiscard]] std::string search_text(const std::string& text);

}  // namespace dfd
