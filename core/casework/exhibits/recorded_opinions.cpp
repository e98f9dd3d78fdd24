#include "core/casework/exhibits/recorded_opinions.h"

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/filter_sql.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/exhibits/recorded_expert.h"
#include "core/casework/exhibits/recorded_questions.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/store/case_rows.h"

namespace dfd {

bool read_opinions(const CaseFile& file, const ExhibitFilter& filter,
                   const std::function<void(const RecordedOpinion&)>& take,
                   const std::stop_token& stop) {
    auto& database = file.database();
    const auto lock = database.lock();
    const auto scorer = shown_scorer(file);
    const auto by = recorded_scorer(file, scorer);
    const auto& panel = by.panel;
    const auto calibration = calibration_for(panel, precision_name(by.precision));
    const auto bands = active_thresholds(file).bands;
    // A failed result has one row, without an expert.
    auto rows = database.prepare(
        "SELECT e.id, e.path, r.state, r.score, r.spread, r.failure_code, r.failure, o.expert, "
        "o.logit_real, o.logit_fake, o.score, o.without, r.id FROM (SELECT e.id, e.path, r.id "
        "AS result" +
        std::string(kListTables) + filter_sql(database, filter) + " AND r.id IS NOT NULL AND " +
        state_sql(database) + " <> " + std::to_string(kWithheldState) +
        ") e JOIN results r ON r.id = e.result LEFT JOIN opinions o ON "
        "o.result = r.id ORDER BY e.id, o.expert");
    bind_filter(rows, scorer, filter);
    std::optional<RecordedOpinion> next;
    std::optional<ScopeRow> scope;  // of the next one, if anything about it is out of scope
    const auto is_wanted = [&](const std::optional<PanelOpinion>& opinion) {
        if (filter.question && opinion)
            return passes(answer_figures(*opinion, *filter.question), filter, bands);
        return !filter.word ||
               (opinion && band_of(opinion->score, bands.of(opinion->leading)) == *filter.word);
    };
    const auto flush = [&] {
        if (next && next->opinion) {
            auto& opinion = *next->opinion;
            add_unavailable(panel, opinion);
            if (scope)
                read_scope(scope->traits, opinion);
            opinion.calibration = calibration;
            complete(opinion, opinion.score, opinion.spread);
        }
        if (next && is_wanted(next->opinion))
            take(*next);
        next.reset();
    };
    while (rows.step()) {
        if (!next || next->id != rows.integer(0)) {
            flush();
            if (stop.stop_requested())
                return false;
            auto& started = next.emplace();
            started.id = rows.integer(0);
            started.path = rows.path(1);
            if (rows.integer(2) == kScoredState) {
                started.opinion.emplace(open_opinion(panel));
                scope = scope_of(database, rows.integer(12));
                started.opinion->score = rows.real(3);
                started.opinion->spread = rows.real(4);
            } else {
                scope.reset();
                started.failure = {rows.text(5), rows.text(6)};
            }
        }
        if (!next->opinion || rows.is_null(7))
            continue;
        next->opinion->experts.push_back(recorded_expert(rows, 7, panel));
    }
    flush();
    return true;
}

}  // namespace dfd
