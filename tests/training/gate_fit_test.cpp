// Gates that keep experts from pictures that they were not measured on.
#include "core/training/measuring/gate_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/dice.h"
#include "core/panel/calibration_json.h"
#include "core/training/measuring/calibrate_panel.h"
#include "tests/says.h"

namespace dfd {
namespace {

constexpr std::size_t kWidth = 12;

/// Varies by 9 and 4 along the first two features, by 0.01 along all others.
std::vector<float> drawn(Dice& dice, double centre = 0) {
    std::vector<float> row(kWidth);
    for (std::size_t i = 0; i < kWidth; ++i)
        row[i] = static_cast<float>(centre + (i == 0 ? 3 : i == 1 ? 2 : 0.1) * dice.gaussian());
    return row;
}

std::vector<const std::vector<float>*> pointers(const std::vector<std::vector<float>>& rows) {
    std::vector<const std::vector<float>*> all;
    for (const auto& row : rows)
        all.push_back(&row);
    return all;
}

TEST(GateFit, FindsTheWideDirections) {
    Dice dice(7);
    std::vector<std::vector<float>> rows;
    for (int i = 0; i < 600; ++i)
        rows.push_back(drawn(dice, 5));
    const auto model = fit_features(pointers(rows), 2);
    ASSERT_EQ(model.variances.size(), 2u);
    EXPECT_NEAR(model.variances[0], 9, 0.9);
    EXPECT_NEAR(model.variances[1], 4, 0.4);
    EXPECT_NEAR(std::abs(model.components[0]), 1, 5e-3);
    EXPECT_NEAR(std::abs(model.components[kWidth + 1]), 1, 5e-3);
    EXPECT_NEAR(model.residual, 0.01, 0.001);
    double squares = 0;
    for (const auto& row : rows)
        squares += model.distance(row) * model.distance(row) / 600;
    EXPECT_NEAR(squares, 1, 1e-3);  // by construction, as the trace of the identity
    // Three along a narrow feature is far; along the widest it is not.
    auto away = model.mean;
    away[5] += 3;
    EXPECT_GT(model.distance(away), 5);
    away = model.mean;
    away[0] += 3;
    EXPECT_LT(model.distance(away), 0.5);
}

TEST(GateFit, NeedsPicturesThatDiffer) {
    const std::vector<std::vector<float>> same(3, std::vector<float>{1, 2, 3});
    EXPECT_THROW(static_cast<void>(fit_features(pointers(same))), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(fit_features({&same[0]})), std::invalid_argument);
    // Fewer pictures and features than components still make a model.
    const std::vector<std::vector<float>> few{{1, 2, 3}, {2, 2, 3}, {1, 3, 3}};
    const auto model = fit_features(pointers(few));
    EXPECT_LE(model.variances.size(), 2u);
    EXPECT_TRUE(std::isfinite(model.distance(few[0])));
}

/// Pictures of ten groups that experts "a" and "b" see and score well.
std::vector<GatePicture> photographs(Dice& dice) {
    std::vector<GatePicture> pictures;
    for (std::size_t i = 0; i < 400; ++i)
        pictures.push_back({i % 2 == 0,
                            true,
                            i % 40,
                            {i % 2 == 0 ? 0.8 : 0.2, i % 2 == 0 ? 0.7 : 0.3},
                            {drawn(dice), drawn(dice)}});
    return pictures;
}

/// Real graphics; "a" has never seen such and calls them fake, "b" neither.
std::vector<GatePicture> graphics(Dice& dice) {
    std::vector<GatePicture> pictures;
    for (std::size_t i = 0; i < 20; ++i)
        pictures.push_back({false, true, i, {0.95, 0.2}, {drawn(dice, 4), drawn(dice)}});
    return pictures;
}

const AnswerCalibration kPlain;  // ln LR is the log-odds of the score

TEST(GateFit, AGateThatSavesIsKeptAndItsPriceIsCounted) {
    Dice dice(3);
    auto inside = photographs(dice), outside = graphics(dice);
    const auto fitted = fit_gates(inside, outside, {"a", "b"}, kPlain, 1);
    ASSERT_EQ(fitted.gates.size(), 1u);
    EXPECT_EQ(fitted.gates[0].expert, "a");
    EXPECT_TRUE(fitted.models.contains("a"));
    EXPECT_FALSE(fitted.models.contains("b"));
    EXPECT_NEAR(fitted.costs[0].withheld, 0.01, 1e-12);  // four of 400, as the quantile says
    EXPECT_EQ(fitted.costs[0].outside_withheld, 1);
    EXPECT_EQ(fitted.costs[0].saved, 20u);
    // The mean of both was 0.575; "b" alone says 0.2.
    const auto found = gated_score(outside[0], {"a", "b"}, fitted.gates);
    EXPECT_TRUE(found.any_left);
    EXPECT_FALSE(found.none_remains);
    EXPECT_NEAR(found.score, 0.2, 1e-12);
    // Alone, "a" would leave nobody: then the score is its own, without an assessment.
    const auto alone = gated_score({false, true, 0, {0.95}, {}, {1e9}}, {"a"}, fitted.gates);
    EXPECT_TRUE(alone.none_remains);
    EXPECT_NEAR(alone.score, 0.95, 1e-12);
}

TEST(GateFit, AGateThatSavesNothingIsNotKept) {
    Dice dice(4);
    auto inside = photographs(dice), outside = graphics(dice);
    for (auto& picture : outside)
        picture.fake = true;  // "a" is right about them
    EXPECT_TRUE(fit_gates(inside, outside, {"a", "b"}, kPlain, 1).gates.empty());
    outside = graphics(dice);
    for (auto& picture : outside)
        picture.assessed = false;  // a limit of the traits saves them already
    EXPECT_TRUE(fit_gates(inside, outside, {"a", "b"}, kPlain, 1).gates.empty());
    outside.clear();
    EXPECT_TRUE(fit_gates(inside, outside, {"a", "b"}, kPlain, 1).gates.empty());
}

TEST(GateFit, ExpertsWithoutFeaturesGetNoGate) {
    Dice dice(3);
    auto inside = photographs(dice), outside = graphics(dice);
    for (auto* pictures : {&inside, &outside})
        for (auto& picture : *pictures)
            picture.features[1].clear();
    const auto fitted = fit_gates(inside, outside, {"a", "b"}, kPlain, 1);
    ASSERT_EQ(fitted.gates.size(), 1u);
    EXPECT_EQ(fitted.gates[0].expert, "a");
    for (auto* pictures : {&inside, &outside})
        for (auto& picture : *pictures)
            picture.features[0].clear();
    EXPECT_TRUE(fit_gates(inside, outside, {"a", "b"}, kPlain, 1).gates.empty());
}

/// An evaluation of a panel with one expert, which nobody can look into.
Evaluation evaluation_without_features(std::size_t count, bool misled) {
    Evaluation evaluation;
    evaluation.digest = std::string(64, 'a');
    evaluation.precision = "fp32";
    evaluation.manifest = "pictures.csv";
    evaluation.rounds = 100;
    evaluation.columns.emplace_back("program", "program");
    evaluation.columns.emplace_back("panel", "");
    for (std::size_t i = 0; i < count; ++i) {
        const bool fake = i % 2 == 0;
        const double score =
            (fake != misled ? 0.6 : 0.4) + 0.05 * static_cast<double>(i / 2 % 10) - 0.225;
        auto& picture = evaluation.pictures.emplace_back();
        picture.row.fake = fake;
        picture.row.group = "group " + std::to_string(i / 2 % 20);
        picture.scores = {score, score};
        picture.features.emplace_back();
    }
    return evaluation;
}

TEST(Population, IsCountedByHand) {
    Evaluation evaluation;
    for (int i = 0; i < 23; ++i) {
        auto& picture = evaluation.pictures.emplace_back();
        picture.row.fake = i % 2 == 1;
        picture.row.operation = picture.row.fake ? "splice" : "";
        picture.row.source = i < 2 ? "anna" : "source " + std::to_string(100 + i);
        picture.megapixels = i + 1;
        picture.format = i == 0 ? "PNG" : "JPEG";
    }
    const auto population = population_of(evaluation);
    // anna's two, then 19 of the 21 others by name, and the last two together.
    ASSERT_EQ(population.sources.size(), 21u);
    EXPECT_EQ(population.sources[0], (PopulationCount{"anna", 1, 1}));
    EXPECT_EQ(population.sources[1], (PopulationCount{"source 102", 1, 0}));
    EXPECT_EQ(population.sources[20], (PopulationCount{"", 1, 1}));
    EXPECT_EQ(population.kinds, (std::vector<PopulationCount>{{"splice", 0, 11}}));
    EXPECT_EQ(population.formats, (std::vector<PopulationCount>{{"JPEG", 11, 11}, {"PNG", 1, 0}}));
    // Of 1 to 23: the places 0, 1.1, 11, 20.9 and 22.
    ASSERT_EQ(population.sizes.size(), kPopulationSizes);
    const double sizes[] = {1, 2.1, 12, 21.9, 23};
    for (std::size_t i = 0; i < kPopulationSizes; ++i)
        EXPECT_NEAR(population.sizes[i], sizes[i], 1e-9);
}

TEST(GateFit, EachExpertIsCalibratedByItself) {
    PanelRecord panel;
    panel.name = "mine";
    panel.digest = std::string(64, 'a');
    for (const auto* name : {"forwards", "backwards"})
        panel.experts.emplace_back().name = name;
    auto evaluation = evaluation_without_features(400, false);
    evaluation.columns.emplace(evaluation.columns.begin() + 1, "backwards", "program");
    for (auto& picture : evaluation.pictures)
        picture.scores = {picture.scores[0], 1 - picture.scores[0], picture.scores[0]};
    const auto calibrated = calibrate_panel(evaluation, panel, "", "2026-11-29", 1);
    const auto& measured = calibrated.calibration.answers.front();
    ASSERT_EQ(measured.experts.size(), 2u);
    // The first has the panel's own scores.
    const auto& first = measured.experts[0];
    EXPECT_EQ(first.expert, "forwards");
    EXPECT_EQ(first.slope, measured.answer.slope);
    EXPECT_EQ(first.bias, measured.answer.bias);
    EXPECT_EQ(first.bound_fake, measured.answer.bound);
    EXPECT_EQ(first.cllr, measured.cllr);
    EXPECT_EQ(first.auc, measured.auc);
    // The second says the opposite, so it favours neither.
    const auto& second = measured.experts[1];
    EXPECT_EQ(second.slope, 0);
    EXPECT_EQ(second.log_ratio(0.99), 0);
    EXPECT_EQ(second.cllr, 1);
    EXPECT_NEAR(second.auc, 1 - first.auc, 1e-12);
    const auto text = calibration_text(calibrated);
    EXPECT_SAYS(text, "backwards                0: favours neither");
    EXPECT_SAYS(text, "\nforwards  ");
    // The table goes from a score of 0, that all real pictures reach, to one that all fakes keep
    // to.
    EXPECT_SAYS(text,
                "\nscore   false alarms   95 % interval       misses   95 % interval           LR\n"
                " 0.00        100.0 %   100.0 - 100.0 %          -  ");
    EXPECT_SAYS(text, "\n 1.00              -");
    EXPECT_SAYS(text, "   100.0 %   100.0 - 100.0 %   ");
    EXPECT_SAYS(text, "Expected calibration error 0.");
}

TEST(GateFit, PanelsThatCombineByLogOddsGetNoGates) {
    PanelRecord panel;
    panel.name = "mine";
    panel.digest = std::string(64, 'a');
    panel.combine = kLogOdds;
    panel.experts.emplace_back();
    panel.experts[0].name = "program";
    panel.experts[0].kind = ExpertKind::Program;
    const auto evaluation = evaluation_without_features(400, false);
    const auto outside = evaluation_without_features(20, true);
    auto calibrated = calibrate_panel(evaluation, panel, "", "2026-11-29", 1);
    add_scope(calibrated, evaluation, outside, panel, 1);
    EXPECT_TRUE(calibrated.calibration.answers.front().answer.gates.empty());
    EXPECT_TRUE(calibrated.models.empty());
    EXPECT_SAYS(calibration_text(calibrated),
                "No gates of experts were looked for, because the panel combines by the mean of "
                "log-odds.");
}

TEST(GateFit, APanelMadeForFacesIsCalibratedForThemAlone) {
    PanelRecord panel;
    panel.name = "mine";
    panel.digest = std::string(64, 'a');
    panel.experts.emplace_back().name = "a";
    auto evaluation = evaluation_without_features(400, false);
    for (std::size_t i = 0; i < evaluation.pictures.size(); ++i)
        evaluation.pictures[i].traits.face = i < 40 ? 0 : 1;
    EXPECT_TRUE(calibrate_panel(evaluation, panel, "", "2026-11-30", 1)
                    .calibration.answers.front()
                    .answer.scope.empty());
    panel.subject = kFaces;
    const auto calibrated = calibrate_panel(evaluation, panel, "", "2026-11-30", 1);
    const auto& measured = calibrated.calibration.answers.front();
    EXPECT_EQ(measured.answer.scope, (std::vector<TraitLimit>{{kFaceTrait, 1}}));
    EXPECT_NEAR(measured.withheld, 0.1, 1e-12);
    const auto text = calibration_text(calibrated);
    EXPECT_SAYS(text, "The panel was made for faces");
    EXPECT_SAYS(text, "\nface         from       1               10.0 %     0.0 %");
    EXPECT_EQ(parse_calibrations(calibrations_text({calibrated.calibration}))
                  .front()
                  .answers.front()
                  .answer.scope,
              measured.answer.scope);
}

TEST(GateFit, DistancesAreByModelsOfOtherGroups) {
    // One group is far from all others. By a model that had seen it, it would be nearer.
    Dice dice(5);
    auto inside = photographs(dice), outside = graphics(dice);
    std::vector<std::vector<float>> rows;
    for (auto& picture : inside) {
        if (picture.group == 3)
            picture.features[0] = drawn(dice, 4);
        rows.push_back(picture.features[0]);
    }
    static_cast<void>(fit_gates(inside, outside, {"a", "b"}, kPlain, 1));
    const auto all = fit_features(pointers(rows));
    for (const auto& picture : inside)
        if (picture.group == 3) {
            EXPECT_GT(picture.distances[0], 2 * all.distance(picture.features[0]));
        }
}

}  // namespace
}  // namespace dfd
