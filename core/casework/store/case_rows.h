// Idempotent inserts of the rows that scans and merges add, and the matching queries.
// Internal to core/casework.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/casework/store/recording.h"
#include "core/casework/store/stored_map.h"

namespace dfd {

using RowId = std::int64_t;

// Each table's columns in the order of its row below.
inline const std::string kScorerColumns = "digest, precision, preprocessing, name, starter, panel";
inline const std::string kSessionColumns =
    "uuid, started, by, host, process, device, device_name, versions, options";
inline const std::string kSightingColumns = "path, size, modified, exhibit, at, session";
inline const std::string kResultColumns =
    "scorer, session, state, score, spread, warned, seconds, scored, warnings, failure_code, "
    "failure";
inline const std::string kOpinionColumns = "expert, logit_real, logit_fake, score, without";
inline const std::string kMapColumns =
    "expert, rows, columns, native_rows, native_columns, scale, halves";
inline const std::string kStabilityColumns = "scorer, device, record, by, at";

struct ScorerRow {
    std::string digest, precision;
    int preprocessing = 0;
    std::string name;
    bool starter = false;
    std::string panel;
};
struct SessionRow {
    std::string uuid;
    CaseTime started = 0;
    std::string by, host;
    std::int64_t process = 0;
    std::string device, device_name, versions, options;
};
struct DecodedRow {
    int width = 0, height = 0;
    std::optional<std::uint64_t> phash;
    std::string facts;
    Blob thumbnail;
};
struct ExhibitContent {
    Blob sha256;         ///< 32 bytes; empty when the bytes could not be read
    std::string unread;  ///< the file's path when there is no digest
    std::int64_t bytes = 0;
    CaseTime added = 0;
    std::optional<DecodedRow> decoded;
};
struct SightingRow {
    std::string path;
    std::int64_t size = 0;
    std::int64_t modified = 0;     ///< nanoseconds
    std::optional<RowId> exhibit;  ///< nothing: gone
    CaseTime at = 0;
    RowId session = 0;
};
inline constexpr int kScoredState = 1;
inline constexpr int kFailedState = 2;
inline constexpr int kWithheldState = 3;  ///< in queries only: scored, without an assessment
struct OpinionRow {
    int expert = 0;
    double logit_real = 0, logit_fake = 0, score = 0, without = 0;
};
struct MapRow {
    int expert = 0;
    StoredMap map;
};
/// That the picture is outside of the scope of some question, or of all.
struct ScopeRow {
    std::string traits;
    bool withheld = false;
};
struct ResultRow {
    RowId exhibit = 0, scorer = 0, session = 0;
    int state = kScoredState;
    double score = 0, spread = 0;
    bool warned = false;
    double seconds = 0;
    CaseTime scored = 0;
    std::string warnings = "[]", failure_code, failure;
    std::vector<OpinionRow> opinions;
    std::vector<MapRow> maps;
    std::optional<ScopeRow> scope;
};

/// A sweep over versions of an exhibit: `stability_record`.
struct StabilityRow {
    RowId exhibit = 0, scorer = 0;
    std::string device, record, by;
    CaseTime at = 0;
};

/// Sweeps of an exhibit, oldest first; ids are this database's. Empty for schema version 1.
[[nodiscard]] std::vector<StabilityRow> stabilities_of(Database& database, RowId exhibit);
/// Returns false and adds nothing when the exhibit has it, by scorer, author, time and content.
bool add_stability(Recording& recording, const StabilityRow& row);

/// All results of an exhibit, oldest first, with opinions and maps; ids are this database's.
[[nodiscard]] std::vector<ResultRow> results_of(Database& database, RowId exhibit);
/// Nothing when every question has an assessment, and for schemas before version 3.
[[nodiscard]] std::optional<ScopeRow> scope_of(Database& database, RowId result);
/// The maps of a result, in the order of its experts.
[[nodiscard]] std::vector<MapRow> maps_of(Database& database, RowId result);
/// By this database's ids.
[[nodiscard]] std::map<RowId, ScorerRow> all_scorers(Database& database);
[[nodiscard]] std::map<RowId, SessionRow> all_sessions(Database& database);
/// A content and what was decoded from it. Throws CaseError when there is no such exhibit.
[[nodiscard]] ExhibitContent content_of(Database& database, RowId exhibit);

// Each returns the row with this key, after adding it if it is missing.
RowId add_scorer(Recording& recording, const ScorerRow& row);
RowId add_session(Recording& recording, const SessionRow& row);
/// `added` is set to whether it is new.
RowId add_exhibit(Recording& recording, const ExhibitContent& content, bool* added = nullptr);

/// An exhibit's name in the log: its digest, or the path that could not be read. Throws CaseError
/// when there is no such exhibit.
[[nodiscard]] std::string log_name(Database& database, RowId exhibit);
/// The exhibit with this key; nothing when the case has none.
[[nodiscard]] std::optional<RowId> find_exhibit(Database& database, const Blob& sha256);
[[nodiscard]] std::optional<RowId> find_unread(Database& database, const std::string& path);

/// Where a row comes from: this case, whose log has the order, or another one. Between two logs
/// only the times can say which observation is the later one.
enum class RowSource { Here, Merged };
/// Adds it as the current sighting of its path, or, merged, as an earlier one if the case has a
/// later one. Adds every exhibit whose derived columns must be refreshed to `touched`.
void add_sighting(Recording& recording, const SightingRow& row, std::set<RowId>& touched,
                  RowSource source);
/// Returns false and adds nothing when the case has a result with this key that stays. A scored
/// result always stays; a failed one is replaced by a scored one or by another failure, which,
/// merged, must be later.
bool add_result(Recording& recording, const ResultRow& row, RowSource source);

}  // namespace dfd
