#include "core/engine/results/assessment_json.h"

#include <algorithm>
#include <cmath>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/formatted.h"
#include "core/opinion/weighted.h"

namespace dfd {
namespace {

/// The columns of each question. Those of older versions come first.
constexpr const char* kColumns[] = {"log10 LR",
                                    "bound of log10 LR",
                                    "false alarms",
                                    "false alarms low",
                                    "false alarms high",
                                    "support",
                                    "false alarms at",
                                    "misses",
                                    "misses low",
                                    "misses high",
                                    "misses at",
                                    "measured on",
                                    "measured date",
                                    "measured real",
                                    "measured real groups",
                                    "measured fake",
                                    "measured fake groups"};
/// The place of "support", which also has the reasons why there is no assessment.
constexpr std::size_t kSupport = 5;

// Asked for every row of a table: no calibration is copied.
bool is_calibrated(const PanelRecord& panel) {
    return std::ranges::find(panel.calibrations, panel.calibration, &PanelCalibration::name) !=
           panel.calibrations.end();
}

bool has_gates(const PanelRecord& panel) {
    return find_chosen_answer(panel, [](const MeasuredAnswer& measured) {
               return !measured.answer.gates.empty();
           }) != nullptr;
}

/// What the answer's calibration was made on; null when the panel does not have it.
const MeasuredAnswer* measured_by(const PanelRecord& panel, const AnswerCalibration& used) {
    return find_chosen_answer(panel, [&](const MeasuredAnswer& each) {
        return each.answer.question == used.question && each.answer.slope == used.slope &&
               each.answer.bias == used.bias;
    });
}

std::size_t count_of(const PanelRecord& panel) {
    return std::max<std::size_t>(panel.questions.size(), 1);
}

}  // namespace

nlohmann::ordered_json assessment_json(const PanelOpinion& opinion, std::size_t question,
                                       const PanelRecord& panel) {
    const InEnglish english;
    const auto assessment = assessment_of(opinion, question);
    const auto reasons = out_of_scope(opinion, question);
    if (!reasons.empty()) {
        auto list = nlohmann::ordered_json::array();
        for (const auto& [code, reason] : reasons)
            list.push_back({{"code", code}, {"reason", reason}});
        return {{"state", "no assessment"}, {"reasons", list}};
    }
    if (!assessment) {
        const bool calibrated = opinion.calibration && question < opinion.calibration->size() &&
                                !(*opinion.calibration)[question].alarms.empty();
        const auto one = part(opinion, question);
        const auto silent = without_opinion(one);
        std::string reason = "not answered";
        if (!calibrated)
            reason = "no calibration";
        else if (weighted_by_hand(one))
            reason = "other combination";
        else if (!silent.empty())
            reason = joined(silent, ", ") + (silent.size() == 1 ? " has" : " have") + " no opinion";
        return {{"state", "not calibrated"}, {"reason", reason}};
    }
    const bool asked = question < panel.questions.size();
    const auto* const made = measured_by(panel, (*opinion.calibration)[question]);
    const auto rate_json = [&](const AlarmRate& rate,
                               std::size_t MeasuredAnswer::*groups) -> nlohmann::ordered_json {
        return {{"at", rate.score},
                {"rate", rate.rate},
                {"low", rate.low},
                {"high", rate.high},
                {"groups", made == nullptr ? nlohmann::ordered_json()
                                           : nlohmann::ordered_json(made->*groups)}};
    };
    nlohmann::ordered_json calibration;
    if (made != nullptr)
        calibration = {{"name", panel.calibration},
                       {"manifest", made->manifest},
                       {"date", made->date},
                       {"real", made->real},
                       {"fake", made->fake},
                       {"real_groups", made->real_groups},
                       {"fake_groups", made->fake_groups},
                       {"cllr", made->cllr}};
    return {
        {"state", "assessed"},
        {"lr", std::pow(10, assessment->log10_lr)},
        {"log10_lr", assessment->log10_lr},
        {"bound", assessment->bound},
        {"at_bound", assessment->at_bound},
        {"words", assessment->words},
        {"words_source", kSupportWordsSource},
        {"false_alarms", rate_json(assessment->alarms, &MeasuredAnswer::real_groups)},
        {"misses", assessment->has_misses
                       ? rate_json(assessment->misses, &MeasuredAnswer::fake_groups)
                       : nullptr},
        {"calibration", calibration},
        {"sentence", assessment_sentence(*assessment, asked ? panel.questions[question].fake : "",
                                         asked ? panel.questions[question].real : "")}};
}

std::vector<std::string> assessment_columns(const PanelRecord& panel) {
    std::vector<std::string> names;
    if (!is_calibrated(panel))
        return names;
    if (!panel.calibration.empty())
        names.emplace_back("calibration");
    if (has_gates(panel))
        names.emplace_back("experts out of scope");
    for (std::size_t q = 0; q < count_of(panel); ++q)
        for (const auto* column : kColumns)
            names.push_back(panel.questions.empty() ? column
                                                    : column + (' ' + panel.questions[q].id));
    return names;
}

std::vector<std::string> assessment_fields(const PanelOpinion& opinion, const PanelRecord& panel) {
    std::vector<std::string> fields;
    if (!is_calibrated(panel))
        return fields;
    if (!panel.calibration.empty())
        fields.push_back(panel.calibration);
    if (has_gates(panel)) {
        std::vector<std::string> beyond;
        for (const auto& expert : opinion.experts)
            if (beyond_gate(opinion, expert))
                beyond.push_back(expert.name);
        fields.push_back(joined(beyond, "; "));
    }
    for (std::size_t q = 0; q < count_of(panel); ++q) {
        const auto assessment =
            q < questions_of(opinion) ? assessment_of(opinion, q) : std::nullopt;
        if (!assessment) {
            std::vector<std::string> empty(std::size(kColumns));
            if (q < questions_of(opinion))
                if (const auto reasons = out_of_scope(opinion, q); !reasons.empty())
                    empty[kSupport] =
                        "no assessment: " +
                        joined(reasons, "; ", [](const auto& each) { return each.code; });
            fields.insert(fields.end(), empty.begin(), empty.end());
            continue;
        }
        fields.insert(
            fields.end(),
            {full_precision(assessment->log10_lr), full_precision(assessment->bound),
             full_precision(assessment->alarms.rate), full_precision(assessment->alarms.low),
             full_precision(assessment->alarms.high), assessment->words,
             full_precision(assessment->alarms.score)});
        const auto& misses = assessment->misses;
        for (const double value : {misses.rate, misses.low, misses.high, misses.score})
            fields.push_back(assessment->has_misses ? full_precision(value) : "");
        const auto* const made = measured_by(panel, (*opinion.calibration)[q]);
        if (made == nullptr) {
            fields.insert(fields.end(), 6, "");
            continue;
        }
        fields.push_back(made->manifest);
        fields.push_back(made->date);
        for (const auto count : {made->real, made->real_groups, made->fake, made->fake_groups})
            fields.push_back(std::to_string(count));
    }
    return fields;
}

}  // namespace dfd
