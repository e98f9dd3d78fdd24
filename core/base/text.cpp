#include "core/base/text.h"

#include <algorithm>
#include <cstddef>

#include "core/base/formatted.h"

namespace dfd {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool marks_direction(std::uint32_t code) {
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::size_t character_length(std::string_view text) {
    if (text.empty())
        return 0;
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = lead < 0x80             ? 1
                               : (lead & 0xE0) == 0xC0 ? 2
                               : (lead & 0xF0) == 0xE0 ? 3
                               : (lead & 0xF8) == 0xF0 ? 4
                                                       : 0;
    if (length == 0 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
            return 0;
    const auto code = character_code(text.substr(0, length));
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < kSmallest[length] || code > 0x10FFFF || surrogate ? 0 : length;
}

std::uint32_t character_code(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character[0]);
    std::uint32_t code = character.size() == 1 ? lead : lead & (0xFFU >> (character.size() + 1));
    for (const char next : character.substr(1))
        code = code << 6 | (static_cast<unsigned char>(next) & 0x3FU);
    return code;
}

bool steers_display(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           marks_direction(code);
}

std::string visible(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const auto code = length == 0 ? static_cast<unsigned char>(text[0])
                                      : character_code(text.substr(0, length));
        if (length == 0)
            result += formatted("\\x%02x", code);
        else if (steers_display(code))
            result += formatted("\\u%04x", code);
        else
            result += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

void append_utf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | code >> 6);
        text += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code >= 0x10000) {
        text += static_cast<char>(0xF0 | code >> 18);
        text += static_cast<char>(0x80 | (code >> 12 & 0x3F));
        text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        text += static_cast<char>(0xE0 | code >> 12);
        text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        text += static_cast<char>(0x80 | (code & 0x3F));
    }
}

std::string column(std::string_view text, std::size_t width) {
    const auto characters = static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    return std::string(text).append(characters < width ? width - characters : 1, ' ');
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

std::vector<std::uint8_t> natural_key(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::string lower = lower_case(text);
    std::vector<std::uint8_t> key;
    for (std::size_t i = 0; i < lower.size();) {
        if (!digit(lower[i])) {
            key.push_back(lower[i] == '/' ? 1 : static_cast<std::uint8_t>(lower[i]));
            ++i;
            continue;
        }
        // A number: '0' for its place among other characters, the count of its digits, the digits.
        std::size_t end = i;
        while (end < lower.size() && digit(lower[end]))
            ++end;
        while (i + 1 < end && lower[i] == '0')
            ++i;
        key.push_back('0');
        key.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(end - i, 255)));
        key.insert(key.end(), lower.begin() + static_cast<std::ptrdiff_t>(i),
                   lower.begin() + static_cast<std::ptrdiff_t>(end));
        i = end;
    }
    return key;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text.substr(at));
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

std::string printable(std::string_view text, std::size_t longest) {
    std::string result;
    std::size_t at = 0;
    while (at < text.size()) {
        if (result.size() >= longest) {
            result += "…";
            break;
        }
        const std::size_t length = character_length(text.substr(at));
        if (length == 0) {
            result += kReplacement;
            ++at;
            continue;
        }
        const auto character = text.substr(at, length);
        const auto code = character_code(character);
        if (!steers_display(code) || marks_direction(code))
            result += character;
        else if (code != 0)
            result += ' ';
        at += length;
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result;
}

}  // namespace dfd
