// Iterates over the parts of JPEG, PNG, RIFF, ISO media and TIFF files without trusting their
// lengths.
// Internal to core/picture.
#pragma once

#include <functional>
#include <string_view>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// Calls `each` for every segment before the first scan, the end marker or the end of the bytes. As
/// lenient as libjpeg: stray bytes between segments are skipped, and the data of the last segment
/// may be cut off. Returns false when the bytes do not start with a JPEG's start marker.
bool each_jpeg_segment(Bytes jpeg,
                       const std::function<void(std::uint8_t marker, Bytes data)>& each);

/// Receives a part with its four-letter type. Parts truncated by the end of the file are omitted.
using OnPiece = std::function<void(std::string_view type, Bytes data)>;
void each_png_chunk(Bytes png, const OnPiece& each);
void each_riff_chunk(Bytes riff, const OnPiece& each);

/// A box of ISO base media (HEIF, AVIF) or JUMBF.
struct Box {
    Bytes content;  ///< limited to the existing bytes
    std::size_t next = 0;
    bool whole = true;
};
[[nodiscard]] Box box_at(Bytes bytes, std::size_t at);
void each_box(Bytes bytes, const OnPiece& each);
/// The bytes up to the end of the last box that is whole.
[[nodiscard]] Bytes whole_boxes(Bytes bytes);

/// The end of all that the directories of a TIFF or BigTIFF refer to, at most the end of the bytes;
/// 0 where they do not tell.
[[nodiscard]] std::size_t tiff_end(Bytes tiff);

}  // namespace dfd::picture_detail
