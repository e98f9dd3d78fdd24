// Decodes what the experts are not given: further frames and pages, and transparency composited on
// white. All functions throw PictureError.
// Internal to core/picture.
#pragma once

#include <cstdint>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/signature.h"
#include "core/picture/pixels/pixels.h"

namespace dfd::picture_detail {

/// Frame `index` (zero-based) of an animation, composited on the previous frames as the file
/// specifies. The file must have been decoded before, so that its sizes are known to be allowed.
[[nodiscard]] Pixels webp_frame(Bytes bytes, std::uint64_t index);
[[nodiscard]] Pixels gif_frame(Bytes bytes, std::uint64_t index);
/// Page `index` of a document, not counting thumbnails and masks, with its orientation applied.
[[nodiscard]] Pixels tiff_page(Bytes bytes, std::uint64_t index);
/// Picture `index` of those listed in the file, with its own crop, rotation and mirroring applied.
/// Does not include frames of an image sequence: libheif does not read tracks.
[[nodiscard]] Pixels heif_picture(Bytes bytes, Format format, std::uint64_t index);

/// The first picture composited on white. TIFF's and HEIF's own orientation is applied; the EXIF
/// orientation of other formats is left to the caller, as in the decoders.
[[nodiscard]] Pixels webp_on_white(Bytes bytes);
[[nodiscard]] Pixels gif_on_white(Bytes bytes);
[[nodiscard]] Pixels tiff_on_white(Bytes bytes);
[[nodiscard]] Pixels heif_on_white(Bytes bytes, Format format);

/// Composites `count` RGBA pixels on white and writes RGB. `premultiplied`: the colours are already
/// multiplied by alpha.
void composite_on_white(const std::uint8_t* rgba, std::size_t count, std::uint8_t* rgb,
                        bool premultiplied = false);

}  // namespace dfd::picture_detail
