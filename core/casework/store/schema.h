// A case's tables and the migrations of older cases.
// Internal to core/casework.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/casework/database/sqlite.h"

namespace dfd {

/// "dfdC" in the header of every case: distinguishes it from other SQLite databases.
inline constexpr int kApplicationId = 0x64666443;

/// Migrates a schema from the previous version to its own; runs inside a transaction.
using Migration = std::function<void(Database&)>;

/// This program's migrations; the first creates version 1 in an empty file. Never change a
/// published one; add another.
[[nodiscard]] const std::vector<Migration>& migrations();

/// From this version on a case stores stability.
inline constexpr int kStabilityVersion = 2;

/// From this version on the log's order decides what counts; before, the clock did.
inline constexpr int kLogOrderVersion = 3;

/// From this version on a case stores which results have no assessment.
inline constexpr int kScopesVersion = 4;

/// The version of a case; 0 for an empty file. Throws CaseError when it is not a case.
[[nodiscard]] int schema_version(Database& database);

/// Runs the missing migrations, each in its own transaction: a step that fails leaves the previous
/// version. Returns the version it began with. Throws CaseError, also for a version newer than
/// `steps`.
int migrate(Database& database, std::span<const Migration> steps);

/// Tables whose rows are bound by the log, as SELECTs that return the rows of one entry (?1) in a
/// fixed order. A published one never changes; a new column needs a new table. The digest of an
/// entry omits tables newer than version 1 in which the entry wrote no rows, so entries made before
/// such a table keep their digest.
struct BoundTable {
    const char* name;
    const char* rows;
    int since = 1;  ///< the schema version that added it
};
/// The tables of a case of that version, oldest first.
[[nodiscard]] std::span<const BoundTable> bound_tables(int version);
/// All tables.
[[nodiscard]] std::span<const BoundTable> bound_tables();

}  // namespace dfd
