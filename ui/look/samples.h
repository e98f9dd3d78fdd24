// Where the pictures to try are.
#pragma once

#include <filesystem>

namespace dfd::ui {

/// The samples that came with the program. Empty when there are none.
[[nodiscard]] std::filesystem::path samples_folder();

}  // namespace dfd::ui
