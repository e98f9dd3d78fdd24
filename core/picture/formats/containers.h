// The pieces a file is made of, walked without trusting a length.
// Internal to core/picture.
#pragma once

#include <functional>
#include <string_view>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// Each segment with a length between a JPEG's start and its first scan, or the end of the bytes;
/// false when something else than a segment stands between.
bool each_jpeg_segment(Bytes jpeg,
                       const std::function<void(std::uint8_t marker, Bytes data)>& each);

/// A piece with a name of four letters. Those cut short by the end of the file are left out.
using OnPiece = std::function<void(std::string_view type, Bytes data)>;
void each_png_chunk(Bytes png, const OnPiece& each);
void each_riff_chunk(Bytes riff, const OnPiece& each);

/// A box of ISO base media (HEIF, AVIF) or JUMBF.
struct Box {
    Bytes content;  ///< cut to the bytes there are
    std::size_t next = 0;
    bool whole = true;
};
[[nodiscard]] Box box_at(Bytes bytes, std::size_t at);
void each_box(Bytes bytes, const OnPiece& each);

}  // namespace dfd::picture_detail
