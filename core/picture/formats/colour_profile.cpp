#include "core/picture/formats/colour_profile.h"

#include <algorithm>

#include "core/base/text.h"

namespace dfd::picture_detail {
namespace {

std::string description_tag(Bytes tag) {
    if (text_at(tag, 0, "desc")) {
        const auto length = big_endian(tag, 8, 4).value_or(0);
        const Bytes text = part(tag, 12, length);
        return {text.begin(), text.end()};
    }
    std::string result;
    if (text_at(tag, 0, "mluc") && big_endian(tag, 8, 4).value_or(0) > 0) {
        const auto length = big_endian(tag, 20, 4).value_or(0);
        const Bytes text = part(tag, big_endian(tag, 24, 4).value_or(0), length);
        for (std::size_t i = 0; i + 1 < text.size(); i += 2)
            append_utf8(result, static_cast<std::uint32_t>(*big_endian(text, i, 2)));
    }
    return result;
}

}  // namespace

std::string profile_description(Bytes icc) {
    if (!text_at(icc, 36, "acsp"))
        return {};  // none, or something else in its place
    const std::uint64_t tags = std::min<std::uint64_t>(big_endian(icc, 128, 4).value_or(0), 200);
    for (std::uint64_t i = 0; i < tags; ++i) {
        const std::size_t entry = 132 + 12 * static_cast<std::size_t>(i);
        if (text_at(icc, entry, "desc")) {
            const auto offset = big_endian(icc, entry + 4, 4).value_or(0);
            const auto size = big_endian(icc, entry + 8, 4).value_or(0);
            const std::string name = printable(description_tag(part(icc, offset, size)), 100);
            if (!name.empty())
                return name;
        }
    }
    return "unnamed";
}

}  // namespace dfd::picture_detail
