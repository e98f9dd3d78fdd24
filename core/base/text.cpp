#include "core/base/text.h"

#include <algorithm>
#include <cstddef>

namespace dfd {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the valid UTF-8 sequence at `at`, 0 if there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80             ? 1
                               : (lead & 0xE0) == 0xC0 ? 2
                               : (lead & 0xF0) == 0xE0 ? 3
                               : (lead & 0xF8) == 0xF0 ? 4
                                                       : 0;
    if (length == 0 || text.size() - at < length)
        return 0;
    std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (byte(at + i) & 0x3FU);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < kSmallest[length] || code > 0x10FFFF || surrogate ? 0 : length;
}

}  // namespace

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
        const std::size_t length = sequence_length(text, at);
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
        const std::size_t length = sequence_length(text, at);
        if (length == 0) {
            result += kReplacement;
            ++at;
        } else if (length == 1 &&
                   (static_cast<unsigned char>(text[at]) < 0x20 || text[at] == 0x7F)) {
            if (text[at] != '\0')
                result += ' ';
            ++at;
        } else {
            result += text.substr(at, length);
            at += length;
        }
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result;
}

}  // namespace dfd
