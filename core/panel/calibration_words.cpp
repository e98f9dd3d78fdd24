#include "core/panel/calibration_words.h"

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/panel/population_words.h"

namespace dfd {
namespace {

std::string in_hundred(double share) {
    return formatted("%.1f", 100 * share);
}

/// The score from which a real picture is unusual, with the errors that are made there.
std::string unusual_real(const AnswerCalibration& calibration) {
    const double from = calibration.unusual_real_from;
    if (from > 1 || calibration.alarms.empty())
        return say("no score is");
    return say("from %1 on. %2",
               {formatted("%.4g", from), alarm_sentence(assess(from, calibration).alarms)});
}

/// The same for fakes.
std::string unusual_fake(const AnswerCalibration& calibration) {
    const double below = calibration.unusual_fake_below;
    if (below < 0 || calibration.misses.empty())
        return say("no score is");
    return say("up to %1. %2",
               {formatted("%.4g", below), miss_sentence(assess(below, calibration).misses)});
}

void add_scope(const MeasuredAnswer& measured, std::vector<CalibrationFact>& facts) {
    const auto& answer = measured.answer;
    const auto name = say("Limit of the scope");
    for (const auto& limit : answer.scope)
        if (auto words = limit_words(limit); !words.empty())
            facts.push_back({name, std::move(words)});
    for (const auto& [expert, limit] : answer.gates)
        facts.push_back(
            {name,
             say("%1 counts only for pictures that it sees at most %2 away from those measured",
                 {expert, formatted("%.2f", limit)})});
    if (answer.scope.empty() && answer.gates.empty()) {
        facts.push_back({name, say("none: every picture gets an assessment")});
        return;
    }
    facts.push_back({say("Without an assessment"),
                     say("%1 % of the pictures measured", {in_hundred(measured.withheld)})});
    const auto& outside = measured.outside;
    if (outside.manifest.empty())
        return;
    facts.push_back({say("Other pictures"),
                     say("%1 of %2 of %3 were misleading, %4 of them within the limits",
                         {std::to_string(outside.misleading), std::to_string(outside.pictures),
                          outside.manifest, std::to_string(outside.misleading_left)})});
}

}  // namespace

std::string population_words(const MeasuredAnswer& measured) {
    return say("%1 real pictures in %2 groups and %3 fakes in %4 groups, of %5, %6",
               {std::to_string(measured.real), std::to_string(measured.real_groups),
                std::to_string(measured.fake), std::to_string(measured.fake_groups),
                measured.manifest, measured.date});
}

std::string bound_sentence(const AnswerCalibration& calibration) {
    const auto fake = ratio_figure(calibration.bound_for(true));
    const auto real = ratio_figure(calibration.bound_for(false));
    return fake == real ? say("This calibration states at most %1 to 1, either way.", {fake})
                        : say("This calibration states at most %1 to 1 for a fake and %2 to 1 for "
                              "a real picture.",
                              {fake, real});
}

std::vector<CalibrationFact> calibration_facts(const MeasuredAnswer& measured) {
    const auto& answer = measured.answer;
    std::vector<CalibrationFact> facts{{say("Calibrated on"), population_words(measured)}};
    for (const auto& [name, value] : population_facts(measured.population))
        facts.push_back({name, value});
    facts.insert(
        facts.end(),
        {{say("Bound"), bound_sentence(answer)},
         {say("Words for ratios"), say(kSupportWordsSource)},
         {"Cllr", say("%1 bits out of fold, of which %2 are left with the best calibration (0 is "
                      "perfect, 1 says nothing)",
                      {formatted("%.3f", measured.cllr), formatted("%.3f", measured.cllr_min)})},
         {say("Rates of errors"),
          say("equal error rate %1 %, AUC %2",
              {in_hundred(measured.equal_error_rate), formatted("%.3f", measured.auc)})}});
    for (const auto& expert : measured.experts)
        facts.push_back({say("Cllr of %1 alone", {expert.expert}), formatted("%.3f", expert.cllr)});
    if (!answer.fusion.experts.empty())
        facts.push_back({say("Fusion"), say("Cllr %1 out of fold, %2 with the experts' mean",
                                            {formatted("%.3f", measured.cllr),
                                             formatted("%.3f", measured.cllr_of_mean)})});
    facts.push_back({say("Unusual for a real picture"), unusual_real(answer)});
    facts.push_back({say("Unusual for a fake"), unusual_fake(answer)});
    add_scope(measured, facts);
    return facts;
}

}  // namespace dfd
