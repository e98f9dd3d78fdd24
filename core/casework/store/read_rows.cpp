#include <bit>

#include "core/casework/store/case_rows.h"

namespace dfd {

std::vector<ResultRow> results_of(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    std::vector<ResultRow> results;
    auto rows = database.prepare(
        "SELECT id, scorer, session, state, score, spread, warned, seconds, scored, warnings, "
        "failure_code, failure FROM results WHERE exhibit = ?1 ORDER BY id");
    rows.bind(1, exhibit);
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
        auto& opinions = database
                             .cached(
                                 "SELECT expert, logit_real, logit_fake, score, without FROM "
                                 "opinions WHERE result = ?1 ORDER BY expert")
                             .bind(1, rows.integer(0));
        while (opinions.step())
            result.opinions.push_back({opinions.small(0), opinions.real(1), opinions.real(2),
                                       opinions.real(3), opinions.real(4)});
        auto& maps = database
                         .cached(
                             "SELECT expert, rows, columns, native_rows, native_columns, "
                             "scale, halves FROM maps WHERE result = ?1 ORDER BY expert")
                         .bind(1, rows.integer(0));
        while (maps.step())
            result.maps.push_back({maps.small(0),
                                   {maps.small(1), maps.small(2), maps.small(3), maps.small(4),
                                    maps.real(5), maps.blob(6)}});
    }
    return results;
}

ExhibitContent content_of(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    auto& row = database.cached("SELECT sha256, unread, bytes, added FROM exhibits WHERE id = ?1")
                    .bind(1, exhibit);
    if (!row.step())
        throw CaseError("The case has no exhibit " + std::to_string(exhibit) + ".");
    ExhibitContent content;
    content.sha256 = row.blob(0);
    content.unread = as_text(row.blob(1));
    content.bytes = row.integer(2);
    content.added = row.integer(3);
    auto& decoded = database
                        .cached(
                            "SELECT d.width, d.height, d.phash, f.facts, f.thumbnail FROM "
                            "decoded d JOIN facts f ON f.exhibit = d.exhibit WHERE d.exhibit "
                            "= ?1")
                        .bind(1, exhibit);
    if (decoded.step()) {
        content.decoded = {decoded.small(0), decoded.small(1), std::nullopt, decoded.text(3),
                           decoded.blob(4)};
        if (!decoded.is_null(2))
            content.decoded->phash = std::bit_cast<std::uint64_t>(decoded.integer(2));
    }
    return content;
}

}  // namespace dfd
