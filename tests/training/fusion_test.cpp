// Fusions of experts: fitted, tried on other groups, and used.
#include "core/training/measuring/fusion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "core/base/dice.h"
#include "core/training/measuring/likelihood_ratios.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"

namespace dfd {
namespace {

PanelRecord panel_of(std::size_t experts) {
    PanelRecord panel;
    panel.name = "p";
    panel.digest = "d";
    panel.combine = kLogOdds;
    for (std::size_t e = 0; e < experts; ++e)
        panel.experts.emplace_back().name = std::string(1, static_cast<char>('a' + e));
    return panel;
}

/// Half real pictures, half fakes, two of a group; `log_odds` draws what each expert says.
Evaluation evaluation_of(int pictures, std::size_t experts,
                         const std::function<double(Dice&, bool fake, std::size_t)>& log_odds,
                         std::uint64_t seed = 7) {
    Evaluation evaluation;
    evaluation.digest = "d";
    evaluation.precision = "fp32";
    for (std::size_t e = 0; e < experts; ++e)
        evaluation.columns.emplace_back(std::string(1, static_cast<char>('a' + e)), "net");
    evaluation.columns.emplace_back("panel", "");
    Dice dice(seed);
    for (int i = 0; i < pictures; ++i) {
        ScoredPicture picture;
        picture.row.fake = i % 2 == 1;
        picture.row.group = std::to_string(i / 4) + (picture.row.fake ? "f" : "r");
        double sum = 0;
        for (std::size_t e = 0; e < experts; ++e) {
            const double odds = log_odds(dice, picture.row.fake, e);
            picture.scores.push_back(fake_score({0, odds}));
            sum += odds;
        }
        picture.scores.push_back(fake_score({0, sum / static_cast<double>(experts)}));
        evaluation.pictures.push_back(std::move(picture));
    }
    return evaluation;
}

TEST(Fusion, FindsTheExpertThatKnowsAndIsBetterThanTheMean) {
    const auto evaluation = evaluation_of(400, 2, [](Dice& dice, bool fake, std::size_t expert) {
        return expert == 0 ? dice.gaussian() + (fake ? 1 : -1) : 4 * dice.gaussian();
    });
    const auto panel = panel_of(2);
    const auto trial = try_fusion(evaluation, panel, "", 1);
    ASSERT_EQ(trial.fusion.experts.size(), 2u);
    EXPECT_EQ(trial.fusion.experts[0].expert, "a");
    EXPECT_NEAR(trial.fusion.experts[0].slope, 2, 0.5);  // of two normal densities 2 apart
    EXPECT_NEAR(trial.fusion.experts[1].slope, 0, 0.1);
    EXPECT_TRUE(trial.is_better());
    EXPECT_LT(trial.fused.cllr, trial.mean.cllr - 0.2);
    EXPECT_GT(trial.fused.auc, trial.mean.auc + 0.1);
    EXPECT_SAYS(fusion_text(trial, panel), "mean of the experts' log-odds");
    EXPECT_SAYS(fusion_text(trial, panel), " x a");
}

TEST(Fusion, WhatIsReportedWasNotFittedToItselfAndChanceIsNotBetter) {
    // Labels that nothing explains: only fits to the same pictures look better than chance.
    const auto panel = panel_of(6);
    double outside = 0, inside = 0;
    int draws = 0, better = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto evaluation = evaluation_of(
            60, 6, [](Dice& dice, bool, std::size_t) { return dice.gaussian(); }, seed);
        FusionTrial trial;
        try {
            trial = try_fusion(evaluation, panel, "", 1);
        } catch (const TrainingError& error) {  // by chance, every expert is against itself
            EXPECT_SAYS(error.what(), "cannot be fused");
            continue;
        }
        ++draws;
        outside += trial.fused.cllr;
        better += trial.is_better() ? 1 : 0;
        EXPECT_NEAR(trial.difference, trial.fused.cllr - trial.mean.cllr, 1e-9);
        const auto fitted = fused_scores(trial.fusion, evaluation, panel, "");
        std::vector<LabelledRatio> ratios;
        for (std::size_t i = 0; i < fitted.size(); ++i)
            ratios.push_back({log_odds_of_score(fitted[i]), evaluation.pictures[i].row.fake, i, 0});
        inside += cllr(ratios);
    }
    ASSERT_GE(draws, 10);
    EXPECT_GT(outside / draws, 1);
    EXPECT_LT(inside / draws, 1);
    EXPECT_LE(better, 3);
}

TEST(Fusion, NeedsEveryExpertOnEveryPicture) {
    auto evaluation = evaluation_of(40, 2, [](Dice& dice, bool fake, std::size_t) {
        return dice.gaussian() + (fake ? 1 : -1);
    });
    evaluation.pictures[3].left = {false, true};
    try {
        static_cast<void>(try_fusion(evaluation, panel_of(2), "", 1));
        FAIL();
    } catch (const TrainingError& error) {
        EXPECT_SAYS(error.what(), "experts made for faces");
    }
}

TEST(Fusion, AnExpertThatWouldCountAgainstItselfGetsNothing) {
    const auto evaluation = evaluation_of(200, 2, [](Dice& dice, bool fake, std::size_t expert) {
        return dice.gaussian() + (fake == (expert == 0) ? 1 : -1);
    });
    const auto trial = try_fusion(evaluation, panel_of(2), "", 1);
    EXPECT_GT(trial.fusion.experts[0].slope, 1);
    EXPECT_EQ(trial.fusion.experts[1].slope, 0);
}

TEST(Fusion, PicturesOfAGroupStayTogether) {
    // Each group has its own level of one expert: only who saw the group can use it.
    std::map<std::string, double> level;
    auto evaluation = evaluation_of(80, 2, [](Dice& dice, bool fake, std::size_t expert) {
        return expert == 0 ? dice.gaussian() + (fake ? 0.5 : -0.5) : 0;
    });
    Dice dice(3);
    for (auto& picture : evaluation.pictures) {
        const auto known = level.try_emplace(picture.row.group, 3 * dice.gaussian()).first;
        picture.scores[1] = fake_score({0, known->second});
    }
    const auto trial = try_fusion(evaluation, panel_of(2), "", 1);
    EXPECT_GT(trial.fused.cllr, 0.7);
}

TEST(Fusion, NeedsSeveralExpertsAndGroups) {
    const auto draw = [](Dice& dice, bool, std::size_t) { return dice.gaussian(); };
    EXPECT_SAYS(test::sentence_of<TrainingError>(
                    [&] { (void)try_fusion(evaluation_of(80, 1, draw), panel_of(1), "", 1); }),
                "at least two experts");
    EXPECT_SAYS(test::sentence_of<TrainingError>(
                    [&] { (void)try_fusion(evaluation_of(8, 2, draw), panel_of(2), "", 1); }),
                "at least 5 groups of real pictures");
}

}  // namespace
}  // namespace dfd
