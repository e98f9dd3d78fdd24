// Parsers for exports, independent of the code that writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dfd::test {

/// Parses RFC 4180 records; empty if quoting is wrong or a line does not end with CR LF.
inline std::vector<std::vector<std::string>> read_csv(std::string_view text) {
    std::vector<std::vector<std::string>> records;
    std::vector<std::string> record;
    for (std::size_t at = 0; at < text.size();) {
        std::string field;
        if (text[at] == '"') {
            for (++at;; ++at) {
                if (at >= text.size())
                    return {};
                if (text[at] == '"' && text.substr(at, 2) != "\"\"")
                    break;
                at += text[at] == '"' ? 1 : 0;
                field += text[at];
            }
            ++at;
        } else {
            while (at < text.size() && text[at] != ',' && text[at] != '\r' && text[at] != '\n' &&
                   text[at] != '"')
                field += text[at++];
        }
        record.push_back(field);
        if (at < text.size() && text[at] == ',') {
            ++at;
            continue;
        }
        if (text.substr(at, 2) != "\r\n")
            return {};
        at += 2;
        records.push_back(record);
        record.clear();
    }
    return record.empty() ? records : std::vector<std::vector<std::string>>{};
}

/// Describes the first error in a page's markup; empty if all elements are closed in order,
/// attributes are quoted, and text has no bare angle bracket or ampersand. Style sheets are
/// skipped.
inline std::string markup_fault(std::string_view html) {
    std::vector<std::string> open;
    constexpr std::string_view kDocument = "<!DOCTYPE html>";
    if (!html.starts_with(kDocument))
        return "no document type";
    for (std::size_t at = kDocument.size(); at < html.size();) {
        if (html[at] == '&') {
            const auto end = html.find(';', at);
            const auto name = html.substr(at + 1, end - at - 1);
            if (name != "amp" && name != "lt" && name != "gt" && name != "quot" && name != "#39")
                return "unknown entity " + std::string(html.substr(at, 20));
            at = end + 1;
        } else if (html[at] == '>') {
            return "a bare > before " + std::string(html.substr(at, 40));
        } else if (html[at] != '<') {
            ++at;
        } else {
            std::size_t end = at + 1;
            bool quoted = false;
            for (; end < html.size() && (quoted || html[end] != '>'); ++end) {
                if (html[end] == '<')
                    return "a bare < in " + std::string(html.substr(at, 60));
                quoted ^= html[end] == '"';
            }
            if (end >= html.size())
                return "an unclosed tag";
            auto inside = html.substr(at + 1, end - at - 1);
            at = end + 1;
            if (inside.starts_with('/')) {
                if (open.empty() || open.back() != inside.substr(1))
                    return "</" + std::string(inside.substr(1)) + "> closes " +
                           (open.empty() ? "nothing" : open.back());
                open.pop_back();
            } else if (!inside.ends_with('/')) {
                open.emplace_back(inside.substr(0, inside.find(' ')));
                if (open.back() == "style")
                    at = html.find("</style>", at);
            }
        }
    }
    return open.empty() ? "" : open.back() + " is never closed";
}

/// A page's visible text: without tags, entities resolved.
inline std::string shown_text(std::string_view html) {
    std::string text;
    bool inside = false;
    for (const char c : html) {
        if (c == '<')
            inside = true;
        if (!inside)
            text += c;
        if (c == '>') {
            inside = false;
            text += ' ';
        }
    }
    for (const auto& [entity, letter] :
         {std::pair{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&amp;", '&'}})
        for (std::size_t at = text.find(entity); at != std::string::npos;
             at = text.find(entity, at + 1))
            text.replace(at, std::string_view(entity).size(), 1, letter);
    return text;
}

}  // namespace dfd::test
