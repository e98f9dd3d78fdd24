// Derived columns that make lists fast, and the data that they are derived from.
// Internal to core/casework.
#pragma once

#include <set>

#include "core/casework/store/case_rows.h"

namespace dfd {

/// Columns of an exhibit that are derived from its sightings and marks.
struct DerivedColumns {
    /// The first found of the files that hold it; when none does any more, the first that did.
    std::string path;
    Blob path_key;
    std::string path_text;
    CaseTime modified = 0;
    std::int64_t copies = 0;
    int mark = 0;
    bool operator==(const DerivedColumns&) const = default;
};
[[nodiscard]] DerivedColumns derive_columns(Database& database, RowId exhibit);
/// The values in the exhibit's row.
[[nodiscard]] DerivedColumns derived_columns(Database& database, RowId exhibit);

/// Updates the rows; inside a transaction.
void refresh_derived(Database& database, const std::set<RowId>& exhibits);

/// Sightings whose `current` differs from what the rows say. Of a path's sightings the last one by
/// the log's order is current; a merged one only if it is not older than the one before it.
[[nodiscard]] std::vector<RowId> wrongly_current(Database& database);
/// Derives everything anew; inside a transaction.
void refresh_all_derived(Database& database);

/// Whether the last record of the tag on the exhibit, by the log's order, sets it.
[[nodiscard]] bool has_tag(Database& database, RowId exhibit, const std::string& tag);
/// Updates carried_tags; inside a transaction.
void refresh_derived_tag(Database& database, RowId exhibit, const std::string& tag);

}  // namespace dfd
