// The tables of a case, and how older ones become newer.
// Internal to core/casework.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/casework/database/sqlite.h"

namespace dfd {

/// "dfdC" in the header of every case: what tells it from any other SQLite database.
inline constexpr int kApplicationId = 0x64666443;

/// Takes a schema from the version before it to its own; runs inside a transaction.
using Migration = std::function<void(Database&)>;

/// Of this program, the first makes version 1 of an empty file. Never change one that was
/// published: add another.
[[nodiscard]] const std::vector<Migration>& migrations();

/// From this version on a case keeps how firm a verdict is.
inline constexpr int kKeepsStability = 2;

/// The version of a case; 0 for an empty file. Throws CaseError when it is no case.
[[nodiscard]] int schema_version(Database& database);

/// Runs what is missing, each in its own transaction: a step that fails leaves the version before.
/// Returns the version it began with. Throws CaseError, also for a version newer than `steps`.
int migrate(Database& database, std::span<const Migration> steps);

/// Tables whose rows are bound by the log, with what is bound: SELECTs that give the rows of one
/// entry (?1) in a fixed order. A published one never changes; a new column gets a new table.
/// An entry that wrote no rows of a table later than version 1 does not speak of that table: what
/// was bound before the table was there stays bound as it was.
struct BoundTable {
    const char* name;
    const char* rows;
    int since = 1;  ///< the version of a case from which on it is there
};
/// Those of a case of that version, the oldest first.
[[nodiscard]] std::span<const BoundTable> bound_tables(int version);
/// All.
[[nodiscard]] std::span<const BoundTable> bound_tables();

}  // namespace dfd
