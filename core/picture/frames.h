// Frames and pages behind the first, which alone is what experts are given. Internal to
// core/picture.
#pragma once

#include <cstdint>

#include "core/picture/byte_view.h"
#include "core/picture/picture.h"

namespace dfd::picture_detail {

/// Frame `index`, counted from 0, of an animation that was decoded before (its sizes are known to
/// be allowed), laid over the frames before it as the file says. Throw PictureError.
[[nodiscard]] Pixels webp_frame(Bytes bytes, std::uint64_t index);
[[nodiscard]] Pixels gif_frame(Bytes bytes, std::uint64_t index);
/// Page `index` of a document, thumbnails and masks not counted; turned as it asks.
[[nodiscard]] Pixels tiff_page(Bytes bytes, std::uint64_t index);

}  // namespace dfd::picture_detail
