// EXIF, IPTC and XMP as text.
// Internal to core/picture.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// What the embedded metadata say; never throws for strange metadata.
struct Metadata {
    std::vector<std::pair<std::string, std::string>> entries;
    int orientation = 1;  ///< EXIF orientation, 1 when absent or out of range
    std::vector<std::uint8_t> icc;
    /// Values that tell where the file comes from, by exiv2's key: up to 1 MiB of each, UTF-8 where
    /// its encoding can be known.
    std::vector<std::pair<std::string, std::string>> origin;
    std::vector<std::uint8_t> thumbnail;  ///< EXIF's embedded one, encoded (JPEG); empty without
};
[[nodiscard]] Metadata read_metadata(Bytes bytes);

}  // namespace dfd::picture_detail
