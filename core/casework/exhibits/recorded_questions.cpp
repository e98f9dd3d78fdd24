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

const RecordedAnswers& RecordedQuestions::answers(RowId result, double score) const {
    static const RecordedAnswers none;
    if (questions().empty())
        return none;
    auto& known = file_.known_answers();
    if (const auto found = known.find(result); found != known.end())
        return found->second;
    return known[result] = find(result, score);
}

RecordedAnswers RecordedQuestions::find(RowId result, double score) const {
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
    RecordedAnswers found{opinion.leading, {}};
    for (std::size_t question = 0; question < opinion.answers.size(); ++question)
        found.each.push_back(answer_figures(opinion, question));
    if (opinion.leading < found.each.size())
        found.each[opinion.leading].score = score;
    return found;
}

std::size_t RecordedQuestions::of_word(RowId result, double score,
                                       const QuestionBands& bands) const {
    const auto word = band_of(score, bands.of(0));
    const bool same = std::ranges::all_of(
        bands.each(), [&](const auto& each) { return band_of(score, each) == word; });
    return same ? 0 : answers(result, score).leading;
}

bool passes(const AnswerFigures& answer, const ExhibitFilter& filter, const QuestionBands& bands) {
    const auto within = [](double value, const std::optional<double>& from,
                           const std::optional<double>& to) {
        return (!from || value >= *from) && (!to || value <= *to);
    };
    const bool ranges =
        filter.score_from || filter.score_to || filter.spread_from || filter.spread_to;
    if (!answer.assessed)
        return !ranges && !filter.word &&
               (!filter.state || *filter.state == ExhibitState::NoAssessment);
    return within(answer.score, filter.score_from, filter.score_to) &&
           within(answer.spread, filter.spread_from, filter.spread_to) &&
           (!filter.state || *filter.state == ExhibitState::Scored) &&
           (!filter.word ||
            band_of(answer.score, bands.of(filter.question.value_or(0))) == *filter.word);
}

}  // namespace dfd
