#include "core/picture/provenance/metadata_blocks.h"

#include <algorithm>
#include <map>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/unpacked.h"

namespace dfd::picture_detail {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLargest = std::size_t{16} << 20;
constexpr std::size_t kMostBlocks = 8;

constexpr auto kExif = "Exif\0"sv;  // followed by any byte, usually another zero
constexpr auto kXmp = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr auto kMoreXmp = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr auto kPhotoshop = "Photoshop 3.0\0"sv;
constexpr auto kIcc = "ICC_PROFILE\0"sv;

void append(std::vector<std::uint8_t>& to, Bytes from) {
    from = part(from, 0, kLargest - std::min(kLargest, to.size()));
    to.insert(to.end(), from.begin(), from.end());
}

class Collector {
  public:
    void add_exif(Bytes block) {
        if (text_at(block, 0, kExif))
            block = part(block, 6);
        if (found_.exif.size() < kMostBlocks)
            append(found_.exif.emplace_back(), block);
    }

    void add_xmp(Bytes packet) {
        packet = part(packet, 0, kLargest);
        if (found_.xmp.size() < kMostBlocks)
            found_.xmp.emplace_back(packet.begin(), packet.end());
    }

    /// Photoshop's resources, each "8BIM", a number, a name and data, both padded to even sizes.
    void add_photoshop(Bytes resources) {
        constexpr std::uint64_t kIptc = 0x0404;
        std::size_t at = 0;
        while (has(resources, at, 12)) {
            const std::size_t name = std::size_t{resources[at + 6]} + 1;
            const std::size_t size_at = at + 6 + name + (name & 1);
            const auto size = big_endian(resources, size_at, 4);
            if (!size || !text_at(resources, at, "8BIM"))
                return;
            if (*big_endian(resources, at + 4, 2) == kIptc)
                append(found_.iptc, part(resources, size_at + 4, *size));
            at = size_at + 4 + *size + (*size & 1);
        }
    }

    void add_icc(Bytes profile) {
        if (found_.icc.empty())
            append(found_.icc, profile);
    }

    void add_problem(const std::string& what) {
        if (std::ranges::find(found_.problems, what) == found_.problems.end())
            found_.problems.push_back(what);
    }

    [[nodiscard]] MetadataBlocks take() { return std::move(found_); }

  private:
    MetadataBlocks found_;
};

MetadataBlocks of_jpeg(Bytes jpeg) {
    Collector found;
    std::map<std::string, std::map<std::uint64_t, Bytes>> extended;  // by identifier and offset
    std::multimap<std::uint8_t, Bytes> icc;                          // by running number
    std::vector<std::uint8_t> photoshop;
    each_jpeg_segment(jpeg, [&](std::uint8_t marker, Bytes data) {
        const auto holds = [&](std::uint8_t wanted, std::string_view start) {
            return marker == wanted && text_at(data, 0, start);
        };
        if (holds(0xE1, kExif)) {
            found.add_exif(data);
        } else if (holds(0xE1, kXmp)) {
            found.add_xmp(part(data, kXmp.size()));
        } else if (holds(0xE1, kMoreXmp) && has(data, kMoreXmp.size(), 40)) {
            const Bytes name = part(data, kMoreXmp.size(), 32);
            extended[{name.begin(), name.end()}].emplace(*big_endian(data, kMoreXmp.size() + 36, 4),
                                                         part(data, kMoreXmp.size() + 40));
        } else if (holds(0xED, kPhotoshop)) {
            append(photoshop, part(data, kPhotoshop.size()));
        } else if (holds(0xE2, kIcc) && has(data, kIcc.size(), 2)) {
            icc.emplace(data[kIcc.size()], part(data, kIcc.size() + 2));
        }
    });
    found.add_photoshop(photoshop);
    for (const auto& [name, parts] : extended) {
        std::vector<std::uint8_t> packet;
        for (const auto& [offset, data] : parts) {
            if (offset != packet.size())
                found.add_problem(to_say("a part of its extended XMP"));
            append(packet, data);
        }
        found.add_xmp(packet);
    }
    std::vector<std::uint8_t> profile;
    for (const auto& [number, data] : icc)
        append(profile, data);
    found.add_icc(profile);
    return found.take();
}

int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// ImageMagick's "\nexif\n    78\n4578696600...": a name, a size and hexadecimal digits.
std::vector<std::uint8_t> raw_profile(std::string_view text) {
    std::size_t at = text.find_first_not_of('\n');
    for (int line = 0; line < 2 && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::vector<std::uint8_t> data;
    int first = -1;
    for (; at < text.size(); ++at) {
        const int digit = hex_digit(text[at]);
        if (digit < 0)
            continue;
        if (first >= 0)
            data.push_back(static_cast<std::uint8_t>(16 * first + digit));
        first = first >= 0 ? -1 : digit;
    }
    return data;
}

std::string_view view(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void add_raw_profile(std::string_view kind, std::string_view text, Collector& found) {
    const std::vector<std::uint8_t> data = raw_profile(text);
    if (text_at(data, 0, kXmp))
        found.add_xmp(part(data, kXmp.size()));
    else if (kind == "xmp")
        found.add_xmp(data);
    else if (kind == "exif" || kind == "APP1")
        found.add_exif(data);
    else if (kind == "iptc" || kind == "8bim")
        found.add_photoshop(data);
    else if (kind == "icc" || kind == "icm")
        found.add_icc(data);
}

void add_text_chunk(std::string_view type, Bytes data, Collector& found) {
    constexpr auto kRaw = "Raw profile type "sv;
    const auto after_zero = [](Bytes bytes) {
        const auto zero = std::ranges::find(bytes, std::uint8_t{0});
        return part(bytes, static_cast<std::size_t>(zero - bytes.begin()) + 1);
    };
    const auto zero = std::ranges::find(data, std::uint8_t{0});
    const std::string key(data.begin(), zero);
    if (key.empty() || zero == data.end()) {
        found.add_problem(to_say("a text chunk"));
        return;
    }
    Bytes text = after_zero(data);
    bool packed = type == "zTXt";
    if (type == "iTXt") {
        packed = !text.empty() && text[0] == 1;
        text = after_zero(after_zero(part(text, 2)));
    } else if (packed) {
        text = part(text, 1);
    }
    if (key != "XML:com.adobe.xmp" && !key.starts_with(kRaw))
        return;
    Unpacked whole;
    if (packed) {
        whole = unpacked(text, kLargest);
        if (whole.broken)
            found.add_problem(to_say("a compressed text chunk"));
        text = as_bytes(whole.text);
    }
    if (key.starts_with(kRaw))
        add_raw_profile(std::string_view(key).substr(kRaw.size()), view(text), found);
    else
        found.add_xmp(text);
}

MetadataBlocks of_png(Bytes png) {
    Collector found;
    each_png_chunk(png, [&](std::string_view type, Bytes data) {
        if (type == "eXIf") {
            found.add_exif(data);
        } else if (type == "tEXt" || type == "zTXt" || type == "iTXt") {
            add_text_chunk(type, data, found);
        } else if (type == "iCCP") {
            const auto zero = std::ranges::find(data, std::uint8_t{0});
            const auto name = static_cast<std::size_t>(zero - data.begin());
            const Unpacked profile = unpacked(part(data, name + 2), kLargest);
            found.add_icc(as_bytes(profile.text));
            if (profile.text.empty())
                found.add_problem(to_say("its colour profile"));
        }
    });
    return found.take();
}

MetadataBlocks of_webp(Bytes webp) {
    Collector found;
    each_riff_chunk(webp, [&](std::string_view type, Bytes data) {
        if (type == "EXIF")
            found.add_exif(data);
        else if (type == "XMP ")
            found.add_xmp(data);
        else if (type == "ICCP")
            found.add_icc(data);
    });
    return found.take();
}

}  // namespace

std::optional<MetadataBlocks> metadata_blocks(Bytes bytes, Format format) {
    switch (format) {
        case Format::Jpeg:
            return of_jpeg(bytes);
        case Format::Png:
            return of_png(bytes);
        case Format::WebP:
            return of_webp(bytes);
        default:
            return std::nullopt;
    }
}

}  // namespace dfd::picture_detail
