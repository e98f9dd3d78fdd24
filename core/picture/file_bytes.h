// A whole file in memory, safely. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace dfd {

/// Every byte of a regular file, at most `limit`. Never blocks on a pipe or a device: those are
/// refused. Throws PictureError (not_found, unreadable, empty, too_large, out_of_memory).
[[nodiscard]] std::vector<std::uint8_t> read_file_bytes(const std::filesystem::path& path,
                                                        std::uint64_t limit);

}  // namespace dfd
