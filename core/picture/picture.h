// Reads and decodes pictures, with facts about the file. Plain C++: no OpenCV, no Qt, no torch.
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

/// Facts about the file. Sizes are in pixels, as stored (before EXIF orientation).
struct FileFacts {
    std::string format;       ///< "JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF", "HEIC", "AVIF", ...
    std::string decoder;      ///< library and version that decoded the pixels, "OpenCV 4.6.0"
    std::uint64_t bytes = 0;  ///< file size
    std::string sha256;       ///< of the file's bytes, lower-case hexadecimal
    int stored_width = 0;
    int stored_height = 0;
    int orientation = 1;  ///< orientation 1..8 that was applied to the pixels
    int bits_per_channel = 8;
    std::string colour_model;  ///< "RGB", "Gray", "CMYK", "Palette", ...
    bool alpha = false;        ///< whether there was an alpha channel (it was dropped)
    int frames = 1;            ///< frames of an animation or pages of a document; the first is used
    std::string profile;       ///< description of an embedded ICC profile (not applied), or empty
    std::vector<std::pair<std::string, std::string>> metadata;  ///< EXIF / XMP / IPTC, key -> value
    std::vector<ProvenanceHint> provenance;                     ///< only with Provenance::Sought
};

/// Calls visit(name, member) for each fact that is a text, a number or a truth value, by the names
/// and in the order in which they are written.
template <class Facts, class Visit>
void each_fact(Facts& facts, const Visit& visit) {
    visit("format", facts.format);
    visit("decoder", facts.decoder);
    visit("bytes", facts.bytes);
    visit("sha256", facts.sha256);
    visit("stored_width", facts.stored_width);
    visit("stored_height", facts.stored_height);
    visit("orientation", facts.orientation);
    visit("bits_per_channel", facts.bits_per_channel);
    visit("colour_model", facts.colour_model);
    visit("alpha", facts.alpha);
    visit("frames", facts.frames);
    visit("profile", facts.profile);
}

/// A picture as the reference decodes it, with warnings for reviewers.
struct Picture {
    Pixels pixels;  ///< oriented; exactly what the experts are given
    FileFacts facts;
    /// Full sentences, in English; say_again() shows them. Empty for an ordinary photo.
    std::vector<std::string> warnings;
};

/// Whether to fill FileFacts::provenance. That searches the whole file and compares the embedded
/// thumbnail with the pixels, which is wasted when nobody sees the result.
enum class Provenance { Ignored, Sought };

/// Reads and decodes a file. Blocks. Thread-safe. Never writes to the file. Throws PictureError;
/// never returns partial pixels (a truncated JPEG is "damaged").
[[nodiscard]] Picture read_picture(const std::filesystem::path& path,
                                   const DecodeLimits& limits = {},
                                   Provenance provenance = Provenance::Ignored);

/// The same for bytes in memory (clipboard, browser drop).
[[nodiscard]] Picture decode_picture(std::span<const std::uint8_t> bytes,
                                     const DecodeLimits& limits = {},
                                     Provenance provenance = Provenance::Ignored);

/// The number of pixels that the header announces; nothing is decoded. Throws PictureError for what
/// decode_picture() with these limits would refuse before it allocates pixels.
[[nodiscard]] std::uint64_t announced_pixels(std::span<const std::uint8_t> bytes,
                                             const DecodeLimits& limits = {});

/// Whether bytes begin as a picture does, be it of a format that is not supported. The first 512
/// are enough.
[[nodiscard]] bool begins_as_picture(std::span<const std::uint8_t> bytes);
/// The same of a file; false for what cannot be read, and for folders.
[[nodiscard]] bool begins_as_picture(const std::filesystem::path& file);

/// Files that find_pictures() leaves out of folders although they hold pictures; both in order.
struct LeftOutPictures {
    std::vector<std::filesystem::path> misnamed;  ///< by their first bytes, but not by their names
    /// Of kinds that are not supported, by their first bytes or their names.
    std::vector<std::filesystem::path> unsupported;
    [[nodiscard]] bool empty() const { return misnamed.empty() && unsupported.empty(); }
};

/// Picture files below `path` (a file or a folder), in natural name order. A file given as `path`
/// is returned whatever its name. In folders only files with known picture extensions are returned,
/// hidden entries are skipped and symbolic links to folders are not followed. A path that is
/// missing or cannot be looked into is returned as it is, so that reading it reports the error;
/// so are folders below it that cannot be opened and paths that are too long for the system.
/// Pictures that are left out are added to `left_out` when it is given. Blocks. Throws only when
/// memory runs out.
[[nodiscard]] std::vector<std::filesystem::path> find_pictures(const std::filesystem::path& path,
                                                               bool recursive,
                                                               LeftOutPictures* left_out = nullptr);

}  // namespace dfd
