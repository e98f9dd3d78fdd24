// How one format becomes pixels.
// Internal to core/picture.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/signature.h"
#include "core/picture/pixels/pixels.h"

namespace dfd::picture_detail {

[[noreturn]] void fail(const char* code, const std::string& message);

/// Refuses sizes that cannot be a picture or exceed the limits, before memory is taken for them.
void check_size(Format format, std::uint64_t width, std::uint64_t height,
                const DecodeLimits& limits);

/// The sentence for a file whose data end too early.
[[noreturn]] void fail_truncated(Format format);
/// The sentence for a file with contradicting or broken data; `what` completes "because ...".
[[noreturn]] void fail_corrupt(Format format, const std::string& what);

/// What a format's reader finds out. Sizes as stored; pixels are final (oriented, RGB).
struct Decoded {
    Pixels pixels;
    std::string decoder;
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    int bits_per_channel = 8;
    std::string colour_model = "RGB";
    bool alpha = false;
    std::uint64_t frames = 1;
    bool pages = false;       ///< `frames` counts pages or pictures, not moments of an animation
    bool orients = false;     ///< the decoder applies the EXIF orientation
    int own_orientation = 0;  ///< orientation known without EXIF (TIFF tag), 0 if not
    std::vector<std::uint8_t> icc;
    std::vector<std::string> warnings;
};

// One per format; each proves the file complete and its size allowed before it takes pixel memory.
[[nodiscard]] Decoded decode_jpeg(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_png(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_webp(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_tiff(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_bmp(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_pnm(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_gif(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_heif(Bytes bytes, Format format, const DecodeLimits& limits);

/// OpenCV's imdecode with default flags, reordered to RGB. Throws PictureError.
[[nodiscard]] Pixels decode_with_opencv(Bytes bytes, Format format);
[[nodiscard]] std::string opencv_version();

}  // namespace dfd::picture_detail
