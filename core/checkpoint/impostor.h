// Files that only pretend to be weights. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dfd {

/// The sentence for a file that is something else than weights by its first bytes: empty, a web
/// page, a Git LFS pointer, a Python script or another archive. Empty when nothing is recognised.
[[nodiscard]] std::optional<std::string> impostor_sentence(const std::filesystem::path& path,
                                                           std::string_view head,
                                                           std::uint64_t file_size);

}  // namespace dfd
