#include "core/training/measuring/calibrate_panel.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/panel/population_words.h"
#include "core/training/measuring/gate_fit.h"
#include "core/training/measuring/scope_fit.h"

namespace dfd {
namespace {

std::vector<std::size_t> groups_of(const Evaluation& evaluation) {
    std::vector<std::string> names;
    for (const auto& picture : evaluation.pictures)
        names.push_back(picture.row.group);
    return group_numbers(names);
}

/// The experts of one question: their places in the panel and their names.
struct Asked {
    std::vector<std::size_t> places;
    std::vector<std::string> names;
};
Asked asked(const PanelRecord& panel, const std::string& question) {
    Asked experts;
    for (std::size_t e = 0; e < panel.experts.size(); ++e) {
        const auto& expert = panel.experts[e];
        if (!panel.questions.empty() && panel.questions[expert.question].id != question)
            continue;
        experts.places.push_back(e);
        experts.names.push_back(expert.name);
    }
    return experts;
}

constexpr std::size_t kNamedCounts = 20;

std::vector<PopulationCount> most_first(const std::map<std::string, PopulationCount>& counts) {
    std::vector<PopulationCount> list;
    for (const auto& [name, count] : counts)
        list.push_back(count);
    std::ranges::stable_sort(list, std::ranges::greater{},
                             [](const PopulationCount& each) { return each.real + each.fake; });
    if (list.size() > kNamedCounts) {
        PopulationCount others;
        for (std::size_t i = kNamedCounts; i < list.size(); ++i) {
            others.real += list[i].real;
            others.fake += list[i].fake;
        }
        list.resize(kNamedCounts);
        list.push_back(others);
    }
    return list;
}

MeasuredExpert measured_expert(const std::string& name, const std::vector<Labelled>& scores,
                               std::uint64_t seed) {
    MeasuredExpert expert{.expert = name};
    expert.cllr_min = cllr_min(scores);
    expert.auc = roc_auc(scores);
    if (fit_ratios(scores).slope <= 0)
        return expert;
    const auto figures = calibrate_scores(scores, "", 0, seed);
    expert.slope = figures.calibration.slope;
    expert.bias = figures.calibration.bias;
    expert.bound_fake = figures.calibration.bound_for(true);
    expert.bound_real = figures.calibration.bound_for(false);
    expert.cllr = figures.cllr;
    return expert;
}

}  // namespace

std::size_t answer_column(const Evaluation& evaluation, const PanelRecord& panel,
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

std::vector<Labelled> labelled_scores(const Evaluation& evaluation, std::size_t column) {
    const auto groups = groups_of(evaluation);
    std::vector<Labelled> scores;
    for (std::size_t i = 0; i < evaluation.pictures.size(); ++i) {
        const auto& picture = evaluation.pictures[i];
        scores.push_back({picture.scores[column], picture.row.fake, groups[i], 0});
    }
    return scores;
}

CalibrationPopulation population_of(const Evaluation& evaluation) {
    std::map<std::string, PopulationCount> sources, kinds, formats;
    std::vector<double> sizes;
    const auto add = [](auto& counts, const std::string& name, bool fake) {
        auto& count = counts[name];
        count.name = name;
        ++(fake ? count.fake : count.real);
    };
    for (const auto& picture : evaluation.pictures) {
        const auto& row = picture.row;
        add(sources, name_or_unknown(row.source), row.fake);
        add(formats, name_or_unknown(picture.format), row.fake);
        if (row.fake)
            add(kinds, name_or_unknown(row.operation), true);
        sizes.push_back(picture.megapixels);
    }
    CalibrationPopulation population;
    population.sources = most_first(sources);
    population.kinds = most_first(kinds);
    population.formats = most_first(formats);
    if (sizes.empty())
        return population;
    std::ranges::sort(sizes);
    for (const double share : {0.0, 0.05, 0.5, 0.95, 1.0}) {
        const double place = share * static_cast<double>(sizes.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const auto above = std::min(below + 1, sizes.size() - 1);
        population.sizes.push_back(
            std::lerp(sizes[below], sizes[above], place - static_cast<double>(below)));
    }
    return population;
}

namespace {

/// Sets the limits of traits, and what they cost and save. Without `outside` only a panel made for
/// faces has one.
void add_limits(MeasuredAnswer& measured, const Evaluation& evaluation, const Evaluation* outside,
                const PanelRecord& panel) {
    const auto& answer = measured.answer;
    const auto pictures_of = [&](const Evaluation& from) {
        const auto column = answer_column(from, panel, answer.question);
        std::vector<ScopePicture> pictures;
        for (const auto& each : from.pictures)
            pictures.push_back(
                {each.traits, each.row.fake, log_ratio(each.scores[column], answer)});
        return pictures;
    };
    const auto fitted =
        fit_scope(pictures_of(evaluation),
                  outside != nullptr ? pictures_of(*outside) : std::vector<ScopePicture>(),
                  panel.subject == kFaces);
    measured.answer.scope = fitted.limits;
    measured.limits = fitted.costs;
    measured.withheld = fitted.withheld;
    measured.outside = fitted.outside;
    if (outside != nullptr)
        measured.outside.manifest = outside->manifest.filename();
}

}  // namespace

CalibratedPanel calibrate_panel(const Evaluation& evaluation, const PanelRecord& panel,
                                const std::string& question, const std::string& date,
                                std::uint64_t seed) {
    if (!evaluation.caution.empty())
        throw TrainingError("A calibration needs pictures that no expert learned from. " +
                            evaluation.caution);
    const auto scores = labelled_scores(evaluation, answer_column(evaluation, panel, question));
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
    result.calibration.experts = expert_names(panel);
    const auto& figures = result.figures;
    result.calibration.answers.push_back({.answer = figures.calibration,
                                          .manifest = evaluation.manifest.filename(),
                                          .date = date,
                                          .real = figures.real,
                                          .fake = figures.fake,
                                          .real_groups = figures.real_groups,
                                          .fake_groups = figures.fake_groups,
                                          .cllr = figures.cllr,
                                          .cllr_min = figures.cllr_min,
                                          .equal_error_rate = figures.equal_error_rate,
                                          .auc = figures.auc,
                                          .limits = {},
                                          .gates = {},
                                          .features = {},
                                          .withheld = 0,
                                          .outside = {},
                                          .cllr_of_mean = 0,
                                          .auc_of_mean = 0});
    result.calibration.answers.front().population = population_of(evaluation);
    const auto experts = asked(panel, question);
    for (std::size_t e = 0; e < experts.names.size(); ++e)
        result.calibration.answers.front().experts.push_back(measured_expert(
            experts.names[e], labelled_scores(evaluation, experts.places[e]), seed));
    add_limits(result.calibration.answers.front(), evaluation, nullptr, panel);
    return result;
}

namespace {

std::vector<GatePicture> gate_pictures(const Evaluation& from, const Asked& experts,
                                       const std::vector<TraitLimit>& scope) {
    const auto groups = groups_of(from);
    std::vector<GatePicture> pictures;
    for (std::size_t i = 0; i < from.pictures.size(); ++i) {
        const auto& each = from.pictures[i];
        auto& picture = pictures.emplace_back();
        picture.fake = each.row.fake;
        picture.assessed = exceeded(each.traits, scope).empty();
        picture.group = groups[i];
        for (const auto place : experts.places) {
            picture.scores.push_back(each.scores.at(place));
            picture.features.push_back(each.features.at(place));
        }
    }
    return pictures;
}

/// Fits the calibration again to the scores that the gates leave, and counts again what it saves.
void add_gates(CalibratedPanel& calibrated, const Evaluation& evaluation, const Evaluation& outside,
               const PanelRecord& panel, std::uint64_t seed) {
    auto& measured = calibrated.calibration.answers.front();
    const auto experts = asked(panel, measured.answer.question);
    auto inside = gate_pictures(evaluation, experts, measured.answer.scope);
    auto others = gate_pictures(outside, experts, measured.answer.scope);
    auto fitted = fit_gates(inside, others, experts.names, measured.answer, seed);
    if (fitted.gates.empty())
        return;
    std::vector<Labelled> scores;
    std::size_t withheld = 0;
    for (const auto& picture : inside) {
        const auto found = gated_score(picture, experts.names, fitted.gates);
        scores.push_back({found.score, picture.fake, picture.group, 0});
        withheld += !picture.assessed || found.none_remains ? 1 : 0;
    }
    const auto scope = measured.answer.scope;
    calibrated.figures =
        calibrate_scores(scores, measured.answer.question, evaluation.rounds, seed);
    const auto& figures = calibrated.figures;
    measured.answer = figures.calibration;
    measured.answer.scope = scope;
    measured.answer.gates = fitted.gates;
    measured.gates = fitted.costs;
    measured.cllr = figures.cllr;
    measured.cllr_min = figures.cllr_min;
    measured.equal_error_rate = figures.equal_error_rate;
    measured.auc = figures.auc;
    measured.withheld = static_cast<double>(withheld) / static_cast<double>(inside.size());
    measured.outside.assessed = measured.outside.misleading_left = 0;
    for (const auto& picture : others) {
        const auto found = gated_score(picture, experts.names, fitted.gates);
        if (!picture.assessed || found.none_remains)
            continue;
        const double ratio = log_ratio(found.score, measured.answer);
        ++measured.outside.assessed;
        measured.outside.misleading_left += (picture.fake ? ratio < 0 : ratio > 0) ? 1 : 0;
    }
    calibrated.models = std::move(fitted.models);
}

}  // namespace

void add_scope(CalibratedPanel& calibrated, const Evaluation& evaluation, const Evaluation& outside,
               const PanelRecord& panel, std::uint64_t seed) {
    if (evaluation.digest != outside.digest || evaluation.precision != outside.precision)
        throw TrainingError("The pictures from outside were scored by another panel.");
    auto& measured = calibrated.calibration.answers.front();
    add_limits(measured, evaluation, &outside, panel);
    if (any_left(evaluation) || any_left(outside)) {
        // gated_score() knows only the experts that a gate keeps out.
        calibrated.without_gates =
            "No gates of experts were looked for, because experts made for faces do not count on "
            "some of the pictures.";
        return;
    }
    if (panel.combine == kLogOdds || !measured.answer.fusion.experts.empty()) {
        // gated_score() takes the mean of the scores that remain.
        calibrated.without_gates =
            std::string("No gates of experts were looked for, because ") +
            (measured.answer.fusion.experts.empty() ? "the panel combines by the mean of log-odds."
                                                    : "a fusion combines the experts.");
        return;
    }
    try {
        add_gates(calibrated, evaluation, outside, panel, seed);
    } catch (const std::invalid_argument& error) {
        throw TrainingError(error.what());
    }
}

namespace {

std::string scope_text(const MeasuredAnswer& measured, const std::string& without_gates) {
    const auto& outside = measured.outside;
    std::string text =
        outside.pictures == 0
            ? "\nThe panel was made for faces; no pictures from outside were given.\n"
            : formatted(
                  "\nOutside of what was measured: %zu pictures, misleading evidence for %zu "
                  "of them.\n",
                  outside.pictures, outside.misleading);
    if (!without_gates.empty())
        text += without_gates + '\n';
    if (measured.answer.scope.empty() && !without_gates.empty())
        return text + "No limit of a trait saves any of these errors, so there is no scope.\n";
    if (measured.answer.scope.empty() && measured.answer.gates.empty())
        return text +
               "No limit of a trait and no gate of an expert saves any of these errors, so "
               "there is no scope.\n";
    text += "limit                     withheld: measured   outside   errors saved\n";
    for (std::size_t i = 0; i < measured.answer.scope.size(); ++i) {
        const auto& [trait, limit] = measured.answer.scope[i];
        const auto& cost = measured.limits[i];
        text += formatted("%-12s %s %7.3g   %16.1f %%   %5.1f %%   %12zu\n", trait.c_str(),
                          is_lower_limit(trait) ? "from" : "to  ", limit, 100 * cost.withheld,
                          100 * cost.outside_withheld, cost.saved);
    }
    if (!measured.answer.gates.empty())
        text += "gate of an expert             it leaves: measured   outside   errors saved\n";
    for (std::size_t i = 0; i < measured.answer.gates.size(); ++i) {
        const auto& [expert, limit] = measured.answer.gates[i];
        const auto& cost = measured.gates[i];
        text += formatted("%-24s to %7.3g   %8.1f %%   %5.1f %%   %12zu\n", expert.c_str(), limit,
                          100 * cost.withheld, 100 * cost.outside_withheld, cost.saved);
    }
    text += formatted("All: %.1f %% of the measured pictures get no assessment",
                      100 * measured.withheld);
    if (outside.pictures > 0)
        text += formatted("; of those from outside %zu of %zu keep one, %zu of these misleading",
                          outside.assessed, outside.pictures, outside.misleading_left);
    return text + ".\n";
}

std::string experts_text(const std::vector<MeasuredExpert>& experts) {
    if (experts.empty())
        return {};
    std::string text =
        "\nexpert                   ln LR                           log10 LR        "
        "Cllr (at best)    AUC\n";
    for (const auto& each : experts) {
        const auto line = each.slope > 0
                              ? formatted("%+.3f %+.3f ln(s / (1 - s))", each.bias, each.slope)
                              : std::string("0: favours neither");
        const auto bounds = formatted("%.2f to %.2f", 0 - each.bound_real, each.bound_fake);
        text += formatted("%-24s %-31s %-15s %.3f (%.3f)      %.3f\n", each.expert.c_str(),
                          line.c_str(), bounds.c_str(), each.cllr, each.cllr_min, each.auc);
    }
    return text;
}

std::string unusual_text(const AnswerCalibration& calibration) {
    const auto at = [](double score, bool known) {
        return known ? formatted("%.2f", score) : std::string("no score");
    };
    return "Unusual (fewer than 5 in 100) for a real picture: from " +
           at(calibration.unusual_real_from, calibration.unusual_real_from <= 1) +
           "; for a fake: up to " +
           at(calibration.unusual_fake_below, calibration.unusual_fake_below >= 0) + '\n';
}

}  // namespace

std::string calibration_text(const CalibratedPanel& calibrated) {
    const InEnglish english;
    const auto& figures = calibrated.figures;
    const auto& calibration = figures.calibration;
    std::string text = calibrated.question.empty() ? "" : calibrated.question + '\n';
    text += formatted("Made on %zu real pictures in %zu groups and %zu fakes in %zu groups.\n",
                      figures.real, figures.real_groups, figures.fake, figures.fake_groups);
    for (const auto& [name, value] :
         population_facts(calibrated.calibration.answers.front().population))
        text += name + ": " + visible(value) + '\n';
    text += formatted(
        "ln LR = %+.3f %+.3f ln(s / (1 - s)); log10 LR is at most %.2f for fakes, %.2f for real "
        "pictures\n",
        calibration.bias, calibration.slope, calibration.bound_for(true),
        calibration.bound_for(false));
    text += formatted("Cllr %.3f bits out of fold (%.3f at best, so calibration costs %.3f)\n",
                      figures.cllr, figures.cllr_min, figures.cllr - figures.cllr_min);
    text += formatted("AUC %.3f, equal error rate %.3f\n", figures.auc, figures.equal_error_rate);
    text += formatted("Misleading evidence: %.1f %% of real pictures, %.1f %% of fakes\n",
                      100 * figures.misleading.real, 100 * figures.misleading.fake);
    text += formatted("Expected calibration error %.3f, of the ratios at equal priors\n",
                      figures.calibration_error);
    text += unusual_text(calibration);
    text += "\nscore   false alarms   95 % interval       misses   95 % interval           LR\n";
    const auto rate_text = [](const std::optional<AlarmRate>& rate, int width) {
        return rate ? formatted("%*.1f %%   %5.1f - %5.1f %%", width, 100 * rate->rate,
                                100 * rate->low, 100 * rate->high)
                    : formatted("%*s-   %15s", width + 1, "", "");
    };
    for (const auto& row : error_rates(calibration))
        text +=
            formatted("%5.2f   %s   %s   %8.3g%s\n", row.score, rate_text(row.alarms, 10).c_str(),
                      rate_text(row.misses, 6).c_str(), std::pow(10, row.assessment.log10_lr),
                      row.assessment.at_bound ? " (bound)" : "");
    const auto& measured = calibrated.calibration.answers.front();
    text += experts_text(measured.experts);
    return measured.outside.pictures == 0 && measured.answer.scope.empty()
               ? text
               : text + scope_text(measured, calibrated.without_gates);
}

}  // namespace dfd
