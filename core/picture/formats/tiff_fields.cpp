// The fields of a TIFF's first directory, without decoding.
#include <algorithm>
#include <array>

#include "core/picture/formats/containers.h"

namespace dfd::picture_detail {
namespace {

/// Byte order and widths of a TIFF or BigTIFF.
struct Layout {
    explicit Layout(Bytes tiff) : little(text_at(tiff, 0, "II")), wide(number(tiff, 2, 2) == 43) {}

    [[nodiscard]] std::uint64_t number(Bytes bytes, std::uint64_t at, std::size_t count) const {
        return (little ? little_endian(bytes, at, count) : big_endian(bytes, at, count))
            .value_or(0);
    }
    [[nodiscard]] std::size_t offset_size() const { return wide ? 8 : 4; }
    [[nodiscard]] std::size_t head_size() const { return wide ? 8 : 2; }
    [[nodiscard]] std::size_t field_size() const { return 4 + 2 * offset_size(); }

    bool little;
    bool wide;
};

}  // namespace

std::size_t tiff_value_size(std::uint64_t type) {
    constexpr std::array<std::size_t, 19> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                                    8, 4, 8, 4, 0, 0, 8, 8, 8};
    return type < kSizes.size() ? kSizes[type] : 0;
}

void each_tiff_field(Bytes tiff, const std::function<void(const TiffField& field)>& each) {
    constexpr std::uint64_t kMostFields = 65535;
    const Layout layout(tiff);
    const std::size_t word = layout.offset_size();
    const std::uint64_t directory = layout.number(tiff, word, word);
    const std::uint64_t fields =
        std::min(layout.number(tiff, directory, layout.head_size()), kMostFields);
    for (std::uint64_t i = 0; i < fields; ++i) {
        const std::uint64_t at = directory + layout.head_size() + i * layout.field_size();
        if (!has(tiff, at, layout.field_size()))
            return;
        const std::size_t size = tiff_value_size(layout.number(tiff, at + 2, 2));
        const std::uint64_t count = layout.number(tiff, at + 4, word);
        if (size == 0)
            continue;
        TiffField field;
        field.tag = layout.number(tiff, at, 2);
        if (count <= tiff.size()) {
            const std::uint64_t bytes = count * size;
            field.values =
                part(tiff, bytes <= word ? at + 4 + word : layout.number(tiff, at + 4 + word, word),
                     bytes);
            field.whole = field.values.size() == bytes;
        } else {
            field.whole = false;
        }
        each(field);
    }
}

bool is_tiff_directory(Bytes tiff, std::uint64_t at) {
    const Layout layout(tiff);
    const std::uint64_t fields = layout.number(tiff, at, layout.head_size());
    return at > 0 && fields <= tiff.size() / layout.field_size() &&
           has(tiff, at, layout.head_size() + fields * layout.field_size());
}

std::uint64_t tiff_number(Bytes tiff, Bytes values) {
    return Layout(tiff).number(values, 0, std::min<std::size_t>(values.size(), 8));
}

}  // namespace dfd::picture_detail
