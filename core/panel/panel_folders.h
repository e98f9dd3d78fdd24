// Where panels live: the user's folders and the bundled one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dfd {

/// Folder of the panels that are shipped with the program.
[[nodiscard]] std::optional<std::filesystem::path> bundled_panel_folder();

/// Folder name of the bundled panel that is used when no other panel is installed.
inline constexpr const char* kDefaultPanel = "starter";

/// Whether `folder` is inside bundled_panel_folder().
[[nodiscard]] bool is_bundled(const std::filesystem::path& folder);

/// The folders that an environment variable lists, separated by colons; none when it is not set.
[[nodiscard]] std::vector<std::filesystem::path> listed_folders(const char* variable);

/// An error sentence when `name` is not valid as a panel's folder name, else empty. Letters, digits
/// and " ._-+" are allowed, no leading dot, no space at either end, 1 to 100 characters.
[[nodiscard]] std::string panel_name_problem(const std::string& name);

}  // namespace dfd
