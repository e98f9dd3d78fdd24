#include "core/picture/provenance/metadata.h"

#include <algorithm>
#include <exiv2/exiv2.hpp>
#include <limits>
#include <mutex>
#include <new>
#include <sstream>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/provenance/exiv2_versions.h"
#include "core/picture/provenance/metadata_blocks.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kMostEntries = 400;
constexpr std::size_t kLongestValue = 300;
constexpr std::size_t kLargestBinary = 64;
constexpr std::size_t kLongestOrigin = std::size_t{1} << 20;
constexpr std::size_t kMostOrigins = 100;
constexpr std::size_t kLargestThumbnail = std::size_t{1} << 20;

void lock_xmp(void* mutex, bool lock) {
    auto* held = static_cast<std::recursive_mutex*>(mutex);
    if (lock)
        held->lock();
    else
        held->unlock();
}

void start_exiv2() {
    static std::once_flag once;
    std::call_once(once, [] {
        static std::recursive_mutex mutex;
        Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
        Exiv2::XmpParser::initialize(lock_xmp, &mutex);
    });
}

bool opaque(const Exiv2::Metadatum& datum) {
    const auto type = datum.typeId();
    const bool raw = type == Exiv2::undefined || type == Exiv2::unsignedByte ||
                     type == Exiv2::signedByte || type == Exiv2::invalidTypeId;
    return raw && static_cast<std::size_t>(std::max<long>(0, static_cast<long>(datum.size()))) >
                      kLargestBinary;
}

template <class Data, class Print>
void add_entries(const Data& data, Print print, Metadata& metadata) {
    for (const auto& datum : data) {
        if (metadata.entries.size() >= kMostEntries) {
            metadata.entries.emplace_back("...", to_say("further entries are left out"));
            return;
        }
        try {
            const std::string value =
                opaque(datum) ? std::to_string(datum.size()) + " bytes" : print(datum);
            metadata.entries.emplace_back(printable(datum.key(), 120),
                                          printable(value, kLongestValue));
        } catch (const std::exception&) {
            continue;  // skip only the entry that cannot be printed
        }
    }
}

bool is_origin_key(std::string_view key) {
    constexpr std::string_view kKeys[] = {
        "Exif.Image.Software",
        "Exif.Image.ProcessingSoftware",
        "Exif.Image.Make",
        "Exif.Image.Model",
        "Exif.Image.ImageDescription",
        "Exif.Image.Artist",
        "Exif.Photo.UserComment",
        "Iptc.Application2.Program",
        "Iptc.Application2.ProgramVersion",
        "Iptc.Application2.Credit",
        "Xmp.photoshop.Credit",
        "Xmp.xmp.CreatorTool",
        "Xmp.tiff.Software",
        "Xmp.exif.UserComment",
        "Xmp.dc.description",
    };
    // XMP prefixes vary between files, and each maker stores firmware in its own group.
    constexpr std::string_view kEnds[] = {
        "DigitalSourceType",   "DigitalSourcefileType", "AISystemUsed",  "AISystemVersionUsed",
        "AIPromptInformation", "dcterms.provenance",    "softwareAgent", "FirmwareVersion"};
    return std::ranges::find(kKeys, key) != std::end(kKeys) ||
           std::ranges::any_of(kEnds, [&](std::string_view end) { return key.ends_with(end); });
}

/// An XMP value's first language, a decoded comment, or exiv2's own text for other types.
std::string origin_text(const Exiv2::Metadatum& datum) {
    const Exiv2::Value& value = datum.value();
    if (const auto* comment = dynamic_cast<const Exiv2::CommentValue*>(&value)) {
        const std::string& raw = comment->value_;
        return user_comment_text(part(
            {reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()}, 0, kLongestOrigin));
    }
    if (const auto* languages = dynamic_cast<const Exiv2::LangAltValue*>(&value))
        return languages->value_.empty() ? std::string() : languages->value_.begin()->second;
    return datum.toString();
}

template <class Data>
void add_origins(const Data& data, Metadata& metadata) {
    for (const auto& datum : data) {
        try {
            if (metadata.origin.size() < kMostOrigins && is_origin_key(datum.key())) {
                metadata.origin.emplace_back(datum.key(),
                                             origin_text(datum).substr(0, kLongestOrigin));
            }
        } catch (const std::exception&) {
            continue;
        }
    }
}

void take_thumbnail(const Exiv2::ExifData& exif, Metadata& metadata) {
    const Exiv2::ExifThumbC thumbnail(exif);
    if (std::string(thumbnail.mimeType()) != "image/jpeg")
        return;  // none, or the second page of a TIFF
    const Exiv2::DataBuf data = thumbnail.copy();
    const Bytes bytes = bytes_of(data);
    if (bytes.size() <= kLargestThumbnail)
        metadata.thumbnail.assign(bytes.begin(), bytes.end());
}

void take_orientation(const Exiv2::ExifData& exif, Metadata& metadata) {
    const auto orientation = exif.findKey(Exiv2::ExifKey("Exif.Image.Orientation"));
    if (orientation == exif.end() || orientation->count() == 0)
        return;
    std::istringstream text(orientation->toString());
    int value = 1;
    if (text >> value && value >= 1 && value <= 8)
        metadata.orientation = value;
}

/// Calls `read`, which must not keep other blocks from being read.
template <class Read>
bool survives(const Read& read) {
    try {
        read();
        return true;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return false;
    }
}

/// What exiv2 made of the blocks.
struct Parsed {
    std::vector<Exiv2::ExifData> exif;
    Exiv2::IptcData iptc;
    std::vector<Exiv2::XmpData> xmp;
};

void collect(const Parsed& parsed, Metadata& metadata) {
    for (const Exiv2::ExifData& exif : parsed.exif)
        add_origins(exif, metadata);
    add_origins(parsed.iptc, metadata);
    for (const Exiv2::XmpData& xmp : parsed.xmp)
        add_origins(xmp, metadata);
    for (const Exiv2::ExifData& exif : parsed.exif) {
        add_entries(
            exif, [&](const Exiv2::Exifdatum& datum) { return datum.print(&exif); }, metadata);
    }
    add_entries(
        parsed.iptc, [](const Exiv2::Iptcdatum& datum) { return datum.print(); }, metadata);
    for (const Exiv2::XmpData& xmp : parsed.xmp) {
        add_entries(
            xmp, [](const Exiv2::Xmpdatum& datum) { return datum.print(); }, metadata);
    }
    for (const Exiv2::ExifData& exif : parsed.exif) {
        if (metadata.orientation == 1)
            survives([&] { take_orientation(exif, metadata); });
        if (metadata.thumbnail.empty())
            survives([&] { take_thumbnail(exif, metadata); });
    }
}

/// Whether its first directory is sound and holds nothing, as some programs write it.
bool is_empty_tiff(Bytes block) {
    const bool little = text_at(block, 0, std::string_view("II*\0", 4));
    if (!little && !text_at(block, 0, std::string_view("MM\0*", 4)))
        return false;
    const auto number = [&](std::uint64_t at, std::size_t size) {
        return little ? little_endian(block, at, size) : big_endian(block, at, size);
    };
    return number(number(4, 4).value_or(block.size()), 2) == 0;
}

/// exiv2 does not read these.
bool is_big_tiff(Bytes tiff) {
    return text_at(tiff, 0, std::string_view("II+\0", 4)) ||
           text_at(tiff, 0, std::string_view("MM\0+", 4));
}

void parse_exif(Bytes block, Parsed& parsed, Metadata& metadata) {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    Exiv2::ExifData exif;
    const bool read = survives([&] {
        Exiv2::ExifParser::decode(exif, block.data(),
                                  static_cast<std::uint32_t>(std::min(block.size(), kMost)));
    });
    if (!read || (exif.empty() && !is_empty_tiff(block)))
        metadata.unreadable.emplace_back(to_say("its EXIF block"));
    if (!exif.empty())
        parsed.exif.push_back(std::move(exif));
}

Parsed parse_blocks(const MetadataBlocks& blocks, Metadata& metadata) {
    Parsed parsed;
    for (const auto& block : blocks.exif)
        parse_exif(block, parsed, metadata);
    if (!blocks.directories.empty() && !is_big_tiff(blocks.directories))
        parse_exif(blocks.directories, parsed, metadata);
    if (!blocks.iptc.empty()) {
        bool sound = false;
        survives([&] {
            sound = Exiv2::IptcParser::decode(parsed.iptc, blocks.iptc.data(),
                                              static_cast<std::uint32_t>(blocks.iptc.size())) == 0;
        });
        if (!sound)
            metadata.unreadable.emplace_back(to_say("its IPTC block"));
    }
    for (const std::string& packet : blocks.xmp) {
        Exiv2::XmpData xmp;
        bool sound = false;
        survives([&] {
            const std::size_t start = std::min(packet.find('<'), packet.size());
            sound = Exiv2::XmpParser::decode(xmp, packet.substr(start)) == 0;
        });
        if (!sound)
            metadata.unreadable.emplace_back(to_say("its XMP block"));
        if (!xmp.empty())
            parsed.xmp.push_back(std::move(xmp));
    }
    return parsed;
}

/// Parts that could not even be unpacked come before those that could not be read.
void add_problems(const std::vector<std::string>& problems, Metadata& metadata) {
    std::vector<std::string> all = problems;
    for (std::string& unreadable : metadata.unreadable)
        if (std::ranges::find(problems, unreadable) == problems.end())
            all.push_back(std::move(unreadable));
    metadata.unreadable = std::move(all);
}

/// Whether a colour profile has its signature and its whole length.
bool is_sound_profile(Bytes icc) {
    return text_at(icc, 36, "acsp") && big_endian(icc, 0, 4).value_or(0) <= icc.size();
}

}  // namespace

Metadata read_metadata(Bytes bytes, Format format) {
    start_exiv2();
    Metadata metadata;
    MetadataBlocks blocks = metadata_blocks(bytes, format);
    collect(parse_blocks(blocks, metadata), metadata);
    add_problems(blocks.problems, metadata);
    metadata.icc = std::move(blocks.icc);
    if (!metadata.icc.empty() && !is_sound_profile(metadata.icc))
        metadata.unreadable.emplace_back(to_say("its colour profile"));
    return metadata;
}

}  // namespace dfd::picture_detail
