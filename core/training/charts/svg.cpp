#include "core/training/charts/svg.h"

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/base/text.h"

namespace dfd::svg {
namespace {

// Returns valid UTF-8 without the characters that XML forbids.
std::string readable(const std::string& text) {
    auto clean = printable(text, std::string::npos);
    for (const std::string_view never : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})  // U+FFFE, U+FFFF
        for (auto at = clean.find(never); at != std::string::npos; at = clean.find(never, at))
            clean.erase(at, never.size());
    return clean;
}

std::string without_markup(const std::string& text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

// Approximate advance width in ems.
double advance(std::string_view character) {
    if (character.starts_with('\xE2'))
        return 0.62;  // punctuation, arrows, superscripts
    if (character.size() >= 3)
        return 1.05;  // mostly full-width characters
    if (character.size() == 2)
        return 0.62;
    constexpr std::string_view narrow_characters = "fijlrtI.,:;'|!()[] -1";
    constexpr std::string_view wide_characters = "mwMW@%";
    return narrow_characters.find(character) != std::string_view::npos ? 0.38
           : wide_characters.find(character) != std::string_view::npos ? 0.9
                                                                       : 0.6;
}

std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> all;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = 1;
        while (at + length < text.size() &&
               (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80)
            ++length;
        all.push_back(text.substr(at, length));
        at += length;
    }
    return all;
}

std::string fitted(const std::string& text, double size, double room) {
    if (text_width(text, size) <= room)
        return text;
    std::string result;
    double width = 0.9 * size;
    for (const auto each : characters(text)) {
        width += advance(each) * size;
        if (width > room)
            break;
        result += each;
    }
    return result + "…";
}

}  // namespace

std::string fixed(double value, int decimals) {
    std::array<char, 512> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::fixed, decimals);
    std::string written(text.data(), end.ptr);
    if (written.starts_with('-') && written.find_first_not_of("-0.") == std::string::npos)
        written.erase(0, 1);
    return written;
}

std::string px(double value) {
    auto text = fixed(std::isfinite(value) ? value : 0, 1);
    if (text.ends_with(".0"))
        text.resize(text.size() - 2);
    return text;
}

std::string attribute(const char* name, double value) {
    return attribute(name, px(value));
}

std::string attribute(const char* name, const std::string& value) {
    return std::string(" ") + name + "=\"" + value + '"';
}

std::string escaped(const std::string& text) {
    return without_markup(readable(text));
}

double text_width(std::string_view text, double size) {
    double width = 0;
    for (const auto each : characters(text))
        width += advance(each) * size;
    return width;
}

std::string text(const std::string& what, const Text& how) {
    const auto whole = readable(what);
    if (whole.empty())
        return {};
    const auto shown = fitted(whole, how.strong ? 1.12 * how.size : how.size, how.room);
    std::string element = "<text" + attribute("x", how.x) + attribute("y", how.y) +
                          attribute("font-size", how.size) + attribute("fill", how.colour) +
                          attribute("text-anchor", how.anchor);
    if (how.strong)
        element += " font-weight=\"600\"";
    if (how.upright)
        element += " transform=\"rotate(-90 " + px(how.x) + ' ' + px(how.y) + ")\"";
    element += '>' + without_markup(shown);
    if (shown != whole)
        element += "<title>" + without_markup(whole) + "</title>";
    return element + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* colour) {
    return "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
           attribute("y2", y2) + attribute("stroke", colour) + "/>\n";
}

}  // namespace dfd::svg
