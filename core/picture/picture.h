// A decoded picture and the facts about its file. Plain C++: no OpenCV, no Qt, no torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/provenance/provenance.h"

namespace dfd {

/// Interleaved 8-bit RGB (never BGR), row-major, no padding: rgb.size() == 3 * width * height.
struct Pixels {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;

    [[nodiscard]] bool empty() const { return rgb.empty(); }
};

/// What the file says about itself. Sizes are in pixels, as stored (before EXIF orientation).
struct FileFacts {
    std::string format;       ///< "JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF", "HEIC", "AVIF", ...
    std::string decoder;      ///< library and version that made the pixels, "OpenCV 4.6.0"
    std::uint64_t bytes = 0;  ///< file size
    std::string sha256;       ///< of the file's bytes, lower-case hexadecimal
    int stored_width = 0;
    int stored_height = 0;
    int orientation = 1;  ///< EXIF orientation 1..8 that was applied to the pixels
    int bits_per_channel = 8;
    std::string colour_model;  ///< "RGB", "Gray", "CMYK", "Palette", ...
    bool alpha = false;        ///< an alpha channel was present (and dropped)
    int frames = 1;            ///< frames of an animation or pages of a document; the first is used
    std::string profile;       ///< description of an embedded ICC profile (not applied), or empty
    std::vector<std::pair<std::string, std::string>> metadata;  ///< EXIF / XMP / IPTC, key -> value
    std::vector<ProvenanceHint> provenance;  ///< what it says about its origin; when asked for
};

/// A picture as the reference's decoder sees it, plus what a reviewer must be told about it.
struct Picture {
    Pixels pixels;  ///< oriented; exactly what experts are given
    FileFacts facts;
    std::vector<std::string> warnings;  ///< full sentences, for people; empty for an ordinary photo
};

/// Why a picture could not be turned into pixels, or a request could not be finished.
/// `code` is stable and machine-readable (see failure_codes below), `message` is one sentence that
/// says what, why and what to do; it does not repeat the path.
struct Failure {
    std::string code;
    std::string message;
};

namespace failure_codes {
inline constexpr const char* kNotFound = "not_found";
inline constexpr const char* kUnreadable = "unreadable";      ///< permission, I/O error, a device
inline constexpr const char* kEmpty = "empty";                ///< zero bytes
inline constexpr const char* kNotAPicture = "not_a_picture";  ///< no known picture signature
inline constexpr const char* kUnsupported = "unsupported";    ///< a picture format we cannot read
inline constexpr const char* kDamaged = "damaged";            ///< truncated or corrupt
inline constexpr const char* kTooLarge = "too_large";         ///< bytes or pixels over the limit
inline constexpr const char* kOutOfMemory = "out_of_memory";
inline constexpr const char* kInternal = "internal";
}  // namespace failure_codes

class PictureError : public std::runtime_error {
  public:
    explicit PictureError(Failure failure)
        : std::runtime_error(failure.message), failure_(std::move(failure)) {}
    [[nodiscard]] const Failure& failure() const { return failure_; }

  private:
    Failure failure_;
};

/// Bounds that are checked against the header before any pixel memory is taken.
struct DecodeLimits {
    std::uint64_t bytes = std::uint64_t{1} << 30;       ///< of the file
    std::uint64_t pixels = std::uint64_t{200'000'000};  ///< width * height
};

/// Whether FileFacts::provenance is filled. That searches the whole file and compares its embedded
/// thumbnail with the pixels, which is idle work where nobody is shown the outcome.
enum class Provenance { Ignored, Sought };

/// Reads and decodes a file. Blocks. Thread-safe. Never writes to the file.
/// Throws PictureError; never returns partial pixels (a truncated JPEG is "damaged").
[[nodiscard]] Picture read_picture(const std::filesystem::path& path,
                                   const DecodeLimits& limits = {},
                                   Provenance provenance = Provenance::Ignored);

/// The same for bytes in memory (clipboard, browser drop).
[[nodiscard]] Picture decode_picture(std::span<const std::uint8_t> bytes,
                                     const DecodeLimits& limits = {},
                                     Provenance provenance = Provenance::Ignored);

/// Picture-like file names below `path` (a file or a folder), in natural name order.
/// A file named explicitly is returned whatever its name; in folders only known picture
/// extensions are, hidden files are skipped, and symbolic links to folders are not followed.
/// A path that is missing or may not be opened is returned itself, so that reading it says why;
/// folders below that may not be opened are skipped. Blocks; throws only when memory runs out.
[[nodiscard]] std::vector<std::filesystem::path> find_pictures(const std::filesystem::path& path,
                                                               bool recursive);

/// Area-averaged copy whose longer side is at most `longest_side` (never enlarged).
[[nodiscard]] Pixels thumbnail(const Pixels& pixels, int longest_side);

/// Lossless PNG of the pixels, and the same to a file (atomic: temporary file, then rename).
/// Throw PictureError when there are no pixels or no memory, std::system_error (with the path in
/// its sentence) when the file cannot be written.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Pixels& pixels);
void write_png(const std::filesystem::path& path, const Pixels& pixels);

}  // namespace dfd
