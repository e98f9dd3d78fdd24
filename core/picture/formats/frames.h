// What a file holds beside the pixels experts are given: frames and pages behind the first, and the
// transparency that is dropped. All throw PictureError.
// Internal to core/picture.
#pragma once

#include <cstdint>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/signature.h"
#include "core/picture/pixels/pixels.h"

namespace dfd::picture_detail {

/// Frame `index`, counted from 0, of an animation that was decoded before (its sizes are known to
/// be allowed), laid over the frames before it as the file says.
[[nodiscard]] Pixels webp_frame(Bytes bytes, std::uint64_t index);
[[nodiscard]] Pixels gif_frame(Bytes bytes, std::uint64_t index);
/// Page `index` of a document, thumbnails and masks not counted; turned as it asks.
[[nodiscard]] Pixels tiff_page(Bytes bytes, std::uint64_t index);
/// Picture `index` of those the file lists, its own crop, rotation and mirror applied. Frames of an
/// image sequence are not among them: libheif reads no tracks.
[[nodiscard]] Pixels heif_picture(Bytes bytes, Format format, std::uint64_t index);

/// The first picture with its transparent parts shown on white, upright as the file itself asks
/// (the EXIF orientation is left to the caller, as with every decoder but TIFF's and HEIF's).
[[nodiscard]] Pixels webp_on_white(Bytes bytes);
[[nodiscard]] Pixels gif_on_white(Bytes bytes);
[[nodiscard]] Pixels tiff_on_white(Bytes bytes);
[[nodiscard]] Pixels heif_on_white(Bytes bytes, Format format);

/// `count` RGBA pixels of one row laid on white, as RGB. `premultiplied`: the colours were already
/// weighed by their alpha.
void lay_on_white(const std::uint8_t* rgba, std::size_t count, std::uint8_t* rgb,
                  bool premultiplied = false);

}  // namespace dfd::picture_detail
