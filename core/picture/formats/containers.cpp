#include "core/picture/formats/containers.h"

#include <algorithm>

namespace dfd::picture_detail {
namespace {

std::string_view name_at(Bytes bytes, std::size_t at) {
    return {reinterpret_cast<const char*>(bytes.data()) + at, 4};
}

}  // namespace

bool each_jpeg_segment(Bytes jpeg,
                       const std::function<void(std::uint8_t marker, Bytes data)>& each) {
    constexpr std::uint8_t kMark = 0xFF;
    constexpr std::uint8_t kEndOfImage = 0xD9;
    constexpr std::uint8_t kStartOfScan = 0xDA;
    if (big_endian(jpeg, 0, 2) != 0xFFD8)
        return false;
    std::size_t at = 2;
    while (true) {
        // Like libjpeg: bytes that belong to no segment are skipped, and so are fill bytes.
        while (at < jpeg.size() && jpeg[at] != kMark)
            ++at;
        while (at < jpeg.size() && jpeg[at] == kMark)
            ++at;
        if (!has(jpeg, at, 3))
            return true;
        const std::uint8_t marker = jpeg[at++];
        const bool alone = marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
        if (alone)
            continue;  // a stuffed zero, a restart marker or another one without a length
        if (marker == kStartOfScan || marker == kEndOfImage)
            return true;
        const std::size_t length = *big_endian(jpeg, at, 2);
        each(marker, part(jpeg, at + 2, length < 2 ? 0 : length - 2));
        at += std::max<std::size_t>(length, 2);
    }
}

void each_png_chunk(Bytes png, const OnPiece& each) {
    for (std::size_t at = 8; has(png, at, 12);) {
        const std::uint64_t length = *big_endian(png, at, 4);
        if (!has(png, at + 8, length))
            return;
        each(name_at(png, at + 4), part(png, at + 8, length));
        at += 12 + length;
    }
}

void each_riff_chunk(Bytes riff, const OnPiece& each) {
    for (std::size_t at = 12; has(riff, at, 8);) {
        const std::uint64_t length = *little_endian(riff, at + 4, 4);
        if (!has(riff, at + 8, length))
            return;
        each(name_at(riff, at), part(riff, at + 8, length));
        at += 8 + length + (length & 1);
    }
}

Box box_at(Bytes bytes, std::size_t at) {
    std::uint64_t size = big_endian(bytes, at, 4).value_or(0);
    std::size_t header = 8;
    if (size == 1) {
        size = big_endian(bytes, at + 8, 8).value_or(0);
        header = 16;
    } else if (size == 0) {
        size = bytes.size() - at;
    }
    Box box;
    box.whole = size >= header && has(bytes, at, size);
    box.content = size >= header ? part(bytes, at + header, size - header) : Bytes{};
    box.next = box.whole ? at + size : bytes.size();
    return box;
}

void each_box(Bytes bytes, const OnPiece& each) {
    for (std::size_t at = 0; has(bytes, at, 8);) {
        const Box box = box_at(bytes, at);
        if (!box.whole)
            return;
        each(name_at(bytes, at + 4), box.content);
        at = box.next;
    }
}

Bytes child_box(Bytes boxes, std::string_view type) {
    std::size_t at = 0;
    while (has(boxes, at, 8)) {
        const Box box = box_at(boxes, at);
        if (text_at(boxes, at + 4, type))
            return box.content;
        at = box.next;
    }
    return {};
}

Bytes heif_descriptions(Bytes heif) {
    return part(child_box(heif, "meta"), 4);  // after version and flags
}

}  // namespace dfd::picture_detail
