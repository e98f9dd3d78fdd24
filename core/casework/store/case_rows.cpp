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
    if (const auto id =
            id_of(database
                      .cached("SELECT id FROM scorers WHERE digest = ?1 AND precision = ?2 AND "
                              "preprocessing = ?3")
                      .bind(1, row.digest)
                      .bind(2, row.precision)
                      .bind(3, row.preprocessing)))
        return *id;
    database
        .cached(
            "INSERT INTO scorers (digest, precision, preprocessing, name, starter, panel, "
            "entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .bind(1, row.digest)
        .bind(2, row.precision)
        .bind(3, row.preprocessing)
        .bind(4, row.name)
        .bind(5, row.starter ? 1 : 0)
        .bind(6, row.panel)
        .bind(7, recording.entry())
        .run();
    return database.last_id();
}

RowId add_session(Recording& recording, const SessionRow& row) {
    auto& database = recording.database();
    if (const auto id =
            id_of(database.cached("SELECT id FROM sessions WHERE uuid = ?1").bind(1, row.uuid)))
        return *id;
    database
        .cached(
            "INSERT INTO sessions (uuid, started, by, host, process, device, device_name, "
            "versions, options, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        .bind(1, row.uuid)
        .bind(2, row.started)
        .bind(3, row.by)
        .bind(4, row.host)
        .bind(5, row.process)
        .bind(6, row.device)
        .bind(7, row.device_name)
        .bind(8, row.versions)
        .bind(9, row.options)
        .bind(10, recording.entry())
        .run();
    return database.last_id();
}

std::string log_name(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    auto& row =
        database.cached("SELECT sha256, unread FROM exhibits WHERE id = ?1").bind(1, exhibit);
    if (!row.step())
        throw CaseError("The case has no exhibit " + std::to_string(exhibit) + ".");
    return row.is_null(0) ? as_text(row.blob(1)) : to_hex(row.blob(0));
}

std::optional<RowId> find_exhibit(Database& database, const Blob& sha256) {
    const auto lock = database.lock();
    return id_of(database.cached("SELECT id FROM exhibits WHERE sha256 = ?1").bind(1, sha256));
}

std::optional<RowId> find_unread(Database& database, const std::string& path) {
    const auto lock = database.lock();
    return id_of(
        database.cached("SELECT id FROM exhibits WHERE unread = ?1").bind(1, as_bytes(path)));
}

RowId add_exhibit(Recording& recording, const ExhibitContent& content, bool* added) {
    auto& database = recording.database();
    auto id = content.sha256.empty() ? find_unread(database, content.unread)
                                     : find_exhibit(database, content.sha256);
    if (added != nullptr)
        *added = !id;
    if (!id) {
        auto& row = database.cached(
            "INSERT INTO exhibits (sha256, unread, bytes, added, entry) VALUES (?1, ?2, ?3, ?4, "
            "?5)");
        content.sha256.empty() ? row.bind_null(1).bind(2, as_bytes(content.unread))
                               : row.bind(1, content.sha256).bind_null(2);
        row.bind(3, content.bytes).bind(4, content.added).bind(5, recording.entry()).run();
        id = database.last_id();
    }
    if (!content.decoded)
        return *id;
    if (id_of(database.cached("SELECT exhibit FROM decoded WHERE exhibit = ?1").bind(1, *id)))
        return *id;
    const auto& decoded = *content.decoded;
    auto& row = database.cached(
        "INSERT INTO decoded (exhibit, width, height, phash, entry) VALUES (?1, ?2, ?3, ?4, ?5)");
    row.bind(1, *id).bind(2, decoded.width).bind(3, decoded.height).bind(5, recording.entry());
    decoded.phash ? row.bind(4, std::bit_cast<std::int64_t>(*decoded.phash)) : row.bind_null(4);
    row.run();
    database.cached("INSERT INTO facts (exhibit, facts, thumbnail) VALUES (?1, ?2, ?3)")
        .bind(1, *id)
        .bind(2, decoded.facts)
        .bind(3, decoded.thumbnail)
        .run();
    return *id;
}

void add_sighting(Recording& recording, const SightingRow& row, std::set<RowId>& touched) {
    auto& database = recording.database();
    bool current = true;
    auto& last = database
                     .cached(
                         "SELECT id, exhibit, at FROM sightings WHERE path = ?1 AND "
                         "current = 1")
                     .bind(1, as_bytes(row.path));
    if (last.step()) {
        const auto id = last.integer(0);
        current = row.at >= last.integer(2);
        if (current && !last.is_null(1))
            touched.insert(last.integer(1));
        last.reset();
        if (current)
            database.cached("UPDATE sightings SET current = 0 WHERE id = ?1").bind(1, id).run();
    }
    if (row.exhibit)
        touched.insert(*row.exhibit);
    const auto slash = row.path.rfind('/');
    auto& insert = database.cached(
        "INSERT INTO sightings (path, folder, size, modified, exhibit, at, session, entry, "
        "current) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    insert.bind(1, as_bytes(row.path))
        .bind(2, static_cast<std::int64_t>(slash == std::string::npos ? 0 : slash))
        .bind(3, row.size)
        .bind(4, row.modified)
        .bind(6, row.at)
        .bind(7, row.session)
        .bind(8, recording.entry())
        .bind(9, current ? 1 : 0);
    row.exhibit ? insert.bind(5, *row.exhibit) : insert.bind_null(5);
    insert.run();
}

bool add_result(Recording& recording, const ResultRow& row) {
    auto& database = recording.database();
    auto& there = database
                      .cached(
                          "SELECT id, state, failure_code, failure, scored FROM results "
                          "WHERE scorer = ?1 AND exhibit = ?2 AND current = 1")
                      .bind(1, row.scorer)
                      .bind(2, row.exhibit);
    if (there.step()) {
        const auto id = there.integer(0);
        const bool keep = there.integer(1) == kScoredState ||
                          (row.state == kFailedState &&
                           ((there.text(2) == row.failure_code && there.text(3) == row.failure) ||
                            row.scored <= there.integer(4)));
        there.reset();
        if (keep)
            return false;
        database.cached("UPDATE results SET current = 0 WHERE id = ?1").bind(1, id).run();
    }
    auto& insert = database.cached(
        "INSERT INTO results (exhibit, scorer, session, state, score, spread, warned, seconds, "
        "scored, warnings, failure_code, failure, entry, current) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
        "?7, ?8, ?9, ?10, ?11, ?12, ?13, 1)");
    insert.bind(1, row.exhibit)
        .bind(2, row.scorer)
        .bind(3, row.session)
        .bind(4, row.state)
        .bind(7, row.warned ? 1 : 0)
        .bind(8, row.seconds)
        .bind(9, row.scored)
        .bind(10, row.warnings)
        .bind(11, row.failure_code)
        .bind(12, row.failure)
        .bind(13, recording.entry());
    if (row.state == kScoredState)
        insert.bind(5, row.score).bind(6, row.spread);
    insert.run();
    const auto result = database.last_id();
    for (const auto& opinion : row.opinions)
        database
            .cached(
                "INSERT INTO opinions (result, expert, logit_real, logit_fake, score, without) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .bind(1, result)
            .bind(2, opinion.expert)
            .bind(3, opinion.logit_real)
            .bind(4, opinion.logit_fake)
            .bind(5, opinion.score)
            .bind(6, opinion.without)
            .run();
    for (const auto& [expert, map] : row.maps)
        database
            .cached(
                "INSERT INTO maps (result, expert, rows, columns, native_rows, "
                "native_columns, scale, halves) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
            .bind(1, result)
            .bind(2, expert)
            .bind(3, map.rows)
            .bind(4, map.columns)
            .bind(5, map.native_rows)
            .bind(6, map.native_columns)
            .bind(7, map.scale)
            .bind(8, map.halves)
            .run();
    return true;
}

std::vector<StabilityRow> stabilities_of(Database& database, RowId exhibit) {
    std::vector<StabilityRow> found;
    if (schema_version(database) < kStabilityVersion)
        return found;
    const auto lock = database.lock();
    auto& rows = database
                     .cached(
                         "SELECT scorer, device, record, by, at FROM stabilities WHERE exhibit = "
                         "?1 ORDER BY at, id")
                     .bind(1, exhibit);
    while (rows.step())
        found.push_back(
            {exhibit, rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.integer(4)});
    return found;
}

bool add_stability(Recording& recording, const StabilityRow& row) {
    auto& insert = recording.database().cached(
        "INSERT INTO stabilities (exhibit, scorer, device, record, by, at, entry) SELECT ?1, ?2, "
        "?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM stabilities WHERE exhibit = ?1 AND "
        "scorer = ?2 AND at = ?6 AND by = ?5 AND record = ?4) RETURNING id");
    insert.bind(1, row.exhibit)
        .bind(2, row.scorer)
        .bind(3, row.device)
        .bind(4, row.record)
        .bind(5, row.by)
        .bind(6, row.at)
        .bind(7, recording.entry());
    return id_of(insert).has_value();
}

}  // namespace dfd
