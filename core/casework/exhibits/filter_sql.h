// Translates exhibit filters to SQL.
// Internal to core/casework/exhibits.
#pragma once

#include <string>

#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/exhibits.h"

namespace dfd {

/// The tables of a list with the shown scorer's results: `e` is the exhibit, `r` its result (NULL
/// when it has none). The scorer is parameter ?1.
inline constexpr const char* kListTables =
    " FROM exhibits e LEFT JOIN results r ON r.scorer = ?1 AND r.exhibit = e.id AND r.current = 1 ";

/// An expression for a result's state: NULL, kScoredState, kFailedState or kWithheldState.
[[nodiscard]] std::string state_sql(Database& database);

/// The clause " WHERE ..." over kListTables, with parameters from ?2 on. Exhibits whose bytes were
/// never read and whose file is gone are never listed. What a filter with a question says about
/// answers is left to `passes`, for scored results.
[[nodiscard]] std::string filter_sql(Database& database, const ExhibitFilter& filter);
/// Binds ?1 and all parameters of filter_sql().
void bind_filter(Statement& statement, ScorerId scorer, const ExhibitFilter& filter);

}  // namespace dfd
