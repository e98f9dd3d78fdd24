// Interface of the decoders, one per format, and their common checks and errors.
// Internal to core/picture.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/picture/formats/byte_view.h"
#include "core/picture/formats/frames.h"
#include "core/picture/formats/signature.h"
#include "core/picture/pixels/pixels.h"

namespace dfd::picture_detail {

/// Throws the error with a sentence of the catalogue, marked with to_say(), whose %1 to %9 are
/// `values`. The message is English, because it is kept and exported; say_again() shows it.
[[noreturn]] void fail(const char* code, std::string_view sentence,
                       std::initializer_list<std::string_view> values = {});

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
/// Throws the error for contradictory or broken data; `why` completes "because ..." and is marked
/// with to_say().
[[noreturn]] void fail_corrupt(Format format, std::string_view why);

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
    bool pages = false;         ///< `frames` counts pages or pictures, not frames of an animation
    int orientation = 1;        ///< 1..8, that was applied to the pixels; not HEIF's own turns
    bool turns_itself = false;  ///< turns of TIFF's or HEIF's own were applied instead of EXIF's
    bool multiplied = false;    ///< the colours were multiplied by alpha before it was dropped
    /// Where the container ends, further pictures that it lists included; 0 where that is unknown.
    std::size_t end = 0;
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

/// OpenCV's imdecode with default flags, converted to RGB. `width` and `height` are the stored
/// size, by the header: memory for two such pictures is needed only where OpenCV turns it by a
/// quarter, else for one. Throws PictureError.
[[nodiscard]] Pixels decode_with_opencv(Bytes bytes, Format format, std::uint64_t width,
                                        std::uint64_t height);
[[nodiscard]] std::string opencv_version();

/// The fourth channel as stored, if there are four of 8 bits. Never throws PictureError.
[[nodiscard]] std::optional<Plane> alpha_by_opencv(Bytes bytes);

/// The orientation (1..8) that OpenCV applies because of metadata: segments of a JPEG or chunks of
/// a PNG, given whole. Found out by decoding a tiny picture that carries them, because OpenCV and
/// other libraries look for the tag in different places.
[[nodiscard]] int orientation_by_opencv(Bytes metadata, Format format);

/// The same of a whole file, whose pixels may be damaged.
[[nodiscard]] int jpeg_orientation(Bytes bytes);
[[nodiscard]] int png_orientation(Bytes bytes);

/// Whether the primary picture of a HEIC or AVIF has rotations or mirrorings of its own.
[[nodiscard]] bool heif_turns_itself(Bytes bytes);

/// For pictures whose transfer function is PQ or HLG, by its number in H.273. Empty for others.
[[nodiscard]] std::string high_range_warning(int transfer_characteristics);

}  // namespace dfd::picture_detail
