// Identifies the format of a file by its content.
// Internal to core/picture.
#pragma once

#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

enum class Format { Jpeg, Png, WebP, Tiff, Bmp, Gif, Heic, Avif, Pnm };

/// "JPEG", "PNG", ...
[[nodiscard]] const char* format_name(Format format);

/// The supported format that these bytes start with. Throws PictureError: `unsupported` for other
/// picture formats, otherwise `not_a_picture` with what the bytes look like.
[[nodiscard]] Format identify(Bytes bytes);

}  // namespace dfd::picture_detail
