// Decodes what the experts are not given: further frames and pages, and transparency composited on
// white. All functions throw PictureError.
// Internal to core/picture.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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

/// The pictures of a JPEG's multi-picture list behind the first one, not counting previews and gain
/// maps. Never throws PictureError.
[[nodiscard]] std::vector<Bytes> other_mpo_pictures(Bytes bytes);
/// Picture `index` of a JPEG; 0 is the first one.
[[nodiscard]] Pixels jpeg_picture(Bytes bytes, std::uint64_t index);

/// The first picture composited on white. TIFF's and HEIF's own orientation is applied; the EXIF
/// orientation of other formats is left to the caller, as in the decoders.
[[nodiscard]] Pixels webp_on_white(Bytes bytes);
[[nodiscard]] Pixels gif_on_white(Bytes bytes);
[[nodiscard]] Pixels tiff_on_white(Bytes bytes);
[[nodiscard]] Pixels heif_on_white(Bytes bytes, Format format);

/// One channel, row by row.
struct Plane {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> samples;
};
/// The alpha channel of a PNG or still WebP of 8 bits per channel, as stored; nullopt if there is
/// none. The file must have been decoded before. Never throws PictureError.
[[nodiscard]] std::optional<Plane> stored_alpha(Bytes bytes, Format format);

/// Composites `count` RGBA pixels on white and writes RGB. `premultiplied`: the colours are already
/// multiplied by alpha.
void composite_on_white(const std::uint8_t* rgba, std::size_t count, std::uint8_t* rgb,
                        bool premultiplied = false);

}  // namespace dfd::picture_detail
