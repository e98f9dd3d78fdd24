// Reads the central directory of an uncompressed zip file as written by torch.save.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/checkpoint/input_file.h"

namespace dfd {

struct ZipEntry {
    std::string name;
    std::uint64_t offset = 0;  ///< position of the entry's data in the file
    std::uint64_t size = 0;    ///< in bytes; stored, never compressed
    std::uint32_t crc = 0;
    bool has_crc = true;  ///< false when the writer omitted the checksum (newer torch can)
};

/// Reads the central directory (including zip64) and each entry's local header. Checks that every
/// entry is stored and unencrypted, lies inside the file, does not overlap another, has a unique
/// name, and has the same name in both headers. Sorted by offset. Reads no payload. Throws
/// CheckpointError.
[[nodiscard]] std::vector<ZipEntry> read_zip_directory(const InputFile& file);

}  // namespace dfd
