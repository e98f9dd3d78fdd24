#include "core/casework/report/report_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/base/language.h"
#include "core/base/text.h"

namespace dfd {
namespace {

/// U+202A to U+202E and U+2066 to U+2069 in UTF-8 are E2 80 AA..AE and E2 81 A6..A9.
std::string with_visible_controls(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = [&](std::size_t i) {
            return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
        };
        const bool embedding = byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE;
        const bool isolate = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
        if (byte(0) != 0xE2 || !(embedding || isolate)) {
            out += text[at];
            continue;
        }
        char name[16];
        std::snprintf(name, sizeof name, "[U+%04X]",
                      embedding ? 0x202A + byte(2) - 0xAA : 0x2066 + byte(2) - 0xA6);
        out += name;
        at += 2;
    }
    return out;
}

}  // namespace

std::string report_line(std::string_view text) {
    return with_visible_controls(printable(text, std::string::npos));
}

std::string report_text(std::string_view text) {
    std::string out;
    for (;;) {
        const auto end = text.find('\n');
        out += report_line(text.substr(0, end));
        if (end == std::string_view::npos)
            return out;
        out += '\n';
        text.remove_prefix(end + 1);
    }
}

std::string fixed_text(double value, int digits) {
    char text[400];  // the largest double has 309 digits
    const auto end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, digits);
    return {text, end.ptr};
}

std::string figure_text(double value) {
    return std::isnan(value) ? say("n/a") : fixed_text(value, 6);
}

std::string short_figure(double value) {
    return fixed_text(value, 2);
}

std::string exact_text(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string exact_text(float value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string rounded_text(double value) {
    char text[32];
    return {text,
            std::to_chars(text, text + sizeof text, value, std::chars_format::general, 3).ptr};
}

std::string moment_text(CaseTime time) {
    auto text = iso_time(time).substr(0, 19);
    text[10] = ' ';
    return text + " UTC";
}

std::string count_text(std::int64_t count) {
    const auto digits = std::to_string(count);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto left = digits.size() - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-')
            text += "\u202F";
        text += digits[i];
    }
    return text;
}

std::string byte_count(std::uint64_t bytes) {
    return say_count(bytes, "%2 byte", "%2 bytes", {count_text(static_cast<std::int64_t>(bytes))});
}

std::string edge_text(const std::optional<double>& threshold) {
    return threshold ? exact_text(*threshold) : "";
}

ReportTone tone_of(Band band) {
    switch (band) {
        case Band::LooksReal:
            return ReportTone::Real;
        case Band::LooksFake:
            return ReportTone::Fake;
        case Band::Unnamed:
        case Band::NoAssessment:
            return ReportTone::Quiet;
        case Band::Undecided:
            break;
    }
    return ReportTone::Undecided;
}

std::string mark_words(Mark mark) {
    return mark == Mark::None ? "" : say(mark_name(mark));
}

std::string thresholds_words(const std::string& profile, const QuestionBands& bands,
                             std::span<const Question> questions) {
    return say("%1 (profile \u201C%2\u201D)",
               {report_text(bands_words(bands, questions)), report_line(profile)});
}

}  // namespace dfd
