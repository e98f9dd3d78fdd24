#include <bit>

#include "core/casework/store/case_rows.h"

namespace dfd {

std::vector<ResultRow> results_of(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    std::vector<ResultRow> results;
    auto rows = database.prepare(
        "SELECT id, " + kResultColumns + " FROM results WHERE exhibit = ?1 ORDER BY id", exhibit);
    while (rows.step()) {
        auto& result = results.emplace_back();
        result.exhibit = exhibit;
        result.scorer = rows.integer(1);
        result.session = rows.integer(2);
        result.state = rows.small(3);
        result.score = rows.real(4);
        result.spread = rows.real(5);
        result.warned = rows.integer(6) != 0;
        result.seconds = rows.real(7);
        result.scored = rows.integer(8);
        result.warnings = rows.text(9);
        result.failure_code = rows.text(10);
        result.failure = rows.text(11);
        auto& opinions = database.cached(
            "SELECT " + kOpinionColumns + " FROM opinions WHERE result = ?1 ORDER BY expert",
            rows.integer(0));
        while (opinions.step())
            result.opinions.push_back({opinions.small(0), opinions.real(1), opinions.real(2),
                                       opinions.real(3), opinions.real(4)});
        result.maps = maps_of(database, rows.integer(0));
        result.scope = scope_of(database, rows.integer(0));
    }
    return results;
}

std::vector<MapRow> maps_of(Database& database, RowId result) {
    auto& rows = database.cached(
        "SELECT " + kMapColumns + " FROM maps WHERE result = ?1 ORDER BY expert", result);
    std::vector<MapRow> maps;
    while (rows.step())
        maps.push_back({rows.small(0),
                        {rows.small(1), rows.small(2), rows.small(3), rows.small(4), rows.real(5),
                         rows.blob(6)}});
    return maps;
}

std::map<RowId, ScorerRow> all_scorers(Database& database) {
    auto rows = database.prepare("SELECT id, " + kScorerColumns + " FROM scorers");
    std::map<RowId, ScorerRow> scorers;
    while (rows.step())
        scorers[rows.integer(0)] = {rows.text(1), rows.text(2),         rows.small(3),
                                    rows.text(4), rows.integer(5) != 0, rows.text(6)};
    return scorers;
}

std::map<RowId, SessionRow> all_sessions(Database& database) {
    auto rows = database.prepare("SELECT id, " + kSessionColumns + " FROM sessions");
    std::map<RowId, SessionRow> sessions;
    while (rows.step())
        sessions[rows.integer(0)] = {rows.text(1), rows.integer(2), rows.text(3),
                                     rows.text(4), rows.integer(5), rows.text(6),
                                     rows.text(7), rows.text(8),    rows.text(9)};
    return sessions;
}

ExhibitContent content_of(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    auto& row =
        database.cached("SELECT sha256, unread, bytes, added FROM exhibits WHERE id = ?1", exhibit);
    if (!row.step())
        throw CaseError("The case has no exhibit " + std::to_string(exhibit) + ".");
    ExhibitContent content;
    content.sha256 = row.blob(0);
    content.unread = as_text(row.blob(1));
    content.bytes = row.integer(2);
    content.added = row.integer(3);
    auto& decoded = database.cached(
        "SELECT d.width, d.height, d.phash, f.facts, f.thumbnail FROM decoded d JOIN facts f ON "
        "f.exhibit = d.exhibit WHERE d.exhibit = ?1",
        exhibit);
    if (decoded.step()) {
        content.decoded = {decoded.small(0), decoded.small(1), std::nullopt, decoded.text(3),
                           decoded.blob(4)};
        if (!decoded.is_null(2))
            content.decoded->phash = std::bit_cast<std::uint64_t>(decoded.integer(2));
    }
    return content;
}

}  // namespace dfd
