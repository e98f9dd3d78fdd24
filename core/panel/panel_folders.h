// Where panels live: the user's folders and the bundled one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dfd {

/// The panels that came with the program.
[[nodiscard]] std::optional<std::filesystem::path> bundled_panel_folder();

/// True when `folder` lies among the panels that came with the program.
[[nodiscard]] bool is_bundled(const std::filesystem::path& folder);

/// A sentence when `name` cannot name a panel's folder, else empty. Letters, digits and " ._-+"
/// are allowed, neither a leading dot nor a space at either end, 1 to 100 characters.
[[nodiscard]] std::string panel_name_problem(const std::string& name);

}  // namespace dfd
