#include "core/panel/opinion.h"

#include <gtest/gtest.h>

#include <cmath>

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
    const auto mean = mean_map(opinion);  // the third has no map and does not count
    EXPECT_EQ(mean.rows, 2);
    EXPECT_EQ(mean.columns, 2);
    EXPECT_EQ(mean.values, (std::vector<float>{1, 3, 5, 7}));
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
