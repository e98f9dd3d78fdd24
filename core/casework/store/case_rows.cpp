#include "core/casework/store/case_rows.h"

#include <bit>

#include "core/base/hexadecimal.h"
#include "core/casework/store/schema.h"

namespace dfd {
namespace {

/// The id in the first column, when there is a row.
std::optional<RowId> id_of(Statement& statement) {
    if (!statement.step())
        return std::nullopt;
    const auto id = statement.integer(0);
    statement.reset();
    return id;
}

}  // namespace

RowId add_scorer(Recording& recording, const ScorerRow& row) {
    auto& database = recording.database();
    if (const auto id = id_of(database.cached(
            "SELECT id FROM scorers WHERE digest = ?1 AND precision = ?2 AND preprocessing = ?3",
            row.digest, row.precision, row.preprocessing)))
        return *id;
    database.insert("scorers (" + kScorerColumns + ", entry)", row.digest, row.precision,
                    row.preprocessing, row.name, row.starter, row.panel, recording.entry());
    return database.last_id();
}

RowId add_session(Recording& recording, const SessionRow& row) {
    auto& database = recording.database();
    if (const auto id = id_of(database.cached("SELECT id FROM sessions WHERE uuid = ?1", row.uuid)))
        return *id;
    database.insert("sessions (" + kSessionColumns + ", entry)", row.uuid, row.started, row.by,
                    row.host, row.process, row.device, row.device_name, row.versions, row.options,
                    recording.entry());
    return database.last_id();
}

std::string log_name(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    auto& row = database.cached("SELECT sha256, unread FROM exhibits WHERE id = ?1", exhibit);
    if (!row.step())
        throw CaseError("The case has no exhibit " + std::to_string(exhibit) + ".");
    return row.is_null(0) ? as_text(row.blob(1)) : to_hex(row.blob(0));
}

std::optional<RowId> find_exhibit(Database& database, const Blob& sha256) {
    const auto lock = database.lock();
    return id_of(database.cached("SELECT id FROM exhibits WHERE sha256 = ?1", sha256));
}

std::optional<RowId> find_unread(Database& database, const std::string& path) {
    const auto lock = database.lock();
    return id_of(database.cached("SELECT id FROM exhibits WHERE unread = ?1", as_bytes(path)));
}

RowId add_exhibit(Recording& recording, const ExhibitContent& content, bool* added) {
    auto& database = recording.database();
    auto id = content.sha256.empty() ? find_unread(database, content.unread)
                                     : find_exhibit(database, content.sha256);
    if (added != nullptr)
        *added = !id;
    if (!id) {
        std::optional<Blob> sha256;
        std::optional<std::span<const std::uint8_t>> unread;
        if (content.sha256.empty())
            unread = as_bytes(content.unread);
        else
            sha256 = content.sha256;
        id = database.insert("exhibits (sha256, unread, bytes, added, entry)", sha256, unread,
                             content.bytes, content.added, recording.entry());
    }
    if (!content.decoded)
        return *id;
    if (id_of(database.cached("SELECT exhibit FROM decoded WHERE exhibit = ?1", *id)))
        return *id;
    const auto& decoded = *content.decoded;
    std::optional<std::int64_t> phash;
    if (decoded.phash)
        phash = std::bit_cast<std::int64_t>(*decoded.phash);
    database.insert("decoded (exhibit, width, height, phash, entry)", *id, decoded.width,
                    decoded.height, phash, recording.entry());
    database.insert("facts (exhibit, facts, thumbnail)", *id, decoded.facts, decoded.thumbnail);
    return *id;
}

void add_sighting(Recording& recording, const SightingRow& row, std::set<RowId>& touched,
                  RowSource source) {
    auto& database = recording.database();
    bool current = true;
    auto& last =
        database.cached("SELECT id, exhibit, at FROM sightings WHERE path = ?1 AND current = 1",
                        as_bytes(row.path));
    if (last.step()) {
        const auto id = last.integer(0);
        current = source == RowSource::Here || row.at >= last.integer(2);
        if (current && !last.is_null(1))
            touched.insert(last.integer(1));
        last.reset();
        if (current)
            database.cached("UPDATE sightings SET current = 0 WHERE id = ?1", id).run();
    }
    if (row.exhibit)
        touched.insert(*row.exhibit);
    const auto slash = row.path.rfind('/');
    database.insert("sightings (" + kSightingColumns + ", folder, entry, current)",
                    as_bytes(row.path), row.size, row.modified, row.exhibit, row.at, row.session,
                    static_cast<std::int64_t>(slash == std::string::npos ? 0 : slash),
                    recording.entry(), current);
}

bool add_result(Recording& recording, const ResultRow& row, RowSource source) {
    auto& database = recording.database();
    auto& there = database.cached(
        "SELECT id, state, failure_code, failure, scored FROM results WHERE scorer = ?1 AND "
        "exhibit = ?2 AND current = 1",
        row.scorer, row.exhibit);
    if (there.step()) {
        const auto id = there.integer(0);
        const bool keep = there.integer(1) == kScoredState ||
                          (row.state == kFailedState &&
                           ((there.text(2) == row.failure_code && there.text(3) == row.failure) ||
                            (source == RowSource::Merged && row.scored <= there.integer(4))));
        there.reset();
        if (keep)
            return false;
        database.cached("UPDATE results SET current = 0 WHERE id = ?1", id).run();
    }
    std::optional<double> score, spread;
    if (row.state == kScoredState) {
        score = row.score;
        spread = row.spread;
    }
    const auto result = database.insert("results (exhibit, " + kResultColumns + ", entry, current)",
                                        row.exhibit, row.scorer, row.session, row.state, score,
                                        spread, row.warned, row.seconds, row.scored, row.warnings,
                                        row.failure_code, row.failure, recording.entry(), true);
    for (const auto& opinion : row.opinions)
        database.insert("opinions (result, " + kOpinionColumns + ")", result, opinion.expert,
                        opinion.logit_real, opinion.logit_fake, opinion.score, opinion.without);
    for (const auto& [expert, map] : row.maps)
        database.insert("maps (result, " + kMapColumns + ")", result, expert, map.rows, map.columns,
                        map.native_rows, map.native_columns, map.scale, map.halves);
    if (row.scope)
        database.insert("scopes (result, traits, withheld)", result, row.scope->traits,
                        row.scope->withheld);
    return true;
}

std::optional<ScopeRow> scope_of(Database& database, RowId result) {
    if (schema_version(database) < kScopesVersion)
        return std::nullopt;
    auto& row = database.cached("SELECT traits, withheld FROM scopes WHERE result = ?1", result);
    if (!row.step())
        return std::nullopt;
    return ScopeRow{row.text(0), row.integer(1) != 0};
}

std::vector<StabilityRow> stabilities_of(Database& database, RowId exhibit) {
    std::vector<StabilityRow> found;
    if (schema_version(database) < kStabilityVersion)
        return found;
    const auto lock = database.lock();
    auto& rows = database.cached(
        "SELECT " + kStabilityColumns + " FROM stabilities WHERE exhibit = ?1 ORDER BY id",
        exhibit);
    while (rows.step())
        found.push_back(
            {exhibit, rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.integer(4)});
    return found;
}

bool add_stability(Recording& recording, const StabilityRow& row) {
    return id_of(recording.database().cached(
                     "INSERT INTO stabilities (exhibit, " + kStabilityColumns +
                         ", entry) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 "
                         "FROM stabilities WHERE exhibit = ?1 AND scorer = ?2 AND at = ?6 AND by = "
                         "?5 AND record = ?4) RETURNING id",
                     row.exhibit, row.scorer, row.device, row.record, row.by, row.at,
                     recording.entry()))
        .has_value();
}

}  // namespace dfd
