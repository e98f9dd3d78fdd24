// Finds the metadata blocks of a file, each on its own, without interpreting them.
// Internal to core/picture/provenance.
#pragma once

#include <cstdint>
#include <optional>
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
    std::vector<std::string> problems;  ///< parts that could not be unpacked: "a text chunk", ...
};

/// The blocks of a JPEG, PNG or WebP; nullopt for other formats. At most 16 MiB of each kind.
/// Throws only when memory runs out.
[[nodiscard]] std::optional<MetadataBlocks> metadata_blocks(Bytes bytes, Format format);

}  // namespace dfd::picture_detail
