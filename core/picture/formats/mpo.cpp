// Further pictures of a JPEG, listed in its multi-picture segment (CIPA DC-007).
#include <algorithm>

#include "core/picture/formats/containers.h"
#include "core/picture/formats/frames.h"

namespace dfd::picture_detail {
namespace {

constexpr std::uint8_t kApp2 = 0xE2;
constexpr std::uint64_t kMostPictures = 1000;

/// Whether this picture belongs to the first one as a gain map for high dynamic range.
bool is_gain_map(Bytes jpeg) {
    constexpr std::string_view kNames[] = {"ns.adobe.com/hdr-gain-map", "iso:21496",
                                           "urn:iso:std:iso:ts:21496", "HDRGainMap"};
    bool found = false;
    each_jpeg_segment(jpeg, [&](std::uint8_t marker, Bytes data) {
        if (marker != 0xE1 && marker != kApp2)
            return;
        const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
        for (const std::string_view name : kNames)
            found |= text.find(name) != std::string_view::npos;
    });
    return found;
}

/// The list of entries of 16 bytes, in a TIFF structure.
struct List {
    Bytes tiff;
    std::size_t at_in_file = 0;
    bool little = false;

    [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t count) const {
        return (little ? little_endian(tiff, at, count) : big_endian(tiff, at, count)).value_or(0);
    }
    [[nodiscard]] Bytes entries() const {
        constexpr std::uint64_t kEntries = 0xB002;
        const auto directory = static_cast<std::size_t>(number(4, 4));
        const std::uint64_t tags = number(directory, 2);
        for (std::uint64_t i = 0; i < tags && has(tiff, directory + 2 + 12 * i, 12); ++i) {
            const std::size_t tag = directory + 2 + 12 * static_cast<std::size_t>(i);
            if (number(tag, 2) == kEntries)
                return part(tiff, number(tag + 8, 4), number(tag + 4, 4));
        }
        return {};
    }
};

}  // namespace

std::vector<Bytes> other_mpo_pictures(Bytes bytes) {
    List list;
    each_jpeg_segment(bytes, [&](std::uint8_t marker, Bytes data) {
        if (marker != kApp2 || !text_at(data, 0, std::string_view("MPF\0", 4)))
            return;
        list.tiff = part(data, 4);
        list.at_in_file = static_cast<std::size_t>(list.tiff.data() - bytes.data());
        list.little = text_at(list.tiff, 0, "II");
    });
    if (list.tiff.empty())
        return {};
    std::vector<Bytes> pictures;
    const Bytes entries = list.entries();
    if (entries.empty())
        return {};
    const auto start = static_cast<std::size_t>(entries.data() - list.tiff.data());
    for (std::size_t at = 0; has(entries, at, 16) && pictures.size() < kMostPictures; at += 16) {
        constexpr std::uint64_t kPreview = 0x01;  // a large thumbnail of the first picture
        const std::uint64_t kind = list.number(start + at, 4) >> 16 & 0xFF;
        const std::uint64_t size = list.number(start + at + 4, 4);
        const std::uint64_t offset = list.number(start + at + 8, 4);
        if (offset == 0 || kind == kPreview)
            continue;
        const Bytes picture = part(bytes, list.at_in_file + offset, size);
        if (text_at(picture, 0, "\xFF\xD8\xFF") && !is_gain_map(picture))
            pictures.push_back(picture);
    }
    return pictures;
}

}  // namespace dfd::picture_detail
