// Reads a whole file into memory, with limits and checks. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace dfd {

/// All bytes of a regular file, at most `limit`; none for an empty file. Refuses pipes and devices,
/// so it never blocks on them. Throws PictureError (not_found, unreadable, too_large,
/// out_of_memory).
[[nodiscard]] std::vector<std::uint8_t> read_file_bytes(const std::filesystem::path& path,
                                                        std::uint64_t limit);

}  // namespace dfd
