#include "tests/manual/page_check.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/cli/process.h"

namespace dfd::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 2> kPrograms{"dfd", "deepfake-defenders"};

/// FOLDER, RECORD.json: a placeholder, not a name.
bool is_placeholder(const std::string& word) {
    return !word.empty() && std::isupper(static_cast<unsigned char>(word[0])) != 0;
}

/// "--k=4" and "--k" -> "--k".
std::string option_name(const std::string& word) {
    return word.substr(0, word.find('='));
}

bool is_option(const std::string& word) {
    return word.size() > 1 && word[0] == '-' &&
           std::isdigit(static_cast<unsigned char>(word[1])) == 0;
}

/// core/networks, packaging/run.sh: a path in one of the repository's folders.
bool is_repository_path(const std::string& word) {
    static const std::regex path(R"((app|core|models|packaging|resources|tests|ui)/[\w./+-]+)");
    return std::regex_match(word, path);
}

std::string joined(const Words& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string at(const Page& page, const Passage& passage, const std::string& problem) {
    return page.path.generic_string() + ':' + std::to_string(passage.line) + ": " + problem + ": " +
           passage.text;
}

}  // namespace

Help parse_help(const std::string& text) {
    // An option's line begins with two spaces; its description may continue further to the right.
    static const std::regex option_line(R"(^ {2,6}(-.*)$)");
    static const std::regex option(R"(^(--?[A-Za-z][\w+-]*)(\{[^}]*\})?(, *)?)");
    static const std::regex command_line(R"(^  ([a-z][\w-]*).*$)");
    Help help;
    bool commands = false;
    std::istringstream rows(text);
    for (std::string row; std::getline(rows, row);) {
        std::smatch match;
        if (!row.empty() && row[0] != ' ') {
            std::string title = row.substr(0, row.find(':'));
            std::transform(title.begin(), title.end(), title.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            commands = title == "subcommands";
        } else if (std::regex_match(row, match, option_line)) {
            std::string rest = match[1];
            while (std::regex_search(rest, match, option)) {
                help.options.insert(match[1]);
                const bool another = match[3].matched;
                rest = match.suffix();
                if (!another)
                    break;
            }
        } else if (commands && std::regex_match(row, match, command_line)) {
            help.commands.insert(match[1]);
        }
    }
    return help;
}

PageCheck::PageCheck(fs::path root, fs::path programs)
    : root_(std::move(root)), programs_(std::move(programs)) {}

const Help& PageCheck::help(const Words& command) {
    const auto known = helps_.find(command);
    if (known != helps_.end())
        return known->second;
    Words arguments = command;
    arguments[0] = programs_ / command[0];
    arguments.emplace_back("--help");
    const TemporaryFolder folder;
    const auto finished = Process(folder.path(), arguments).wait();
    if (finished.status != 0)
        throw std::runtime_error(joined(arguments) + " ended with status " +
                                 std::to_string(finished.status) + ": " + finished.err);
    return helps_.emplace(command, parse_help(finished.out)).first->second;
}

/// Options that a script handles: labels of its `case` statements and comparisons.
std::set<std::string> PageCheck::script_options(const fs::path& script) const {
    static const std::regex label(R"(^\s*(-[^)\s]*(?: *\| *-[^)\s]*)*)\))");
    static const std::regex comparison(R"(== *["']?(--?[A-Za-z][\w-]*))");
    static const std::regex option(R"(--?[A-Za-z][\w-]*)");
    std::set<std::string> options;
    std::istringstream rows(file_bytes(root_ / script));
    for (std::string row; std::getline(rows, row);)
        for (const auto* pattern : {&label, &comparison}) {
            std::smatch match;
            if (!std::regex_search(row, match, *pattern))
                continue;
            const std::string found = match[1];
            for (std::sregex_iterator each(found.begin(), found.end(), option), end; each != end;
                 ++each)
                options.insert(each->str());
        }
    return options;
}

std::set<std::string> PageCheck::all_options() {
    if (!all_options_.empty())
        return all_options_;
    std::vector<Words> waiting;
    for (const auto program : kPrograms)
        waiting.push_back({std::string(program)});
    while (!waiting.empty()) {
        const Words command = waiting.back();
        waiting.pop_back();
        const Help& found = help(command);
        all_options_.insert(found.options.begin(), found.options.end());
        for (const auto& name : found.commands) {
            waiting.push_back(command);
            waiting.back().push_back(name);
        }
    }
    for (const auto& entry : fs::directory_iterator(root_ / "packaging"))
        if (entry.path().extension() == ".sh")
            all_options_.merge(script_options(fs::relative(entry.path(), root_)));
    return all_options_;
}

Words PageCheck::problems_of_program(const Words& words) {
    Words command{words[0]};
    for (std::size_t i = 1; i < words.size() && words[i] != "--"; ++i) {
        const auto& word = words[i];
        const Help& here = help(command);
        if (is_option(word)) {
            if (!here.options.contains(option_name(word)))
                return {'"' + joined(command) + "\" has no option \"" + option_name(word) + '"'};
        } else if (!here.commands.empty()) {
            if (is_placeholder(word))
                return {};
            if (!here.commands.contains(word))
                return {'"' + joined(command) + "\" has no command \"" + word + '"'};
            command.push_back(word);
        }
    }
    return {};
}

Words PageCheck::problems_of_script(const Words& words) {
    const auto options = script_options(words[0]);
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "--")
            return problems_of({words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end()});
        // Short options are passed on: packaging/test.sh -R NAME.
        if (words[i].starts_with("--") && !options.contains(option_name(words[i])))
            return {'"' + words[0] + "\" has no option \"" + option_name(words[i]) + '"'};
    }
    return {};
}

Words PageCheck::problems_of_presets(const Words& words) const {
    const auto presets = nlohmann::json::parse(file_bytes(root_ / "CMakePresets.json"));
    const bool builds = std::find(words.begin(), words.end(), "--build") != words.end();
    const char* kind = words[0] == "ctest" ? "testPresets"
                       : builds            ? "buildPresets"
                                           : "configurePresets";
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string name;
        if (words[i].starts_with("--preset="))
            name = words[i].substr(9);
        else if (words[i] == "--preset" && i + 1 < words.size())
            name = words[i + 1];
        else
            continue;
        const auto& list = presets.at(kind);
        const bool known = std::any_of(list.begin(), list.end(), [&](const auto& preset) {
            return preset.at("name") == name && !preset.value("hidden", false);
        });
        if (!known && !is_placeholder(name))
            return {"CMakePresets.json has no \"" + name + "\" among its " + kind};
    }
    return {};
}

Words PageCheck::problems_of(const Words& words) {
    Words problems;
    const auto add = [&problems](Words more) {
        problems.insert(problems.end(), more.begin(), more.end());
    };
    for (const auto& word : words) {
        if (is_repository_path(word) && !fs::exists(root_ / word))
            problems.push_back("there is no \"" + word + '"');
        // A command inside an argument: --wrap='dfd train …'.
        const auto value = word.substr(word.starts_with("--") ? word.find('=') + 1 : 0);
        if (value.find(' ') != std::string::npos)
            for (const auto& inner : shell_commands(value))
                add(problems_of(inner));
    }
    static const std::regex assignment(R"([A-Z_]+=.*)");
    auto first = words.begin();
    while (first != words.end() && (*first == "sudo" || std::regex_match(*first, assignment)))
        ++first;
    if (first == words.end())
        return problems;
    Words command(first, words.end());
    const auto name = fs::path(command[0]).filename().native();
    if (std::find(kPrograms.begin(), kPrograms.end(), name) != kPrograms.end()) {
        command[0] = name;
        add(problems_of_program(command));
    } else if (command[0].starts_with("packaging/") && command[0].ends_with(".sh") &&
               fs::exists(root_ / command[0])) {
        add(problems_of_script(command));
    } else if (name == "cmake" || name == "ctest") {
        add(problems_of_presets(command));
    }
    return problems;
}

std::vector<std::string> PageCheck::commands(const Page& page) {
    std::vector<std::string> findings;
    for (const auto* passages : {&page.code_lines, &page.code_spans})
        for (const auto& passage : *passages)
            for (const auto& command : shell_commands(passage.text))
                for (const auto& problem : problems_of(command)) {
                    auto finding = at(page, passage, problem);
                    if (std::find(findings.begin(), findings.end(), finding) == findings.end())
                        findings.push_back(std::move(finding));
                }
    return findings;
}

std::vector<std::string> PageCheck::lone_options(const Page& page) {
    std::vector<std::string> findings;
    for (const auto& span : page.code_spans) {
        const auto name = option_name(span.text.substr(0, span.text.find(' ')));
        if (span.text.starts_with("--") && !all_options().contains(name))
            findings.push_back(
                at(page, span, "no program or script has the option \"" + name + '"'));
    }
    return findings;
}

std::vector<std::string> PageCheck::links(const Page& page) const {
    std::vector<std::string> findings;
    for (const auto& link : page.links) {
        if (link.text.find("://") != std::string::npos || link.text.starts_with("mailto:"))
            continue;
        const auto hash = link.text.find('#');
        const auto target = link.text.substr(0, hash);
        const auto path =
            target.empty() ? page.path : (page.path.parent_path() / target).lexically_normal();
        if (path.native().starts_with("..") || path.is_absolute()) {
            findings.push_back(at(page, link, "the link leaves the repository"));
        } else if (!target.empty() && !fs::exists(root_ / path)) {
            findings.push_back(at(page, link, "the link leads to no file"));
        } else if (hash != std::string::npos) {
            const auto anchors = target.empty() ? page.anchors : read_page(root_, path).anchors;
            if (std::find(anchors.begin(), anchors.end(), link.text.substr(hash + 1)) ==
                anchors.end())
                findings.push_back(at(page, link, "no heading has this anchor"));
        }
    }
    return findings;
}

}  // namespace dfd::test
