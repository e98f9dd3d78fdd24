// BMP and PNM: simple formats whose header shows whether all pixels are present.
#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <optional>

#include "core/base/language.h"
#include "core/picture/formats/decoding.h"

namespace dfd::picture_detail {
namespace {

std::uint64_t magnitude(std::uint64_t two_complement_32) {
    const auto value = static_cast<std::int32_t>(static_cast<std::uint32_t>(two_complement_32));
    return static_cast<std::uint64_t>(value < 0 ? -static_cast<std::int64_t>(value) : value);
}

/// Run-length data, which end with the end marker or the last row.
struct RunLengths {
    std::size_t size = 0;
    bool beyond_rows = false;  ///< a row holds more pixels than the picture is wide
};

/// Calls put(x, y, index) for each pixel inside of the picture, rows from below. Nothing where the
/// data are cut off.
template <class Put>
std::optional<RunLengths> walk_run_lengths(Bytes data, std::uint64_t width, std::uint64_t height,
                                           bool nibbles, const Put& put) {
    RunLengths found;
    std::uint64_t x = 0, y = 0;
    const auto index_of = [&](unsigned byte, std::uint64_t i) {
        return !nibbles ? byte : (i & 1) == 0 ? byte >> 4 : byte & 15;
    };
    std::size_t at = 0;
    while (y < height) {
        if (!has(data, at, 2))
            return std::nullopt;
        const unsigned count = data[at];
        const unsigned value = data[at + 1];
        at += 2;
        if (count == 0 && value == 1) {
            found.size = at;
            return found;
        }
        if (count == 0 && value == 0) {
            x = 0;
            ++y;
        } else if (count == 0 && value == 2) {
            if (!has(data, at, 2))
                return std::nullopt;
            x += data[at];
            y += data[at + 1];
            at += 2;
        } else {
            const unsigned pixels = count > 0 ? count : value;
            const std::size_t bytes = count > 0 ? 0 : nibbles ? (value + 1) / 2 : value;
            if (!has(data, at, bytes))
                return std::nullopt;
            for (unsigned i = 0; i < pixels && x + i < width; ++i)
                put(x + i, y, index_of(count > 0 ? value : data[at + (nibbles ? i / 2 : i)], i));
            x += pixels;
            found.beyond_rows |= x > width;
            at += bytes + (bytes & 1);
        }
    }
    found.size = text_at(data, at, std::string_view("\0\1", 2)) ? at + 2 : at;
    return found;
}

/// Where a row holds more pixels than the picture is wide, as ImageMagick writes them, OpenCV takes
/// the rest for the next row.
Pixels decode_run_lengths(Bytes data, Bytes palette, std::uint64_t width, std::uint64_t height,
                          bool nibbles) {
    Pixels pixels{static_cast<int>(width), static_cast<int>(height), {}};
    pixels.rgb.resize(3 * width * height);
    const auto colour = [&](std::size_t index, std::size_t c) {
        return static_cast<std::uint8_t>(little_endian(palette, 4 * index + 2 - c, 1).value_or(0));
    };
    for (std::size_t i = 0; i < pixels.rgb.size(); ++i)
        pixels.rgb[i] = colour(0, i % 3);
    walk_run_lengths(data, width, height, nibbles,
                     [&](std::uint64_t x, std::uint64_t y, unsigned index) {
                         for (std::size_t c = 0; c < 3; ++c)
                             pixels.rgb[3 * ((height - 1 - y) * width + x) + c] = colour(index, c);
                     });
    return pixels;
}

/// Bit masks of red, green and blue in a pixel of 16 or 32 bits.
using Masks = std::array<std::uint32_t, 3>;

/// OpenCV understands these in every version. Others it ignores, refuses or applies, depending on
/// the version.
bool everybody_reads(const Masks& masks, std::uint64_t bits) {
    return bits == 32 ? masks == Masks{0xFF0000, 0xFF00, 0xFF}
                      : masks == Masks{0x7C00, 0x3E0, 0x1F} || masks == Masks{0xF800, 0x7E0, 0x1F};
}

/// Decodes rows of pixels with masks, as newer versions of OpenCV do.
Pixels decode_masked(Bytes data, const Masks& masks, std::size_t pixel_size, std::size_t row_size,
                     int width, int height, bool top_down) {
    Pixels pixels{width, height, {}};
    pixels.rgb.resize(std::size_t{3} * static_cast<std::size_t>(width) *
                      static_cast<std::size_t>(height));
    std::array<int, 3> shifts{};
    std::array<float, 3> scales{};
    for (std::size_t c = 0; c < 3; ++c) {
        if (masks[c] == 0)
            fail_corrupt(Format::Bmp, to_say("its bit masks are empty"));
        shifts[c] = std::countr_zero(masks[c]);
        scales[c] = 255.0F / static_cast<float>(masks[c] >> shifts[c]);
    }
    auto* rgb = pixels.rgb.data();
    for (int y = 0; y < height; ++y) {
        const auto row = static_cast<std::size_t>(top_down ? y : height - 1 - y) * row_size;
        for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
            const auto pixel =
                static_cast<std::uint32_t>(*little_endian(data, row + x * pixel_size, pixel_size));
            for (std::size_t c = 0; c < 3; ++c) {
                const auto level = static_cast<float>((pixel & masks[c]) >> shifts[c]);
                *rgb++ = static_cast<std::uint8_t>(level * scales[c]);
            }
        }
    }
    return pixels;
}

struct PnmHeader {
    int kind = 0;  ///< the digit after P
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint64_t largest = 1;
    std::size_t data = 0;  ///< offset of the pixel data

    [[nodiscard]] std::uint64_t channels() const { return kind == 3 || kind == 6 ? 3 : 1; }
    [[nodiscard]] std::uint64_t numbers() const { return width * height * channels(); }
    [[nodiscard]] std::size_t number_size() const { return largest > 255 ? 2 : 1; }
};

/// Parses the next number of a PNM header, skipping comments. Moves `at` past it.
std::optional<std::uint64_t> next_number(Bytes bytes, std::size_t& at) {
    while (at < bytes.size() && (std::isspace(bytes[at]) != 0 || bytes[at] == '#')) {
        if (bytes[at] == '#')
            while (at < bytes.size() && bytes[at] != '\n')
                ++at;
        else
            ++at;
    }
    if (at >= bytes.size() || std::isdigit(bytes[at]) == 0)
        return std::nullopt;
    std::uint64_t value = 0;
    while (at < bytes.size() && std::isdigit(bytes[at]) != 0) {
        value = std::min<std::uint64_t>(value * 10 + (bytes[at] - '0'), UINT32_MAX);
        ++at;
    }
    return value;
}

PnmHeader read_pnm_header(Bytes bytes) {
    PnmHeader header;
    header.kind = bytes[1] - '0';
    std::size_t at = 2;
    const auto need = [&]() -> std::uint64_t {
        const auto value = next_number(bytes, at);
        if (!value) {
            if (at >= bytes.size())
                fail_truncated(Format::Pnm);
            fail_corrupt(Format::Pnm, to_say("its header contains something other than numbers"));
        }
        return *value;
    };
    header.width = need();
    header.height = need();
    if (header.kind != 1 && header.kind != 4) {
        header.largest = need();
        if (header.largest == 0 || header.largest > 65535)
            fail_corrupt(Format::Pnm, to_say("its maximum value is outside 1..65535"));
    }
    header.data = at + 1;
    return header;
}

/// Where the pixels end; nullopt where some are missing.
std::optional<std::size_t> pnm_end(Bytes bytes, const PnmHeader& header) {
    const std::uint64_t numbers = header.numbers();
    std::uint64_t found = 0;
    std::size_t at = header.data;
    if (header.kind >= 4) {
        const std::uint64_t size = header.kind == 4 ? (header.width + 7) / 8 * header.height
                                                    : numbers * header.number_size();
        return has(bytes, at, size) ? std::optional(at + size) : std::nullopt;
    }
    if (header.kind == 1) {  // digits need not be separated by spaces
        for (; at < bytes.size() && found < numbers; ++at) {
            if (bytes[at] == '#')
                while (at + 1 < bytes.size() && bytes[at] != '\n')
                    ++at;
            found += bytes[at] == '0' || bytes[at] == '1' ? 1 : 0;
        }
    } else {
        while (found < numbers && next_number(bytes, at))
            ++found;
    }
    if (found < numbers)
        return std::nullopt;
    return at < bytes.size() && std::isspace(bytes[at]) != 0 ? at + 1 : at;
}

/// OpenCV does not scale numbers to the maximum value, except small ones written as text.
bool opencv_scales(const PnmHeader& header) {
    return header.kind == 1 || header.kind == 4 || header.largest == 255 ||
           header.largest == 65535 || (header.kind <= 3 && header.largest < 255);
}

/// The numbers, scaled to 0..255. The bytes hold all of them.
Pixels decode_scaled(Bytes bytes, const PnmHeader& header) {
    Pixels pixels{static_cast<int>(header.width), static_cast<int>(header.height), {}};
    pixels.rgb.reserve(std::size_t{3} * header.width * header.height);
    std::size_t at = header.data;
    for (std::uint64_t i = 0; i < header.numbers(); ++i) {
        std::uint64_t value = 0;
        if (header.kind <= 3) {
            value = next_number(bytes, at).value_or(0);
        } else {
            value = *big_endian(bytes, at, header.number_size());
            at += header.number_size();
        }
        const auto level = static_cast<std::uint8_t>(
            (std::min(value, header.largest) * 255 + header.largest / 2) / header.largest);
        pixels.rgb.insert(pixels.rgb.end(), header.channels() == 3 ? 1 : 3, level);
    }
    return pixels;
}

}  // namespace

Decoded decode_bmp(Bytes bytes, const DecodeLimits& limits) {
    constexpr Format kBmp = Format::Bmp;
    constexpr const char* kOwnReader = "built-in BMP reader";
    const auto header_size = little_endian(bytes, 14, 4);
    if (!header_size || !has(bytes, 14, *header_size))
        fail_truncated(kBmp);
    const bool core = *header_size < 16;
    const auto number = [&](std::size_t offset, std::size_t count) {
        return little_endian(bytes, offset, count).value_or(0);
    };
    Decoded decoded;
    decoded.width = core ? number(18, 2) : magnitude(number(18, 4));
    decoded.height = core ? number(20, 2) : magnitude(number(22, 4));
    check_size(kBmp, decoded.width, decoded.height, limits);
    const std::uint64_t bits = core ? number(24, 2) : number(28, 2);
    const std::uint64_t compression = core ? 0 : number(30, 4);
    if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32)
        fail_corrupt(kBmp, to_say("its header has an invalid number of bits per pixel"));
    if (bits <= 8 && !core && number(46, 4) > 256)
        fail_corrupt(kBmp, to_say("its palette has more than 256 colours"));
    if (compression > 3 && compression != 6) {
        fail(failure_codes::kUnsupported,
             to_say("The file is a BMP with a compression that is not supported; export it as PNG "
                    "first."));
    }
    const std::uint64_t offset = number(10, 4);
    const Bytes data = part(bytes, offset);
    const bool packed = compression == 1 || compression == 2;
    const std::uint64_t row = (decoded.width * bits + 31) / 32 * 4;
    const bool nibbles = compression == 2;
    const auto runs =
        packed ? walk_run_lengths(data, decoded.width, decoded.height, nibbles, [](auto...) {})
               : RunLengths{.size = row * decoded.height};
    if (offset < 14 + *header_size || !runs || data.size() < runs->size)
        fail_truncated(kBmp);
    decoded.end = offset + runs->size;
    if (*header_size >= 124)  // a colour profile may follow
        decoded.end = std::max(
            decoded.end, std::min<std::size_t>(bytes.size(), 14 + number(126, 4) + number(130, 4)));
    const Masks masks{static_cast<std::uint32_t>(number(54, 4)),
                      static_cast<std::uint32_t>(number(58, 4)),
                      static_cast<std::uint32_t>(number(62, 4))};
    if ((compression == 3 || compression == 6) && bits >= 16 && bits != 24 &&
        !everybody_reads(masks, bits)) {
        const bool top_down = (number(22, 4) & 0x80000000U) != 0;
        decoded.pixels = decode_masked(
            data, masks, static_cast<std::size_t>(bits / 8), static_cast<std::size_t>(row),
            static_cast<int>(decoded.width), static_cast<int>(decoded.height), top_down);
        decoded.decoder = kOwnReader;
    } else if (runs->beyond_rows) {
        decoded.pixels = decode_run_lengths(data, part(bytes, 14 + *header_size), decoded.width,
                                            decoded.height, nibbles);
        decoded.decoder = kOwnReader;
    } else {
        decoded.pixels = decode_with_opencv(bytes, kBmp, decoded.width, decoded.height);
        decoded.decoder = opencv_version();
    }
    decoded.colour_model = bits <= 8 ? "Palette" : "RGB";
    // Only newer headers define the meaning of the fourth byte.
    decoded.alpha = bits == 32 && *header_size >= 56 && number(66, 4) != 0;
    return decoded;
}

Decoded decode_pnm(Bytes bytes, const DecodeLimits& limits) {
    const PnmHeader header = read_pnm_header(bytes);
    check_size(Format::Pnm, header.width, header.height, limits);
    const auto end = pnm_end(bytes, header);
    if (!end)
        fail_truncated(Format::Pnm);
    Decoded decoded;
    decoded.end = *end;
    if (opencv_scales(header)) {
        decoded.pixels = decode_with_opencv(bytes, Format::Pnm, header.width, header.height);
        decoded.decoder = opencv_version();
    } else {
        decoded.pixels = decode_scaled(bytes, header);
        decoded.decoder = "built-in PNM reader";
    }
    decoded.width = header.width;
    decoded.height = header.height;
    decoded.bits_per_channel = header.largest > 255 ? 16 : 8;
    decoded.colour_model = header.channels() == 3 ? "RGB" : "Gray";
    return decoded;
}

}  // namespace dfd::picture_detail
