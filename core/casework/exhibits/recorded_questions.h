// A result's answers to the panel's questions, and which of them its recorded score is.
// Internal to core/casework/exhibits.
#pragma once

#include <cstddef>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/store/case_rows.h"
#include "core/engine/results/result_export.h"

namespace dfd {

/// For the results of one scorer of a case. A result records its score, neither the question nor
/// the other answers; this combines the recorded experts again, once for each result.
class RecordedQuestions {
  public:
    /// The caller holds the database's lock as long as it uses this. The file must outlive it.
    RecordedQuestions(const CaseFile& file, ScorerId scorer);

    /// Of a scored result. None for a panel that asks one question. Valid until the next call.
    [[nodiscard]] const RecordedAnswers& answers(RowId result, double score) const;
    /// The question whose word such a score gets; 0 where all questions have the same word for it.
    [[nodiscard]] std::size_t of_word(RowId result, double score, const QuestionBands& bands) const;
    /// Empty for a panel that asks one.
    [[nodiscard]] const std::vector<Question>& questions() const { return by_.panel.questions; }

  private:
    [[nodiscard]] RecordedAnswers find(RowId result, double score) const;

    const CaseFile& file_;
    ScoredBy by_;
    AnswerCalibrations calibration_;
    PanelOpinion open_;  ///< without experts
};

/// Whether a scored result passes what a filter with a question says about score, spread, word and
/// state, by its answer to that question.
[[nodiscard]] bool passes(const AnswerFigures& answer, const ExhibitFilter& filter,
                          const QuestionBands& bands);

}  // namespace dfd
