// The paragraph for publication.
#include "core/engine/results/publication.h"

#include <gtest/gtest.h>

#include "tests/panel/opinions.h"
#include "tests/says.h"

namespace dfd {
namespace {

Examination seen(PanelOpinion opinion) {
    Examination examination;
    examination.opinion = std::move(opinion);
    return examination;
}

ScoredBy by() {
    ScoredBy by;
    by.panel.name = "newsroom";
    return by;
}

const BandThresholds kNoBands{.named = false};

PanelOpinion calibrated() {
    auto opinion = of_scores({0.9, 0.9});
    AnswerCalibration calibration;
    calibration.bound = 1;
    calibration.alarms = {{0, 1, 1, 1}, {0.8, 0.04, 0.02, 0.07}};
    calibration.scope = {{"shorter_side", 200}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    opinion.traits = PictureTraits{.shorter_side = 500};
    return opinion;
}

TEST(Publication, StatesWhatWasMeasuredWithItsCaution) {
    const auto text = publication_text(seen(calibrated()), by(), "2026-11-29", kNoBands);
    EXPECT_SAYS(text, "(panel newsroom, 2026-11-29)");
    EXPECT_SAYS(
        text,
        "Of 100 real pictures like those measured, about 4 score this high (2 to 7). The "
        "score favours \"a fake of the kinds measured\" over \"a real picture of the kinds "
        "measured\" by about 9.0 to 1: weak support (at most 10 to 1 by this calibration).");
    EXPECT_TRUE(text.ends_with("They do not show by themselves that a picture is real or fake."));
}

TEST(Publication, WhatTheFileDeclaresComesFirst) {
    auto examination = seen(calibrated());
    ProvenanceHint hint;
    hint.sentence = "Made with ComfyUI.";
    hint.declares_generated = true;
    examination.facts.provenance = {hint};
    EXPECT_TRUE(publication_text(examination, by(), "d", kNoBands)
                    .starts_with("The file itself says: Made with ComfyUI. An analysis"));
}

TEST(Publication, SaysThatThereIsNoAssessmentAndWhy) {
    auto opinion = calibrated();
    opinion.traits->shorter_side = 64;
    const auto text = publication_text(seen(opinion), by(), "d", kNoBands);
    EXPECT_SAYS(text, "No assessment was given. It is smaller than");
    EXPECT_EQ(text.find("0.9"), std::string::npos);  // no score that means nothing
    EXPECT_EQ(text.find("favours"), std::string::npos);
}

TEST(Publication, AnExpertWithoutAnOpinionIsNotWeightedByHand) {
    auto opinion = calibrated();
    set_unavailable(opinion.experts[1], "It is too odd.");
    combine(opinion);
    const auto text = publication_text(seen(opinion), by(), "d", kNoBands);
    EXPECT_SAYS(text, "The expert b has no opinion on it.");
    EXPECT_EQ(text.find("by hand"), std::string::npos);
    opinion.experts[1].architecture = "clip_vit_b16";  // a name for people is known
    EXPECT_SAYS(publication_text(seen(opinion), by(), "d", kNoBands),
                "The expert Meaning has no opinion on it.");
    opinion = calibrated();
    opinion.experts[1].weight = 0.5;
    combine(opinion);
    EXPECT_SAYS(publication_text(seen(opinion), by(), "d", kNoBands),
                "Its experts were weighted by hand.");
}

TEST(Publication, SaysThatAFusionCombinesTheExperts) {
    const std::string fused = "combined by a fusion that was fitted to labelled pictures.";
    EXPECT_SAYS(publication_text(seen(of_fusion({0.7, 0.8})), by(), "d", kNoBands), fused);
    EXPECT_EQ(publication_text(seen(calibrated()), by(), "d", kNoBands).find(fused),
              std::string::npos);
}

TEST(Publication, AnUncalibratedScoreIsANumber) {
    auto starter = by();
    starter.panel.starter = true;
    const auto text = publication_text(seen(of_scores({0.9, 0.9})), starter, "d", kNoBands);
    EXPECT_SAYS(text, "(bundled trial panel newsroom, d)");
    EXPECT_SAYS(text,
                "The score is 0.90 on a scale from 0 (real) to 1 (fake). What such a score "
                "is worth was not measured.");
    EXPECT_EQ(publication_text({}, by(), "d", kNoBands), "");
    // As elsewhere: rounded, unless somebody's own thresholds lie between.
    const auto rounded = [](const QuestionBands& bands) {
        return publication_text(seen(of_scores({0.6496, 0.6496})), by(), "d", bands);
    };
    EXPECT_SAYS(rounded(kNoBands), "The score is 0.65 on");
    EXPECT_SAYS(rounded(BandThresholds{0.35, 0.65}), "The score is 0.64 on");
}

}  // namespace
}  // namespace dfd
