#include "core/opinion/firmness.h"

#include <gtest/gtest.h>

#include "tests/says.h"

namespace dfd {
namespace {

Firmness firmness(double score, double low, double high) {
    Firmness firmness;
    firmness.score = score;
    firmness.low = low;
    firmness.high = high;
    firmness.ordinary = 20;
    firmness.versions = 50;
    return firmness;
}

FlipPoint panel_flip(const std::string& words) {
    FlipPoint flip;
    flip.panel = true;
    flip.who = "panel";
    flip.words = words;
    return flip;
}

TEST(Firmness, IntervalInWords) {
    EXPECT_EQ(interval_words(firmness(0.8, 0.71, 0.93)), "0.71 to 0.93 over ordinary re-sharing");
}

TEST(Firmness, FirmWhenTheBandHolds) {
    const auto story = firmness_story(firmness(0.8, 0.71, 0.93));
    ASSERT_EQ(story.size(), 2u);
    EXPECT_EQ(story[0],
              "Firm: over ordinary re-sharing (20 versions tried) the score stays between 0.71 and "
              "0.93, always \"looks fake\".");
    EXPECT_EQ(story[1],
              "None of the 50 versions of the picture that were scored leaves the fake side of "
              "0.50.");
}

TEST(Firmness, FairlyFirmWhenOnlyTheSideHolds) {
    EXPECT_EQ(firmness_story(firmness(0.7, 0.55, 0.7))[0],
              "Fairly firm: over ordinary re-sharing (20 versions tried) the score stays between "
              "0.55 and 0.70, on the fake side of 0.50 but not always \"looks fake\".");
}

TEST(Firmness, NotFirmWhenTheSideDoesNotHold) {
    auto figures = firmness(0.3, 0.28, 0.61);
    figures.other_side = 1;
    figures.all_other_side = 3;
    figures.flips = {panel_flip("blur 1.20 px"), panel_flip("JPEG quality 62"),
                     panel_flip("scale 0.6"), panel_flip("noise 3"), panel_flip("noise 3")};
    const auto story = firmness_story(figures);
    EXPECT_EQ(story[0],
              "Not firm: over ordinary re-sharing (20 versions tried) the score goes from 0.28 to "
              "0.61, and 1 of 20 versions leaves the real side of 0.50.");
    EXPECT_EQ(story[1],
              "The panel changes sides at blur 1.20 px, JPEG quality 62 and scale 0.6, and in 1 "
              "more; 3 of 50 versions that were scored leave the real side of 0.50.");
}

TEST(Firmness, ASevereTreatmentHasItsOwnSentence) {
    auto figures = firmness(0.88, 0.85, 0.9);
    figures.severe = {{"printing and scanning", 0.3}};
    figures.all_other_side = 1;
    figures.flips = {panel_flip("print and scan")};
    const auto story = firmness_story(figures);
    ASSERT_EQ(story.size(), 3u);
    EXPECT_EQ(story[0],
              "Firm: over ordinary re-sharing (20 versions tried) the score stays between 0.85 and "
              "0.90, always \"looks fake\".");
    EXPECT_EQ(story[1],
              "After printing and scanning, which is not ordinary re-sharing, the score would be "
              "0.30 (looks real).");
    EXPECT_EQ(firmness_summary(figures), story[0] + " " + story[1] + " " + story[2]);
    // Other thresholds give other words.
    EXPECT_SAYS(firmness_story(figures, BandThresholds{0.2, 0.65})[1], "(undecided)");
}

TEST(Firmness, NoVersionsGiveNoSentences) {
    EXPECT_TRUE(firmness_story({}).empty());
    auto strong_only = firmness(0.3, 0.3, 0.3);
    strong_only.ordinary = 0;
    EXPECT_EQ(firmness_story(strong_only).size(), 1u);  // no interval without ordinary versions
}

}  // namespace
}  // namespace dfd
