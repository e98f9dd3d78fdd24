// Where the pictures to try are.
#pragma once

#include <filesystem>

namespace dfd::ui {

/// The first of: beside the executable, installed, in the source tree. Empty when there are none.
[[nodiscard]] std::filesystem::path samples_folder();

}  // namespace dfd::ui
