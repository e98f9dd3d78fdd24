// Which question the recorded score of a result answers.
// Internal to core/casework/exhibits.
#pragma once

#include <cstddef>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/store/case_rows.h"
#include "core/engine/results/result_export.h"

namespace dfd {

/// For the results of one scorer of a case. A result records its score, not the question; this
/// combines the recorded experts again and finds the answer with that score, once for each result.
class RecordedQuestions {
  public:
    /// The caller holds the database's lock as long as it uses this. The file must outlive it.
    RecordedQuestions(const CaseFile& file, ScorerId scorer);

    /// 0 for a panel that asks one question.
    [[nodiscard]] std::size_t of(RowId result, double score) const;
    /// The question whose word such a score gets; 0 where all questions have the same word for it.
    [[nodiscard]] std::size_t of_word(RowId result, double score, const QuestionBands& bands) const;
    /// Empty for a panel that asks one.
    [[nodiscard]] const std::vector<Question>& questions() const { return by_.panel.questions; }

  private:
    [[nodiscard]] std::size_t find(RowId result, double score) const;

    const CaseFile& file_;
    ScoredBy by_;
    AnswerCalibrations calibration_;
    PanelOpinion open_;  ///< without experts
};

}  // namespace dfd
