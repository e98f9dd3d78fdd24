#include "core/picture/formats/signature.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/decoding.h"

namespace dfd::picture_detail {
namespace {

struct Signature {
    std::size_t offset;
    std::string_view magic;
    const char* name;  ///< a value of a sentence below
};

using namespace std::string_view_literals;

// Picture formats that are recognised but not supported.
constexpr Signature kOtherPictures[] = {
    {0, "\0\0\0\x0CjP  \r\n\x87\n"sv, to_say("a JPEG 2000 picture")},
    {0, "\xFF\x4F\xFF\x51"sv, to_say("a JPEG 2000 picture")},
    {0, "\0\0\0\x0CJXL \r\n\x87\n"sv, to_say("a JPEG XL picture")},
    {0, "\xFF\x0A"sv, to_say("a JPEG XL picture")},
    {0, "\xFF\xD8\xFF\xF7"sv, to_say("a JPEG-LS picture")},
    {0, "8BPS"sv, to_say("a Photoshop document")},
    {0, "\0\0\1\0"sv, to_say("a Windows icon")},
    {0, "\x76\x2F\x31\x01"sv, to_say("an OpenEXR picture")},
    {0, "#?RADIANCE"sv, to_say("a Radiance HDR picture")},
    {0, "#?RGBE"sv, to_say("a Radiance HDR picture")},
    {0, "\x59\xA6\x6A\x95"sv, to_say("a Sun raster picture")},
    {0, "\x01\xDA\0\1"sv, to_say("an SGI picture")},
    {0, "\x01\xDA\1\1"sv, to_say("an SGI picture")},
    {0, "icns"sv, to_say("an Apple icon")},
    {6, "HEAPCCDR"sv, to_say("a camera raw picture")},
    {0, "II\xBC\x01"sv, to_say("a JPEG XR picture")},
    {0, "FUJIFILMCCD-RAW"sv, to_say("a camera raw picture")},
    {0, "IIRO"sv, to_say("a camera raw picture")},
    {0, "IIRS"sv, to_say("a camera raw picture")},
    {0, "IIU\0"sv, to_say("a camera raw picture")},
    {0, "FOVb"sv, to_say("a camera raw picture")},
    {0, "gimp xcf"sv, to_say("a GIMP document")},
    {0, "PF\n"sv, to_say("a floating-point PFM picture")},
    {0, "Pf\n"sv, to_say("a floating-point PFM picture")},
    {128, "DICM"sv, to_say("a DICOM picture")},
    {0, "SIMPLE  ="sv, to_say("a FITS picture")},
    {0, "qoif"sv, to_say("a QOI picture")},
    {0, "DDS "sv, to_say("a DDS texture")},
    {0,
     "\0\0\2\0"
     "\x01"sv,
     to_say("a Windows cursor")},
    {0, "BPG\xFB"sv, to_say("a BPG picture")},
    {0, "FLIF"sv, to_say("a FLIF picture")},
    {0, "farbfeld"sv, to_say("a farbfeld picture")},
    {0, "AT&TFORM"sv, to_say("a DjVu document")},
    {0, "\x8AMNG\r\n\x1A\n"sv, to_say("an MNG animation")},
    {0, "\x8BJNG\r\n\x1A\n"sv, to_say("a JNG picture")},
    {0, "\xD7\xCD\xC6\x9A"sv, to_say("a Windows metafile")},
    {0, "/* XPM */"sv, to_say("an XPM picture")},
    {0, "\xABKTX "sv, to_say("a KTX texture")},
};

// Other files, recognised for a helpful error message.
constexpr Signature kOtherFiles[] = {
    {0, "version https://git-lfs"sv,
     to_say("a Git LFS pointer, the picture itself was never fetched")},
    {0, "%PDF"sv, to_say("a PDF document")},
    {0, "PK\x03\x04"sv, to_say("a ZIP archive or an office document")},
    {0, "\x1F\x8B"sv, to_say("a gzip archive")},
    {0, "7z\xBC\xAF"sv, to_say("a 7-Zip archive")},
    {0, "Rar!"sv, to_say("a RAR archive")},
    {0, "\x1A\x45\xDF\xA3"sv, to_say("a Matroska or WebM video")},
    {8, "AVI "sv, to_say("an AVI video")},
    {8, "WAVE"sv, to_say("a sound file")},
    {0, "ID3"sv, to_say("a sound file")},
    {0, "OggS"sv, to_say("an Ogg sound or video file")},
    {0, "fLaC"sv, to_say("a sound file")},
    {0, "FLV"sv, to_say("a Flash video")},
    {0, "\0\0\1\xBA"sv, to_say("an MPEG video")},
    {0,
     "\x7F"
     "ELF"sv,
     to_say("a program")},
    {0, "MZ"sv, to_say("a Windows program")},
    {0, "SQLite format 3"sv, to_say("an SQLite database")},
    {0, "{\\rtf"sv, to_say("a text document")},
    {0, "%!PS"sv, to_say("a PostScript document")},
};

bool has_brand(Bytes bytes, std::string_view brand) {
    const std::uint64_t size = std::min<std::uint64_t>(big_endian(bytes, 0, 4).value_or(0), 1024);
    for (std::size_t at = 8; at + 4 <= size; at += 4)
        if (at != 12 && text_at(bytes, at, brand))  // offset 12 is the minor version, not a brand
            return true;
    return false;
}

std::string lower_start(Bytes bytes) {
    std::string text;
    std::size_t at = text_at(bytes, 0, "\xEF\xBB\xBF") ? 3 : 0;
    while (at < bytes.size() && std::isspace(bytes[at]) != 0)
        ++at;
    for (; at < bytes.size() && text.size() < 256; ++at)
        text += static_cast<char>(std::tolower(bytes[at]));
    return text;
}

bool looks_like_text(Bytes bytes) {
    const Bytes start = part(bytes, 0, 512);
    const auto plain = std::ranges::count_if(start, [](std::uint8_t byte) {
        return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t';
    });
    const auto control = std::ranges::count_if(start, [](std::uint8_t byte) {
        return byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
    });
    bool utf8 = false;  // apart from a character that is cut at the end
    for (std::size_t cut = 0; cut < 4 && cut < start.size(); ++cut)
        utf8 |= is_utf8({reinterpret_cast<const char*>(start.data()), start.size() - cut});
    return control == 0 && (utf8 || 2 * static_cast<std::size_t>(plain) > start.size());
}

/// One value throughout, such as 0 or 255: space that was reserved and never written.
bool is_blank(Bytes bytes) {
    return bytes.size() >= 16 &&
           std::ranges::all_of(bytes, [&](std::uint8_t byte) { return byte == bytes[0]; });
}

bool is_pcx(Bytes bytes) {
    if (!has(bytes, 0, 128) || bytes[0] != 0x0A || bytes[1] > 5 || bytes[2] > 1)
        return false;
    const unsigned bits = bytes[3];
    return (bits == 1 || bits == 2 || bits == 4 || bits == 8) && bytes[64] == 0 && bytes[65] >= 1 &&
           bytes[65] <= 4;
}

/// TGA has no signature at its start; newer files have one at their end.
bool is_tga(Bytes bytes) {
    constexpr auto kEnd = "TRUEVISION-XFILE.\0"sv;
    if (bytes.size() > 18 + 26 && text_at(bytes, bytes.size() - kEnd.size(), kEnd))
        return true;
    if (!has(bytes, 0, 18))
        return false;
    const unsigned map = bytes[1], kind = bytes[2] & 7U, depth = bytes[16];
    const bool palette = kind == 1;
    const bool kinds = (bytes[2] & ~11U) == 0 && kind >= 1 && kind <= 3 && map == (palette ? 1 : 0);
    const bool depths = depth == 8 || depth == 15 || depth == 16 || depth == 24 || depth == 32;
    const bool plain_map = palette || (little_endian(bytes, 3, 4) == 0 && bytes[7] == 0);
    const bool size = *little_endian(bytes, 12, 2) > 0 && *little_endian(bytes, 14, 2) > 0;
    const bool usual = (bytes[17] & 0xC0U) == 0 && (bytes[17] & 15U) <= 8;
    return kinds && depths && plain_map && size && usual;
}

[[noreturn]] void fail_unsupported(std::string_view what) {
    fail(failure_codes::kUnsupported,
         to_say("The file is %1, which is not supported; export it as PNG, TIFF or JPEG first."),
         {what});
}

[[noreturn]] void fail_not_a_picture(std::string_view what) {
    fail(failure_codes::kNotAPicture,
         to_say("The file is not a picture: by its content it is %1. Fetch or export the picture "
                "itself."),
         {what});
}

bool is_bmp(Bytes bytes) {
    const auto header = little_endian(bytes, 14, 4);
    return text_at(bytes, 0, "BM") &&
           (!header || *header == 12 || (*header >= 16 && *header < 256));
}

bool is_pnm(Bytes bytes) {
    return has(bytes, 0, 3) && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
           (std::isspace(bytes[2]) != 0 || bytes[2] == '#');
}

}  // namespace

const char* format_name(Format format) {
    switch (format) {
        case Format::Jpeg:
            return "JPEG";
        case Format::Png:
            return "PNG";
        case Format::WebP:
            return "WebP";
        case Format::Tiff:
            return "TIFF";
        case Format::Bmp:
            return "BMP";
        case Format::Gif:
            return "GIF";
        case Format::Heic:
            return "HEIC";
        case Format::Avif:
            return "AVIF";
        case Format::Pnm:
            return "PNM";
    }
    return "picture";
}

Format identify(Bytes bytes) {
    for (const Signature& other : kOtherPictures)
        if (text_at(bytes, other.offset, other.magic))
            fail_unsupported(other.name);
    if (text_at(bytes, 0, "\xFF\xD8\xFF") || (bytes.size() < 3 && text_at(bytes, 0, "\xFF\xD8")))
        return Format::Jpeg;
    if (text_at(bytes, 0, "\x89PNG"))
        return Format::Png;
    if (text_at(bytes, 0, "RIFF") && text_at(bytes, 8, "WEBP"))
        return Format::WebP;
    if (text_at(bytes, 0, "II*\0"sv) || text_at(bytes, 0, "MM\0*"sv) ||
        text_at(bytes, 0, "II+\0"sv) || text_at(bytes, 0, "MM\0+"sv)) {
        if (text_at(bytes, 8, "CR\2"sv))
            fail_unsupported(to_say("a camera raw picture"));
        return Format::Tiff;
    }
    if (text_at(bytes, 0, "GIF87a") || text_at(bytes, 0, "GIF89a"))
        return Format::Gif;
    if (text_at(bytes, 4, "ftyp")) {
        if (has_brand(bytes, "avif") || has_brand(bytes, "avis"))
            return Format::Avif;
        for (const char* brand : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"})
            if (has_brand(bytes, brand))
                return Format::Heic;
        if (text_at(bytes, 8, "crx "))
            fail_unsupported(to_say("a camera raw picture"));
        fail_not_a_picture(to_say("an MP4 or QuickTime video"));
    }
    if (is_bmp(bytes))
        return Format::Bmp;
    if (is_pnm(bytes))
        return Format::Pnm;
    if (text_at(bytes, 0, "P7\n"))
        fail_unsupported(to_say("a PAM picture"));

    if (is_pcx(bytes))
        fail_unsupported(to_say("a PCX picture"));

    for (const Signature& other : kOtherFiles)
        if (text_at(bytes, other.offset, other.magic))
            fail_not_a_picture(other.name);
    if (is_blank(bytes)) {
        fail(
            failure_codes::kEmpty,
            to_say("The file is empty: it holds nothing but one repeated byte, as a failed copy or "
                   "recovery leaves behind; get the original again."));
    }
    if (is_tga(bytes))
        fail_unsupported(to_say("a TGA picture"));
    const std::string start = lower_start(bytes);
    if (start.find("<svg") != std::string::npos)
        fail_unsupported(to_say("an SVG drawing"));
    if (start.starts_with("<!doctype html") || start.find("<html") != std::string::npos ||
        start.find("<head") != std::string::npos)
        fail_not_a_picture(
            to_say("a web page, probably an error page saved under the picture's name"));
    if (start.starts_with("<?xml"))
        fail_not_a_picture(to_say("an XML document"));
    if (looks_like_text(bytes))
        fail_not_a_picture(to_say("text"));
    fail(failure_codes::kNotAPicture,
         to_say("The file is not a picture: its first bytes match no known picture format. It may "
                "be damaged, encrypted or of another kind; export it as JPEG or PNG."));
}

}  // namespace dfd::picture_detail
