// TIFF with libtiff, whose RGBA conversion OpenCV uses too. The conversion fills strips that it
// cannot read, so every strip or tile is first decoded once with errors treated as fatal.
#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"
#include "core/picture/pixels/mat_view.h"
#include "core/picture/pixels/orientation.h"

namespace dfd::picture_detail {
namespace {

constexpr Format kTiff = Format::Tiff;
constexpr std::uint64_t kMostPages = 10'000;
constexpr tmsize_t kLargestBlock = tmsize_t{1} << 31;

struct Source {
    Bytes bytes;
    std::uint64_t at = 0;
    bool error = false;
};

Source& source_of(thandle_t handle) {
    return *static_cast<Source*>(handle);
}

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t count) {
    Source& source = source_of(handle);
    const Bytes found = part(source.bytes, source.at, static_cast<std::size_t>(count));
    if (!found.empty())
        std::memcpy(to, found.data(), found.size());
    source.at += found.size();
    return static_cast<tmsize_t>(found.size());
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) {
    return 0;
}

toff_t seek(thandle_t handle, toff_t offset, int from) {
    Source& source = source_of(handle);
    const std::uint64_t base = from == SEEK_CUR   ? source.at
                               : from == SEEK_END ? source.bytes.size()
                                                  : 0;
    source.at = base + offset;
    return source.at;
}

int close_nothing(thandle_t) {
    return 0;
}

toff_t size_of(thandle_t handle) {
    return source_of(handle).bytes.size();
}

// Needed for more than speed: without a map, libtiff 4.5.0 fails on uncompressed tiles.
int map_bytes(thandle_t handle, void** base, toff_t* size) {
    const Source& source = source_of(handle);
    *base = const_cast<std::uint8_t*>(source.bytes.data());  // opened read-only
    *size = source.bytes.size();
    return 1;
}

void unmap_nothing(thandle_t, void*, toff_t) {}

int on_error(TIFF*, void* source, const char*, const char*, va_list) {
    static_cast<Source*>(source)->error = true;
    return 1;
}

int on_warning(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

using Handle = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Handle open(Source& source) {
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
        TIFFOpenOptionsAlloc(), &TIFFOpenOptionsFree);
    if (!options)
        throw std::bad_alloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &source);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &source);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kLargestBlock);
    return {TIFFClientOpenExt("picture", "r", &source, read_bytes, write_nothing, seek,
                              close_nothing, size_of, map_bytes, unmap_nothing, options.get()),
            &TIFFClose};
}

template <class Number>
Number number(TIFF* tiff, std::uint32_t tag, Number otherwise) {
    Number value = otherwise;
    return TIFFGetFieldDefaulted(tiff, tag, &value) == 1 ? value : otherwise;
}

bool present(TIFF* tiff, std::uint32_t tag) {
    void* data = nullptr;
    std::uint16_t count = 0;
    return TIFFGetField(tiff, tag, &count, &data) == 1;
}

/// `what` is marked with to_say().
[[noreturn]] void fail_unsupported(std::string_view what) {
    fail(failure_codes::kUnsupported,
         to_say("The file is %1, which is not supported; export it as 8-bit or 16-bit RGB first."),
         {what});
}

/// Refuses camera raw files: their first directory is a thumbnail, whose score would be misleading.
void refuse_camera_raw(TIFF* tiff) {
    constexpr std::uint16_t kLinearRaw = 34892;
    const auto photometric = number<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    std::uint8_t* version = nullptr;
    std::uint32_t kind = 0;
    TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind);
    if (TIFFGetField(tiff, TIFFTAG_DNGVERSION, &version) == 1 || photometric == PHOTOMETRIC_CFA ||
        photometric == kLinearRaw ||
        ((kind & FILETYPE_REDUCEDIMAGE) != 0 && present(tiff, TIFFTAG_SUBIFD)))
        fail_unsupported(to_say("a camera raw picture"));
}

std::string colour_model(std::uint16_t photometric) {
    switch (photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK:
            return to_say("Gray");
        case PHOTOMETRIC_PALETTE:
            return to_say("Palette");
        case PHOTOMETRIC_SEPARATED:
            return "CMYK";
        case PHOTOMETRIC_CIELAB:
        case PHOTOMETRIC_ICCLAB:
        case PHOTOMETRIC_ITULAB:
            return "Lab";
        default:
            return "RGB";
    }
}

/// Checks that every block lies inside the file and decodes to its full size.
void check_blocks(TIFF* tiff, const Source& source) {
    const bool tiled = TIFFIsTiled(tiff) != 0;
    const std::uint32_t count = tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    const tmsize_t size = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    if (count == 0 || size <= 0 || source.error)
        fail_corrupt(kTiff, to_say("its pixel layout is inconsistent"));
    if (size > kLargestBlock) {
        fail(failure_codes::kTooLarge, to_say("The TIFF stores its pixels in a block of more than "
                                              "2 GiB; export a smaller copy."));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t offset = TIFFGetStrileOffset(tiff, i);
        const std::uint64_t length = TIFFGetStrileByteCount(tiff, i);
        if (offset == 0 || length == 0)
            fail_corrupt(kTiff, to_say("some of its pixel data is missing"));
        if (offset > source.bytes.size() || length > source.bytes.size() - offset)
            fail_truncated(kTiff);
    }
    if (number<std::uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE) == COMPRESSION_OJPEG)
        return;  // its blocks cannot be decoded one by one
    std::vector<std::uint8_t> block(static_cast<std::size_t>(size));
    for (std::uint32_t i = 0; i < count; ++i) {
        const tmsize_t done = tiled ? TIFFReadEncodedTile(tiff, i, block.data(), size)
                                    : TIFFReadEncodedStrip(tiff, i, block.data(), size);
        if (done < 0 || source.error)
            fail_corrupt(kTiff, to_say("part of its compressed pixel data cannot be decompressed"));
    }
}

/// Extracts "4.5.0" from "LIBTIFF, Version 4.5.0\nCopyright ...".
std::string library_version() {
    const std::string text = TIFFGetVersion();
    const std::string before = "Version ";
    const std::size_t at = text.find(before);
    return at == std::string::npos
               ? text
               : text.substr(at + before.size(), text.find('\n') - at - before.size());
}

/// How many rows to convert at once: whole strips or tiles of about a megapixel.
std::uint32_t band_rows(TIFF* tiff, std::uint32_t width, std::uint32_t height) {
    constexpr std::uint64_t kPixels = std::uint64_t{1} << 20;
    const std::uint64_t block = std::clamp(
        number<std::uint32_t>(
            tiff, TIFFIsTiled(tiff) != 0 ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, height),
        std::uint32_t{1}, height);
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(height, (kPixels / width / block + 1) * block));
}

/// libtiff's conversion to 8-bit RGBA as stored, then oriented, band by band. OpenCV uses the same
/// conversion, but OpenCV 4.6 fails on some layouts and reports that on stderr. Alpha is dropped,
/// or composited with `on_white`; the converted colours are premultiplied.
Pixels decode_pixels(TIFF* tiff, const Decoded& decoded, bool on_white = false) {
    const auto width = static_cast<std::uint32_t>(decoded.width);
    const auto height = static_cast<std::uint32_t>(decoded.height);
    char reason[1024] = {};
    TIFFRGBAImage image{};
    if (TIFFRGBAImageOK(tiff, reason) == 0 || TIFFRGBAImageBegin(&image, tiff, 1, reason) == 0)
        fail(failure_codes::kUnsupported,
             to_say("The file is a TIFF with a rare pixel layout (%1), which is not supported; "
                    "export it as 8-bit or 16-bit RGB first."),
             {printable(reason, 160)});
    const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> ended(&image,
                                                                            &TIFFRGBAImageEnd);
    image.req_orientation = static_cast<std::uint16_t>(decoded.orientation);
    const std::uint32_t rows = band_rows(tiff, width, height);
    cv::Mat band(static_cast<int>(rows), static_cast<int>(width), CV_8UC4);
    const int orientation = decoded.orientation;
    Pixels pixels{static_cast<int>(orientation >= 5 ? height : width),
                  static_cast<int>(orientation >= 5 ? width : height),
                  {}};
    pixels.rgb.resize(std::size_t{3} * width * height);
    cv::Mat stored(band.rows, band.cols, CV_8UC3);  // a band, before it is turned
    for (std::uint32_t row = 0; row < height; row += rows) {
        const std::uint32_t count = std::min(rows, height - row);
        image.row_offset = static_cast<int>(row);
        if (TIFFRGBAImageGet(&image, reinterpret_cast<std::uint32_t*>(band.data), width, count) ==
            0)
            fail_unsupported(
                to_say("a TIFF with a rare pixel layout"));  // check_blocks() passed before
        cv::Mat part = stored.rowRange(0, static_cast<int>(count));
        const cv::Mat rgba = band.rowRange(0, static_cast<int>(count));
        if (on_white)
            composite_on_white(rgba.data, rgba.total(), part.data, true);
        else
            cv::cvtColor(rgba, part, cv::COLOR_RGBA2RGB);
        cv::Mat target = oriented_rows(view(pixels), orientation, static_cast<int>(row),
                                       static_cast<int>(row + count));
        orient(part, orientation, target);
    }
    return pixels;
}

/// Whether the current directory is not a thumbnail or mask.
bool is_page(TIFF* tiff) {
    const auto kind = number<std::uint32_t>(tiff, TIFFTAG_SUBFILETYPE, 0);
    return (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0;
}

/// Moves on to the first directory that is a page, or back to the first one if there is none.
bool go_to_first_page(TIFF* tiff) {
    for (std::uint64_t directories = 0; !is_page(tiff); ++directories) {
        if (directories >= kMostPages || TIFFReadDirectory(tiff) != 1) {
            TIFFSetDirectory(tiff, 0);
            return false;
        }
    }
    return true;
}

int orientation_of(TIFF* tiff) {
    const auto orientation = number<std::uint16_t>(tiff, TIFFTAG_ORIENTATION, 1);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

std::uint64_t count_pages(TIFF* tiff) {
    std::uint64_t pages = 0;
    std::uint64_t directories = 0;
    do {
        pages += is_page(tiff) ? 1 : 0;
    } while (++directories < kMostPages && TIFFReadDirectory(tiff) == 1);
    return std::max<std::uint64_t>(pages, 1);
}

}  // namespace

Decoded decode_tiff(Bytes bytes, const DecodeLimits& limits) {
    Source source{bytes};
    const Handle handle = open(source);
    TIFF* tiff = handle.get();
    if (tiff == nullptr)
        fail_truncated(kTiff);
    refuse_camera_raw(tiff);
    Decoded decoded;
    if (!is_page(tiff)) {
        decoded.warnings.emplace_back(
            go_to_first_page(tiff)
                ? to_say("The file starts with a preview, which some programs take for the "
                         "picture; the first full picture is examined instead.")
                : to_say("The file says of its only picture that it is a preview or a mask."));
    }
    decoded.width = number<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
    decoded.height = number<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
    check_size(kTiff, decoded.width, decoded.height, limits);

    const auto photometric = number<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    decoded.colour_model = colour_model(photometric);
    decoded.bits_per_channel = number<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    const auto sample_format = number<std::uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    if (decoded.bits_per_channel > 16 ||
        (sample_format != SAMPLEFORMAT_UINT && sample_format != SAMPLEFORMAT_VOID))
        fail_unsupported(to_say("a TIFF of floating-point, signed or 32-bit numbers"));
    if (TIFFIsCODECConfigured(number<std::uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE)) ==
        0)
        fail_unsupported(
            to_say("a TIFF with a compression that the installed libtiff does not support"));
    std::uint16_t extra = 0;
    std::uint16_t* kinds = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extra, &kinds) == 1) {
        decoded.alpha = std::any_of(kinds, kinds + extra, [](std::uint16_t kind) {
            return kind == EXTRASAMPLE_ASSOCALPHA || kind == EXTRASAMPLE_UNASSALPHA;
        });
    }
    decoded.multiplied = decoded.alpha;  // libtiff multiplies where the file has not done so
    decoded.orientation = orientation_of(tiff);
    std::uint32_t icc_size = 0;
    std::uint8_t* icc = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &icc_size, &icc) == 1 && icc != nullptr)
        decoded.icc.assign(icc, icc + icc_size);
    check_blocks(tiff, source);
    decoded.pages = true;
    decoded.turns_itself = true;
    decoded.pixels = decode_pixels(tiff, decoded);
    decoded.decoder = "libtiff " + library_version();
    decoded.end = tiff_end(bytes);
    decoded.frames = count_pages(tiff);  // last, because it moves on to other pages
    return decoded;
}

namespace {

Pixels page_of(Bytes bytes, std::uint64_t index, bool on_white) {
    Source source{bytes};
    const Handle handle = open(source);
    TIFF* tiff = handle.get();
    if (tiff == nullptr)
        fail_truncated(kTiff);
    std::uint64_t directories = 0;
    const bool any_page = go_to_first_page(tiff);
    for (std::uint64_t page = 0; (any_page && !is_page(tiff)) || page++ < index;)
        if (++directories >= kMostPages || TIFFReadDirectory(tiff) != 1)
            fail_corrupt(kTiff, to_say("it has fewer pages than when it was first read"));
    Decoded decoded;
    decoded.width = number<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
    decoded.height = number<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
    check_size(kTiff, decoded.width, decoded.height, {});
    decoded.orientation = orientation_of(tiff);
    check_blocks(tiff, source);
    return decode_pixels(tiff, decoded, on_white);
}

}  // namespace

Pixels tiff_page(Bytes bytes, std::uint64_t index) {
    return page_of(bytes, index, false);
}

Pixels tiff_on_white(Bytes bytes) {
    return page_of(bytes, 0, true);
}

}  // namespace dfd::picture_detail
