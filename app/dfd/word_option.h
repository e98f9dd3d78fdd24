// Options that take one of a few words.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace dfd {

/// The value of the word that is given; any other is a usage error. The help shows WORD, and the
/// option's own description says which there are: the library would list their numbers.
template <class Value>
CLI::Option* takes_word(CLI::Option* option, const std::map<std::string, Value>& words) {
    return option->transform(CLI::CheckedTransformer(words).description(""))->type_name("WORD");
}

}  // namespace dfd
