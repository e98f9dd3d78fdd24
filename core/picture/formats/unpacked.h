// Decompression of untrusted data, bounded.
// Internal to core/picture.
#pragma once

#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// The result of unpacked(): what was decompressed before the end, an error or the limit.
struct Unpacked {
    std::string text;
    bool cut = false;     ///< reached the limit before the end
    bool broken = false;  ///< the stream is damaged or ends early
};
/// Decompresses a zlib or gzip stream to at most `most` bytes. Throws only when memory runs out.
[[nodiscard]] Unpacked unpacked(Bytes packed, std::size_t most);

}  // namespace dfd::picture_detail
