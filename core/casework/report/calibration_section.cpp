#include "core/casework/report/calibration_section.h"

#include <algorithm>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/report/report_text.h"
#include "core/opinion/weighted.h"
#include "core/panel/calibration_words.h"

namespace dfd {
namespace {

/// What a question weighs, as one fact.
ReportFacts::Fact weighed(const std::string& fake, const std::string& real) {
    const auto named = [](const std::string& words, const char* otherwise) {
        auto name = words.empty() ? say(otherwise) : say(words);
        if (name.ends_with('.'))
            name.pop_back();
        return report_line(name);
    };
    return {say("Weighed"), say("\u201C%1\u201D against \u201C%2\u201D",
                                {named(fake, kFakeMeasured), named(real, kRealMeasured)})};
}

/// The measured answer to a question; null where the record does not have it.
const MeasuredAnswer* measured_for(const ScoredBy& by, std::size_t question) {
    const auto* const calibration = matching_calibration(by.panel, precision_name(by.precision));
    if (calibration == nullptr)
        return nullptr;
    const auto& questions = by.panel.questions;
    const auto id = question < questions.size() ? questions[question].id : std::string();
    const auto found = std::ranges::find_if(calibration->answers, [&](const MeasuredAnswer& each) {
        return each.answer.question == id;
    });
    return found == calibration->answers.end() ? nullptr : &*found;
}

std::string ratio_words(const Assessment& assessment) {
    const auto figure = ratio_figure(assessment.log10_lr), words = say(assessment.words);
    const auto logarithm = fixed_text(assessment.log10_lr, 3);
    return assessment.log10_lr >= 0 ? say("%1 to 1 for the first over the second: %2 (log10 LR %3)",
                                          {figure, words, logarithm})
                                    : say("%1 to 1 for the second over the first: %2 (log10 LR %3)",
                                          {figure, words, logarithm});
}

}  // namespace

std::string without_ratio(const PanelOpinion& opinion, std::size_t question) {
    if (assessment_of(opinion, question))
        return {};
    if (const auto reasons = out_of_scope(opinion, question); !reasons.empty())
        return joined(reasons, " ", [](const auto& each) { return say_again(each.reason); });
    if (!is_answered(opinion, question))
        return say("None of its experts counts.");
    if (!opinion.calibration || question >= opinion.calibration->size() ||
        (*opinion.calibration)[question].alarms.empty())
        return say("Nobody measured what such scores of this panel are worth.");
    const auto one = part(opinion, question);
    if (weighted_by_hand(one))
        return say("Somebody weighted the experts by hand; that combination was not measured.");
    return say(
        "Not all of its experts have an opinion; the combination of the others was not "
        "measured.");
}

void add_calibration(const ScoredBy& by, ReportSection& section) {
    const auto count = std::max<std::size_t>(by.panel.questions.size(), 1);
    section.blocks.emplace_back(ReportHeading{say("What its scores are worth")});
    for (std::size_t q = 0; q < count; ++q) {
        if (!by.panel.questions.empty())
            section.blocks.emplace_back(
                ReportParagraph{report_text(say(by.panel.questions[q].text))});
        const auto* const measured = measured_for(by, q);
        if (measured == nullptr) {
            section.blocks.emplace_back(
                ReportParagraph{say("Nobody measured what such scores of this panel are worth."),
                                ReportTone::Quiet});
            continue;
        }
        ReportFacts facts;
        facts.facts.push_back(by.panel.questions.empty() ? weighed({}, {})
                                                         : weighed(by.panel.questions[q].fake,
                                                                   by.panel.questions[q].real));
        for (const auto& [name, value] : calibration_facts(*measured))
            facts.facts.push_back({name, report_text(value)});
        section.blocks.emplace_back(std::move(facts));
    }
}

void add_worth(const ExhibitRecord& record, const PanelOpinion& shown, ReportSection& section) {
    section.blocks.emplace_back(ReportHeading{say("What the score is worth")});
    for (std::size_t q = 0; q < questions_of(shown); ++q) {
        const bool several = !shown.answers.empty();
        if (several)
            section.blocks.emplace_back(ReportParagraph{report_text(say(shown.answers[q].text))});
        ReportFacts facts;
        facts.facts.push_back(several ? weighed(shown.answers[q].fake, shown.answers[q].real)
                                      : weighed({}, {}));
        const auto assessment = assessment_of(shown, q);
        if (!assessment) {
            facts.facts.push_back(
                {say("Likelihood ratio"),
                 say("none is stated. %1", {report_text(without_ratio(shown, q))})});
            section.blocks.emplace_back(std::move(facts));
            continue;
        }
        facts.facts.push_back({say("Likelihood ratio"), ratio_words(*assessment)});
        facts.facts.push_back({say("Bound"), bound_sentence((*shown.calibration)[q])});
        facts.facts.push_back({say("Words for ratios"), say(kSupportWordsSource)});
        facts.facts.push_back({say("False alarms"), alarm_sentence(assessment->alarms)});
        if (assessment->has_misses)
            facts.facts.push_back({say("Misses"), miss_sentence(assessment->misses)});
        if (const auto* const measured = measured_for(record.by, q); measured != nullptr) {
            facts.facts.push_back({say("Calibrated on"), report_text(population_words(*measured))});
            facts.facts.push_back({"Cllr", say("%1 bits out of fold (0 is perfect, 1 says nothing)",
                                               {fixed_text(measured->cllr, 3)})});
        }
        section.blocks.emplace_back(std::move(facts));
    }
}

}  // namespace dfd
