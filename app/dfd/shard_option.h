// The --shard option of commands whose work can be divided.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace dfd {

/// "2/8" is the third of eight. `shard` and `shards` must outlive the parsing.
inline CLI::Option* add_shard_option(CLI::App& command, int& shard, int& shards,
                                     const std::string& description) {
    return command
        .add_option_function<std::string>(
            "--shard", [](const std::string&) {}, description)
        ->check([&shard, &shards](const std::string& text) -> std::string {
            const auto slash = text.find('/');
            if (slash != std::string::npos &&
                CLI::detail::lexical_cast(text.substr(0, slash), shard) &&
                CLI::detail::lexical_cast(text.substr(slash + 1), shards) && shard >= 0 &&
                shard < shards)
                return {};
            return "must be I/N with I from 0 to N-1, such as 0/8";
        });
}

}  // namespace dfd
