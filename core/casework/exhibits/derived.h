// Derived columns that make lists fast, and the data that they are derived from.
// Internal to core/casework.
#pragma once

#include <set>

#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/exhibits.h"

namespace dfd {

/// Columns of an exhibit that are derived from its sightings and marks.
struct DerivedColumns {
    std::string path;  ///< first in natural order of the files that hold it; else the last that did
    Blob path_key;
    std::string path_text;
    CaseTime modified = 0;
    std::int64_t copies = 0;
    int mark = 0;
    bool operator==(const DerivedColumns&) const = default;
};
[[nodiscard]] DerivedColumns derive_columns(Database& database, ExhibitId exhibit);
/// The values in the exhibit's row.
[[nodiscard]] DerivedColumns derived_columns(Database& database, ExhibitId exhibit);

/// Updates the rows; inside a transaction.
void refresh_derived(Database& database, const std::set<ExhibitId>& exhibits);

/// Whether the last record of the tag on the exhibit sets it.
[[nodiscard]] bool has_tag(Database& database, ExhibitId exhibit, const std::string& tag);
/// Updates carried_tags; inside a transaction.
void refresh_derived_tag(Database& database, ExhibitId exhibit, const std::string& tag);

}  // namespace dfd
