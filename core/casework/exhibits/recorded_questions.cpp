#include "core/casework/exhibits/recorded_questions.h"

#include <algorithm>

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/exhibits/recorded_expert.h"

namespace dfd {

RecordedQuestions::RecordedQuestions(const CaseFile& file, ScorerId scorer) : file_(file) {
    if (scorer != 0)
        by_ = recorded_scorer(file, scorer);
    if (questions().empty())
        return;
    calibration_ = calibration_for(by_.panel, precision_name(by_.precision));
    open_ = open_opinion(by_.panel);
}

std::size_t RecordedQuestions::of(RowId result, double score) const {
    if (questions().empty())
        return 0;
    auto& known = file_.known_questions();
    if (const auto found = known.find(result); found != known.end())
        return found->second;
    return known[result] = find(result, score);
}

std::size_t RecordedQuestions::find(RowId result, double score) const {
    auto& database = file_.database();
    auto opinion = open_;
    auto& rows = database.cached(
        "SELECT " + kOpinionColumns + " FROM opinions WHERE result = ?1 ORDER BY expert", result);
    while (rows.step())
        opinion.experts.push_back(recorded_expert(rows, 0, by_.panel));
    add_unavailable(by_.panel, opinion);
    if (const auto scope = scope_of(database, result))
        read_scope(scope->traits, opinion);
    opinion.calibration = calibration_;
    complete(opinion, score, 0);
    return opinion.leading;
}

std::size_t RecordedQuestions::of_word(RowId result, double score,
                                       const QuestionBands& bands) const {
    const auto word = band_of(score, bands.of(0));
    const bool same = std::ranges::all_of(
        bands.each(), [&](const auto& each) { return band_of(score, each) == word; });
    return same ? 0 : of(result, score);
}

}  // namespace dfd
