// Finds the metadata blocks of a file, each on its own, without interpreting them.
// Internal to core/picture/provenance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/signature.h"

namespace dfd::picture_detail {

/// Blocks in the order in which the file stores them. Each may be broken.
struct MetadataBlocks {
    std::vector<std::vector<std::uint8_t>> exif;  ///< each starts with a TIFF header
    std::vector<std::string> xmp;                 ///< packets; extended ones are joined
    std::vector<std::uint8_t> iptc;               ///< IIM data sets
    std::vector<std::uint8_t> icc;
    /// A TIFF itself, whose directories are what Exif is elsewhere; empty for other formats. It
    /// refers to the bytes that were searched.
    Bytes directories;
    std::vector<std::string> problems;  ///< parts that could not be unpacked: "a text chunk", ...
};

/// The blocks of a file; none in formats that have no metadata. At most 16 MiB of each kind. Throws
/// only when memory runs out.
[[nodiscard]] MetadataBlocks metadata_blocks(Bytes bytes, Format format);

}  // namespace dfd::picture_detail
