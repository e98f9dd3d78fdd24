// The table of contents of an uncompressed zip container, as torch.save writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/checkpoint/input_file.h"

namespace dfd {

struct ZipEntry {
    std::string name;
    std::uint64_t offset = 0;  ///< of the entry's data in the file
    std::uint64_t size = 0;    ///< bytes; stored, never compressed
    std::uint32_t crc = 0;
    bool has_crc = true;  ///< false where the writer left the checksum out (newer torch can)
};

/// Reads the central directory (zip64 too) and each entry's local header. Checked: every entry
/// stored and unencrypted, inside the file, overlapping no other, named once and alike in both
/// places. Sorted by offset. No payload is read. Throws CheckpointError.
[[nodiscard]] std::vector<ZipEntry> read_zip_directory(const InputFile& file);

}  // namespace dfd
