// Locates the bundled sample pictures.
#pragma once

#include <filesystem>

namespace dfd::ui {

/// Folder of the bundled samples; empty if there is none.
[[nodiscard]] std::filesystem::path samples_folder();

}  // namespace dfd::ui
