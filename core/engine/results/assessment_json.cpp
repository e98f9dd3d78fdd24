#include "core/engine/results/assessment_json.h"

#include <algorithm>
#include <cmath>

#include "core/engine/results/formatted.h"

namespace dfd {
namespace {

constexpr const char* kColumns[] = {"log10 LR",         "bound of log10 LR", "false alarms",
                                    "false alarms low", "false alarms high", "support"};

std::size_t count_of(const PanelRecord& panel) {
    return std::max<std::size_t>(panel.questions.size(), 1);
}

}  // namespace

nlohmann::ordered_json assessment_json(const PanelOpinion& opinion, std::size_t question,
                                       const PanelRecord& panel) {
    const auto assessment = assessment_of(opinion, question);
    if (!assessment) {
        const bool calibrated = opinion.calibration && question < opinion.calibration->size() &&
                                !(*opinion.calibration)[question].alarms.empty();
        return {{"state", "not calibrated"},
                {"reason", !calibrated                          ? "no calibration"
                           : !is_reference_combination(opinion) ? "other combination"
                                                                : "not answered"}};
    }
    const bool asked = question < panel.questions.size();
    const auto& alarms = assessment->alarms;
    return {
        {"state", "assessed"},
        {"lr", std::pow(10, assessment->log10_lr)},
        {"log10_lr", assessment->log10_lr},
        {"bound", (*opinion.calibration)[question].bound},
        {"at_bound", assessment->at_bound},
        {"words", assessment->words},
        {"words_source", kSupportWordsSource},
        {"false_alarms",
         {{"at", alarms.score}, {"rate", alarms.rate}, {"low", alarms.low}, {"high", alarms.high}}},
        {"sentence", assessment_sentence(*assessment, asked ? panel.questions[question].fake : "",
                                         asked ? panel.questions[question].real : "")}};
}

std::vector<std::string> assessment_columns(const PanelRecord& panel) {
    std::vector<std::string> names;
    if (panel.calibrations.empty())
        return names;
    for (std::size_t q = 0; q < count_of(panel); ++q)
        for (const auto* column : kColumns)
            names.push_back(panel.questions.empty() ? column
                                                    : column + (' ' + panel.questions[q].id));
    return names;
}

std::vector<std::string> assessment_fields(const PanelOpinion& opinion, const PanelRecord& panel) {
    std::vector<std::string> fields;
    if (panel.calibrations.empty())
        return fields;
    for (std::size_t q = 0; q < count_of(panel); ++q) {
        const auto assessment =
            q < questions_of(opinion) ? assessment_of(opinion, q) : std::nullopt;
        if (!assessment) {
            fields.insert(fields.end(), std::size(kColumns), "");
            continue;
        }
        fields.insert(
            fields.end(),
            {full_precision(assessment->log10_lr), full_precision((*opinion.calibration)[q].bound),
             full_precision(assessment->alarms.rate), full_precision(assessment->alarms.low),
             full_precision(assessment->alarms.high), assessment->words});
    }
    return fields;
}

}  // namespace dfd
