// Which exhibits of a case, and in what order: the options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/casework/exhibits.h"

namespace dfd {

struct FilterOptions {
    ExhibitFilter filter;
    std::string saved;  ///< name of a saved filter that is used instead
    ExhibitOrder order = ExhibitOrder::Name;
    bool descending = false;
};

void add_filter_options(CLI::App& command, FilterOptions& options);

/// The filter itself, or the saved one. Throws CaseError when there is none of that name.
[[nodiscard]] ExhibitFilter wanted_filter(const CaseFile& file, const FilterOptions& options);

/// The words that `--mark` takes.
[[nodiscard]] const std::map<std::string, Mark>& mark_words();

}  // namespace dfd
