#include "ui/studies/presentation/stage_words.h"

#include "core/base/language.h"
#include "core/opinion/story.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"
#include "ui/studies/presentation/presentation.h"

namespace dfd::ui {

Vote vote_of(const PanelOpinion& opinion, const ExpertOpinion& expert, const QuestionBands& bands) {
    const BandThresholds thresholds = bands_for(opinion, expert.question, bands);
    const Band band = band_of(expert.score, thresholds);
    const QString figure = score_text(expert.score, thresholds);
    if (band != Band::Unnamed)
        return {figure, band_text(band), band_colour(band)};
    return {figure,
            expert.score >= kVoteThreshold ? Presentation::tr("fake side")
                                           : Presentation::tr("real side"),
            look().text};
}

QString vote_words(const PanelOpinion& opinion, const ExpertOpinion& expert,
                   const QuestionBands& bands) {
    const QString name = QString::fromStdString(expert.name);
    if (beyond_gate(opinion, expert))
        return Presentation::tr("%1 does not count here").arg(name);
    if (!expert.available())
        return Presentation::tr("%1 has no opinion").arg(name);
    if (!out_of_scope(opinion, expert.question).empty())
        return Presentation::tr("%1: %2").arg(name, band_text(Band::NoAssessment));
    const Vote vote = vote_of(opinion, expert, bands);
    return Presentation::tr("%1 says %2, %3").arg(name, vote.figure, vote.word);
}

StageStory stage_story(const PanelOpinion& opinion, const std::vector<std::string>& warnings,
                       const QuestionBands& bands, const QString& firmness) {
    StageStory story;
    if (opinion.experts.empty())
        return story;
    if (!is_reference_combination(opinion))
        story.counts.append(QString::fromStdString(combination_sentence(opinion)));
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        const auto all = answer_story(opinion, q, bands);
        const std::size_t counts = (assessment_of(opinion, q) ? 1 : 0) +
                                   out_of_scope(opinion, q).size() +
                                   (fused_sentence(opinion, q).empty() ? 0 : 1);
        // What counts of one question must not seem to be about another one.
        const QString about =
            opinion.answers.empty()
                ? QString()
                : QString::fromStdString(say(opinion.answers[q].text)) + QLatin1Char(' ');
        for (std::size_t i = 0; i < all.size(); ++i)
            (i == 0        ? story.verdict
             : i <= counts ? story.counts
                           : story.more)
                .append((i == 1 ? about : QString()) + QString::fromStdString(all[i]));
    }
    if (!firmness.isEmpty())
        story.counts.append(firmness + QLatin1Char('.'));
    // With several questions, there is room for what counts alone.
    if (!opinion.answers.empty())
        story.more.clear();
    else if (!warnings.empty())
        story.more.append(QString::fromStdString(limits_sentence(warnings.size())));
    return story;
}

bool is_headed(const PanelOpinion& opinion, std::size_t expert) {
    return !opinion.answers.empty() && (expert == 0 || opinion.experts[expert].question !=
                                                           opinion.experts[expert - 1].question);
}

int headings(const PanelOpinion& opinion) {
    int count = 0;
    for (std::size_t i = 0; i < opinion.experts.size(); ++i)
        count += is_headed(opinion, i) ? 1 : 0;
    return count;
}

}  // namespace dfd::ui
