#include "core/engine/results/publication.h"

#include <algorithm>

#include "core/base/language.h"
#include "core/base/version.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/weighted.h"

namespace dfd {
namespace {

std::string answer_text(const PanelOpinion& opinion, std::size_t question, const PanelRecord& panel,
                        const QuestionBands& bands) {
    const bool asked = question < panel.questions.size();
    std::string text = asked ? say(panel.questions[question].text) + ' ' : "";
    const auto one = part(opinion, question);
    if (!is_answered(opinion, question))
        return text + say("Not answered.");
    if (const auto reasons = out_of_scope(opinion, question); !reasons.empty()) {
        text += say("No assessment was given.");
        for (const auto& each : reasons)
            text += ' ' + each.reason;
        return text;
    }
    if (const auto assessment = assessment_of(opinion, question))
        return text + (asked ? assessment_sentence(*assessment, panel.questions[question].fake,
                                                   panel.questions[question].real)
                             : assessment_sentence(*assessment));
    return text + say("The score is %1 on a scale from 0 (real) to 1 (fake). What such a score is "
                      "worth was not measured.",
                      {score_figure(one.score, bands_for(opinion, question, bands))});
}

std::string analysis_sentence(const PanelRecord& panel, const std::string& date) {
    const auto version = program_version();
    const auto name = panel.name + calibration_note(panel);
    return panel.starter ? say("An analysis with DeepFakeDefenders %1 (bundled trial panel %2, %3) "
                               "was made of this picture.",
                               {version, name, date})
                         : say("An analysis with DeepFakeDefenders %1 (panel %2, %3) was made of "
                               "this picture.",
                               {version, name, date});
}

}  // namespace

std::string publication_text(const Examination& examination, const ScoredBy& by,
                             const std::string& date, const QuestionBands& bands) {
    if (!examination.opinion)
        return {};
    const auto opinion = with_titles(*examination.opinion);
    std::string text;
    for (const auto& hint : examination.facts.provenance)
        if (hint.declares_generated)
            text += say("The file itself says: %1", {say_again(hint.sentence)}) + ' ';
    text += analysis_sentence(by.panel, date);
    if (weighted_by_hand(opinion))
        text += ' ' + say("Its experts were weighted by hand.");
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (fusion_of(opinion, q) != nullptr)
            text += ' ' + (opinion.answers.empty()
                               ? say("Its experts are combined by a fusion that was fitted to "
                                     "labelled pictures.")
                               : say("The experts of \"%1\" are combined by a fusion that was "
                                     "fitted to labelled pictures.",
                                     {say(opinion.answers[q].text)}));
    for (const auto& name : without_opinion(opinion))
        text += ' ' + say("The expert %1 has no opinion on it.", {name});
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        text += ' ' + answer_text(opinion, q, by.panel, bands);
    if (!examination.warnings.empty())
        text += ' ' + say("Warnings limit what this can mean.");
    return text + ' ' +
           say("Such ratings are hints for further research. They do not show by themselves that "
               "a picture is real or fake.");
}

}  // namespace dfd
