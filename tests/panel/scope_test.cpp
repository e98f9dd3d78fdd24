// What lies outside of what a panel was measured on.
#include "core/opinion/scope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/opinion/disagreement.h"
#include "tests/panel/opinions.h"
#include "tests/says.h"

namespace dfd {
namespace {

/// An opinion on two questions, each calibrated, that scored 0.9 and 0.2.
PanelOpinion two_answers(const std::vector<TraitLimit>& first,
                         const std::vector<TraitLimit>& second) {
    auto opinion = of_scores({0.9, 0.2});
    opinion.experts[1].question = 1;
    opinion.answers = {{.id = "a", .text = "A?"}, {.id = "b", .text = "B?"}};
    std::vector<AnswerCalibration> calibration(2);
    for (auto& each : calibration) {
        each.bound = 2;
        each.alarms = {{0, 1, 1, 1}};
    }
    calibration[0].scope = first;
    calibration[1].scope = second;
    opinion.calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(std::move(calibration));
    opinion.traits = PictureTraits{
        .shorter_side = 100, .flat = 0.5, .colours = 6, .softness = 1.4, .blocks = 1.2};
    combine(opinion);
    return opinion;
}

TEST(Scope, ALimitItselfIsInside) {
    const PictureTraits traits{.shorter_side = 100, .flat = 0.5};
    const auto codes = [&](const std::vector<TraitLimit>& limits) {
        std::string found;
        for (const auto& each : exceeded(traits, limits))
            found += each.code + ' ';
        return found;
    };
    EXPECT_EQ(codes({{"shorter_side", 100}, {"flat", 0.5}}), "");
    EXPECT_EQ(codes({{"shorter_side", 101}, {"flat", 0.49}}), "shorter_side flat ");
    EXPECT_EQ(codes({{"of a newer version", 0}}), "");
}

TEST(Scope, EveryTraitHasASideAndASentence) {
    int traits = 0;
    each_trait(PictureTraits{}, [&](const std::string& trait, double) {
        ++traits;
        const double beyond = is_lower_limit(trait) ? 1e9 : -1e9;
        const TraitLimit limit{trait, beyond};
        const auto reasons = exceeded(PictureTraits{}, {&limit, 1});
        ASSERT_EQ(reasons.size(), 1u) << trait;
        EXPECT_EQ(reasons.front().code, trait);
        EXPECT_TRUE(reasons.front().reason.ends_with('.')) << trait;
        EXPECT_EQ(reasons.front().reason.find("%s"), std::string::npos) << trait;
    });
    EXPECT_EQ(traits, 5);
    EXPECT_THROW(static_cast<void>(is_lower_limit("size")), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(trait_of({}, "size")), std::invalid_argument);
    const TraitLimit flat{"flat", 0.4};
    EXPECT_SAYS(exceeded({.flat = 0.7}, {&flat, 1}).front().reason,
                "70 % of neighbouring pixels are equal, and at most 40 % were");
}

TEST(Scope, AnAnswerWithAnAssessmentLeads) {
    auto opinion = two_answers({}, {});
    EXPECT_EQ(opinion.leading, 0u);
    EXPECT_FALSE(no_assessment(opinion));
    opinion = two_answers({{"flat", 0.4}}, {});
    EXPECT_EQ(opinion.leading, 1u);
    EXPECT_EQ(opinion.score, opinion.answers[1].score);
    EXPECT_FALSE(assessment_of(opinion, 0));
    EXPECT_TRUE(assessment_of(opinion, 1));
    EXPECT_FALSE(no_assessment(opinion));
    EXPECT_EQ(band_of(opinion, 0, {}), Band::NoAssessment);
    EXPECT_EQ(band_of(opinion), Band::LooksReal);
}

TEST(Scope, NothingIsAssessedWhenEveryAnswerIsOutside) {
    const auto opinion = two_answers({{"flat", 0.4}, {"blocks", 1}}, {{"flat", 0.3}});
    EXPECT_TRUE(no_assessment(opinion));
    EXPECT_EQ(band_of(opinion), Band::NoAssessment);
    EXPECT_EQ(opinion.leading, 0u);  // of two without an assessment the higher score leads
    const auto reasons = no_assessment_reasons(opinion);
    ASSERT_EQ(reasons.size(), 2u);  // each once
    EXPECT_EQ(reasons[0].code, "flat");
    EXPECT_EQ(reasons[1].code, "blocks");
    EXPECT_FALSE(bands_for(opinion, {}).named);
    EXPECT_TRUE(bands_for(two_answers({}, {}), {}).named);
    // A question that is not answered does not count, and has no reasons.
    auto muted = two_answers({{"flat", 0.4}}, {});
    combine(muted, std::array{1.0, 0.0});
    EXPECT_TRUE(no_assessment(muted));
    combine(muted, std::array{0.0, 1.0});
    EXPECT_FALSE(no_assessment(muted));
    EXPECT_TRUE(out_of_scope(muted, 0).empty());
}

TEST(Scope, WithoutTraitsOrCalibrationEverythingIsInside) {
    auto opinion = two_answers({{"flat", 0.4}}, {{"flat", 0.4}});
    opinion.traits.reset();
    EXPECT_FALSE(no_assessment(opinion));
    opinion = two_answers({{"flat", 0.4}}, {{"flat", 0.4}});
    opinion.calibration = nullptr;
    EXPECT_FALSE(no_assessment(opinion));
    EXPECT_FALSE(no_assessment(PanelOpinion{}));
}

TEST(MeasuredBands, HoldForEveryQuestion) {
    EXPECT_FALSE(measured_bands(nullptr).named);
    std::vector<AnswerCalibration> calibration(2);
    EXPECT_FALSE(measured_bands(&calibration).named);  // neither was measured
    for (auto& each : calibration)
        each.alarms = {{0, 1, 1, 1}};
    calibration[0].unusual_real_from = 0.6;
    calibration[0].unusual_fake_below = 0.3;
    calibration[1].unusual_real_from = 0.7;
    calibration[1].unusual_fake_below = 0.1;
    const auto bands = measured_bands(&calibration);
    EXPECT_EQ(bands, (BandThresholds{0.1, 0.7, true}));
    EXPECT_EQ(bands_words(bands), "looks real below 0.1, looks fake from 0.7");
    calibration[1].unusual_real_from = 2;
    calibration[1].unusual_fake_below = -1;
    const auto never = measured_bands(&calibration);
    EXPECT_EQ(band_of(0, never), Band::Undecided);
    EXPECT_EQ(band_of(1, never), Band::Undecided);
    EXPECT_FALSE(never.real_edge());
    EXPECT_FALSE(never.fake_edge());
    EXPECT_EQ(bands_words(never), "no score looks real, no score looks fake");
    EXPECT_SAYS(bands_words({.named = false}), "not calibrated");
    // A low threshold that is above the high one would say both.
    calibration[0].unusual_real_from = calibration[1].unusual_real_from = 0.4;
    calibration[0].unusual_fake_below = calibration[1].unusual_fake_below = 0.5;
    EXPECT_EQ(measured_bands(&calibration).real_below, 0.4);
}

TEST(MeasuredBands, AnotherCombinationHasNoWords) {
    auto opinion = two_answers({}, {});
    combine(opinion, std::array{0.5, 1.0});
    EXPECT_EQ(band_of(opinion), Band::Unnamed);
    opinion.calibration = nullptr;  // thresholds that people chose hold for any score
    EXPECT_EQ(band_of(opinion), Band::LooksFake);
}

/// Three experts with these distances; the first two have gates that end at 2.
PanelOpinion gated(const std::vector<double>& distances) {
    auto opinion = of_scores({0.9, 0.6, 0.3});
    for (std::size_t i = 0; i < distances.size(); ++i)
        opinion.experts[i].distance = distances[i];
    std::vector<AnswerCalibration> calibration(1);
    calibration[0].bound = 2;
    calibration[0].alarms = {{0, 1, 1, 1}};
    calibration[0].gates = {{"a", 2}, {"b", 2}};
    opinion.calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(std::move(calibration));
    combine(opinion);
    return opinion;
}

TEST(Gates, AnExpertBeyondItsGateLeavesTheMean) {
    auto opinion = gated({2, 2, 50});  // a limit itself is inside; the third has no gate
    EXPECT_NEAR(opinion.score, 0.6, 1e-12);
    EXPECT_TRUE(left_sentences(opinion).empty());

    opinion = gated({2.1, 1, 1});
    EXPECT_TRUE(opinion.experts[0].left);
    EXPECT_EQ(counted(opinion.experts[0]), 0);
    EXPECT_NEAR(opinion.score, 0.45, 1e-12);
    EXPECT_NEAR(opinion.spread, 0.15, 1e-12);
    EXPECT_NEAR(opinion.experts[0].without, 0.45, 1e-12);
    EXPECT_NEAR(opinion.experts[1].without, 0.3, 1e-12);
    EXPECT_EQ(disagreement_of(opinion).experts, 2);
    ASSERT_EQ(left_sentences(opinion).size(), 1u);
    EXPECT_SAYS(left_sentences(opinion)[0], "The expert a does not count here");
    // It is still the combination that was measured, so the words hold.
    EXPECT_TRUE(is_reference_combination(opinion));
    EXPECT_TRUE(out_of_scope(opinion, 0).empty());
    ASSERT_TRUE(assessment_of(opinion, 0));
    EXPECT_NEAR(assessment_of(opinion, 0)->log10_lr, std::log10(0.45 / 0.55), 1e-12);
    // Without the calibration, as with --everywhere, nobody leaves.
    opinion.calibration.reset();
    combine(opinion);
    EXPECT_NEAR(opinion.score, 0.6, 1e-12);
}

TEST(Gates, WithoutAnyExpertThereIsNoAssessment) {
    auto opinion = gated({3, 3, 1});
    opinion.experts.pop_back();
    combine(opinion);
    EXPECT_FALSE(opinion.experts[0].left);  // the raw score is that of all
    EXPECT_TRUE(beyond_gate(opinion, opinion.experts[0]));
    EXPECT_NEAR(opinion.score, 0.75, 1e-12);
    ASSERT_EQ(out_of_scope(opinion, 0).size(), 1u);
    EXPECT_EQ(out_of_scope(opinion, 0)[0].code, kNoExpertLeft);
    EXPECT_SAYS(out_of_scope(opinion, 0)[0].reason, "To every expert that answers");
    EXPECT_TRUE(no_assessment(opinion));
    EXPECT_FALSE(assessment_of(opinion, 0));
    EXPECT_EQ(band_of(opinion), Band::NoAssessment);
    EXPECT_SAYS(no_assessment_reasons(part(opinion, 0))[0].reason, "unlike those");
}

TEST(Gates, TheMapOfAnExpertThatHasLeftDoesNotCount) {
    auto opinion = gated({3, 1, 1});
    for (std::size_t i = 0; i < 3; ++i)
        opinion.experts[i].map = HeatMap{1, 1, {static_cast<float>(i + 1)}};
    EXPECT_FLOAT_EQ(mean_map(opinion).values[0], 2.5F);
}

}  // namespace
}  // namespace dfd
