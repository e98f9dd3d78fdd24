// Locates the data folders installed with the program.
#pragma once

#include <filesystem>
#include <optional>

namespace dfd {

/// The folder "models", "samples" or "manual" of the running program, relative to the executable:
/// share/deepfake-defenders next to its bin folder. A build tree has the same layout, with links
/// into the source tree. Links are resolved. Empty when there is no such folder.
[[nodiscard]] std::optional<std::filesystem::path> data_folder(const std::filesystem::path& name);

/// The same for a program at `program`.
[[nodiscard]] std::optional<std::filesystem::path> data_folder_of(
    const std::filesystem::path& program, const std::filesystem::path& name);

}  // namespace dfd
