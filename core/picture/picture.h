// A decoded picture and the facts about its file. Plain C++: no OpenCV, no Qt, no torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/pixels/pixels.h"
#include "core/picture/provenance/provenance.h"

namespace dfd {

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

}  // namespace dfd
