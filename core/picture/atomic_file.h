// A file that appears whole or not at all. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace dfd {

/// Through a temporary file beside it, fsync and rename; what stood there before is replaced in one
/// step. Blocks. Throws std::system_error with the path in its sentence; nothing half-written
/// stays.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

}  // namespace dfd
