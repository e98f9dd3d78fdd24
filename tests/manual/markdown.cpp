#include "tests/manual/markdown.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <sstream>
#include <utility>

#include "tests/checkpoint/temporary_folder.h"

namespace dfd::test {
namespace {

bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_fence(const std::string& line) {
    const auto start = line.find_first_not_of(' ');
    return start != std::string::npos && line.compare(start, 3, "```") == 0;
}

/// Moves inline code from `line` to `spans`; returns the rest, which is prose.
std::string take_code_spans(const std::string& line, std::size_t number,
                            std::vector<Passage>& spans) {
    std::string prose;
    for (std::size_t at = 0; at < line.size();) {
        const auto open = line.find('`', at);
        const auto close = open == std::string::npos ? open : line.find('`', open + 1);
        if (close == std::string::npos)
            return prose + line.substr(at);
        spans.push_back({number, line.substr(open + 1, close - open - 1)});
        prose += line.substr(at, open - at) + "``";
        at = close + 1;
    }
    return prose;
}

/// "How firm is the verdict?" -> "how-firm-is-the-verdict".
std::string anchor_of(const std::string& heading) {
    static const std::regex link(R"(\[([^\]]*)\]\([^)]*\))");
    std::string anchor;
    for (const char c : std::regex_replace(heading, link, "$1")) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' || c == '_')
            anchor += static_cast<char>(std::tolower(byte));
        else if (c == ' ')
            anchor += '-';
    }
    return anchor;
}

std::size_t word_count(const std::string& text) {
    std::istringstream stream(text);
    std::size_t count = 0;
    for (std::string word; stream >> word;)
        ++count;
    return count;
}

}  // namespace

Page parse_page(const std::filesystem::path& path, const std::string& text) {
    static const std::regex link(R"(\]\(([^)\s]+)[^)]*\))");
    static const std::regex heading(R"(^#{1,6} +(.*?) *#*$)");
    Page page;
    page.path = path;
    page.words = word_count(text);
    std::map<std::string, int> repeated;
    std::istringstream stream(text);
    std::size_t number = 0;
    bool continued = false;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        if (is_fence(line)) {
            page.block_left_open = !page.block_left_open;
            continued = false;
            continue;
        }
        if (page.block_left_open) {
            if (continued)
                page.code_lines.back().text += line;
            else
                page.code_lines.push_back({number, line});
            auto& whole = page.code_lines.back().text;
            continued = whole.ends_with('\\');
            if (continued)
                whole.pop_back();
            continue;
        }
        std::smatch match;
        if (std::regex_match(line, match, heading)) {
            auto anchor = anchor_of(match[1]);
            if (const int times = repeated[anchor]++; times > 0)
                anchor += '-' + std::to_string(times);
            page.anchors.push_back(std::move(anchor));
        }
        const auto prose = take_code_spans(line, number, page.code_spans);
        for (std::sregex_iterator at(prose.begin(), prose.end(), link), end; at != end; ++at)
            page.links.push_back({number, (*at)[1]});
        page.prose.push_back({number, prose});
    }
    return page;
}

Page read_page(const std::filesystem::path& root, const std::filesystem::path& path) {
    return parse_page(path, file_bytes(root / path));
}

std::vector<std::vector<std::string>> shell_commands(const std::string& line) {
    std::vector<std::vector<std::string>> commands(1);
    std::string word;
    bool in_word = false;
    const auto end_word = [&] {
        if (in_word)
            commands.back().push_back(std::exchange(word, {}));
        in_word = false;
    };
    const auto end_command = [&] {
        end_word();
        if (!commands.back().empty())
            commands.emplace_back();
    };
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            in_word = true;
        } else if (is_space(c)) {
            end_word();
        } else if (c == '#' && !in_word) {
            break;
        } else if (c == ';' || c == '|' || c == '&' || c == '(' || c == ')') {
            end_command();
        } else {
            word += c;
            in_word = true;
        }
    }
    end_command();
    if (commands.back().empty())
        commands.pop_back();
    return commands;
}

}  // namespace dfd::test
