#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>

#include "core/opinion/bands.h"

namespace dfd {
namespace {

PanelOpinion of_logits(std::initializer_list<double> fake_logits) {
    PanelOpinion opinion;
    for (const double logit : fake_logits)
        opinion.experts.emplace_back().logits = {0.0, logit};
    combine(opinion);
    return opinion;
}

TEST(Opinion, CombinesByHand) {
    const double ln3 = std::log(3.0);  // softmax gives 0.75; -ln3 gives 0.25
    const auto opinion = of_logits({ln3, -ln3, 0});
    EXPECT_DOUBLE_EQ(opinion.experts[0].score, 0.75);
    EXPECT_DOUBLE_EQ(opinion.experts[1].score, 0.25);
    EXPECT_DOUBLE_EQ(opinion.score, 0.5);
    EXPECT_NEAR(opinion.spread, std::sqrt(2 * 0.0625 / 3), 1e-15);
    EXPECT_DOUBLE_EQ(opinion.experts[0].without, 0.375);
    EXPECT_DOUBLE_EQ(opinion.experts[1].without, 0.625);
    EXPECT_DOUBLE_EQ(opinion.experts[2].without, 0.5);
}

TEST(Opinion, ExtremeLogitsStayFinite) {
    EXPECT_EQ(fake_score({1e4, -1e4}), 0.0);
    EXPECT_EQ(fake_score({-1e4, 1e4}), 1.0);
    EXPECT_EQ(fake_score({5.0, 5.0}), 0.5);
}

TEST(Opinion, OneExpertAgreesWithItself) {
    const auto opinion = of_logits({2.0});
    EXPECT_EQ(opinion.spread, 0.0);
    EXPECT_EQ(opinion.experts[0].without, opinion.score);
}

TEST(Opinion, MeanMapResamplesToTheLargest) {
    PanelOpinion opinion;
    opinion.experts.resize(3);
    opinion.experts[0].map = HeatMap{1, 1, {2.0f}};
    opinion.experts[1].map = HeatMap{2, 2, {0, 4, 8, 12}};
    const auto mean = mean_map(opinion);  // the third has no map and is ignored
    EXPECT_EQ(mean.rows, 2);
    EXPECT_EQ(mean.columns, 2);
    EXPECT_EQ(mean.values, (std::vector<float>{1, 3, 5, 7}));
}

TEST(Opinion, WeightsByHand) {
    const double ln3 = std::log(3.0);
    auto opinion = of_logits({ln3, -ln3, 0});
    EXPECT_TRUE(is_reference_combination(opinion));
    combine(opinion, std::array{3.0, 1.0, 0.0});
    EXPECT_FALSE(is_reference_combination(opinion));
    EXPECT_DOUBLE_EQ(opinion.score, 0.625);
    EXPECT_NEAR(opinion.spread, std::sqrt((3 * 0.015625 + 0.140625) / 4), 1e-15);
    EXPECT_DOUBLE_EQ(opinion.experts[0].without, 0.25);
    EXPECT_DOUBLE_EQ(opinion.experts[1].without, 0.75);
    EXPECT_EQ(opinion.experts[2].without, opinion.score);  // muted: removing it changes nothing
    combine(opinion, std::array{0.0, 0.5, 0.0});           // one left: full agreement
    EXPECT_DOUBLE_EQ(opinion.score, 0.25);
    EXPECT_EQ(opinion.spread, 0.0);
    EXPECT_EQ(opinion.experts[1].without, opinion.score);
    combine(opinion, std::array{1.0, 1.0, 1.0});  // restores it bit by bit
    const auto reference = of_logits({ln3, -ln3, 0});
    EXPECT_TRUE(is_reference_combination(opinion));
    EXPECT_EQ(opinion.score, reference.score);
    EXPECT_EQ(opinion.spread, reference.spread);
    EXPECT_EQ(opinion.experts[1].without, reference.experts[1].without);
}

TEST(Opinion, InvalidWeightsAreRefused) {
    auto opinion = of_logits({1, 2});
    const double before = opinion.score;
    EXPECT_THROW(combine(opinion, std::array{1.0}), std::invalid_argument);
    EXPECT_THROW(combine(opinion, std::array{1.0, -0.5}), std::invalid_argument);
    EXPECT_THROW(combine(opinion, std::array{1.0, std::nan("")}), std::invalid_argument);
    EXPECT_THROW(combine(opinion, std::array{0.0, 0.0}), std::invalid_argument);
    EXPECT_EQ(opinion.score, before);
    EXPECT_TRUE(is_reference_combination(opinion));
}

TEST(Opinion, MutedExpertsLeaveTheMeanMap) {
    auto opinion = of_logits({1, 2, 3});
    opinion.experts[0].map = HeatMap{1, 1, {2.0f}};
    opinion.experts[1].map = HeatMap{1, 1, {6.0f}};
    combine(opinion, std::array{3.0, 1.0, 1.0});
    EXPECT_EQ(mean_map(opinion).values, std::vector<float>{3.0f});
    combine(opinion, std::array{0.0, 1.0, 1.0});
    EXPECT_EQ(mean_map(opinion).values, std::vector<float>{6.0f});
}

TEST(Opinion, TheMeanMapIsOfTheExpertsThatLookedThere) {
    auto opinion = of_logits({1, 2, 3});
    opinion.experts[0].map = HeatMap{1, 4, {2, kNotLookedAt, 4, kNotLookedAt}};
    opinion.experts[1].map = HeatMap{1, 4, {6, 8, kNotLookedAt, kNotLookedAt}};
    const auto mean = mean_map(opinion);
    EXPECT_EQ(std::vector(mean.values.begin(), mean.values.begin() + 3),
              (std::vector<float>{4, 8, 4}));
    EXPECT_FALSE(looked_at(mean.values[3]));
    const auto sums = mean_map(opinion, Unseen::Zero);
    EXPECT_EQ(std::vector(sums.values.begin(), sums.values.begin() + 3),
              (std::vector<float>{4, 4, 2}));
    EXPECT_FALSE(looked_at(sums.values[3]));
    combine(opinion, std::array{1.0, 0.0, 0.0});  // the second expert is muted
    EXPECT_FALSE(looked_at(mean_map(opinion).values[1]));
    // A coarser map: half of each of its cells' neighbours were not looked at.
    combine(opinion, std::array{1.0, 1.0, 1.0});
    opinion.experts[0].map = HeatMap{1, 2, {1, kNotLookedAt}};
    opinion.experts[1].map = HeatMap{1, 4, {1, 1, 1, 1}};
    EXPECT_EQ(mean_map(opinion).values, (std::vector<float>{1, 1, 1, 1}));
    opinion.experts.pop_back();
    opinion.experts[1].map.reset();
    opinion.experts[0].map = HeatMap{2, 2, {kNotLookedAt, 1, 2, 3}};
    EXPECT_FALSE(looked_at(mean_map(opinion).values[0]));
    EXPECT_EQ(mean_map(opinion).values[3], 3);
}

TEST(Opinion, SentencesSayWhoLookedAtWhat) {
    auto opinion = of_logits({1, 2, 3});
    EXPECT_TRUE(looked_at_sentences(opinion).empty());
    opinion.experts[0].name = "A";
    opinion.experts[1].name = "B";
    opinion.experts[2].name = "C";
    opinion.experts[0].looked_at = opinion.experts[2].looked_at = LookedAt{24, 256, 0.131};
    opinion.experts[1].looked_at = LookedAt{1, 64, 0.0123};
    EXPECT_EQ(looked_at_sentences(opinion),
              (std::vector<std::string>{
                  "The experts A and C looked at 24 windows of 256 pixels, 13 % of the picture.",
                  "The expert B looked at 1 window of 64 pixels, 1.2 % of the picture."}));
}

TEST(Opinion, FiguresNeverContradictTheirWords) {
    const BandThresholds bands;
    EXPECT_EQ(score_figure(0.125, bands), "0.13");
    EXPECT_EQ(score_figure(0.6499, bands), "0.64");
    EXPECT_EQ(score_figure(0.3499, bands), "0.34");
    EXPECT_EQ(score_figure(0.4999, bands), "0.49");  // a vote for real
    EXPECT_EQ(score_figure(0.5, bands), "0.50");
    EXPECT_EQ(score_figure(0.9999, bands), "1.00");
    // The same score is rounded in the ordinary way where no word depends on it.
    EXPECT_EQ(score_figure(0.6496, bands), "0.64");
    EXPECT_EQ(score_figure(0.6496, {.named = false}), "0.65");
    EXPECT_EQ(score_figure(0.6496, {0.2, 0.9}), "0.65");
}

TEST(Opinion, BandsAreHalfOpen) {
    EXPECT_EQ(band_of(0.3499), Band::LooksReal);
    EXPECT_EQ(band_of(0.35), Band::Undecided);
    EXPECT_EQ(band_of(0.6499), Band::Undecided);
    EXPECT_EQ(band_of(0.65), Band::LooksFake);
    EXPECT_STREQ(band_name(Band::LooksFake), "looks fake");
}

}  // namespace
}  // namespace dfd
