// Checks that the programs, options, scripts, presets and files in documentation exist.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/manual/markdown.h"

namespace dfd::test {

/// Options and commands listed by a program's --help.
struct Help {
    std::set<std::string> options;
    std::set<std::string> commands;
};
[[nodiscard]] Help parse_help(const std::string& text);

class PageCheck {
  public:
    /// `programs`: the folder of the built programs.
    PageCheck(std::filesystem::path root, std::filesystem::path programs);

    /// "FILE:LINE: problem: TEXT" for each mentioned thing that does not exist.
    [[nodiscard]] std::vector<std::string> commands(const Page& page);
    /// Checks options alone in inline code: one of our programs or scripts must have them.
    [[nodiscard]] std::vector<std::string> lone_options(const Page& page);
    [[nodiscard]] std::vector<std::string> links(const Page& page) const;

  private:
    const Help& help(const std::vector<std::string>& command);
    std::set<std::string> script_options(const std::filesystem::path& script) const;
    std::set<std::string> all_options();

    std::vector<std::string> problems_of(const std::vector<std::string>& words);
    std::vector<std::string> problems_of_program(const std::vector<std::string>& words);
    std::vector<std::string> problems_of_script(const std::vector<std::string>& words);
    std::vector<std::string> problems_of_presets(const std::vector<std::string>& words) const;

    std::filesystem::path root_, programs_;
    std::map<std::vector<std::string>, Help> helps_;
    std::set<std::string> all_options_;
};

}  // namespace dfd::test
