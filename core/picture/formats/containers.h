// Iterates over the parts of JPEG, PNG, RIFF, GIF, ISO media and TIFF files without trusting their
// lengths.
// Internal to core/picture.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

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

/// An extension of a GIF.
struct GifBlock {
    std::uint8_t label = 0;        ///< 0xFE a comment, 0xFF an application's
    std::string_view application;  ///< its name and code, eleven bytes; empty for other labels
    Bytes raw;                     ///< its sub-blocks, each behind its size, without the last zero
};
/// Calls `each` for every extension, before, between and behind the frames. Stray bytes are
/// skipped; the last extension may be cut off.
void each_gif_block(Bytes gif, const std::function<void(const GifBlock& block)>& each);
/// What the sub-blocks hold together, at most `most` bytes.
[[nodiscard]] std::vector<std::uint8_t> joined_sub_blocks(Bytes raw, std::size_t most);

/// A box of ISO base media (HEIF, AVIF) or JUMBF.
struct Box {
    Bytes content;  ///< limited to the existing bytes
    std::size_t next = 0;
    bool whole = true;
};
[[nodiscard]] Box box_at(Bytes bytes, std::size_t at);
void each_box(Bytes bytes, const OnPiece& each);
/// The content of the first box of this type, which may be cut off; empty if there is none.
[[nodiscard]] Bytes child_box(Bytes boxes, std::string_view type);
/// The boxes that describe the still pictures of a HEIF file.
[[nodiscard]] Bytes heif_descriptions(Bytes heif);

/// An item of a HEIF file that holds metadata.
struct HeifItem {
    std::string_view type;          ///< "Exif" or "mime"
    std::string_view content_type;  ///< of a "mime" item
    std::vector<std::uint8_t> data;
    bool whole = true;  ///< whether all of its bytes exist
};
/// Calls `each` for the items of these two types, 32 at most, with at most `most` bytes of each. An
/// item whose place in the file is unknown has no bytes.
void each_heif_item(Bytes heif, std::size_t most,
                    const std::function<void(const HeifItem& item)>& each);

/// A field of the first directory of a TIFF or BigTIFF.
struct TiffField {
    std::uint64_t tag = 0;
    Bytes values;       ///< those that exist
    bool whole = true;  ///< whether all of them do
};
void each_tiff_field(Bytes tiff, const std::function<void(const TiffField& field)>& each);
/// Whether a directory at this place, such as one that a field refers to, lies within the bytes.
[[nodiscard]] bool is_tiff_directory(Bytes tiff, std::uint64_t at);
/// The first number in these values, which have the byte order of the TIFF.
[[nodiscard]] std::uint64_t tiff_number(Bytes tiff, Bytes values);
/// Bytes of a value of this type of a TIFF field; 0 for unknown types.
[[nodiscard]] std::size_t tiff_value_size(std::uint64_t type);

/// The end of all that the directories of a TIFF or BigTIFF refer to, at most the end of the bytes;
/// 0 if unknown.
[[nodiscard]] std::size_t tiff_end(Bytes tiff);

}  // namespace dfd::picture_detail
