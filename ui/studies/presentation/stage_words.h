// The words of a presentation: what each expert says, and the story of the verdict.
// Internal to ui/studies/presentation.
#pragma once

#include <QColor>
#include <QStringList>

#include "core/opinion/bands.h"

namespace dfd::ui {

/// The word for an expert's score, as the panel's score has one. Without a calibration there are no
/// words, only sides.
struct Vote {
    QString figure, word;
    QColor colour;
};
[[nodiscard]] Vote vote_of(const PanelOpinion& opinion, const ExpertOpinion& expert,
                           const QuestionBands& bands);
/// The same as a sentence, also when the expert has no vote.
[[nodiscard]] QString vote_words(const PanelOpinion& opinion, const ExpertOpinion& expert,
                                 const QuestionBands& bands);

/// Sentences on the verdict.
struct StageStory {
    QStringList verdict;  ///< which the stage also shows in large letters
    QStringList counts;   ///< what it is worth: always shown
    QStringList more;     ///< shown as far as there is room, the last ones first left out
    [[nodiscard]] QString words() const { return (verdict + counts + more).join(QLatin1Char(' ')); }
};
/// `firmness` as in Slide.
[[nodiscard]] StageStory stage_story(const PanelOpinion& opinion,
                                     const std::vector<std::string>& warnings,
                                     const QuestionBands& bands, const QString& firmness);

/// Whether an expert's row begins another of several questions, and how many rows do.
[[nodiscard]] bool is_headed(const PanelOpinion& opinion, std::size_t expert);
[[nodiscard]] int headings(const PanelOpinion& opinion);

}  // namespace dfd::ui
