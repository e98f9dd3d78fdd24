// Likelihood ratios against values computed by hand.
#include "core/training/measuring/likelihood_ratios.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/dice.h"
#include "tests/says.h"

namespace dfd {
namespace {

Labelled picture(double score, bool fake, std::size_t group = 0) {
    return {score, fake, group, 0};
}

TEST(LikelihoodRatios, CllrByHand) {
    // LR 1 for everything says nothing: 1 bit.
    EXPECT_NEAR(cllr({picture(0, true), picture(0, false)}), 1, 1e-12);
    // LR 3 for a fake, 1/3 for a real picture: log2(4/3) each.
    const double three = std::log(3.0);
    EXPECT_NEAR(cllr({picture(three, true), picture(-three, false)}), std::log2(4.0 / 3), 1e-12);
    // Misleading: log2(1 + 3) for both.
    EXPECT_NEAR(cllr({picture(-three, true), picture(three, false)}), 2, 1e-12);
    // A mean within each class: fakes LR 3 and 1, the real picture LR 1.
    EXPECT_NEAR(cllr({picture(three, true), picture(0, true), picture(0, false)}),
                ((std::log2(4.0 / 3) + 1) / 2 + 1) / 2, 1e-12);
    EXPECT_TRUE(std::isnan(cllr({picture(1, true)})));
    EXPECT_NEAR(cllr({picture(800, true), picture(-800, false)}), 0, 1e-12);
}

TEST(LikelihoodRatios, CllrMinByHand) {
    // Separable in order, whatever the scale: 0.
    EXPECT_NEAR(cllr_min({picture(5, true), picture(4, false), picture(6, true)}), 0, 1e-12);
    // One pool of everything: LR 1.
    EXPECT_NEAR(cllr_min({picture(1, false), picture(0, true)}), 1, 1e-12);
    // real, {fake, real pooled}, fake: shares 0, (1/2)/(1/2+1/2) = 1/2, 1. Half of each class has
    // LR 1 and the other half is free: (1/2 + 1/2) / 2.
    EXPECT_NEAR(
        cllr_min({picture(0, false), picture(1, true), picture(2, false), picture(3, true)}), 0.5,
        1e-12);
    // Equal scores are one pool.
    EXPECT_NEAR(cllr_min({picture(1, false), picture(1, true)}), 1, 1e-12);
}

TEST(LikelihoodRatios, CalibrationErrorByHand) {
    // Two fakes with LR 3, a real picture with LR 3 and one with 1/3: probabilities 3/4 and 1/4.
    // Each weighs 1/4. At 3/4 two of three are fakes: 3/4 |2/3 - 3/4|. At 1/4 none: 1/4 |0 - 1/4|.
    const double three = std::log(3.0);
    std::vector<LabelledRatio> ratios{picture(three, true), picture(three, true),
                                      picture(three, false), picture(-three, false)};
    EXPECT_NEAR(ratio_calibration_error(ratios), 0.125, 1e-12);
    // It does not depend on how many fakes there are.
    ratios.push_back(picture(three, true));
    EXPECT_NEAR(ratio_calibration_error(ratios), 0.125, 1e-12);
    // LR 1 for everything is well calibrated, and certain ratios that are right are, too.
    EXPECT_NEAR(ratio_calibration_error({picture(0, true), picture(0, false)}), 0, 1e-12);
    EXPECT_NEAR(ratio_calibration_error({picture(800, true), picture(-800, false)}), 0, 1e-12);
    EXPECT_NEAR(ratio_calibration_error({picture(-800, true), picture(800, false)}), 1, 1e-12);
    EXPECT_TRUE(std::isnan(ratio_calibration_error({picture(1, true)})));
}

TEST(LikelihoodRatios, MisleadingEvidenceByHand) {
    const auto found = misleading_evidence(
        {picture(1, false), picture(-1, false), picture(0, false), picture(-2, true)});
    EXPECT_NEAR(found.real, 1.0 / 3, 1e-12);
    EXPECT_NEAR(found.fake, 1, 1e-12);
}

TEST(LikelihoodRatios, BoundsByTheGroupsOfTheOpposingClass) {
    // Nine groups of real pictures, six of fakes.
    std::vector<Labelled> scores;
    for (std::size_t i = 0; i < 9; ++i)
        scores.push_back(picture(0.1, false, i));
    for (std::size_t i = 0; i < 6; ++i) {
        scores.push_back(picture(0.9, true, 20 + i));
        scores.push_back(picture(0.8, true, 20 + i));  // not another group
    }
    const auto bounds = group_bounds(scores);
    EXPECT_NEAR(bounds.fake, 1, 1e-12);  // log10(9 + 1)
    EXPECT_NEAR(bounds.real, std::log10(7.0), 1e-12);
    EXPECT_NEAR(bounds.bounded(100), std::log(10.0), 1e-12);
    EXPECT_NEAR(bounds.bounded(-100), -std::log(7.0), 1e-12);
    EXPECT_EQ(bounds.bounded(0.5), 0.5);
    scores.resize(9 + 8);  // only four groups of fakes
    EXPECT_THROW((void)group_bounds(scores), std::invalid_argument);
}

TEST(LikelihoodRatios, EmpiricalBoundsByHand) {
    // Three real pictures with LR 1/8 and a fake each with LR 2, 8 and 8.
    std::vector<LabelledRatio> ratios;
    for (std::size_t i = 0; i < 3; ++i)
        ratios.push_back(picture(-std::log(8.0), false, i));
    ratios.push_back(picture(std::log(2.0), true, 3));
    ratios.push_back(picture(std::log(8.0), true, 4));
    ratios.push_back(picture(std::log(8.0), true, 5));
    auto bounds = empirical_bounds(ratios);
    // For fakes: A = 1/4 throughout. Below 2, M = 1/4, so t < 3 would do; from 2 on, M = 2/4, so
    // t < 2 would: the lowest that fails is 2.
    EXPECT_NEAR(bounds.fake, std::log10(2.0), 1e-12);
    // For real pictures: A = M = 1/4 up to 8, so t / 4 + 1/4 = 1 at 3.
    EXPECT_NEAR(bounds.real, std::log10(3.0), 1e-12);

    // A second picture of the group with LR 2 halves what it misses: M = 3/8 from 2 on, and
    // t / 4 + 3/8 = 1 at 2.5.
    ratios.push_back(picture(std::log(8.0), true, 3));
    EXPECT_NEAR(empirical_bounds(ratios).fake, std::log10(2.5), 1e-12);
    // One of the real pictures at LR 4: A = 2/4 below 4, and 2 t / 4 + 1/4 = 1 at 1.5.
    ratios[0].score = std::log(4.0);
    EXPECT_NEAR(empirical_bounds(ratios).fake, std::log10(1.5), 1e-12);
    // No ratio is stated beyond those that occur.
    for (auto& each : ratios)
        each.score = each.fake ? std::log(1.25) : -std::log(1.25);
    bounds = empirical_bounds(ratios);
    EXPECT_NEAR(bounds.fake, std::log10(1.25), 1e-12);
    EXPECT_NEAR(bounds.real, std::log10(1.25), 1e-12);
    // Ratios that mislead are not stated at all.
    for (auto& each : ratios)
        each.score = -each.score;
    EXPECT_EQ(empirical_bounds(ratios).fake, 0);
    EXPECT_TRUE(std::isnan(empirical_bounds({picture(1, true)}).fake));
}

TEST(LikelihoodRatios, TheTighterBoundIsUsed) {
    // Ten groups each that scores separate: log10(11) by groups; t / 11 + 1 / 11 = 1 at 10.
    std::vector<Labelled> scores;
    for (std::size_t i = 0; i < 20; ++i)
        scores.push_back(picture(i < 10 ? 0.01 : 0.99, i >= 10, i));
    const auto calibration = calibrate_scores(scores, "", 10, 1).calibration;
    EXPECT_NEAR(calibration.bound, 1, 1e-9);
    EXPECT_NEAR(calibration.bound_for(false), 1, 1e-9);
}

/// Scores whose log-odds are Gaussian with means -1 and 1 and deviation 1: ln LR = 2 log-odds.
std::vector<Labelled> gaussian(std::size_t groups, std::size_t per_group) {
    Dice dice(7);
    std::vector<Labelled> all;
    for (std::size_t group = 0; group < groups; ++group)
        for (std::size_t i = 0; i < per_group; ++i) {
            const bool fake = group % 2 == 1;
            const double odds = dice.gaussian() + (fake ? 1 : -1);
            all.push_back(picture(1 / (1 + std::exp(-odds)), fake, group));
        }
    return all;
}

TEST(LikelihoodRatios, ACalibrationFindsTheRatioOfKnownDensities) {
    const auto scores = gaussian(4000, 1);
    const auto figures = calibrate_scores(scores, "q", 200, 1);
    EXPECT_NEAR(figures.calibration.slope, 2, 0.15);
    EXPECT_NEAR(figures.calibration.bias, 0, 0.1);
    EXPECT_NEAR(figures.equal_error_rate, 0.1587, 0.02);  // the normal distribution at -1
    EXPECT_EQ(figures.real_groups, 2000u);
    // Of so many pictures the empirical bounds are the tighter ones.
    for (const bool fake : {false, true}) {
        EXPECT_LT(figures.calibration.bound_for(fake), std::log10(2001.0));
        EXPECT_GT(figures.calibration.bound_for(fake), 1);
    }
    EXPECT_GT(figures.cllr, figures.cllr_min);
    EXPECT_LT(figures.cllr - figures.cllr_min, 0.02);
    EXPECT_LT(figures.calibration_error, 0.05);
    EXPECT_EQ(figures.calibration.question, "q");

    const auto& alarms = figures.calibration.alarms;
    ASSERT_EQ(alarms.size(), 20u);
    EXPECT_EQ(alarms.front().rate, 1);
    const auto& half = alarms[10];
    EXPECT_EQ(half.score, 0.5);
    EXPECT_NEAR(half.rate, 0.1587, 0.02);
    EXPECT_LT(half.low, half.rate);
    EXPECT_GT(half.high, half.rate);
    for (std::size_t i = 1; i < alarms.size(); ++i)
        EXPECT_LE(alarms[i].rate, alarms[i - 1].rate);
}

TEST(LikelihoodRatios, IntervalsCountGroupsNotPictures) {
    const auto few = calibrate_scores(gaussian(40, 50), "", 300, 1).calibration;
    EXPECT_LE(few.bound, std::log10(21.0));
    EXPECT_LE(few.bound_for(false), std::log10(21.0));
    EXPECT_GT(few.bound, 0);
    // The same picture fifty times in each group adds no certainty.
    auto copies = gaussian(40, 1);
    const auto alone = calibrate_scores(copies, "", 300, 1).calibration;
    const auto once = copies;
    for (int i = 1; i < 50; ++i)
        copies.insert(copies.end(), once.begin(), once.end());
    const auto many = calibrate_scores(copies, "", 300, 1).calibration;
    for (std::size_t i = 0; i < alone.alarms.size(); ++i) {
        EXPECT_NEAR(many.alarms[i].low, alone.alarms[i].low, 1e-12);
        EXPECT_NEAR(many.alarms[i].high, alone.alarms[i].high, 1e-12);
    }
}

TEST(LikelihoodRatios, GroupsWithBothClassesAreDealtEvenly) {
    // All fakes are in five groups that also have real pictures: one for each fold, whatever the
    // seed.
    std::vector<Labelled> scores;
    for (std::size_t group = 0; group < 60; ++group) {
        scores.push_back(picture(0.2 + 0.001 * static_cast<double>(group), false, group));
        if (group % 12 == 0)
            scores.push_back(picture(0.8, true, group));
    }
    for (std::uint64_t seed = 0; seed < 300; ++seed)
        EXPECT_NO_THROW((void)calibrate_scores(scores, "", 1, seed)) << seed;
}

TEST(LikelihoodRatios, NoAlarmIsNotNoRisk) {
    std::vector<Labelled> scores;
    for (std::size_t i = 0; i < 20; ++i)
        scores.push_back(picture(i < 10 ? 0.1 : 0.9, i >= 10, i));
    const auto alarms = calibrate_scores(scores, "", 100, 1).calibration.alarms;
    EXPECT_EQ(alarms[10].rate, 0);
    EXPECT_NEAR(alarms[10].high, 1 - std::pow(0.05, 0.1), 1e-12);
    for (std::size_t i = 1; i < alarms.size(); ++i)
        EXPECT_LE(alarms[i].high, alarms[i - 1].high);
    EXPECT_EQ(alarms.front().low, 1);
    // Scores that point the other way cannot be calibrated.
    for (auto& each : scores)
        each.score = 1 - each.score;
    EXPECT_THROW((void)calibrate_scores(scores, "", 10, 1), std::invalid_argument);
    EXPECT_THROW((void)calibrate_scores({picture(0.5, true, 1), picture(0.5, false, 2)}, "", 1, 1),
                 std::invalid_argument);
}

TEST(Assessments, RatiosAndBoundsByHand) {
    AnswerCalibration calibration;
    calibration.slope = 1;
    calibration.bias = std::log(2.0);
    calibration.bound = 1;
    calibration.alarms = {{0.2, 0.5, 0.4, 0.6}, {0.5, 0.04, 0.02, 0.07}};
    // Odds 4 times 2.
    auto found = assess(0.8, calibration);
    EXPECT_NEAR(found.log10_lr, std::log10(8.0), 1e-12);
    EXPECT_FALSE(found.at_bound);
    EXPECT_EQ(found.words, "weak support");
    EXPECT_EQ(found.alarms.score, 0.5);
    EXPECT_EQ(
        assessment_sentence(found, "It was made.", "It was not."),
        "Of 100 real pictures like those measured, about 4 score this high (2 to 7). The "
        "score favours \"It was made\" over \"It was not\" by about 8.0 to 1: weak support (at "
        "most 10 to 1 by this calibration).");
    // Odds 99 times 2 exceed the bound of 10.
    found = assess(0.99, calibration);
    EXPECT_TRUE(found.at_bound);
    EXPECT_EQ(found.log10_lr, 1);
    EXPECT_SAYS(assessment_sentence(found),
                "about 10 to 1: moderate support, the most that this calibration can state.");
    calibration.alarms.back().rate = calibration.alarms.back().low = 0;
    EXPECT_SAYS(assessment_sentence(assess(0.99, calibration)),
                "measured, none score this high (0 to 7)");
    calibration.alarms.back() = {0.5, 1, 0.9, 1};
    EXPECT_SAYS(assessment_sentence(assess(0.99, calibration)),
                "measured, all score this high (90 to 100)");
    // Odds 1/8 times 2.
    found = assess(1.0 / 9, calibration);
    EXPECT_NEAR(found.log10_lr, -std::log10(4.0), 1e-12);
    EXPECT_EQ(found.alarms.score, 0.2);  // the table begins above it
    EXPECT_FALSE(found.has_misses);
    EXPECT_SAYS(assessment_sentence(found),
                "favours \"a real picture of the kinds measured\" over \"a fake of the kinds "
                "measured\" by about 4.0 to 1: weak support (at most 10 to 1 by");
    // The bound of each class.
    calibration.bound_real = 0.5;
    found = assess(1.0 / 9, calibration);
    EXPECT_EQ(found.log10_lr, -0.5);
    EXPECT_EQ(found.bound, 0.5);
    EXPECT_TRUE(found.at_bound);
    EXPECT_EQ(assess(0.99, calibration).bound, 1);
    calibration.bound_real.reset();
    // With rates of misses a low score says how many fakes score as low: the next of the table.
    calibration.misses = {{0.05, 0, 0, 0.02}, {0.3, 0.03, 0.01, 0.06}, {1, 1, 1, 1}};
    found = assess(1.0 / 9, calibration);
    EXPECT_EQ(found.misses.score, 0.3);
    EXPECT_SAYS(assessment_sentence(found),
                "Of 100 fakes like those measured, about 3 score this low (1 to 6). The score");
    EXPECT_SAYS(assessment_sentence(assess(0.8, calibration)), "real pictures like those");
    EXPECT_EQ(assess(0.05, calibration).misses.score, 0.05);
    EXPECT_EQ(log_ratio(0.5, calibration), std::log(2.0));
    // Odds 0.4 / 0.6 times 2: below 2 either way.
    EXPECT_SAYS(assessment_sentence(assess(0.4, calibration)), "favours neither");
    EXPECT_NO_THROW((void)assess(1, calibration));
    EXPECT_NO_THROW((void)assess(0, calibration));
    EXPECT_THROW((void)assess(0.5, AnswerCalibration{}), std::invalid_argument);
}

TEST(Assessments, TheEndsOfTheRatesAreSaidInWords) {
    EXPECT_EQ(alarm_sentence({0, 1, 1, 1}),
              "A score this high is not unusual for a real picture like those measured.");
    EXPECT_EQ(miss_sentence({1, 1, 1, 1}),
              "A score this low is not unusual for a fake like those measured.");
    EXPECT_EQ(alarm_sentence({1, 0, 0, 0}), "No real picture that was measured scores this high.");
    EXPECT_EQ(miss_sentence({0, 0, 0, 0}), "No fake that was measured scores this low.");
    // Where the interval has a width it is stated, and no figure is rounded to 0 or to 100.
    EXPECT_EQ(miss_sentence({0.9, 1, 0.9971, 1}),
              "Of 100 fakes like those measured, all score this low (99.7 to 100).");
    EXPECT_EQ(miss_sentence({0.9, 0.9996, 0.995, 1}),
              "Of 100 fakes like those measured, about 99.96 score this low (99.5 to 100).");
    EXPECT_EQ(alarm_sentence({0.9, 0.0003, 0, 0.004}),
              "Of 100 real pictures like those measured, about 0.03 score this high (0 to 0.4).");
    EXPECT_EQ(alarm_sentence({0.5, 0.5, 1e-9, 1 - 1e-12}),
              "Of 100 real pictures like those measured, about 50 score this high (0.0001 to "
              "99.9999).");
    EXPECT_EQ(alarm_sentence({0.1, 0.992, 0.5, 0.994}),
              "Of 100 real pictures like those measured, about 99 score this high (50 to 99).");
}

TEST(Assessments, ErrorRatesOfBothClasses) {
    AnswerCalibration calibration;
    calibration.bound = 1;
    calibration.alarms = {{0, 1, 1, 1}, {0.5, 0.1, 0.05, 0.2}};
    calibration.misses = {{0.5, 0.2, 0.1, 0.3}, {1, 1, 1, 1}};
    const auto rates = error_rates(calibration);
    ASSERT_EQ(rates.size(), 3u);
    EXPECT_EQ(rates[0].score, 0);
    EXPECT_FALSE(rates[0].misses);
    EXPECT_EQ(rates[1].alarms->rate, 0.1);
    EXPECT_EQ(rates[1].misses->rate, 0.2);
    EXPECT_EQ(rates[1].assessment.log10_lr, 0);
    EXPECT_FALSE(rates[2].alarms);
    EXPECT_EQ(rates[2].assessment.log10_lr, 1);
    EXPECT_TRUE(rates[2].assessment.at_bound);
}

TEST(Assessments, TheVerbalScaleIsATable) {
    const auto scale = support_scale();
    ASSERT_EQ(scale.size(), 5u);
    EXPECT_EQ(scale.front().from, 1);
    for (std::size_t i = 0; i < scale.size(); ++i) {
        EXPECT_STREQ(support_words(scale[i].from), scale[i].words);
        if (i > 0) {
            EXPECT_STREQ(support_words(scale[i].from * 0.999), scale[i - 1].words);
        }
    }
    EXPECT_STREQ(support_words(1.99), "no support");
    EXPECT_STREQ(support_words(2), "weak support");
    EXPECT_STREQ(support_words(1e6), "strong support");
}

TEST(LikelihoodRatios, UnusualScoresAreThoseOfFewerThanFiveInAHundred) {
    // 100 real pictures at 0.00 to 0.99, and 100 fakes at 0.10 and 100 at 0.90.
    std::vector<Labelled> scores;
    for (std::size_t i = 0; i < 100; ++i) {
        scores.push_back(picture(static_cast<double>(i) / 100, false, i));
        scores.push_back(picture(0.9, true, 100 + i));
        scores.push_back(picture(0.1, true, 200 + i));
    }
    scores.push_back(picture(0.95, true, 300));
    const auto calibration = calibrate_scores(scores, "q", 20, 1).calibration;
    // At or above 0.96 are four.
    EXPECT_EQ(calibration.unusual_real_from, 0.96);
    // Of 201 fakes a hundred score 0.1, so only lower scores are unusual.
    EXPECT_EQ(calibration.unusual_fake_below, 0.09);
    ASSERT_FALSE(calibration.misses.empty());
    EXPECT_EQ(calibration.misses.back().score, 1);
    EXPECT_EQ(calibration.misses.back().rate, 1);
    for (const auto& each : calibration.misses)
        if (each.score == 0.5) {
            EXPECT_NEAR(each.rate, 100.0 / 201, 1e-12);
            EXPECT_LT(each.low, each.rate);
            EXPECT_GT(each.high, each.rate);
        }
}

}  // namespace
}  // namespace dfd
