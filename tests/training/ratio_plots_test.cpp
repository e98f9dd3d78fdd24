// Curves of likelihood ratios against values computed by hand.
#include "core/training/measuring/ratio_plots.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dfd {
namespace {

const double kTen = std::log(10.0);

LabelledRatio ratio(double log10_lr, bool fake) {
    return {log10_lr * kTen, fake, 0, 0};
}

TEST(RatioPlots, TippettCountsTheRatiosAtOrAbove) {
    const std::vector<LabelledRatio> pictures{ratio(1, true), ratio(-1, true), ratio(1, true),
                                              ratio(2, true), ratio(0, false)};
    const auto fakes = tippett(pictures, true);
    ASSERT_EQ(fakes.size(), 3u);
    EXPECT_NEAR(fakes[0].first, -1, 1e-12);
    EXPECT_EQ(fakes[0].second, 1);
    EXPECT_EQ(fakes[1].second, 0.75);
    EXPECT_NEAR(fakes[2].first, 2, 1e-12);
    EXPECT_EQ(fakes[2].second, 0.25);
    EXPECT_EQ(tippett(pictures, false), (CurvePoints{{0, 1}}));
    EXPECT_TRUE(tippett({}, true).empty());
}

TEST(RatioPlots, CrossEntropyIsCllrAtEvenOdds) {
    const std::vector<LabelledRatio> pictures{ratio(1, true), ratio(0.2, true), ratio(-0.5, false),
                                              ratio(0.1, false)};
    EXPECT_NEAR(cross_entropy(pictures, 0), cllr(pictures), 1e-12);
    EXPECT_NEAR(prior_entropy(0), 1, 1e-12);
    // Prior odds of 3: P = 3/4, entropy 0.811278 bits.
    EXPECT_NEAR(prior_entropy(std::log10(3)), 0.811278, 1e-6);
    // LR 10 and 1/10 at odds 3: 3/4 log2(1 + 1/30) + 1/4 log2(1 + 3/10).
    EXPECT_NEAR(cross_entropy({ratio(1, true), ratio(-1, false)}, std::log10(3)),
                0.75 * std::log2(31.0 / 30) + 0.25 * std::log2(1.3), 1e-12);
    EXPECT_TRUE(std::isnan(cross_entropy({ratio(1, true)}, 0)));
}

TEST(RatioPlots, BestRatiosStayWithinTheBound) {
    const auto best = best_ratios({ratio(0, false), ratio(1, true)}, 2);
    ASSERT_EQ(best.size(), 2u);
    EXPECT_NEAR(best[0].score, -2 * kTen, 1e-12);
    EXPECT_NEAR(best[1].score, 2 * kTen, 1e-12);
}

TEST(RatioPlots, RiskFallsWhenTheUnsureAreLeftOut) {
    // By size: 2 right, 1 and 1 (one wrong), 0.5 wrong.
    const auto points =
        risk_at_coverage({ratio(2, true), ratio(1, true), ratio(-1, true), ratio(0.5, false)});
    EXPECT_EQ(points, (CurvePoints{{0.25, 0}, {0.75, 1.0 / 3}, {1, 0.5}}));
}

TEST(RatioPlots, SharesCountGroups) {
    // Two groups of two pictures: one all hits, one none. Every resample is 0, 1/2 or 1.
    const auto half = grouped_share({true, true, false, false}, {0, 0, 1, 1}, 400, 1);
    EXPECT_EQ(half.share, 0.5);
    EXPECT_EQ(half.low, 0);
    EXPECT_EQ(half.high, 1);
    EXPECT_EQ(half.groups, 2u);
    // None of ten groups: at most 1 - 0.05^(1/10).
    const auto none =
        grouped_share(std::vector<bool>(10, false), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 100, 1);
    EXPECT_EQ(none.share, 0);
    EXPECT_NEAR(none.high, 1 - std::pow(0.05, 0.1), 1e-12);
    EXPECT_TRUE(std::isnan(grouped_share({}, {}, 100, 1).share));
}

}  // namespace
}  // namespace dfd
