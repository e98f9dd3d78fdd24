// What lies outside of what a panel was measured on.
#include "core/opinion/scope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/opinion/agreement.h"
#include "core/opinion/bands.h"
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
    EXPECT_EQ(traits, 8);
    EXPECT_THROW(static_cast<void>(is_lower_limit("size")), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(trait_of({}, "size")), std::invalid_argument);
    const TraitLimit flat{"flat", 0.4};
    EXPECT_SAYS(exceeded({.flat = 0.7}, {&flat, 1}).front().reason,
                "70 % of neighbouring pixels are equal, and at most 40 % were");
    const TraitLimit quality{"quality", 50};
    EXPECT_TRUE(exceeded({}, {&quality, 1}).empty());  // not a JPEG
    EXPECT_SAYS(exceeded({.quality = 12}, {&quality, 1}).front().reason,
                "quality 12, and theirs was at least 50");
    const TraitLimit face{kFaceTrait, 1};
    EXPECT_TRUE(exceeded({.face = 1}, {&face, 1}).empty());
    EXPECT_SAYS(exceeded({.face = 0}, {&face, 1}).front().reason, "No face was found in it");
    EXPECT_SAYS(exceeded({}, {&face, 1}).front().reason, "was not checked");
    EXPECT_SAYS(limit_words(face), "a face");
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
    EXPECT_FALSE(bands_for(opinion, 0, {}).named);
    EXPECT_TRUE(bands_for(two_answers({}, {}), 0, {}).named);
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

/// Two questions with rates and these lowest scores that are unusual for a real picture, and
/// highest that are unusual for a fake.
std::vector<AnswerCalibration> unusual(double real_one, double fake_one, double real_two,
                                       double fake_two) {
    std::vector<AnswerCalibration> calibration(2);
    for (auto& each : calibration)
        each.alarms = {{0, 1, 1, 1}};
    calibration[0].unusual_real_from = real_one;
    calibration[0].unusual_fake_below = fake_one;
    calibration[1].unusual_real_from = real_two;
    calibration[1].unusual_fake_below = fake_two;
    return calibration;
}

TEST(MeasuredBands, EachQuestionHasItsOwn) {
    const auto calibration = unusual(0.6, 0.3, 0.7, 0.1);
    const auto bands = measured_bands(&calibration);
    EXPECT_EQ(bands.of(0), (BandThresholds{0.3, 0.6}));
    EXPECT_EQ(bands.of(1), (BandThresholds{0.1, 0.7}));
    EXPECT_FALSE(bands.common());
    const std::vector<Question> questions{{"a", "A?", "", ""}, {"b", "B?", "", ""}};
    EXPECT_EQ(bands_words(bands, questions),
              "A? looks real below 0.3, looks fake from 0.6; B? looks real below 0.1, looks fake "
              "from 0.7");
    auto opinion = two_answers({}, {});
    for (std::size_t q = 0; q < 2; ++q)
        opinion.answers[q].score = 0.65;
    EXPECT_EQ(band_of(opinion, 0, bands), Band::LooksFake);
    EXPECT_EQ(band_of(opinion, 1, bands), Band::Undecided);
    // What people choose holds for every question.
    const QuestionBands chosen = BandThresholds{0.1, 0.2};
    EXPECT_EQ(chosen.of(7), (BandThresholds{0.1, 0.2}));
    EXPECT_EQ(band_of(opinion, 1, chosen), Band::LooksFake);
    EXPECT_EQ(bands_words(chosen, questions), "looks real below 0.1, looks fake from 0.2");
}

TEST(MeasuredBands, WithoutRatesThereAreNoWords) {
    EXPECT_FALSE(measured_bands(nullptr).of(0).named);
    std::vector<AnswerCalibration> calibration(2);
    EXPECT_FALSE(measured_bands(&calibration).of(1).named);  // neither was measured
    calibration[1] = unusual(0.6, 0.3, 0.7, 0.1)[1];
    const auto bands = measured_bands(&calibration);  // one was
    EXPECT_FALSE(bands.of(0).named);
    EXPECT_TRUE(bands.of(1).named);
    EXPECT_SAYS(bands_words(bands.of(0)), "not calibrated");
    const auto unknown = unusual(2, -1, 2, -1);
    const auto never = measured_bands(&unknown);
    EXPECT_EQ(band_of(0, never.of(0)), Band::Undecided);
    EXPECT_EQ(band_of(1, never.of(0)), Band::Undecided);
    EXPECT_EQ(bands_words(never, {}), "no score looks real, no score looks fake");
    EXPECT_EQ(band_of(std::nan(""), BandThresholds{}), Band::Unnamed);
}

TEST(MeasuredBands, AScoreThatIsUnusualForBothHasNeitherWord) {
    // The classes lie far apart: nearly all real pictures score below 0.2, fakes above 0.9.
    const auto calibration = unusual(0.2, 0.9, 0.54, 0.5);
    const auto bands = measured_bands(&calibration);
    EXPECT_EQ(band_of(0.19, bands.of(0)), Band::LooksReal);
    EXPECT_EQ(band_of(0.2, bands.of(0)), Band::Undecided);
    EXPECT_EQ(band_of(0.89, bands.of(0)), Band::Undecided);
    EXPECT_EQ(band_of(0.9, bands.of(0)), Band::LooksFake);
    // They nearly touch: every score has one word, and its figure never shows another.
    EXPECT_EQ(band_of(0.4999, bands.of(1)), Band::LooksReal);
    EXPECT_EQ(score_figure(0.4999, bands.of(1)), "0.49");
    EXPECT_EQ(band_of(0.5399, bands.of(1)), Band::Undecided);
    EXPECT_EQ(score_figure(0.5399, bands.of(1)), "0.53");
    EXPECT_EQ(band_of(0.54, bands.of(1)), Band::LooksFake);
    const auto touching = unusual(0.4, 0.4, 0.4, 0.4);
    EXPECT_EQ(band_of(0.39, measured_bands(touching[0])), Band::LooksReal);
    EXPECT_EQ(band_of(0.4, measured_bands(touching[0])), Band::LooksFake);
}

TEST(MeasuredBands, TheStrongestWordLeads) {
    const auto leading = [](double one, double two) {
        auto opinion = of_answers({{one}, {two}});
        opinion.calibration =
            std::make_shared<const std::vector<AnswerCalibration>>(unusual(0.54, 0.5, 0.68, 0.28));
        combine(opinion);
        return opinion.leading;
    };
    EXPECT_EQ(leading(0.60, 0.65), 0u);  // looks fake, before a larger score without a word
    EXPECT_EQ(leading(0.60, 0.70), 1u);  // both look fake
    EXPECT_EQ(leading(0.45, 0.40), 1u);  // undecided, before one that looks real
    EXPECT_EQ(leading(0.45, 0.20), 0u);  // both look real
    // A result that was recorded by another rule keeps its score, and its question.
    auto recorded = of_answers({{0.60}, {0.65}});
    recorded.calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(unusual(0.54, 0.5, 0.68, 0.28));
    combine(recorded);
    lead_as_recorded(recorded, 0.65, 0.125);
    EXPECT_EQ(recorded.leading, 1u);
    EXPECT_EQ(recorded.score, 0.65);
    EXPECT_EQ(recorded.spread, 0.125);
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

TEST(Gates, AnExpertMadeForFacesLeavesWhereNoFaceIsFound) {
    auto opinion = of_scores({0.9, 0.6, 0.3});
    opinion.experts[0].no_face = true;
    combine(opinion);  // it needs no calibration
    EXPECT_TRUE(opinion.experts[0].left);
    EXPECT_NEAR(opinion.score, 0.45, 1e-12);
    ASSERT_EQ(left_sentences(opinion).size(), 1u);
    EXPECT_SAYS(left_sentences(opinion)[0], "it was made for pictures of faces, and no face");
    // When nobody else answers, all of them count, and a calibration says nothing about it.
    opinion = gated({1, 1, 1});
    for (auto& expert : opinion.experts)
        expert.no_face = true;
    combine(opinion);
    EXPECT_FALSE(opinion.experts[0].left);
    EXPECT_NEAR(opinion.score, 0.6, 1e-12);
    ASSERT_EQ(out_of_scope(opinion, 0).size(), 1u);
    EXPECT_EQ(out_of_scope(opinion, 0)[0].code, kNoExpertLeft);
    EXPECT_SAYS(out_of_scope(opinion, 0)[0].reason, "No face was found, and every expert");
    EXPECT_TRUE(no_assessment(opinion));
}

TEST(Gates, TheMapOfAnExpertThatHasLeftDoesNotCount) {
    auto opinion = gated({3, 1, 1});
    for (std::size_t i = 0; i < 3; ++i)
        opinion.experts[i].map = HeatMap{1, 1, {static_cast<float>(i + 1)}};
    EXPECT_FLOAT_EQ(mean_map(opinion).values[0], 2.5F);
}

TEST(Gates, WhoDoesNotCountIsLeftOutOfTheAgreement) {
    AgreementTable table({"a", "b", "c"});
    table.add(gated({1, 1, 1}));
    table.add(gated({3, 1, 1}));
    EXPECT_EQ(table.left_out(), (std::vector<std::size_t>{1, 0, 0}));
    EXPECT_EQ(left_out_sentence(table, table.experts()),
              "Left out, because the panel was not measured on such pictures: a on 1 of 2 "
              "pictures.");
    const auto matrix = table.matrix();
    EXPECT_EQ(matrix.flips[0][1], 0);  // of the one picture on which both count
    EXPECT_EQ(matrix.flips[0][2], 1);
    EXPECT_EQ(table.pictures_on_different_sides(0, 2).size(), 1u);
}

TEST(Scope, AQuestionWithoutAnAssessmentIsNotDisputed) {
    auto opinion = of_answers({{0.05, 0.95}, {0.9, 0.8}});
    std::vector<AnswerCalibration> calibration(2);
    calibration[0].scope = {{"flat", 0.4}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(calibration);
    EXPECT_EQ(largest_disagreement(opinion).question, 0u);
    opinion.traits = PictureTraits{.flat = 0.5};
    combine(opinion);
    EXPECT_EQ(largest_disagreement(opinion).question, 1u);
    AgreementTable table({"a", "b", "c", "d"});
    table.add(opinion);
    EXPECT_EQ(table.left_out(), (std::vector<std::size_t>{1, 1, 0, 0}));
    EXPECT_TRUE(left_out_sentence(AgreementTable({"a"}), std::vector<std::string>{"a"}).empty());
}

}  // namespace
}  // namespace dfd
