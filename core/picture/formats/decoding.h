// Interface of the decoders, one per format, and their common checks and errors.
// Internal to core/picture.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/signature.h"
#include "core/picture/pixels/pixels.h"

namespace dfd::picture_detail {

[[noreturn]] void fail(const char* code, const std::string& message);

/// The size in the header is over the limits.
class OverLimits : public PictureError {
  public:
    OverLimits(Failure failure, Format of, std::uint64_t wide, std::uint64_t high)
        : PictureError(std::move(failure)), format(of), width(wide), height(high) {}
    Format format;
    std::uint64_t width, height;
};

/// Throws PictureError for impossible sizes, and OverLimits. Call before allocating pixels.
void check_size(Format format, std::uint64_t width, std::uint64_t height,
                const DecodeLimits& limits);

/// Throws the error for a file whose data ends too early.
[[noreturn]] void fail_truncated(Format format);
/// Throws the error for contradictory or broken data; `what` completes "because ...".
[[noreturn]] void fail_corrupt(Format format, const std::string& what);

/// The result of a decoder. Sizes are as stored; pixels are final (oriented, RGB).
struct Decoded {
    Pixels pixels;
    std::string decoder;
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    int bits_per_channel = 8;
    std::string colour_model = "RGB";
    bool alpha = false;
    std::uint64_t frames = 1;
    bool pages = false;       ///< `frames` counts pages or pictures, not frames of an animation
    bool orients = false;     ///< the decoder applies the EXIF orientation
    int own_orientation = 0;  ///< not from EXIF (TIFF tag); 0 if there is none
    std::vector<std::uint8_t> icc;
    std::vector<std::string> warnings;
};

// One decoder per format. Each checks that the file is complete and its size allowed before it
// allocates pixels.
[[nodiscard]] Decoded decode_jpeg(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_png(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_webp(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_tiff(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_bmp(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_pnm(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_gif(Bytes bytes, const DecodeLimits& limits);
[[nodiscard]] Decoded decode_heif(Bytes bytes, Format format, const DecodeLimits& limits);

/// OpenCV's imdecode with default flags, converted to RGB. Throws PictureError.
[[nodiscard]] Pixels decode_with_opencv(Bytes bytes, Format format);
[[nodiscard]] std::string opencv_version();

}  // namespace dfd::picture_detail
