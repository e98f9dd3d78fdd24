#include "core/engine/results/publication.h"

#include <algorithm>

#include "core/base/version.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/weighted.h"

namespace dfd {
namespace {

std::string answer_text(const PanelOpinion& opinion, std::size_t question,
                        const PanelRecord& panel) {
    const bool asked = question < panel.questions.size();
    std::string text = asked ? panel.questions[question].text + ' ' : "";
    const auto one = part(opinion, question);
    if (!is_answered(opinion, question))
        return text + "Not answered.";
    if (const auto reasons = out_of_scope(opinion, question); !reasons.empty()) {
        text += "No assessment was given.";
        for (const auto& each : reasons)
            text += ' ' + each.reason;
        return text;
    }
    if (const auto assessment = assessment_of(opinion, question))
        return text + (asked ? assessment_sentence(*assessment, panel.questions[question].fake,
                                                   panel.questions[question].real)
                             : assessment_sentence(*assessment));
    return text + "The score is " + score_figure(one.score) +
           " on a scale from 0 (real) to 1 (fake). What such a score is worth was not measured.";
}

}  // namespace

std::string publication_text(const Examination& examination, const ScoredBy& by,
                             const std::string& date) {
    if (!examination.opinion)
        return {};
    const auto opinion = with_titles(*examination.opinion);
    std::string text;
    for (const auto& hint : examination.facts.provenance)
        if (hint.declares_generated)
            text += "The file itself says: " + hint.sentence + ' ';
    text += "An analysis with DeepFakeDefenders " + program_version() + " (" +
            (by.panel.starter ? "bundled trial panel " : "panel ") + by.panel.name +
            calibration_note(by.panel) + ", " + date + ") was made of this picture.";
    if (weighted_by_hand(opinion))
        text += " Its experts were weighted by hand.";
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (fusion_of(opinion, q) != nullptr)
            text += (opinion.answers.empty()
                         ? " Its experts are"
                         : " The experts of \"" + opinion.answers[q].text + "\" are") +
                    std::string(" combined by a fusion that was fitted to labelled pictures.");
    for (const auto& name : without_opinion(opinion))
        text += " The expert " + name + " has no opinion on it.";
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        text += ' ' + answer_text(opinion, q, by.panel);
    if (!examination.warnings.empty())
        text += " Warnings limit what this can mean.";
    return text +
           " Such ratings are hints for further research. They do not show by themselves that a "
           "picture is real or fake.";
}

}  // namespace dfd
