// Filter and order options for the exhibits of a case, shared by several commands.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"

namespace dfd {

struct FilterOptions {
    ExhibitFilter filter;
    std::string saved;  ///< name of a saved filter to use instead
    ExhibitOrder order = ExhibitOrder::Name;
    bool descending = false;
};

/// `options` must outlive the parsing.
void add_filter_options(CLI::App& command, FilterOptions& options);
/// The same for commands that process all matches, without order options.
void add_filter_without_order(CLI::App& command, FilterOptions& options);
/// The names of the options that add_filter_without_order() adds.
[[nodiscard]] std::vector<const char*> filter_option_names();

/// The filter of the options, or the saved one. Throws CaseError when no filter has that name.
[[nodiscard]] ExhibitFilter wanted_filter(const CaseFile& file, const FilterOptions& options);

/// The values of `--mark`.
[[nodiscard]] const std::map<std::string, Mark>& mark_words();

}  // namespace dfd
