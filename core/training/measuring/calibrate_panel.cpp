#include "core/training/measuring/calibrate_panel.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/base/formatted.h"
#include "core/base/text.h"

namespace dfd {
namespace {

/// The column of the evaluation that has the question's scores.
std::size_t column_of(const Evaluation& evaluation, const PanelRecord& panel,
                      const std::string& question) {
    std::vector<std::string> ids;
    for (const auto& each : panel.questions)
        ids.push_back(each.id);
    if (ids.empty() && question.empty())
        return evaluation.columns.size() - 1;
    const auto found = std::ranges::find(ids, question);
    if (found == ids.end())
        throw TrainingError(ids.empty() ? "The panel " + panel.name +
                                              " asks only one question; leave --question out."
                                        : "The panel " + panel.name +
                                              " asks several questions; choose one with "
                                              "--question: " +
                                              joined(ids, ", ") + ".");
    const auto column = std::ranges::find_if(evaluation.columns, [&](const EvaluationColumn& each) {
        return each.question && each.name == question;
    });
    if (column == evaluation.columns.end())
        throw TrainingError("No expert of the panel " + panel.name + " answered the question " +
                            question + ".");
    return static_cast<std::size_t>(column - evaluation.columns.begin());
}

}  // namespace

CalibratedPanel calibrate_panel(const Evaluation& evaluation, const PanelRecord& panel,
                                const std::string& question, const std::string& date,
                                std::uint64_t seed) {
    if (!evaluation.caution.empty())
        throw TrainingError("A calibration needs pictures that no expert learned from. " +
                            evaluation.caution);
    const auto column = column_of(evaluation, panel, question);
    std::vector<std::string> names;
    for (const auto& picture : evaluation.pictures)
        names.push_back(picture.row.group);
    const auto groups = group_numbers(names);
    std::vector<Labelled> scores;
    for (std::size_t i = 0; i < evaluation.pictures.size(); ++i) {
        const auto& picture = evaluation.pictures[i];
        scores.push_back({picture.scores[column], picture.row.fake, groups[i], 0});
    }
    CalibratedPanel result;
    try {
        result.figures = calibrate_scores(scores, question, evaluation.rounds, seed);
    } catch (const std::invalid_argument& error) {
        throw TrainingError(error.what());
    }
    for (const auto& each : panel.questions)
        if (each.id == question)
            result.question = each.text;
    result.calibration.digest = panel.digest;
    result.calibration.precision = evaluation.precision;
    for (const auto& expert : panel.experts)
        result.calibration.experts.push_back(expert.name);
    const auto& figures = result.figures;
    result.calibration.answers.push_back({figures.calibration, evaluation.manifest.filename(), date,
                                          figures.real, figures.fake, figures.real_groups,
                                          figures.fake_groups, figures.cllr, figures.cllr_min,
                                          figures.equal_error_rate, figures.auc});
    return result;
}

std::string calibration_text(const CalibratedPanel& calibrated) {
    const auto& figures = calibrated.figures;
    const auto& calibration = figures.calibration;
    std::string text = calibrated.question.empty() ? "" : calibrated.question + '\n';
    text += formatted("Made on %zu real pictures in %zu groups and %zu fakes in %zu groups.\n",
                      figures.real, figures.real_groups, figures.fake, figures.fake_groups);
    text += formatted("ln LR = %+.3f %+.3f ln(s / (1 - s)); |log10 LR| is at most %.2f\n",
                      calibration.bias, calibration.slope, calibration.bound);
    text += formatted("Cllr %.3f bits out of fold (%.3f at best, so calibration costs %.3f)\n",
                      figures.cllr, figures.cllr_min, figures.cllr - figures.cllr_min);
    text += formatted("AUC %.3f, equal error rate %.3f\n", figures.auc, figures.equal_error_rate);
    text += formatted("Misleading evidence: %.1f %% of real pictures, %.1f %% of fakes\n",
                      100 * figures.misleading.real, 100 * figures.misleading.fake);
    text += "\nscore   false alarms   95 % interval        LR\n";
    for (const auto& rate : calibration.alarms) {
        const auto assessment = assess(rate.score, calibration);
        text += formatted("%5.2f   %9.1f %%   %5.1f - %5.1f %%   %8.3g%s\n", rate.score,
                          100 * rate.rate, 100 * rate.low, 100 * rate.high,
                          std::pow(10, assessment.log10_lr), assessment.at_bound ? " (bound)" : "");
    }
    return text;
}

}  // namespace dfd
