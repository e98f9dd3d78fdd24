#include "core/engine/studies/stability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/engine/studies/stability_report.h"
#include "tests/engine/scripted_evaluator.h"
#include "tests/peak_memory.h"

namespace dfd {
namespace {

using nlohmann::json;
using test::ScriptedEvaluator;

Pixels grey(int width, int height, std::uint8_t level = 100) {
    return {width, height,
            std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height), level)};
}

double level(const Pixels& pixels) {
    return pixels.rgb.front() / 255.0;
}

StabilityOptions only(const std::vector<std::string>& names) {
    StabilityOptions options;
    options.operations = find_operations(names);
    return options;
}

const FlipPoint* flip_of(const Firmness& firmness, const std::string& who) {
    const auto found = std::ranges::find(firmness.flips, who, &FlipPoint::who);
    return found == firmness.flips.end() ? nullptr : &*found;
}

TEST(StabilityOperations, HaveUniqueNamesAndAscendingAmounts) {
    std::set<std::string> names;
    for (const auto& operation : stability_operations()) {
        EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
        EXPECT_FALSE(operation.variants.empty());
        EXPECT_EQ(operation.preset, !operation.variants.front().amount.has_value());
        EXPECT_TRUE(std::ranges::is_sorted(operation.variants, {}, &StabilityVariant::amount));
        for (const auto& variant : operation.variants) {
            EXPECT_EQ(alteration_problem(1024, 768, variant.steps, 60'000'000), "");
            if (operation.neutral) {  // the untouched picture is at the neutral amount
                EXPECT_NE(variant.amount, operation.neutral);
            }
        }
        // Every operation includes ordinary amounts, which people use without meaning to alter a
        // picture, except hard passages, which include none.
        EXPECT_EQ(std::ranges::any_of(operation.variants, &StabilityVariant::ordinary),
                  operation.passage.empty())
            << operation.name;
    }
    for (const auto* name : {"jpeg", "webp", "scale", "blur", "noise", "crop", "rotation", "flip",
                             "brightness", "messaging", "screenshot", "print-scan"})
        EXPECT_TRUE(names.contains(name)) << name;
    EXPECT_EQ(only({"blur", "jpeg"}).operations[0].name, "blur");
    EXPECT_THROW((void)only({"blurr"}), std::invalid_argument);
    EXPECT_THROW((void)only({"blur", "blur"}), std::invalid_argument);
}

TEST(Stability, CrossingsAreInterpolatedAndTheIntervalIsOfOrdinaryVersions) {
    // Expert a: width / 200, so 0.45 at scale 0.9 and 0.55 at 1.1; expert b is constant. The
    // panel's mean reaches 0.5 at scale 1.2: between 1.1 (0.475) and 1.25 (0.5125).
    ScriptedEvaluator panel({[](const Pixels& pixels) { return pixels.width / 200.0; },
                             [](const Pixels&) { return 0.4; }});
    const auto stability = stability_of(grey(100, 100), panel, only({"scale"}));
    EXPECT_TRUE(stability.complete);
    EXPECT_EQ(stability.points.size(), 7u);
    const auto firmness = firmness_of(stability);
    EXPECT_NEAR(firmness.score, 0.45, 1e-12);
    EXPECT_NEAR(firmness.low, 0.325, 1e-12);    // scale 0.5
    EXPECT_NEAR(firmness.high, 0.5125, 1e-12);  // scale 1.25; 1.5 is not ordinary
    EXPECT_EQ(firmness.ordinary, 5);
    EXPECT_EQ(firmness.other_side, 1);
    EXPECT_EQ(firmness.all_other_side, 2);
    const auto* flip = flip_of(firmness, "panel");
    ASSERT_NE(flip, nullptr);
    EXPECT_TRUE(flip->panel);
    EXPECT_EQ(flip->lower, 1.1);
    EXPECT_EQ(flip->upper, 1.25);
    EXPECT_NEAR(flip->at.value(), 1.2, 1e-9);
    EXPECT_FALSE(flip->fake_before);
    EXPECT_TRUE(flip->fake_after);
    EXPECT_EQ(flip->words, "scale 1.2");
    // For expert a, the untouched picture (0.5, a vote for fake) is one side of the crossing.
    const auto* of_a = flip_of(firmness, "a");
    ASSERT_NE(of_a, nullptr);
    EXPECT_EQ(of_a->lower, 0.9);
    EXPECT_EQ(of_a->upper, 1.0);
    EXPECT_NEAR(of_a->at.value(), 1.0, 1e-9);
    EXPECT_EQ(flip_of(firmness, "b"), nullptr);
}

TEST(Stability, AnotherThresholdMovesTheCrossing) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return pixels.width / 200.0; }});
    const auto stability = stability_of(grey(100, 100), panel, only({"scale"}));
    EXPECT_NEAR(flip_of(firmness_of(stability, 0.3), "panel")->at.value(), 0.6, 1e-9);
    EXPECT_TRUE(firmness_of(stability, 0.99).flips.empty());
}

TEST(Stability, WithoutANeutralAmountTheUntouchedPictureIsTheNeighbour) {
    // Fake when untouched, real after any compression. Grey 100 stays about 100, so pixels cannot
    // tell them apart; the expert remembers whether it was called before.
    int seen = 0;
    ScriptedEvaluator panel({[&](const Pixels&) { return seen++ == 0 ? 0.8 : 0.2; }});
    const auto firmness = firmness_of(stability_of(grey(40, 40), panel, only({"jpeg"})));
    ASSERT_EQ(firmness.flips.size(), 2u);  // the panel and its only expert
    const auto& flip = firmness.flips.front();
    EXPECT_EQ(flip.lower, 95);
    EXPECT_EQ(flip.upper, 95);
    EXPECT_EQ(flip.at, std::nullopt);
    EXPECT_TRUE(flip.fake_before);
    EXPECT_FALSE(flip.fake_after);
    EXPECT_EQ(flip.words, "JPEG quality 95");
    EXPECT_EQ(firmness.other_side, firmness.ordinary);
}

TEST(Stability, PresetsAndFlipsHaveNoScale) {
    Pixels two_halves = grey(80, 40, 30);
    for (int y = 0; y < 40; ++y)
        std::fill_n(two_halves.rgb.begin() + 3 * (y * 80), 3 * 40, std::uint8_t{230});
    ScriptedEvaluator panel({[](const Pixels& pixels) { return level(pixels); }});
    const auto firmness =
        firmness_of(stability_of(two_halves, panel, only({"flip", "screenshot"})));
    ASSERT_EQ(firmness.flips.size(), 2u);
    EXPECT_EQ(firmness.flips[0].operation, "flip");
    EXPECT_EQ(firmness.flips[0].lower, 1);
    EXPECT_EQ(firmness.flips[0].at, std::nullopt);
    EXPECT_EQ(firmness.flips[0].words, "flipped left to right");
    EXPECT_EQ(firmness.versions, 3);
    EXPECT_EQ(firmness.ordinary, 2);
}

TEST(Stability, AHardPassageIsReportedBesideTheInterval) {
    // Messaging keeps a small picture's size; the rotation of print-scan crops it.
    ScriptedEvaluator panel(
        {[](const Pixels& pixels) { return pixels.width < 100 ? 0.25 : 0.875; }});
    const auto both =
        firmness_of(stability_of(grey(100, 100), panel, only({"messaging", "print-scan"})));
    EXPECT_EQ(both.versions, 2);
    EXPECT_EQ(both.ordinary, 1);
    EXPECT_EQ(both.other_side, 0);
    EXPECT_EQ(both.all_other_side, 1);
    EXPECT_NEAR(both.low, 0.875, 1e-12);
    ASSERT_EQ(both.severe.size(), 1u);
    EXPECT_EQ(both.severe[0].name, "printing and scanning");
    EXPECT_NEAR(both.severe[0].score, 0.25, 1e-12);
    const auto story = firmness_story(both);
    ASSERT_EQ(story.size(), 3u);
    EXPECT_TRUE(story[0].starts_with("Firm: ")) << story[0];
    EXPECT_EQ(story[1],
              "After printing and scanning, which is not ordinary re-sharing, the score would be "
              "0.25 (looks real).");

    const auto alone = stability_of(grey(100, 100), panel, only({"print-scan"}));
    EXPECT_EQ(firmness_of(alone).ordinary, 0);
    const auto text = stability_text(alone, {"a.png", "ab"}, {panel.panel(), "cpu", {}});
    EXPECT_EQ(text.find("over ordinary re-sharing"), std::string::npos) << text;
    EXPECT_NE(text.find("After printing and scanning"), std::string::npos) << text;
}

TEST(Stability, EveryPointIsNotifiedAndAStopKeepsFinishedOnes) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.6; }});
    std::stop_source stop;
    std::vector<std::size_t> received;
    auto options = only({"blur", "noise"});
    options.batch = 2;
    const auto stability = stability_of(
        grey(30, 30), panel, options, {},
        [&](const Stability& so_far) {
            received.push_back(so_far.points.size());
            if (so_far.points.size() == 4)
                stop.request_stop();
        },
        stop.get_token());
    EXPECT_EQ(received, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    EXPECT_FALSE(stability.complete);
    EXPECT_EQ(stability.points.size(), 4u);
    EXPECT_EQ(stability.planned(), 10u);
    EXPECT_EQ(panel.evaluated, 5);
    stop = {};
    stop.request_stop();
    EXPECT_THROW((void)stability_of(grey(30, 30), panel, options, {}, {}, stop.get_token()),
                 Cancelled);
}

TEST(Stability, TakesAKnownOpinionAsTheReferenceCombination) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.2; }, [](const Pixels&) { return 0.8; }});
    const auto picture = grey(30, 30);
    const Pixels* const pictures[] = {&picture};
    auto known = panel.evaluate(pictures, {}, {}).front();
    known.experts[0].map = HeatMap{1, 1, {1}};
    combine(known, std::array{0.0, 1.0});
    panel.evaluated = 0;
    const auto stability = stability_of(picture, panel, only({"flip"}), known);
    EXPECT_EQ(panel.evaluated, 2);
    EXPECT_NEAR(stability.untouched.score, 0.5, 1e-12);
    EXPECT_FALSE(stability.untouched.experts[0].map.has_value());
    const auto muted = reweighed(stability, std::array{0.0, 1.0});
    EXPECT_NEAR(firmness_of(muted).score, 0.8, 1e-12);
    EXPECT_NEAR(firmness_of(muted).low, 0.8, 1e-12);
    EXPECT_TRUE(firmness_of(muted).flips.empty());
}

TEST(Stability, VersionsWithoutAnOpinionDoNotCount) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.2; }, [](const Pixels&) { return 0.8; }});
    auto stability = stability_of(grey(30, 30), panel, only({"flip", "scale"}));
    ASSERT_GT(stability.points.size(), 1u);
    set_unavailable(stability.points.front().opinion.experts[1], "It is too odd.");
    const auto muted = reweighed(stability, std::array{0.0, 1.0});
    EXPECT_TRUE(std::isnan(muted.points.front().opinion.score));
    const auto firmness = firmness_of(muted);
    EXPECT_EQ(firmness.versions, static_cast<int>(stability.points.size()) - 1);
    EXPECT_NEAR(firmness.low, 0.8, 1e-12);
    EXPECT_EQ(firmness.all_other_side, 0);
    EXPECT_TRUE(firmness.flips.empty());
}

TEST(Stability, ALargePictureIsAlteredInMemoryForOneVersion) {
    constexpr int kWidth = 6000, kHeight = 4000;
    const Pixels picture{kWidth, kHeight, std::vector<std::uint8_t>(3 * kWidth * kHeight, 90)};
    ScriptedEvaluator panel({[](const Pixels&) { return 0.5; }});
    StabilityOptions options;
    const std::vector<std::string> names{"jpeg", "brightness", "noise",
                                         "flip", "crop",       "print-scan"};
    options.operations = find_operations(names);
    for (auto& operation : options.operations)
        operation.variants.resize(1);
    Stability result;
    const auto added = test::added_peak([&] { result = stability_of(picture, panel, options); });
    EXPECT_EQ(result.points.size(), names.size());
    if (!added)
        GTEST_SKIP() << "the peak memory is not known here";
    EXPECT_LT(*added, std::int64_t{3} * 3 * kWidth * kHeight / 2);
}

TEST(Stability, ImpossibleVersionsAreSkippedWithAReason) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.6; }});
    auto options = only({"webp", "scale"});
    options.most_pixels = 20'000;
    const auto stability = stability_of(grey(16'384, 1), panel, options);
    EXPECT_TRUE(stability.complete);
    EXPECT_EQ(stability.skipped.size(), 7u + 2u);  // WebP's size limit; scales 1.25 and 1.5
    EXPECT_EQ(stability.points.size(), 5u);
    EXPECT_THROW((void)stability_of({}, panel, options), PictureError);
}

TEST(Stability, RunsAreJoinedByOperation) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return pixels.width / 200.0; }});
    const auto picture = grey(100, 100);
    const auto first = stability_of(picture, panel, only({"scale", "flip"}));
    auto second = stability_of(picture, panel, only({"flip", "messaging"}), first.untouched);
    second.points.pop_back();  // as if it had been stopped
    second.complete = false;
    const auto both = joined(first, second);
    EXPECT_EQ(both.operations.size(), 3u);
    EXPECT_EQ(both.operations[0].name, "scale");
    EXPECT_EQ(both.operations[1].name, "flip");
    EXPECT_EQ(both.points.size(), 7u + 2u);
    EXPECT_EQ(both.planned(), 10u);
    EXPECT_FALSE(both.complete);
    EXPECT_EQ(both.operations[both.points.back().operation].name, "flip");
    EXPECT_EQ(firmness_of(both).high, firmness_of(first).high);
    const auto finished = finished_part(both);
    EXPECT_EQ(finished.operations.size(), 2u);
    EXPECT_EQ(finished.points.size(), 9u);
    EXPECT_EQ(finished.points.back().operation, 1u);
    EXPECT_TRUE(finished.complete);
}

ScoredBy by_of(const ScriptedEvaluator& panel) {
    return {panel.panel(), panel.device().id, panel.precision()};
}

TEST(StabilityReport, JsonHasEveryPoint) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return pixels.width / 200.0; },
                             [](const Pixels&) { return 0.4; }});
    const auto stability = stability_of(grey(100, 100), panel, only({"scale", "messaging"}));
    const auto line = stability_json(stability, {"/odd \xff.png", "ab"}, by_of(panel));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto object = json::parse(line);
    EXPECT_TRUE(object.contains("path_bytes"));
    EXPECT_NEAR(object["score"].get<double>(), 0.45, 1e-12);
    EXPECT_NEAR(object["low"].get<double>(), 0.325, 1e-12);
    EXPECT_NEAR(object["high"].get<double>(), 0.5125, 1e-12);
    EXPECT_EQ(object["complete"], true);
    ASSERT_EQ(object["points"].size(), 8u);
    EXPECT_EQ(object["points"][0]["operation"], "scale");
    EXPECT_EQ(object["points"][0]["parameter"], 0.25);
    EXPECT_EQ(object["points"][0]["ordinary"], false);
    EXPECT_EQ(object["points"][0]["experts"][1]["name"], "b");
    EXPECT_TRUE(object["points"][7]["parameter"].is_null());
    EXPECT_EQ(object["points"][7]["steps"], json::array({"at most 1600 px", "JPEG 75"}));
    EXPECT_EQ(object["passages"], json::array());
    EXPECT_EQ(object["flips"][0]["who"], "panel");
    EXPECT_EQ(object["flips"][0]["after"], "fake");
    EXPECT_EQ(object["summary"], firmness_summary(firmness_of(stability)));
}

TEST(StabilityReport, CsvAndTextSayTheSame) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return pixels.width / 200.0; }});
    const auto stability = stability_of(grey(100, 100), panel, only({"scale", "rotation"}));
    const PictureName name{"a,b.png", "ab"};
    EXPECT_EQ(stability_csv_header(panel.panel()),
              "path,sha256,operation,parameter,steps,ordinary,score,score a");
    EXPECT_EQ(stability_csv(stability, name, nullptr), "\"a,b.png\",ab,untouched,,,true,0.5,0.5");
    EXPECT_EQ(stability_csv(stability, name, &stability.points[1]),
              "\"a,b.png\",ab,scale,0.5,scale 0.5,true,0.25,0.25");
    const auto text = stability_text(stability, name, by_of(panel));
    EXPECT_NE(text.find("15 of 15 versions scored.\n"), std::string::npos) << text;
    EXPECT_NE(text.find("* scale 0.5                    0.2500     0.25\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("  a at scale 1: real before, fake after\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace dfd
