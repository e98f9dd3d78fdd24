// Bounds-checked reading of numbers from untrusted bytes.
// Internal to core/picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dfd::picture_detail {

using Bytes = std::span<const std::uint8_t>;

[[nodiscard]] inline bool has(Bytes bytes, std::size_t offset, std::size_t count) {
    return offset <= bytes.size() && count <= bytes.size() - offset;
}

/// The bytes [offset, offset + count), limited to those that exist.
[[nodiscard]] inline Bytes part(Bytes bytes, std::size_t offset, std::size_t count = SIZE_MAX) {
    if (offset >= bytes.size())
        return {};
    const std::size_t left = bytes.size() - offset;
    return bytes.subspan(offset, count < left ? count : left);
}

[[nodiscard]] inline bool text_at(Bytes bytes, std::size_t offset, std::string_view text) {
    if (!has(bytes, offset, text.size()))
        return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (bytes[offset + i] != static_cast<std::uint8_t>(text[i]))
            return false;
    return true;
}

/// An unsigned number of `count` (1..8) bytes; nullopt when out of bounds.
[[nodiscard]] inline std::optional<std::uint64_t> big_endian(Bytes bytes, std::size_t offset,
                                                             std::size_t count) {
    if (!has(bytes, offset, count))
        return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | bytes[offset + i];
    return value;
}

[[nodiscard]] inline std::optional<std::uint64_t> little_endian(Bytes bytes, std::size_t offset,
                                                                std::size_t count) {
    if (!has(bytes, offset, count))
        return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = count; i > 0; --i)
        value = value << 8 | bytes[offset + i - 1];
    return value;
}

}  // namespace dfd::picture_detail
