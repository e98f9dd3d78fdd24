// Reads EXIF, IPTC and XMP metadata as text.
// Internal to core/picture.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/signature.h"

namespace dfd::picture_detail {

/// The embedded metadata. Malformed metadata never causes an exception.
struct Metadata {
    std::vector<std::pair<std::string, std::string>> entries;
    int orientation = 1;  ///< EXIF orientation, 1 when missing or out of range
    std::vector<std::uint8_t> icc;
    /// Values about the file's origin, by exiv2 key. At most 1 MiB each; UTF-8 if the encoding is
    /// known.
    std::vector<std::pair<std::string, std::string>> origin;
    std::vector<std::uint8_t> thumbnail;  ///< from EXIF, encoded (JPEG); empty if none
    /// Blocks that are broken, in words: "its EXIF block". They cost nothing but themselves.
    std::vector<std::string> unreadable;
};
[[nodiscard]] Metadata read_metadata(Bytes bytes, Format format);

}  // namespace dfd::picture_detail
