// Locates the data folders installed with the program, and the user's.
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

/// $XDG_DATA_HOME/deepfake-defenders: the user's panels and encoders are below it.
[[nodiscard]] std::filesystem::path user_data_folder();

}  // namespace dfd
