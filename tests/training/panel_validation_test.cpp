// Validation of a calibrated panel, on evaluations made by hand.
#include "core/training/measuring/panel_validation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/training/measuring/validation_page.h"
#include "tests/says.h"

namespace dfd {
namespace {

PanelRecord calibrated_panel() {
    PanelRecord panel;
    panel.name = "p<1>";
    panel.digest = "d";
    panel.experts.emplace_back().name = "a";
    MeasuredAnswer measured;
    measured.answer.bound = 2;
    measured.answer.alarms = {{0, 1, 1, 1}, {0.6, 0.02, 0.01, 0.05}};
    measured.answer.misses = {{0.2, 0.03, 0.01, 0.06}, {1, 1, 1, 1}};
    measured.answer.unusual_real_from = 0.6;
    measured.answer.unusual_fake_below = 0.3;
    measured.answer.scope = {{"shorter_side", 100}};
    measured.limits = {{}};
    measured.population.description = "press <photographs>";
    measured.experts = {
        {.expert = "a", .slope = 2, .bound_fake = 1, .bound_real = 0.5, .cllr = 0.4}};
    panel.calibrations = {{"d", "fp32", {"a"}, {measured}}};
    return panel;
}

void add(Evaluation& evaluation, double score, bool fake, const std::string& group,
         const std::string& kind, double side = 500) {
    ManifestRow row;
    row.path = group + ".png";
    row.fake = fake;
    row.group = group;
    row.source = fake ? "maker" : "camera";
    row.operation = kind;
    evaluation.pictures.push_back({row, {score, score}, {.shorter_side = side}});
    ++(fake ? evaluation.fake : evaluation.real);
}

/// Four real pictures of which one looks fake, four fakes of which two look fake and one real, and
/// a tiny fake.
Evaluation evaluation() {
    Evaluation result;
    result.digest = "d";
    result.precision = "fp32";
    result.device = "cpu";
    result.manifest = "held-out.csv";
    result.fold = "all";
    result.rounds = 50;
    result.columns = {{"a", "net"}, {"panel", ""}};
    for (const auto& [score, group] : {std::pair{0.1, "r1"}, {0.4, "r2"}, {0.2, "r3"}, {0.7, "r4"}})
        add(result, score, false, group, "");
    add(result, 0.9, true, "f1", "splice");
    add(result, 0.8, true, "f2", "splice");
    add(result, 0.5, true, "f3", "blur");
    add(result, 0.25, true, "f4", "blur");
    add(result, 0.1, true, "f5", "blur", 50);
    result.operations = {{"blur", 0, 3}, {"splice", 0, 2}};
    result.sources = {{"camera", 4, 0}, {"maker", 0, 5}};
    return result;
}

/// The same after re-sharing, which makes every fake look real.
Evaluation shared() {
    auto result = evaluation();
    for (auto& picture : result.pictures)
        if (picture.row.fake)
            picture.scores = {0.1, 0.1};
    return result;
}

PanelValidation validated(const std::vector<Acceptance>& acceptance = {}) {
    return validate_panel({{"as they are", evaluation()}, {"shared", shared()}}, calibrated_panel(),
                          "", acceptance, 1);
}

TEST(PanelValidation, CountsByTheBandsOfThePanel) {
    const auto found = validated();
    ASSERT_EQ(found.conditions.size(), 2u);
    const auto& all = found.conditions.front().all;
    EXPECT_EQ(all.real, 4u);
    EXPECT_EQ(all.fake, 4u);  // the tiny one has no assessment
    EXPECT_NEAR(all.coverage.share, 8.0 / 9, 1e-12);
    EXPECT_EQ(all.false_alarms.share, 0.25);
    EXPECT_EQ(all.found.share, 0.5);
    EXPECT_EQ(all.missed.share, 0.25);
    // Of 16 pairs the fake scores higher in 4 + 4 + 3 + 2.
    EXPECT_NEAR(all.auc, 13.0 / 16, 1e-12);
    // ln LR is the log-odds of the score here; a score of 0.5 favours neither.
    EXPECT_EQ(all.misleading.real, 0.25);
    EXPECT_EQ(all.misleading.fake, 0.25);
    const auto& as_they_are = found.conditions.front();
    ASSERT_EQ(as_they_are.kinds.size(), 2u);
    EXPECT_EQ(as_they_are.kinds[0].figures.found.share, 0);
    EXPECT_EQ(as_they_are.kinds[1].figures.found.share, 1);
    EXPECT_EQ(as_they_are.kinds[1].figures.real, 4u);
    EXPECT_EQ(as_they_are.sources[0].figures.fake, 0u);
    ASSERT_EQ(found.reasons.size(), 1u);
    EXPECT_EQ(found.reasons[0], (std::pair<std::string, std::size_t>("shorter_side", 1)));
    EXPECT_EQ(all.calibration_error, ratio_calibration_error(found.ratios));
    EXPECT_EQ(all.value("calibration-error"), all.calibration_error);
    EXPECT_SAYS(validation_text(found), "Expected calibration error 0.");
    EXPECT_TRUE(found.accepted());
}

TEST(PanelValidation, KindsAndSourcesOfEveryCondition) {
    const auto found = validated();
    const auto& before = found.conditions[0];
    const auto& after = found.conditions[1];
    ASSERT_EQ(after.kinds.size(), 2u);
    ASSERT_EQ(after.sources.size(), 2u);
    EXPECT_EQ(after.kinds[1].name, "splice");
    EXPECT_EQ(after.kinds[1].figures.missed.share, 1);
    EXPECT_EQ(before.kinds[1].figures.missed.share, 0);
    // Splices at 0.9 and 0.8, then at 0.1; blurs at 0.5 and 0.25. One real picture is at 0.7.
    EXPECT_EQ(before.kinds[1].figures.misleading.fake, 0);
    EXPECT_EQ(after.kinds[1].figures.misleading.fake, 1);
    EXPECT_EQ(before.kinds[0].figures.misleading.fake, 0.5);
    EXPECT_EQ(before.kinds[0].figures.misleading.real, 0.25);
    EXPECT_EQ(after.sources[0].name, "camera");
    EXPECT_EQ(after.sources[0].figures.misleading.real, 0.25);
    EXPECT_EQ(after.sources[1].figures.misleading.fake, 1);
    const auto text = validation_text(found);
    EXPECT_SAYS(text, "\nkind of fake, shared ");
    EXPECT_SAYS(text, "\nsource, shared ");
    EXPECT_SAYS(text, " -, 100.0 %");  // a source without real pictures
    EXPECT_SAYS(text, "25.0 %, 0.0 %");
}

TEST(PanelValidation, EachExpertByItsOwnCalibration) {
    const auto found = validated();
    ASSERT_EQ(found.experts.size(), 1u);
    const auto& expert = found.experts[0];
    // ln LR is twice the log-odds: 81 becomes the 10 that its bound leaves, 1/81 becomes 10^-0.5.
    EXPECT_NEAR(expert.calibration.log_ratio(0.9), std::log(10.0), 1e-12);
    EXPECT_NEAR(expert.calibration.log_ratio(0.1), -std::log(10.0) / 2, 1e-12);
    EXPECT_NEAR(expert.calibration.log_ratio(0.4), 2 * std::log(2.0 / 3), 1e-12);
    const double least = std::pow(10, -0.5);
    const auto bits = [](double odds) { return std::log2(1 + odds); };
    // Real: 0.1, 0.2, 0.4, 0.7; fakes: 0.9, 0.8, 0.5, 0.25. The tiny one has no assessment.
    const double real = 2 * bits(least) + bits(4.0 / 9) + bits(49.0 / 9);
    const double fake = 2 * bits(0.1) + bits(1) + bits(1 / least);
    EXPECT_NEAR(expert.cllr, (real / 4 + fake / 4) / 2, 1e-12);
    EXPECT_NEAR(expert.auc, 13.0 / 16, 1e-12);
    EXPECT_SAYS(validation_text(found), "expert  ");
    // A calibration of an older version has none.
    auto panel = calibrated_panel();
    panel.calibrations[0].answers[0].experts.clear();
    const auto older = validate_panel({{"as they are", evaluation()}}, panel, "", {}, 1);
    EXPECT_TRUE(older.experts.empty());
    EXPECT_EQ(validation_text(older).find("expert"), std::string::npos);
}

TEST(PanelValidation, CriteriaAreJudged) {
    const auto found =
        validated({parse_acceptance("found >= 0.5"), parse_acceptance("false-alarms<=0.1")});
    EXPECT_TRUE(found.acceptance[0].met);
    EXPECT_FALSE(found.acceptance[1].met);
    EXPECT_FALSE(found.accepted());
    EXPECT_SAYS(validation_text(found), "false-alarms <= 0.1");
    EXPECT_SAYS(validation_text(found), "NOT MET");
    for (const auto& figure : acceptance_figures())
        EXPECT_FALSE(std::isnan(found.conditions[0].all.value(figure))) << figure;
    for (const auto* wrong :
         {"", "cllr", "cllr<0.6", "cllr=0.6", "cllr<=", "cllr<=x", "size<=1", "cllr<=nan", "=1"})
        EXPECT_THROW(static_cast<void>(parse_acceptance(wrong)), TrainingError) << wrong;
}

TEST(PanelValidation, NeedsACalibrationAndNewPictures) {
    auto panel = calibrated_panel();
    panel.digest = "another";
    EXPECT_THROW(
        static_cast<void>(validate_panel({{"as they are", evaluation()}}, panel, "", {}, 1)),
        TrainingError);
    auto seen = evaluation();
    seen.caution = "Some of these pictures are in folds that experts learned from.";
    EXPECT_THROW(
        static_cast<void>(validate_panel({{"as they are", seen}}, calibrated_panel(), "", {}, 1)),
        TrainingError);
}

TEST(PanelValidation, ThePageIsWholeAndEscapesNames) {
    const auto found = validated({parse_acceptance("auc>=0.9")});
    const auto panel = calibrated_panel();
    const auto one = evaluation();
    const auto html = validation_html(
        {found, panel, one, "2026-11-29", "abc", "dfd validate p", {{"Library", "1.0"}}});
    for (const auto* part :
         {"<!DOCTYPE html>", "p&lt;1&gt;", "Tippett plot", "Empirical cross-entropy", "not met",
          "held-out.csv", "Risk against coverage", "shorter_side, at least", "dfd validate p",
          "splice", "Library", "Each expert by itself", "Source (shared)",
          "<td class=\"n\">25.0 %, 50.0 %</td>", "Misses, stated", "3.0 % (1.0\u20136.0)",
          "press &lt;photographs&gt;", "+0.000 +2.000 ln(s", "</html>"})
        EXPECT_SAYS(html, part);
    EXPECT_EQ(html.find("p<1>"), std::string::npos);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("nan"), std::string::npos);
    EXPECT_EQ(html.find("same name"), std::string::npos);
    // The page says how the others are combined when an expert is beyond its gate.
    auto gated = found;
    gated.calibration.answer.gates = {{"a", 2}};
    auto by_odds = panel;
    by_odds.combine = kLogOdds;
    EXPECT_SAYS(validation_html({gated, by_odds, one, "d", "abc", "dfd validate p", {}}),
                "log-odds) is then that of the others");
    EXPECT_SAYS(validation_html({gated, panel, one, "d", "abc", "dfd validate p", {}}),
                "scores) is then that of the others");
}

}  // namespace
}  // namespace dfd
