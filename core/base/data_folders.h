// Where the data is that came with the program.
#pragma once

#include <filesystem>
#include <optional>

namespace dfd {

/// The folder "models", "samples" or "manual" that belongs to the running program, found from where
/// the program itself lies: share/deepfake-defenders beside its bin. A build tree has the same
/// layout, with links into the source tree. Links are resolved. Nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> data_folder(const std::filesystem::path& name);

/// The same for a program at `program`.
[[nodiscard]] std::optional<std::filesystem::path> data_folder_of(
    const std::filesystem::path& program, const std::filesystem::path& name);

}  // namespace dfd
