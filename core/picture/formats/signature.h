// What kind of file some bytes are, by content alone.
// Internal to core/picture/formats.
#pragma once

#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

enum class Format { Jpeg, Png, WebP, Tiff, Bmp, Gif, Heic, Avif, Pnm };

/// "JPEG", "PNG", ...
[[nodiscard]] const char* format_name(Format format);

/// The readable format these bytes begin as. Throws PictureError: `not_a_picture` with what the
/// bytes look like instead, or `unsupported` for picture formats that are not read.
[[nodiscard]] Format identify(Bytes bytes);

}  // namespace dfd::picture_detail
