// EXIF, IPTC and XMP as text, through exiv2.
#include <algorithm>
#include <exiv2/exiv2.hpp>
#include <mutex>
#include <sstream>

#include "core/picture/decoding.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kMostEntries = 400;
constexpr std::size_t kLongestValue = 300;
constexpr std::size_t kLargestBinary = 64;

void lock_xmp(void* mutex, bool lock) {
    auto* held = static_cast<std::recursive_mutex*>(mutex);
    if (lock) {
        held->lock();
    } else {
        held->unlock();
    }
}

void start_exiv2() {
    static std::once_flag once;
    std::call_once(once, [] {
        static std::recursive_mutex mutex;
        Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
        Exiv2::XmpParser::initialize(lock_xmp, &mutex);
#ifdef EXV_ENABLE_BMFF
        Exiv2::enableBMFF(true);
#endif
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
            continue;  // one entry that cannot be printed costs only itself
        }
    }
}

void collect(Bytes bytes, Metadata& metadata) {
    auto image = Exiv2::ImageFactory::open(bytes.data(), static_cast<long>(bytes.size()));
    if (image.get() == nullptr) {
        return;
    }
    image->readMetadata();
    const Exiv2::ExifData& exif = image->exifData();
    const auto orientation = exif.findKey(Exiv2::ExifKey("Exif.Image.Orientation"));
    if (orientation != exif.end() && orientation->count() > 0) {
        std::istringstream text(orientation->toString());
        int value = 1;
        if (text >> value && value >= 1 && value <= 8) {
            metadata.orientation = value;
        }
    }
    if (image->iccProfileDefined()) {
        const Exiv2::DataBuf& icc = *image->iccProfile();
#if EXIV2_TEST_VERSION(0, 28, 0)
        metadata.icc.assign(icc.c_data(), icc.c_data() + icc.size());
#else
        metadata.icc.assign(icc.pData_, icc.pData_ + icc.size_);
#endif
    }
    add_entries(
        exif, [&](const Exiv2::Exifdatum& datum) { return datum.print(&exif); }, metadata);
    add_entries(
        image->iptcData(), [](const Exiv2::Iptcdatum& datum) { return datum.print(); }, metadata);
    add_entries(
        image->xmpData(), [](const Exiv2::Xmpdatum& datum) { return datum.print(); }, metadata);
}

}  // namespace

Metadata read_metadata(Bytes bytes) {
    start_exiv2();
    Metadata metadata;
    try {
        collect(bytes, metadata);
    } catch (const std::exception&) {
        // Metadata are a courtesy: what was read until here is shown, the picture is examined.
    }
    return metadata;
}

}  // namespace dfd::picture_detail
