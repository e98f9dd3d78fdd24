// Text helpers: sanitising untrusted text for display, UTF-8, ASCII lower case. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

[[nodiscard]] inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Whether a character can steer a terminal or change the order in which text is shown: controls
/// (line breaks included), line separators, and marks of writing direction.
[[nodiscard]] bool steers_display(std::uint32_t code);
/// The text on one line, as it can be shown anywhere: characters that steer the display become
/// "\u202e" and the like, bytes that are not UTF-8 become "\x9b". Other text is unchanged.
[[nodiscard]] std::string visible(std::string_view text);
/// Length of the UTF-8 character at the start of `text`; 0 when there is none.
[[nodiscard]] std::size_t character_length(std::string_view text);
/// The code of a valid UTF-8 character.
[[nodiscard]] std::uint32_t character_code(std::string_view character);

/// Valid UTF-8 for display. Invalid bytes become U+FFFD, control characters and line separators
/// become spaces, NUL and trailing spaces are removed. Marks of writing direction stay: visible()
/// shows them. Text beyond `longest` bytes is cut and ends in "…".
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest);
/// The text, filled with spaces to a column of this many characters; at least one space follows it.
[[nodiscard]] std::string column(std::string_view text, std::size_t width);
/// Converts A-Z only; all other bytes are unchanged.
[[nodiscard]] std::string lower_case(std::string_view text);
/// Bytes whose lexicographic order is the natural order of texts: img2 before img10, ASCII letters
/// without case. In a path, a folder's content comes before names that begin like the folder.
[[nodiscard]] std::vector<std::uint8_t> natural_key(std::string_view text);
/// words(item) of each item with `between` in between; empty ones at the start are left out.
template <class Items, class Words = std::identity>
[[nodiscard]] std::string joined(const Items& items, std::string_view between, Words words = {}) {
    std::string text;
    for (const auto& item : items)
        text.append(text.empty() ? "" : between).append(std::invoke(words, item));
    return text;
}
[[nodiscard]] bool is_utf8(std::string_view text);
void append_utf8(std::string& text, std::uint32_t code);

}  // namespace dfd
