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
            append(found_.exif.emplace_back(), fitting(block, exif_));
    }

    void add_xmp(Bytes packet) {
        if (found_.xmp.size() < kMostBlocks) {
            packet = fitting(packet, xmp_);
            found_.xmp.emplace_back(packet.begin(), packet.end());
        }
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

    void add_iptc(Bytes data_sets) { append(found_.iptc, data_sets); }
    [[nodiscard]] bool has_iptc() const { return !found_.iptc.empty(); }

    void set_directories(Bytes tiff) { found_.directories = tiff; }

    [[nodiscard]] MetadataBlocks take() { return std::move(found_); }

  private:
    /// What still fits: all blocks of a kind have kLargest bytes together.
    static Bytes fitting(Bytes block, std::size_t& used) {
        block = part(block, 0, kLargest - used);
        used += block.size();
        return block;
    }

    std::size_t exif_ = 0, xmp_ = 0;
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

/// An XMP packet stands in a GIF as it is, not in sub-blocks. Behind it stand bytes that count down
/// to zero, so that readers of sub-blocks find its end.
void add_gif_xmp(Bytes raw, Collector& found) {
    constexpr auto kCountdown = "\x01\xFF\xFE\xFD"sv;
    const auto end = view(raw).rfind(kCountdown);
    if (end == std::string_view::npos)
        found.add_xmp(joined_sub_blocks(raw, kLargest));
    else
        found.add_xmp(part(raw, 0, end));
}

MetadataBlocks of_gif(Bytes gif) {
    Collector found;
    each_gif_block(gif, [&](const GifBlock& block) {
        if (block.application.starts_with("XMP Data"))
            add_gif_xmp(block.raw, found);
        else if (block.application.starts_with("ICCRGBG1"))
            found.add_icc(joined_sub_blocks(block.raw, kLargest));
    });
    return found.take();
}

/// Some programs write a zero where they have no such directory.
void check_directory(Bytes tiff, std::uint64_t at, Collector& found) {
    if (at != 0 && !is_tiff_directory(tiff, at))
        found.add_problem(to_say("its EXIF block"));
}

MetadataBlocks of_tiff(Bytes tiff) {
    constexpr std::uint64_t kXmpTag = 700, kIptcTag = 33723, kPhotoshopTag = 34377,
                            kExifTag = 34665, kIccTag = 34675, kGpsTag = 34853;
    Collector found;
    Bytes photoshop;
    const auto take = [&](const TiffField& field, const char* name, const auto& add) {
        if (!field.whole)
            found.add_problem(name);
        else if (!field.values.empty())
            add(field.values);
    };
    each_tiff_field(tiff, [&](const TiffField& field) {
        if (field.tag == kXmpTag)
            take(field, to_say("its XMP block"), [&](Bytes packet) { found.add_xmp(packet); });
        else if (field.tag == kIptcTag)
            take(field, to_say("its IPTC block"), [&](Bytes sets) { found.add_iptc(sets); });
        else if (field.tag == kPhotoshopTag)
            take(field, to_say("its IPTC block"), [&](Bytes resources) { photoshop = resources; });
        else if (field.tag == kIccTag)
            take(field, to_say("its colour profile"),
                 [&](Bytes profile) { found.add_icc(profile); });
        else if (field.tag == kExifTag || field.tag == kGpsTag)
            check_directory(tiff, tiff_number(tiff, field.values), found);
    });
    if (!found.has_iptc())
        found.add_photoshop(photoshop);
    found.set_directories(tiff);
    return found.take();
}

/// An "Exif" item: where in it the TIFF header is, and the block.
void add_exif_item(Bytes item, Collector& found) {
    const auto is_tiff = [&](std::size_t at) {
        return text_at(item, at, "II*\0"sv) || text_at(item, at, "MM\0*"sv);
    };
    const std::size_t told = 4 + static_cast<std::size_t>(big_endian(item, 0, 4).value_or(0));
    std::size_t start = told;
    for (const std::size_t usual : {std::size_t{4}, std::size_t{10}, std::size_t{0}})
        if (!is_tiff(start) && is_tiff(usual))
            start = usual;
    found.add_exif(part(item, start));
}

MetadataBlocks of_heif(Bytes heif) {
    constexpr auto kXmpUuid = "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC"sv;
    Collector found;
    each_heif_item(heif, kLargest, [&](const HeifItem& item) {
        const bool exif = item.type == "Exif";
        if (!exif && item.content_type != "application/rdf+xml")
            return;
        if (!item.whole)
            found.add_problem(exif ? to_say("its EXIF block") : to_say("its XMP block"));
        else if (exif && !item.data.empty())
            add_exif_item(item.data, found);
        else if (!item.data.empty())
            found.add_xmp(item.data);
    });
    each_box(heif, [&](std::string_view type, Bytes content) {
        if (type == "uuid" && text_at(content, 0, kXmpUuid))
            found.add_xmp(part(content, kXmpUuid.size()));
    });
    const Bytes properties = child_box(heif_descriptions(heif), "iprp");
    each_box(child_box(properties, "ipco"), [&](std::string_view type, Bytes content) {
        if (type == "colr" && (text_at(content, 0, "prof") || text_at(content, 0, "rICC")))
            found.add_icc(part(content, 4));
    });
    return found.take();
}

}  // namespace

MetadataBlocks metadata_blocks(Bytes bytes, Format format) {
    switch (format) {
        case Format::Jpeg:
            return of_jpeg(bytes);
        case Format::Png:
            return of_png(bytes);
        case Format::WebP:
            return of_webp(bytes);
        case Format::Gif:
            return of_gif(bytes);
        case Format::Tiff:
            return of_tiff(bytes);
        case Format::Heic:
        case Format::Avif:
            return of_heif(bytes);
        case Format::Bmp:
        case Format::Pnm:
            break;
    }
    return {};
}

}  // namespace dfd::picture_detail
