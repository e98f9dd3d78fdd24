#include "core/opinion/story.h"

#include <gtest/gtest.h>

#include <array>

#include "core/base/text.h"
#include "core/opinion/map_focus.h"
#include "tests/panel/opinions.h"
#include "tests/says.h"

namespace dfd {
namespace {

std::vector<std::string> story(const PanelOpinion& opinion,
                               const std::vector<std::string>& warnings = {}) {
    return story_of(opinion, warnings);
}

/// A 9 x 9 map with the value `ground`, plus `height` in a 3 x 3 block.
HeatMap block(int row, int column, float height, float ground = 0) {
    HeatMap map{9, 9, std::vector<float>(81, ground)};
    for (int r = row; r < row + 3; ++r)
        for (int c = column; c < column + 3; ++c)
            map.values[static_cast<size_t>(9 * r + c)] += height;
    return map;
}

TEST(MapFocus, FindsTheWindowWithTheLargestShare) {
    const auto focus = focus_of(block(0, 6, 8, 1)).value();  // 81 of 153 within the block
    EXPECT_NEAR(focus.share, 81.0 / 153, 1e-12);
    EXPECT_NEAR(focus.row, 1.5 / 9, 1e-12);
    EXPECT_NEAR(focus.column, 7.5 / 9, 1e-12);
    EXPECT_EQ(place_name(focus), "upper right");
    EXPECT_EQ(place_name(focus_of(block(3, 3, 1)).value()), "centre");
    EXPECT_EQ(place_name(focus_of(block(6, 0, 1)).value()), "lower left");
    EXPECT_EQ(place_name(focus_of(block(6, 3, 1)).value()), "bottom");
    EXPECT_NEAR(focus_of(block(0, 0, 0, 1)).value().share, 1.0 / 9, 1e-12);
}

TEST(MapFocus, EmptyAndCoarseMapsHaveNoFocus) {
    EXPECT_FALSE(focus_of(block(0, 0, 0)));
    EXPECT_FALSE(focus_of(HeatMap{2, 9, std::vector<float>(18, 1.0f)}));
    EXPECT_FALSE(focus_of(HeatMap{}));
}

TEST(MapFocus, WhereTheExpertLookedIsNoConcentration) {
    // Evidence in one place, of a map that was looked at everywhere.
    const auto seen = focus_of(block(0, 6, 8)).value();
    EXPECT_NEAR(seen.looked_at, 1.0 / 9, 1e-12);
    EXPECT_TRUE(is_concentrated(seen));
    // The same evidence everywhere that was looked at, most of which is in one place.
    auto map = block(0, 6, 1);
    for (auto& value : map.values)
        if (value == 0)
            value = kNotLookedAt;
    map.values[80] = 1;
    const auto part = focus_of(map).value();
    EXPECT_NEAR(part.share, 0.9, 1e-12);
    EXPECT_NEAR(part.looked_at, 0.9, 1e-12);
    EXPECT_FALSE(is_concentrated(part));
}

TEST(MapFocus, WindowsOverlap) {
    const auto at = [](int row, int column) { return focus_of(block(row, column, 1)).value(); };
    EXPECT_TRUE(overlap(at(0, 0), at(2, 2)));
    EXPECT_FALSE(overlap(at(0, 0), at(0, 3)));
}

TEST(Story, AFusionIsSaidWithItsSlopes) {
    const std::string fused =
        "A fusion fitted to labelled pictures combines the experts, not a mean: log-odds +0.50 + "
        "2.00 x a + 0.25 x b.";
    auto opinion = of_fusion({0.7, 0.8});
    const auto told = story(opinion);
    ASSERT_GE(told.size(), 3u);
    EXPECT_TRUE(told[0].starts_with("The panel says 0.93")) << told[0];
    EXPECT_EQ(told[2], fused);  // after what the score is worth
    opinion.experts[1].weight = 0.5;
    combine(opinion);  // the mean again
    for (const auto& sentence : story(opinion))
        EXPECT_NE(sentence, fused);
    for (const auto& sentence : story(of_scores({0.7, 0.8})))
        EXPECT_NE(sentence, fused);
}

TEST(Story, AllAgree) {
    EXPECT_EQ(story(of_scores({0.7, 0.8, 0.9})),
              (std::vector<std::string>{
                  "The panel says 0.80 (looks fake): all 3 experts are on the fake side.",
                  "No single expert decides: without any one of them the score stays between "
                  "0.75 and 0.85, on the fake side of 0.50.",
                  "The scores lie close together: from 0.70 to 0.90, spread 0.08."}));
    EXPECT_EQ(story(of_scores({0.2, 0.1}))[0],
              "The panel says 0.15 (looks real): both experts are on the real side.");
    // A single number when both ends print the same.
    EXPECT_EQ(story(of_scores({0.2, 0.2}))[1],
              "No single expert decides: without any one of them the score stays 0.20, on the "
              "real side of 0.50.");
}

TEST(Story, TheBandFollowsTheThresholds) {
    const auto opinion = of_scores({0.3, 0.3});
    const auto verdict = [&](const BandThresholds& thresholds) {
        return story_of(opinion, {}, thresholds).front();
    };
    EXPECT_SAYS(verdict({}), "0.30 (looks real)");
    EXPECT_SAYS(verdict({0.1, 0.2}), "0.30 (looks fake)");
    EXPECT_SAYS(summary_of(opinion, {}, BandThresholds{0.1, 0.9}), "(undecided)");
    EXPECT_EQ(score_figure(0.298, {0.1, 0.3}), "0.29");  // not yet 0.30, which looks fake
    EXPECT_EQ(score_figure(0.298, {}), "0.30");
}

TEST(Story, OneScoreIsTheSameFigureThroughout) {
    // Just below the threshold of a panel whose thresholds are not the usual ones.
    const auto opinion = of_scores({0.7196, 0.7196, 0.6});
    const auto told = joined(story_of(opinion, {}, BandThresholds{0.3, 0.72}), " ");
    EXPECT_SAYS(told, "from 0.60 to 0.71");
    EXPECT_SAYS(told, "between 0.66 and 0.71");
    EXPECT_EQ(told.find("0.72"), std::string::npos) << told;
    // 0.6496 is on no side of these.
    const auto other =
        joined(story_of(of_scores({0.6496, 0.6496}), {}, BandThresholds{0.3, 0.72}), " ");
    EXPECT_SAYS(other, "The panel says 0.65");
    EXPECT_EQ(other.find("0.64"), std::string::npos) << other;
    // A spread is no score, whatever thresholds there are: here it is 0.3496.
    EXPECT_SAYS(joined(story(of_scores({0.9, 0.9 - 2 * 0.3496})), " "), "spread 0.35");
}

TEST(Story, ScoresOfAnUncalibratedPanelHaveNoWords) {
    EXPECT_EQ(story_of(of_scores({0.9, 0.7}), {}, BandThresholds{.named = false}).front(),
              "The panel says 0.80: both experts are on the fake side.");
    EXPECT_EQ(band_of(0.9, {.named = false}), Band::Unnamed);
}

TEST(Story, OutsideOfTheScopeThereIsNoVerdict) {
    auto opinion = of_scores({0.9, 0.7});
    AnswerCalibration calibration;
    calibration.alarms = {{0, 1, 1, 1}};
    calibration.scope = {{"shorter_side", 200}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    opinion.traits = PictureTraits{.shorter_side = 64};
    EXPECT_EQ(story(opinion),
              (std::vector<std::string>{
                  "No assessment.",
                  "It is smaller than the pictures that the panel was measured on: its shorter "
                  "side has 64 pixels, and they had at least 200.",
                  "The score, 0.80, was never measured on such pictures."}));
    opinion.traits = PictureTraits{.shorter_side = 200};
    EXPECT_SAYS(story(opinion).front(), "The panel says 0.80");
}

TEST(Story, FewOutvotedExpertsAreNamed) {
    EXPECT_EQ(story(of_scores({0.8, 0.7, 0.3, 0.9}))[0],
              "The panel says 0.68 (looks fake): 3 of 4 experts are on the fake side, c (0.30) "
              "is on the real side.");
    EXPECT_EQ(story(of_scores({0.1, 0.1, 0.1, 0.6, 0.9}))[0],
              "The panel says 0.36 (undecided): 3 of 5 experts are on the real side, d (0.60) and "
              "e (0.90) are on the fake side.");
    EXPECT_EQ(story(of_scores({0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9}))[0],
              "The panel says 0.54 (undecided): 5 of 9 experts are on the fake side, 4 are on the "
              "real side.");
    EXPECT_EQ(
        story(of_scores({0.2, 0.9}))[0],
        "The panel says 0.55 (undecided): one of the 2 experts is on the fake side, the other "
        "on the real side.");
    EXPECT_EQ(story(of_scores({0.2, 0.9, 0.3, 0.8}))[0],
              "The panel says 0.55 (undecided): 2 experts are on the fake side and as many on the "
              "real side.");
}

TEST(Story, ExpertsThatDecideAreNamed) {
    EXPECT_EQ(story(of_scores({0.98, 0.49, 0.49}))[1],
              "One expert decides: without a the score would be 0.49, on the real side of "
              "0.50.");
    EXPECT_EQ(story(of_scores({0.8, 0.8, 0.1}))[1],
              "The side depends on single experts: without a or b the score would be 0.45, on the "
              "real side of 0.50.");
    // Just below the threshold: neither number nor word may suggest that it is reached.
    EXPECT_EQ(story(of_scores({0.99, 0.4999, 0.4999}))[1],
              "One expert decides: without a the score would be 0.49, on the real side of "
              "0.50.");
    EXPECT_TRUE(story(of_scores({0.75, 0.75, 0.75, 0.75, 0.05, 0.05}))[1].starts_with(
        "The side depends on single experts: without any one of 4 experts the score would be "
        "0.47"));
}

TEST(Story, NobodyDecidesWhereThePanelIsUndecided) {
    const auto opinion = of_scores({0.9, 0.4, 0.4});
    EXPECT_SAYS(story(opinion)[0], "(undecided)");
    EXPECT_EQ(story(opinion)[1],
              "One expert turns the side: without a the score would be 0.40, on the real side of "
              "0.50.");
    EXPECT_TRUE(story(of_scores({0.6, 0.6, 0.55}))[1].starts_with(
        "No single expert turns the side: without any one of them the score stays "));
    // The same scores, where other thresholds give the panel a word, and where it has none.
    EXPECT_SAYS(story_of(opinion, {}, BandThresholds{0.2, 0.5})[1], "One expert decides: ");
    EXPECT_SAYS(story_of(opinion, {}, BandThresholds{.named = false})[1],
                "One expert turns the side: ");
    for (const auto& sentence : story_of(opinion, {}, BandThresholds{.named = false}))
        EXPECT_EQ(sentence.find("decides"), std::string::npos) << sentence;
}

TEST(Story, TheSpreadIsDescribedInWords) {
    EXPECT_EQ(story(of_scores({0.3, 0.6}))[2],
              "The scores differ: from 0.30 to 0.60, spread 0.15.");
    EXPECT_EQ(story(of_scores({0.1, 0.9}))[2],
              "The scores contradict each other: from 0.10 to 0.90, spread 0.40.");
}

TEST(Story, ASingleExpertHasNoDisagreement) {
    EXPECT_EQ(
        story(of_scores({0.9})),
        std::vector<std::string>{"The panel says 0.90 (looks fake) based on one expert alone, a."});
    EXPECT_TRUE(story(PanelOpinion{}).empty());
}

TEST(Story, AnotherCombinationIsMentionedFirst) {
    auto opinion = of_scores({0.9, 0.2, 0.6, 0.7});
    combine(opinion, std::array{1.0, 0.0, 0.5, 1.0});
    const auto sentences = story(opinion);
    EXPECT_EQ(sentences[0],
              "This is not the reference combination: b is muted and c counts 0.5 times.");
    EXPECT_EQ(sentences[1],
              "The panel says 0.76 (looks fake): all 3 experts are on the fake side.");
}

TEST(Story, AnExpertWithoutAnOpinionIsNotMuted) {
    auto opinion = of_scores({0.9, 0.8, 0.6});
    set_unavailable(opinion.experts[1], "It is too odd.");
    combine(opinion);
    EXPECT_EQ(story(opinion)[0], "This is not the reference combination: b has no opinion.");
}

TEST(Story, OnlyConcentratedMapsAreDescribed) {
    auto opinion = of_scores({0.8, 0.9, 0.7});
    EXPECT_EQ(story(opinion).size(), 3u);  // no maps, no sentence
    for (auto& expert : opinion.experts)
        expert.map = block(0, 0, 1, 1);  // 18 of 90: a fifth
    EXPECT_EQ(story(opinion)[3], "None of the 3 maps is concentrated in one place.");
    opinion.experts[1].map = block(0, 0, 9, 1);  // 90 of 162: 55.6 %
    EXPECT_EQ(story(opinion)[3],
              "Only the map of b is concentrated: upper left (55 % of it within a ninth of the "
              "picture).");
    opinion.experts[0].map = block(0, 0, 1);
    EXPECT_EQ(story(opinion)[3],
              "2 of 3 maps are concentrated in the same place: upper left (at least 55 % of each "
              "within a ninth of the picture).");
    opinion.experts[2].map = block(6, 6, 1);
    EXPECT_EQ(story(opinion)[3],
              "All 3 maps are concentrated in different places: a and b upper left and c lower "
              "right (at least 55 % of each within a ninth of the picture).");
    opinion.experts[2].map = block(2, 2, 1);  // its centre lies in the middle third
    EXPECT_EQ(story(opinion)[3],
              "All 3 maps are concentrated in overlapping places: a and b upper left and c centre "
              "(at least 55 % of each within a ninth of the picture).");
    combine(opinion, std::array{0.0, 1.0, 0.0});
    EXPECT_EQ(story(opinion)[2],
              "The map of b is concentrated: upper left (55 % of it within a ninth of the "
              "picture).");
}

TEST(Story, ManyMapsAreCounted) {
    auto opinion = of_scores({0.8, 0.9, 0.7, 0.6});
    for (auto& expert : opinion.experts)
        expert.map = block(0, 0, 1);
    opinion.experts[3].map = block(6, 6, 1);
    EXPECT_EQ(story(opinion)[3],
              "All 4 maps are concentrated in different places: 3 upper left and 1 lower right (at "
              "least 100 % of each within a ninth of the picture).");
}

TEST(Story, WarningsAreCounted) {
    const auto opinion = of_scores({0.8, 0.9});
    EXPECT_EQ(story(opinion, {"Tiny."}).back(),
              "1 warning limits what this score can mean; it is listed with it.");
    EXPECT_EQ(story(opinion, {"Tiny.", "Grey."}).back(),
              "2 warnings limit what this score can mean; they are listed with it.");
    EXPECT_EQ(summary_of(of_scores({0.9}), {"Tiny."}),
              "The panel says 0.90 (looks fake) based on one expert alone, a. 1 warning "
              "limits what this score can mean; it is listed with it.");
}

}  // namespace
}  // namespace dfd
