// Which exhibits of a case: the same options for every command that chooses.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "core/casework/exhibits.h"

namespace dfd {

/// Marks as they are written on the command line.
[[nodiscard]] const std::map<std::string, Mark>& marks_by_name();

struct FilterArguments {
    ExhibitFilter filter;
    std::string saved;  ///< a filter of the case by this name instead
};

/// Adds --text, --score-from, ... and --filter. `arguments` must outlive the parsing.
void add_filter_options(CLI::App& command, FilterArguments& arguments);

/// The names of the options that it adds.
[[nodiscard]] std::vector<const char*> filter_option_names();

/// What the options ask for. Throws CaseError when the case has no filter of that name.
[[nodiscard]] ExhibitFilter chosen_filter(const CaseFile& file, const FilterArguments& arguments);

}  // namespace dfd
