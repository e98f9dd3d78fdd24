// PNG: chunks, checksums and the compressed stream are checked here. OpenCV then gets only the
// chunks that affect pixels, so that libpng has nothing to complain about.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "core/base/language.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"

namespace dfd::picture_detail {
namespace {

constexpr Format kPng = Format::Png;
constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";

struct Header {
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    int depth = 0;
    int colour = 0;  ///< 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA
    bool interlaced = false;

    [[nodiscard]] std::uint64_t bits_per_pixel() const {
        constexpr std::array<int, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};
        return static_cast<std::uint64_t>(kChannels[static_cast<std::size_t>(colour)] * depth);
    }
};

bool depth_allowed(int colour, int depth) {
    switch (colour) {
        case 0:
            return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
        case 3:
            return depth == 1 || depth == 2 || depth == 4 || depth == 8;
        case 2:
        case 4:
        case 6:
            return depth == 8 || depth == 16;
        default:
            return false;
    }
}

Header read_header(Bytes data) {
    if (data.size() != 13)
        fail_corrupt(kPng, to_say("its header has the wrong length"));
    Header header{*big_endian(data, 0, 4), *big_endian(data, 4, 4), data[8], data[9],
                  data[12] == 1};
    if (!depth_allowed(header.colour, header.depth) || data[10] != 0 || data[11] != 0 ||
        data[12] > 1)
        fail_corrupt(kPng, to_say("its header names a pixel layout that does not exist"));
    return header;
}

/// Total bytes of the filtered scanlines, over all passes of an interlaced picture.
std::uint64_t inflated_size(const Header& header) {
    const auto pass = [&](std::uint64_t width, std::uint64_t height) -> std::uint64_t {
        return width == 0 || height == 0 ? 0
                                         : height * (1 + (width * header.bits_per_pixel() + 7) / 8);
    };
    if (!header.interlaced)
        return pass(header.width, header.height);
    constexpr std::array<std::array<std::uint64_t, 4>, 7> kPasses = {{{0, 0, 8, 8},
                                                                      {4, 0, 8, 8},
                                                                      {0, 4, 4, 8},
                                                                      {2, 0, 4, 4},
                                                                      {0, 2, 2, 4},
                                                                      {1, 0, 2, 2},
                                                                      {0, 1, 1, 2}}};
    const auto steps = [](std::uint64_t size, std::uint64_t first, std::uint64_t step) {
        return size > first ? (size - first + step - 1) / step : 0;
    };
    std::uint64_t total = 0;
    for (const auto& [x, y, dx, dy] : kPasses)
        total += pass(steps(header.width, x, dx), steps(header.height, y, dy));
    return total;
}

/// Decompresses the stream with zlib and discards the output.
class StreamCheck {
  public:
    StreamCheck() {
        if (inflateInit(&stream_) != Z_OK)
            throw std::bad_alloc();
    }
    StreamCheck(const StreamCheck&) = delete;
    StreamCheck& operator=(const StreamCheck&) = delete;
    ~StreamCheck() { inflateEnd(&stream_); }

    void add(Bytes data, std::uint64_t most) {
        stream_.next_in = const_cast<Bytef*>(data.data());
        stream_.avail_in = static_cast<uInt>(data.size());
        while (stream_.avail_in > 0 && !ended_ && total_ <= most) {
            stream_.next_out = buffer_.data();
            stream_.avail_out = static_cast<uInt>(buffer_.size());
            const int state = inflate(&stream_, Z_NO_FLUSH);
            total_ += buffer_.size() - stream_.avail_out;
            ended_ = state == Z_STREAM_END;
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
                fail_corrupt(kPng, to_say("its compressed pixels cannot be unpacked"));
        }
    }
    [[nodiscard]] std::uint64_t total() const { return total_; }

  private:
    z_stream stream_{};
    std::vector<Bytef> buffer_ = std::vector<Bytef>(std::size_t{1} << 16);
    std::uint64_t total_ = 0;
    bool ended_ = false;
};

struct Scan {
    Header header;
    /// A PNG with only the chunks that affect pixels: a part of the file where it has no others.
    [[nodiscard]] Bytes essential() const { return whole.empty() ? Bytes(copy) : whole; }
    Bytes whole;
    std::vector<std::uint8_t> copy;
    std::uint64_t frames = 1;
    std::size_t palette = 0;  ///< entries
    bool transparent = false;
    std::size_t end = 0;  ///< behind the last chunk
    bool damaged_notes = false;
    std::vector<std::uint8_t> exif;  ///< chunks that may turn the picture
    int transfer = 0;                ///< transfer characteristics by H.273; 0 if unknown
};

void append(std::vector<std::uint8_t>& to, Bytes from) {
    to.insert(to.end(), from.begin(), from.end());
}

Scan scan(Bytes bytes, const DecodeLimits& limits) {
    if (bytes.size() < kSignature.size())
        fail_truncated(kPng);
    if (!text_at(bytes, 0, kSignature))
        fail_corrupt(kPng, to_say("its first bytes were changed, as a transfer in text mode does"));
    Scan result;
    std::vector<Bytes> kept{part(bytes, 0, 8)};
    std::size_t left_out = 0;
    StreamCheck stream;
    bool any_data = false;
    std::uint64_t expected = 0;
    std::size_t at = 8;
    for (bool first = true;; first = false) {
        const auto length = big_endian(bytes, at, 4);
        if (!length || !has(bytes, at + 8, *length) || !has(bytes, at + 8 + *length, 4))
            fail_truncated(kPng);
        const Bytes chunk = part(bytes, at, 12 + *length);
        const Bytes data = part(bytes, at + 8, *length);
        const auto type = [&](std::string_view name) { return text_at(chunk, 4, name); };
        const bool critical = (chunk[4] & 0x20) == 0;
        const uLong sum = crc32_z(crc32_z(0, nullptr, 0), chunk.data() + 4, data.size() + 4);
        const bool intact = sum == *big_endian(chunk, 8 + *length, 4);
        if (critical && !intact)
            fail_corrupt(kPng, type("IDAT") ? to_say("a checksum of its pixel data does not match")
                                            : to_say("a checksum of its header does not match"));
        result.damaged_notes |= !intact;
        if (first && type("CgBI")) {
            fail(failure_codes::kUnsupported,
                 to_say("The PNG is in Apple's own form for apps (CgBI), which is not supported; "
                        "convert it back to an ordinary PNG first."));
        }
        if (first != type("IHDR"))
            fail_corrupt(kPng, to_say("its header is not where it must be"));
        bool essential = critical;
        if (type("IHDR")) {
            result.header = read_header(data);
            check_size(kPng, result.header.width, result.header.height, limits);
            expected = inflated_size(result.header);
        } else if (type("PLTE")) {
            result.palette = data.size() / 3;
            if (data.empty() || data.size() % 3 != 0 || data.size() > 768 || any_data)
                fail_corrupt(kPng, to_say("its palette is broken"));
            essential = result.header.colour == 3;  // otherwise only a suggestion for displays
        } else if (type("IDAT")) {
            any_data = true;
            stream.add(data, expected);
        } else if (type("acTL") && intact) {
            result.frames = std::max<std::uint64_t>(big_endian(data, 0, 4).value_or(1), 1);
        } else if (type("tRNS")) {
            result.transparent = true;
        } else if (type("eXIf") && intact) {
            essential = true;  // OpenCV applies its orientation
            append(result.exif, chunk);
        } else if (type("cICP") && intact && data.size() == 4) {
            result.transfer = data[1];
        } else if (critical && !type("IEND")) {
            fail(failure_codes::kUnsupported,
                 to_say("The PNG uses a part of a newer format that is not understood; export it "
                        "again as an ordinary PNG."));
        }
        if (essential)
            kept.push_back(chunk);
        else
            left_out += chunk.size();
        at += chunk.size();
        if (type("IEND"))
            break;
    }
    if (result.header.colour == 3 && result.palette == 0)
        fail_corrupt(kPng, to_say("its palette is missing"));
    if (stream.total() < expected)
        fail_corrupt(kPng, to_say("it holds fewer pixels than its header says"));
    result.end = at;
    if (left_out > 0) {
        result.copy.reserve(at - left_out);
        for (const Bytes& each : kept)
            append(result.copy, each);
    } else {
        result.whole = part(bytes, 0, at);
    }
    return result;
}

}  // namespace

int png_orientation(Bytes bytes) {
    std::vector<std::uint8_t> exif;  // as scan() collects them: intact ones, together
    each_png_chunk(bytes, [&](std::string_view type, Bytes data) {
        if (type != "eXIf")
            return;
        // With the length and the type before it, and the checksum behind it.
        const auto at = static_cast<std::size_t>(data.data() - bytes.data());
        const auto sum = crc32_z(crc32_z(0, nullptr, 0), bytes.data() + at - 4, data.size() + 4);
        if (big_endian(bytes, at + data.size(), 4) == sum)
            append(exif, part(bytes, at - 8, data.size() + 12));
    });
    return exif.empty() ? 1 : orientation_by_opencv(exif, kPng);
}

Decoded decode_png(Bytes bytes, const DecodeLimits& limits) {
    const Scan png = scan(bytes, limits);
    Decoded decoded;
    decoded.pixels = decode_with_opencv(png.essential(), kPng, png.header.width, png.header.height);
    decoded.decoder = opencv_version();
    decoded.width = png.header.width;
    decoded.height = png.header.height;
    decoded.bits_per_channel = png.header.colour == 3 ? 8 : png.header.depth;
    decoded.colour_model =
        png.header.colour == 3 ? "Palette" : ((png.header.colour & 2) != 0 ? "RGB" : "Gray");
    decoded.alpha = png.transparent || (png.header.colour & 4) != 0;
    decoded.frames = png.frames;
    decoded.end = png.end;
    if (!png.exif.empty())
        decoded.orientation = orientation_by_opencv(png.exif, kPng);
    if (auto warning = high_range_warning(png.transfer); !warning.empty())
        decoded.warnings.push_back(std::move(warning));
    if (png.damaged_notes) {
        decoded.warnings.emplace_back(
            to_say("A checksum of the PNG's accompanying data does not match; its pixels are "
                   "intact, but its metadata may have been changed."));
    }
    return decoded;
}

std::optional<Plane> stored_alpha(Bytes bytes, Format format) {
    if (format == Format::WebP)
        return alpha_by_opencv(bytes);
    if (format != kPng || big_endian(bytes, 24, 2) != 0x0806)  // 8 bits, colour type RGBA
        return std::nullopt;
    try {
        return alpha_by_opencv(scan(bytes, {}).essential());
    } catch (const PictureError&) {
        return std::nullopt;
    }
}

}  // namespace dfd::picture_detail
