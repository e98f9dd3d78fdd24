// Paths and texts as a case stores and searches them.
// Internal to core/casework.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/text.h"

namespace dfd {

/// Absolute, without "..", and without a slash at the end unless it is the root.
[[nodiscard]] inline std::filesystem::path whole_path(const std::filesystem::path& path) {
    auto whole = std::filesystem::absolute(path).lexically_normal();
    return whole.has_filename() || !whole.has_parent_path() ? whole : whole.parent_path();
}

/// Valid UTF-8 with ASCII letters in lower case, in which a filter's text is searched.
[[nodiscard]] inline std::string search_text(const std::string& text) {
    return lower_case(printable(text, std::string::npos));
}

}  // namespace dfd
