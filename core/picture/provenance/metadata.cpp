#include "core/picture/provenance/metadata.h"

#include <algorithm>
#include <exiv2/exiv2.hpp>
#include <mutex>
#include <sstream>

#include "core/base/text.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/provenance/exiv2_versions.h"
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
        read_iso_media();
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
            metadata.entries.emplace_back("...", "further entries are left out");
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

void collect(Bytes bytes, Metadata& metadata) {
    auto image = Exiv2::ImageFactory::open(bytes.data(), static_cast<long>(bytes.size()));
    if (image.get() == nullptr)
        return;
    image->readMetadata();
    const Exiv2::ExifData& exif = image->exifData();
    const auto orientation = exif.findKey(Exiv2::ExifKey("Exif.Image.Orientation"));
    if (orientation != exif.end() && orientation->count() > 0) {
        std::istringstream text(orientation->toString());
        int value = 1;
        if (text >> value && value >= 1 && value <= 8)
            metadata.orientation = value;
    }
    if (image->iccProfileDefined()) {
        const Bytes icc = colour_profile(*image);
        metadata.icc.assign(icc.begin(), icc.end());
    }
    add_origins(exif, metadata);
    add_origins(image->iptcData(), metadata);
    add_origins(image->xmpData(), metadata);
    add_entries(
        exif, [&](const Exiv2::Exifdatum& datum) { return datum.print(&exif); }, metadata);
    add_entries(
        image->iptcData(), [](const Exiv2::Iptcdatum& datum) { return datum.print(); }, metadata);
    add_entries(
        image->xmpData(), [](const Exiv2::Xmpdatum& datum) { return datum.print(); }, metadata);
    take_thumbnail(exif, metadata);
}

}  // namespace

Metadata read_metadata(Bytes bytes) {
    start_exiv2();
    Metadata metadata;
    try {
        collect(bytes, metadata);
    } catch (const std::exception&) {
        // Metadata is optional: keep what was read so far.
    }
    return metadata;
}

}  // namespace dfd::picture_detail
