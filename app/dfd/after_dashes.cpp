#include "app/dfd/after_dashes.h"

#include <algorithm>
#include <string>
#include <vector>

namespace dfd {
namespace {

/// Stands in front of every word behind "--", so that none is taken for an option or a command.
constexpr char kName = '\x01';

void take_names(CLI::App& app) {
    for (auto* const option : app.get_options())
        if (option->get_positional())
            option->transform(
                [](std::string word) { return word.starts_with(kName) ? word.substr(1) : word; });
    for (auto* const command : app.get_subcommands({}))
        take_names(*command);
}

}  // namespace

void parse_command_line(CLI::App& app, int argc, char** argv) {
    take_names(app);
    std::vector<std::string> words(argv + 1, argv + argc);
    if (const auto dashes = std::ranges::find(words, "--"); dashes != words.end()) {
        for (auto word = words.erase(dashes); word != words.end(); ++word)
            *word = kName + *word;
    }
    std::ranges::reverse(words);  // as CLI11 wants them
    app.parse(std::move(words));
}

}  // namespace dfd
