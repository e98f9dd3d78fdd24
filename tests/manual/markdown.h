// What a documentation page says, with line numbers: code, links, headings.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd::test {

struct Passage {
    std::size_t line = 0;  ///< from 1
    std::string text;
};

struct Page {
    std::filesystem::path path;        ///< relative to the repository
    std::vector<Passage> code_lines;   ///< of fenced blocks; continued lines are joined
    std::vector<Passage> code_spans;   ///< inline code, without the backticks
    std::vector<Passage> links;        ///< targets of links and pictures
    std::vector<Passage> prose;        ///< everything else, without code
    std::vector<std::string> anchors;  ///< as GitHub makes them of the headings
    std::size_t words = 0;             ///< as `wc -w` counts them
    bool block_left_open = false;      ///< a fence without an end
};

[[nodiscard]] Page parse_page(const std::filesystem::path& path, const std::string& text);
[[nodiscard]] Page read_page(const std::filesystem::path& root, const std::filesystem::path& path);

/// The simple commands of a shell line, each as its words: comments dropped, quotes removed.
[[nodiscard]] std::vector<std::vector<std::string>> shell_commands(const std::string& line);

}  // namespace dfd::test
