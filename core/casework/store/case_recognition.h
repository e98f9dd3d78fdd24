// Distinguishes cases from pictures. Plain C++.
#pragma once

#include <filesystem>

namespace dfd {

/// Whether the file is a case, or by its name is meant to become one. Reads its first bytes.
[[nodiscard]] bool is_case_file(const std::filesystem::path& path);

}  // namespace dfd
