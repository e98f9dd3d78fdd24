// Tests of every metric on cases small enough to compute by hand.
#include "core/training/measuring/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/dice.h"

namespace dfd {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<Labelled> pictures(const std::vector<double>& fake, const std::vector<double>& real) {
    std::vector<Labelled> all;
    for (const double score : fake)
        all.push_back({score, true, all.size()});
    for (const double score : real)
        all.push_back({score, false, all.size()});
    return all;
}

// Descending: 0.9 fake, 0.8 fake and real, 0.6 real, 0.4 fake, 0.2 real.
std::vector<Labelled> six() {
    return pictures({0.9, 0.8, 0.4}, {0.8, 0.6, 0.2});
}

TEST(RocAuc, CountsPairs) {
    EXPECT_DOUBLE_EQ(roc_auc({3, 4}, {1, 2}), 1);
    EXPECT_DOUBLE_EQ(roc_auc({1, 2}, {3, 4}), 0);
    EXPECT_DOUBLE_EQ(roc_auc({1, 1}, {1, 1, 1}), 0.5);
    EXPECT_DOUBLE_EQ(roc_auc({2, 0, 1}, {1, 0.5}), (2 + 0 + 1.5) / 6);
    EXPECT_TRUE(std::isnan(roc_auc({}, {1})));
    EXPECT_TRUE(std::isnan(roc_auc({1}, {})));
    EXPECT_TRUE(std::isnan(roc_auc(std::vector<Labelled>{})));
    // 0.9 beats all three; 0.8 beats two and ties once; 0.4 beats one.
    EXPECT_DOUBLE_EQ(roc_auc(six()), (3 + 2.5 + 1) / 9);
}

TEST(RocAuc, AgreesWithCountingOneByOne) {
    Dice dice(4);
    std::vector<double> fake;
    std::vector<double> real;
    for (int i = 0; i < 300; ++i)
        fake.push_back(std::floor(dice.gaussian() * 5 + 3));
    for (int i = 0; i < 200; ++i)
        real.push_back(std::floor(dice.gaussian() * 5));
    double wins = 0;
    for (const double a : fake)
        for (const double b : real)
            wins += a > b ? 1 : a == b ? 0.5 : 0;
    EXPECT_NEAR(roc_auc(fake, real), wins / (300 * 200), 1e-12);
}

TEST(RocAuc, ComparesInsideStrataOnly) {
    // The fake wins in stratum 0 and one of two pairs in stratum 1: 2 of 3. Across strata it would
    // lose.
    const std::vector<Labelled> all{{0.2, true, 0, 0},
                                    {0.1, false, 1, 0},
                                    {0.8, true, 2, 1},
                                    {0.7, false, 3, 1},
                                    {0.9, false, 4, 1}};
    EXPECT_DOUBLE_EQ(roc_auc(all), 2.0 / 3);
    // A stratum of one class has no pair.
    EXPECT_TRUE(std::isnan(roc_auc({{0.2, true, 0, 0}, {0.1, false, 1, 1}})));
}

TEST(RocCurve, HasAPointForEachScore) {
    const auto curve = roc_curve(six());
    ASSERT_EQ(curve.size(), 6u);
    const double third = 1.0 / 3;
    const std::vector<RocPoint> expected{{kInfinity, 0, 0},       {0.9, 0, third},
                                         {0.8, third, 2 * third}, {0.6, 2 * third, 2 * third},
                                         {0.4, 2 * third, 1},     {0.2, 1, 1}};
    for (std::size_t i = 0; i < curve.size(); ++i) {
        EXPECT_DOUBLE_EQ(curve[i].threshold, expected[i].threshold);
        EXPECT_DOUBLE_EQ(curve[i].false_positive_rate, expected[i].false_positive_rate);
        EXPECT_DOUBLE_EQ(curve[i].true_positive_rate, expected[i].true_positive_rate);
    }
    EXPECT_TRUE(roc_curve(pictures({1, 2}, {})).empty());
    EXPECT_TRUE(roc_curve(pictures({}, {1, 2})).empty());
    EXPECT_TRUE(roc_curve({}).empty());
}

TEST(RocCurve, EnclosesTheAuc) {
    Dice dice(9);
    std::vector<double> fake;
    std::vector<double> real;
    for (int i = 0; i < 250; ++i) {
        fake.push_back(std::floor(dice.gaussian() * 4 + 2));
        real.push_back(std::floor(dice.gaussian() * 4));
    }
    const auto curve = roc_curve(pictures(fake, real));
    double area = 0;  // trapezoids: ties count half
    for (std::size_t i = 1; i < curve.size(); ++i)
        area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
                (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
    EXPECT_NEAR(area, roc_auc(fake, real), 1e-12);
}

TEST(EqualErrorRate, LiesOnTheCurve) {
    // The third point has both errors at 1/3.
    EXPECT_DOUBLE_EQ(equal_error_rate(roc_curve(six())), 1.0 / 3);
    EXPECT_DOUBLE_EQ(equal_error_rate(roc_curve(pictures({3, 4}, {1, 2}))), 0);
    EXPECT_DOUBLE_EQ(equal_error_rate(roc_curve(pictures({1, 2}, {3, 4}))), 1);
    EXPECT_DOUBLE_EQ(equal_error_rate(roc_curve(pictures({1, 1}, {1, 1}))), 0.5);
    // (0,0) -> (0.5,1): the miss rate is 1 - 2 fpr, so both are equal at 1/3.
    EXPECT_DOUBLE_EQ(equal_error_rate(roc_curve(pictures({2, 2}, {2, 1}))), 1.0 / 3);
    EXPECT_TRUE(std::isnan(equal_error_rate({})));
}

TEST(TruePositivesAt, TakesNoMoreFalseAlarmsThanAllowed) {
    const auto curve = roc_curve(six());
    EXPECT_DOUBLE_EQ(true_positives_at(curve, 0.001), 1.0 / 3);
    EXPECT_DOUBLE_EQ(true_positives_at(curve, 0.33), 1.0 / 3);
    EXPECT_DOUBLE_EQ(true_positives_at(curve, 1.0 / 3), 2.0 / 3);
    EXPECT_DOUBLE_EQ(true_positives_at(curve, 0.7), 1);
    // The highest score is a tie, so any threshold below infinity has a false alarm.
    EXPECT_DOUBLE_EQ(true_positives_at(roc_curve(pictures({1, 0}, {1, 0})), 0.1), 0);
    EXPECT_TRUE(std::isnan(true_positives_at({}, 0.1)));
}

TEST(AveragePrecision, SumsPrecisionOverRecall) {
    // 0.9: recall +1/3 at precision 1; 0.8: +1/3 at 2/3; 0.4: +1/3 at 3/5.
    EXPECT_DOUBLE_EQ(average_precision(six()), (1 + 2.0 / 3 + 3.0 / 5) / 3);
    EXPECT_DOUBLE_EQ(average_precision(pictures({3, 4}, {1, 2})), 1);
    EXPECT_DOUBLE_EQ(average_precision(pictures({1}, {1, 1, 1})), 0.25);
    EXPECT_TRUE(std::isnan(average_precision(pictures({}, {1}))));
    EXPECT_TRUE(std::isnan(average_precision(pictures({1}, {}))));
    EXPECT_TRUE(std::isnan(average_precision({})));
}

TEST(Accuracy, CountsHalfAsFake) {
    EXPECT_DOUBLE_EQ(accuracy_at(six(), 0.5), 3.0 / 6);
    EXPECT_DOUBLE_EQ(accuracy_at(pictures({0.5}, {0.49}), 0.5), 1);
    EXPECT_DOUBLE_EQ(accuracy_at(pictures({0.5, 0.1}, {}), 0.5), 0.5);
    EXPECT_TRUE(std::isnan(accuracy_at({}, 0.5)));
}

TEST(BestThreshold, LiesBetweenScoresAndNearAHalf) {
    // Correct: 3 when none is called fake, from 0.9 on 4, from 0.8 on 4, 0.6: 3, 0.4: 4, all fake
    // 3. Of the half-way thresholds 0.85, 0.7 and 0.3, two are equally near to 0.5; the lower one
    // wins.
    const auto six_best = best_threshold(six());
    EXPECT_DOUBLE_EQ(six_best.accuracy, 4.0 / 6);
    EXPECT_NEAR(std::abs(six_best.threshold - 0.5), 0.2, 1e-12);
    EXPECT_DOUBLE_EQ(accuracy_at(six(), six_best.threshold), six_best.accuracy);
    // 0.75 and 0.25 are equally good and equally near; the lower one wins.
    EXPECT_EQ(best_threshold(pictures({0.875, 0.375}, {0.625, 0.125})).threshold, 0.25);
    const auto clear = best_threshold(pictures({0.9, 0.75}, {0.25, 0.1}));
    EXPECT_DOUBLE_EQ(clear.accuracy, 1);
    EXPECT_DOUBLE_EQ(clear.threshold, 0.5);
    // Inverted scores and few fakes: calling everything real is best.
    const auto real = best_threshold(pictures({0.1}, {0.2, 0.3, 0.4}));
    EXPECT_DOUBLE_EQ(real.accuracy, 0.75);
    EXPECT_GT(real.threshold, 0.4);
    EXPECT_LT(real.threshold, 0.4 + 1e-9);
    const auto fake = best_threshold(pictures({0.2, 0.3}, {0.4}));
    EXPECT_DOUBLE_EQ(fake.accuracy, 2.0 / 3);
    EXPECT_DOUBLE_EQ(fake.threshold, 0.2);
    // Adjacent floating-point numbers have no middle.
    const double one = 1;
    const auto narrow = best_threshold(pictures({std::nextafter(one, 2)}, {one}));
    EXPECT_DOUBLE_EQ(narrow.accuracy, 1);
    EXPECT_EQ(narrow.threshold, std::nextafter(one, 2));
    EXPECT_TRUE(std::isnan(best_threshold({}).threshold));
    EXPECT_TRUE(std::isnan(best_threshold({}).accuracy));
}

TEST(CalibrationError, IsTakenOverBins) {
    const auto all = pictures({0.0, 0.45, 1.0, 1.0}, {0.1, 0.4, 0.5});
    const auto bins = reliability_bins(all, 2);
    ASSERT_EQ(bins.size(), 2u);
    EXPECT_EQ(bins[0].fake, 2u);
    EXPECT_EQ(bins[0].real, 2u);
    EXPECT_DOUBLE_EQ(bins[0].low, 0);
    EXPECT_DOUBLE_EQ(bins[0].high, 0.5);
    EXPECT_DOUBLE_EQ(bins[0].mean_score, (0.0 + 0.45 + 0.1 + 0.4) / 4);
    EXPECT_DOUBLE_EQ(bins[0].fake_share(), 0.5);
    EXPECT_EQ(bins[1].fake, 2u);  // 1.0 belongs to the last bin
    EXPECT_EQ(bins[1].real, 1u);  // 0.5 is the lower end of the bin
    const double expected = (4 * std::abs(0.5 - 0.2375) + 3 * std::abs(2.0 / 3 - 2.5 / 3)) / 7;
    EXPECT_DOUBLE_EQ(expected_calibration_error(bins), expected);

    const auto empty = reliability_bins({}, 3);
    EXPECT_TRUE(std::isnan(empty[1].mean_score));
    EXPECT_TRUE(std::isnan(empty[1].fake_share()));
    EXPECT_TRUE(std::isnan(expected_calibration_error(empty)));
    // Perfect calibration: a quarter of the pictures with score 0.25 are fakes.
    EXPECT_DOUBLE_EQ(
        expected_calibration_error(reliability_bins(pictures({0.25}, {0.25, 0.25, 0.25}), 15)), 0);
    // Scores outside the range are counted.
    EXPECT_EQ(reliability_bins(pictures({-0.1}, {1.2}), 4)[3].real, 1u);
}

TEST(GroupNumbers, GroupEqualNamesAndSeparateEmptyOnes) {
    EXPECT_EQ(group_numbers({"a", "", "b", "a", "", "b"}),
              (std::vector<std::size_t>{0, 1, 2, 0, 3, 2}));
    EXPECT_TRUE(group_numbers({}).empty());
}

TEST(AucInterval, DrawsGroupsNotPictures) {
    // Two groups, each with a fake and a real picture. Two draws with replacement: both once (1/2),
    // the first twice or the second twice (1/4 each). In the first group the fake wins (AUC 1), in
    // the second it loses (AUC 0). Together 0.9 > 0.1, 0.7; 0.6 > 0.1, < 0.7: 3/4.
    std::vector<Labelled> all{{0.9, true, 0}, {0.1, false, 0}, {0.6, true, 1}, {0.7, false, 1}};
    EXPECT_DOUBLE_EQ(roc_auc(all), 0.75);
    const auto [low, high] = auc_interval(all, 1000, 1);
    EXPECT_DOUBLE_EQ(low, 0);
    EXPECT_DOUBLE_EQ(high, 1);
    // The same with groups of one class each: a round without a pair is skipped.
    const auto apart = auc_interval({{0.9, true, 7}, {0.1, false, 3}}, 200, 1);
    EXPECT_DOUBLE_EQ(apart.first, 1);
    EXPECT_DOUBLE_EQ(apart.second, 1);
    EXPECT_TRUE(std::isnan(auc_interval({{0.9, true, 7}, {0.1, false, 7}}, 100, 1).first));
    EXPECT_TRUE(std::isnan(auc_interval({{0.9, true, 0}, {0.1, true, 1}}, 100, 1).second));
    EXPECT_TRUE(std::isnan(auc_interval(all, 0, 1).first));
    EXPECT_TRUE(std::isnan(auc_interval({}, 100, 1).first));
}

TEST(AucInterval, IsReproducibleAndCoversTheTruth) {
    // Scores N(1,1) against N(0,1): the AUC is Phi(1/sqrt 2) = 0.7602.
    int covered = 0;
    double width = 0;
    for (std::uint64_t trial = 0; trial < 60; ++trial) {
        Dice dice(trial + 100);
        std::vector<Labelled> all;
        for (std::size_t i = 0; i < 200; ++i)
            all.push_back({dice.gaussian() + (i % 2 == 0 ? 1 : 0), i % 2 == 0, i});
        const auto [low, high] = auc_interval(all, 300, trial);
        covered += low <= 0.7602 && 0.7602 <= high;
        width += (high - low) / 60;
        EXPECT_EQ(auc_interval(all, 300, trial), std::pair(low, high));
    }
    EXPECT_GE(covered, 51);  // 95 % of 60 is 57, minus three standard deviations
    EXPECT_NEAR(width, 2 * 1.96 * 0.0335, 0.02);  // Hanley and McNeil's standard error
}

TEST(Metrics, AreMeasuredTogether) {
    const auto all = measure(six(), 200, 3);
    EXPECT_EQ(all.fake, 3u);
    EXPECT_EQ(all.real, 3u);
    EXPECT_DOUBLE_EQ(all.auc, 6.5 / 9);
    EXPECT_LE(all.low, all.auc);
    EXPECT_GE(all.high, all.auc);
    EXPECT_DOUBLE_EQ(all.equal_error_rate, 1.0 / 3);
    EXPECT_DOUBLE_EQ(all.tpr_at_fpr_10, 1.0 / 3);
    EXPECT_DOUBLE_EQ(all.tpr_at_fpr_1, 1.0 / 3);
    EXPECT_DOUBLE_EQ(all.tpr_at_fpr_01, 1.0 / 3);
    EXPECT_DOUBLE_EQ(all.accuracy, 0.5);
    EXPECT_DOUBLE_EQ(all.best_accuracy, 4.0 / 6);
    EXPECT_DOUBLE_EQ(all.caught, 2.0 / 3);
    EXPECT_DOUBLE_EQ(all.false_alarms, 2.0 / 3);
    const auto half = measure(pictures({0.5}, {0.5}), 0, 3);
    EXPECT_DOUBLE_EQ(half.caught, 1);  // 0.5 counts
    EXPECT_DOUBLE_EQ(half.false_alarms, 1);
    // Each score has its own bin, except 0.8: |1-0.9|, 2 |1/2-0.8|, |0-0.6|, |1-0.4|, |0-0.2|.
    EXPECT_DOUBLE_EQ(all.calibration_error, (0.1 + 0.6 + 0.6 + 0.6 + 0.2) / 6);
}

TEST(Metrics, AreNanWithoutBothClasses) {
    for (const auto& one : {pictures({0.9, 0.2}, {}), pictures({}, {0.9, 0.2})}) {
        const auto all = measure(one, 100, 1);
        EXPECT_TRUE(std::isnan(all.auc));
        EXPECT_TRUE(std::isnan(all.low));
        EXPECT_TRUE(std::isnan(all.average_precision));
        EXPECT_TRUE(std::isnan(all.equal_error_rate));
        EXPECT_TRUE(std::isnan(all.tpr_at_fpr_1));
        EXPECT_DOUBLE_EQ(all.accuracy, 0.5);
        EXPECT_EQ(std::isnan(all.caught), all.fake == 0);
        EXPECT_EQ(std::isnan(all.false_alarms), all.real == 0);
    }
    const auto none = measure({}, 100, 1);
    EXPECT_TRUE(std::isnan(none.auc));
    EXPECT_TRUE(std::isnan(none.accuracy));
    EXPECT_TRUE(std::isnan(none.calibration_error));
    EXPECT_TRUE(std::isnan(none.caught));
}

TEST(RocAuc, ANanScoreGivesANanAuc) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(roc_auc({0.5, nan}, {0.1, 0.2})));
    EXPECT_TRUE(std::isnan(roc_auc({0.5, 0.6}, {nan, 0.2})));
}

}  // namespace
}  // namespace dfd
