#include "core/training/measuring/fusion.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <stdexcept>

#include "core/base/formatted.h"
#include "core/opinion/story.h"
#include "core/panel/combination_words.h"
#include "core/training/measuring/calibrate_panel.h"
#include "core/training/measuring/likelihood_ratios.h"
#include "core/training/measuring/logistic_regression.h"

namespace dfd {
namespace {

constexpr double kRidge = 1e-3;

/// The log-odds of the question's experts, a row for each picture.
struct Experts {
    std::vector<std::string> names;
    std::vector<std::vector<double>> rows;
};

Experts experts_of(const Evaluation& evaluation, const PanelRecord& panel,
                   const std::string& question) {
    Experts experts;
    std::vector<std::size_t> places;
    for (std::size_t e = 0; e < panel.experts.size(); ++e) {
        const auto& expert = panel.experts[e];
        if (!panel.questions.empty() && panel.questions[expert.question].id != question)
            continue;
        places.push_back(e);
        experts.names.push_back(expert.name);
    }
    for (const auto& picture : evaluation.pictures) {
        auto& row = experts.rows.emplace_back();
        for (const auto place : places)
            row.push_back(log_odds_of_score(picture.scores.at(place)));
    }
    return experts;
}

double fused(const Fusion& fusion, const std::vector<double>& row) {
    double sum = fusion.bias;
    for (std::size_t e = 0; e < row.size(); ++e)
        sum += fusion.experts[e].slope * row[e];
    return sum;
}

/// Fitted to the pictures that are `wanted`. Experts whose slope would be negative are left out,
/// one after the other; when none is left, it says nothing.
template <class Wanted>
Fusion fit(const Experts& experts, const std::vector<Labelled>& pictures, const Wanted& wanted) {
    std::vector<std::size_t> kept(experts.names.size());
    for (std::size_t e = 0; e < kept.size(); ++e)
        kept[e] = e;
    while (!kept.empty()) {
        LogisticData data;
        data.columns = kept.size();
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            if (!wanted(i))
                continue;
            for (const auto e : kept)
                data.x.push_back(experts.rows[i][e]);
            data.positive.push_back(pictures[i].fake);
        }
        data.balance();
        const auto model = fit_logistic(data, kRidge);
        const auto lowest = std::ranges::min_element(model.slopes);
        if (*lowest < 0) {
            kept.erase(kept.begin() + (lowest - model.slopes.begin()));
            continue;
        }
        Fusion fusion{{}, model.bias};
        for (const auto& name : experts.names)
            fusion.experts.push_back({name, 0});
        for (std::size_t k = 0; k < kept.size(); ++k)
            fusion.experts[kept[k]].slope = model.slopes[k];
        return fusion;
    }
    Fusion none;
    for (const auto& name : experts.names)
        none.experts.push_back({name, 0});
    return none;
}

/// The difference of the two Cllr and its standard error, by what each group adds to it.
void compare(const std::vector<LabelledRatio>& one, const std::vector<LabelledRatio>& other,
             FusionTrial& trial) {
    const auto cost = [](const LabelledRatio& each) {
        return softplus_bits(each.fake ? -each.score : each.score);
    };
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (std::size_t i = 0; i < one.size(); ++i) {
        sum[one[i].fake ? 1 : 0] += cost(one[i]) - cost(other[i]);
        ++count[one[i].fake ? 1 : 0];
    }
    trial.difference = (sum[0] / count[0] + sum[1] / count[1]) / 2;
    std::map<std::size_t, double> by_group;
    for (std::size_t i = 0; i < one.size(); ++i) {
        const auto of_class = one[i].fake ? 1 : 0;
        by_group[one[i].group] +=
            (cost(one[i]) - cost(other[i]) - sum[of_class] / count[of_class]) /
            (2 * count[of_class]);
    }
    double squares = 0;
    for (const auto& [group, part] : by_group)
        squares += part * part;
    trial.standard_error = std::sqrt(squares);
}

}  // namespace

FusionTrial try_fusion(const Evaluation& evaluation, const PanelRecord& panel,
                       const std::string& question, std::uint64_t seed) try {
    if (!evaluation.caution.empty())
        throw TrainingError("A fusion needs pictures that no expert learned from. " +
                            evaluation.caution);
    const auto column = answer_column(evaluation, panel, question);
    const auto experts = experts_of(evaluation, panel, question);
    if (any_left(evaluation))
        throw TrainingError(
            "A fusion needs every expert on every picture, and experts made for faces do not count "
            "on pictures without one. Calibrate without --fuse.");
    if (experts.names.size() < 2)
        throw TrainingError("A fusion needs at least two experts that answer the question.");
    auto pictures = labelled_scores(evaluation, column);
    const auto bounds = group_bounds(pictures);
    const auto fold_of = deal_groups(pictures, seed);
    for (auto& each : pictures)
        each.stratum = static_cast<std::size_t>(fold_of.at(each.group));

    FusionTrial trial;
    trial.scores.resize(pictures.size());
    auto by_fusion = pictures, by_mean = pictures;
    for (std::size_t fold = 0; fold < kCalibrationFolds; ++fold) {
        const auto fusion =
            fit(experts, pictures, [&](std::size_t i) { return pictures[i].stratum != fold; });
        std::vector<Labelled> others;
        std::ranges::copy_if(pictures, std::back_inserter(others),
                             [&](const Labelled& each) { return each.stratum != fold; });
        const auto of_mean = fit_ratios(others);
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            if (pictures[i].stratum != fold)
                continue;
            const double log_odds = fused(fusion, experts.rows[i]);
            trial.scores[i] = fake_score({0, log_odds});
            by_fusion[i].score = bounds.bounded(log_odds);
            by_mean[i].score = bounds.bounded(of_mean.log_ratio(pictures[i].score));
        }
    }
    trial.fused = {cllr(by_fusion), roc_auc(by_fusion)};
    trial.mean = {cllr(by_mean), roc_auc(by_mean)};
    compare(by_fusion, by_mean, trial);
    trial.fusion = fit(experts, pictures, [](std::size_t) { return true; });
    if (std::ranges::all_of(trial.fusion.experts,
                            [](const FusedExpert& each) { return each.slope == 0; }))
        throw TrainingError(
            "Higher scores of no expert are more often those of fakes on these pictures, so the "
            "experts cannot be fused. Check the labels and the question.");
    return trial;
} catch (const std::invalid_argument& error) {
    throw TrainingError(error.what());
}

void set_scores(Evaluation& evaluation, const PanelRecord& panel, const std::string& question,
                const std::vector<double>& scores) {
    const auto column = answer_column(evaluation, panel, question);
    for (std::size_t i = 0; i < evaluation.pictures.size(); ++i)
        evaluation.pictures[i].scores[column] = scores.at(i);
}

std::vector<double> fused_scores(const Fusion& fusion, const Evaluation& evaluation,
                                 const PanelRecord& panel, const std::string& question) {
    std::vector<double> scores;
    for (const auto& row : experts_of(evaluation, panel, question).rows)
        scores.push_back(fake_score({0, fused(fusion, row)}));
    return scores;
}

std::string fusion_text(const FusionTrial& trial, const PanelRecord& panel) {
    std::string text = "On groups that nothing was fitted to:  Cllr    AUC\n";
    for (const auto& [name, figures] :
         {std::pair{words_of_mean(panel), trial.mean}, std::pair{"fusion", trial.fused}})
        text += formatted("%-36s %6.3f %6.3f\n", name, figures.cllr, figures.auc);
    text += formatted("Difference of Cllr: %+.3f, standard error %.3f by groups\n",
                      trial.difference, trial.standard_error);
    return text + "Fusion: " + fusion_words(trial.fusion) + '\n';
}

}  // namespace dfd
