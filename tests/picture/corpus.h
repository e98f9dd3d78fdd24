// Small picture files made in memory, for the features and quirks of each format.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace dfd::corpus {

using File = std::vector<std::uint8_t>;

/// Deterministic noise over a gradient: hard to compress, so a decoder needs every byte.
[[nodiscard]] std::uint8_t noise(std::uint64_t index);

enum class JpegColours { Rgb, Grey, Cmyk, Ycck };
struct JpegKind {
    int width = 83;
    int height = 61;
    JpegColours colours = JpegColours::Rgb;
    bool progressive = false;
    bool full_chroma = false;
    bool arithmetic = false;
    int restart_rows = 0;
    int quality = 85;
};
[[nodiscard]] File jpeg(const JpegKind& kind = {});

/// The JPEG with a segment inserted after SOI, for instance 0xE1 for EXIF.
[[nodiscard]] File with_segment(const File& jpeg, int marker, const File& data);
/// A TIFF block with camera maker and orientation.
[[nodiscard]] File exif(int orientation, std::string_view maker = "Lens & Sons");
/// "Exif\0\0" followed by the block.
[[nodiscard]] File exif_segment(int orientation, std::string_view maker = "Lens & Sons");
/// A minimal ICC profile of version 2 or 4 with a description.
[[nodiscard]] File icc(std::string_view description, int version);
[[nodiscard]] File icc_segment(const File& icc);

struct PngKind {
    std::uint32_t width = 45;
    std::uint32_t height = 37;
    int colour = 2;  ///< 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA
    int depth = 8;
    bool interlaced = false;
};
struct Chunk {
    std::string type;
    File data;
};
/// Extra chunks are inserted between header and pixels.
[[nodiscard]] File png(const PngKind& kind = {}, const std::vector<Chunk>& extra = {});
[[nodiscard]] File zlib_packed(const File& data);

[[nodiscard]] File webp(int quality, bool alpha);  ///< quality over 100: lossless
[[nodiscard]] File animated_webp(int frames, bool alpha = false);

struct TiffKind {
    std::uint32_t width = 40;
    std::uint32_t height = 30;
    int channels = 3;
    int bits = 8;
    int photometric = 2;
    int compression = 1;
    int orientation = 1;
    int pages = 1;
    bool alpha = false;
    bool tiled = false;
    bool floating = false;
    bool planes = false;
    bool raw_thumbnail = false;
    bool preview_first = false;  ///< a reduced copy of 16 x 12 pixels before the pages
};
[[nodiscard]] File tiff(const TiffKind& kind = {});

[[nodiscard]] File bmp(int bits, bool top_down = false);
[[nodiscard]] File run_length_bmp();
[[nodiscard]] File pnm(int kind, int largest = 255);
[[nodiscard]] File gif(int frames, bool interlaced = false, bool transparent = false);

/// A file from tests/data.
[[nodiscard]] File stored(const std::string& name);

struct Named {
    std::string name;
    std::string format;
    File file;
};
inline std::ostream& operator<<(std::ostream& stream, const Named& named) {
    return stream << named.name;
}
/// One or more complete files per format, for tests that truncate or flip bits.
[[nodiscard]] std::vector<Named> whole_files();

}  // namespace dfd::corpus
