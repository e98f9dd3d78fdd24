// Options whose value is one word of a fixed list.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace dfd {

/// Maps the word to its value; any other word is a usage error. The help shows WORD, and the
/// option's description must list the words, because CLI11 would list their numbers.
template <class Value>
CLI::Option* takes_word(CLI::Option* option, const std::map<std::string, Value>& words) {
    return option->transform(CLI::CheckedTransformer(words).description(""))->type_name("WORD");
}

}  // namespace dfd
