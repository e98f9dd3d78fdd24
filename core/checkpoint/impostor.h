// Detects files that are not weights, such as web pages and archives. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dfd {

/// An explanation when the file is empty or its first bytes show that it is something other than
/// weights: a web page, a Git LFS pointer, JSON text or an archive (gzip, 7z, RAR). `head` is the
/// beginning of the file. Empty when nothing is recognised.
[[nodiscard]] std::optional<std::string> impostor_sentence(const std::filesystem::path& path,
                                                           std::string_view head,
                                                           std::uint64_t file_size);

}  // namespace dfd
