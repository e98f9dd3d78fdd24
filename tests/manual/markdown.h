// Parses a documentation page into code, links, prose and headings with line numbers.
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
    std::vector<Passage> code_lines;   ///< of fenced blocks, with continued lines joined
    std::vector<Passage> code_spans;   ///< inline code, without the backticks
    std::vector<Passage> links;        ///< of links and images
    std::vector<Passage> prose;        ///< everything else, without code
    std::vector<std::string> anchors;  ///< generated from headings as GitHub does
    std::size_t words = 0;             ///< as `wc -w` counts them
    bool block_left_open = false;      ///< a fence is not closed
};

[[nodiscard]] Page parse_page(const std::filesystem::path& path, const std::string& text);
[[nodiscard]] Page read_page(const std::filesystem::path& root, const std::filesystem::path& path);

/// Splits a shell line into simple commands and their words, without comments and quotes.
[[nodiscard]] std::vector<std::vector<std::string>> shell_commands(const std::string& line);

}  // namespace dfd::test
