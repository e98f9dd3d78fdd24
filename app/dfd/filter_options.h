// Which exhibits of a case, and in what order: the options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"

namespace dfd {

struct FilterOptions {
    ExhibitFilter filter;
    std::string saved;  ///< name of a saved filter that is used instead
    ExhibitOrder order = ExhibitOrder::Name;
    bool descending = false;
};

/// `options` must outlive the parsing.
void add_filter_options(CLI::App& command, FilterOptions& options);
/// The same for a command that looks at all that pass, in no order.
void add_filter_without_order(CLI::App& command, FilterOptions& options);
/// The options that the latter adds.
[[nodiscard]] std::vector<const char*> filter_option_names();

/// The filter itself, or the saved one. Throws CaseError when there is none of that name.
[[nodiscard]] ExhibitFilter wanted_filter(const CaseFile& file, const FilterOptions& options);

/// The words that `--mark` takes.
[[nodiscard]] const std::map<std::string, Mark>& mark_words();

}  // namespace dfd
