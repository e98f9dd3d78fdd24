// Bytes behind a picture's end: motion photos, appended archives, rests of earlier files.
#include <algorithm>
#include <string_view>

#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

using namespace std::string_view_literals;

bool ends_with(Bytes bytes, std::string_view text) {
    return bytes.size() >= text.size() && text_at(bytes, bytes.size() - text.size(), text);
}

std::string what_is(Bytes behind, Format format) {
    const auto first = static_cast<std::size_t>(
        std::ranges::find_if(behind, [](auto byte) { return byte != 0; }) - behind.begin());
    const Bytes data = part(behind, first);
    // The four bytes of a box's length stand before its name; the first ones are zero.
    for (std::size_t back = 0; back <= std::min<std::size_t>(first, 4); ++back)
        if (text_at(behind, first - back + 4, "ftyp"))
            return to_say("a video or another picture in boxes (ISO media), as motion photos have");
    if (text_at(data, 0, "PK\x03\x04"))
        return to_say("a ZIP archive");
    if (text_at(data, 0, "Rar!") || text_at(data, 0, "7z\xBC\xAF"))
        return to_say("an archive");
    if (text_at(data, 0, "\xFF\xD8\xFF"))
        return to_say("another JPEG, as cameras and phones append");
    if (text_at(data, 0, "\x89PNG"))
        return to_say("another PNG");
    if (text_at(data, 0, "II*\0"sv) || text_at(data, 0, "MM\0*"sv))
        return to_say("another TIFF");
    if (format == Format::Pnm && has(data, 0, 3) && data[0] == 'P' && data[1] >= '1' &&
        data[1] <= '6')
        return to_say("another picture of the same format, as such files may hold several");
    if (ends_with(behind, "SEFT"))
        return to_say("data that Samsung phones append");
    if ((format == Format::Png && ends_with(behind, "IEND\xAE\x42\x60\x82"sv)) ||
        (format == Format::Jpeg && ends_with(behind, "\xFF\xD9")))
        return to_say(
            "what ends like such a file: probably the rest of an earlier, larger picture that an "
            "editor wrote over and did not cut off. Parts of it may be recovered");
    return to_say("data of an unknown kind");
}

}  // namespace

std::optional<ProvenanceHint> appended_hint(Bytes bytes, Format format, std::size_t end) {
    const Bytes behind = part(bytes, end);
    const bool padding = std::ranges::all_of(behind, [](std::uint8_t byte) {
        return byte == 0 || byte == ' ' || byte == '\n' || byte == '\r';
    });
    if (end == 0 || padding)
        return std::nullopt;
    const auto what = what_is(behind, format);
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::Appended;
    const auto size = size_text(behind.size());
    hint.sentence =
        format == Format::Tiff
            ? say("Behind all that its directories refer to the file holds %1 more: %2.",
                  {size, what})
            : say("Behind the end of the picture the file holds %1 more: %2.", {size, what});
    hint.evidence = say("bytes %1 to %2", {std::to_string(end), std::to_string(bytes.size())});
    hint.details = {{to_say("Behind the picture"), size}};
    return hint;
}

}  // namespace dfd::picture_detail
