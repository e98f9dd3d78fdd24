// Panels of unlike experts: networks of ours with a program of somebody else's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/cancelled.h"
#include "core/engine/examine/examiner.h"
#include "core/engine/replay/replay.h"
#include "core/engine/results/explanation_export.h"
#include "core/engine/results/result_export.h"
#include "core/engine/scoring/evaluator.h"
#include "core/engine/scoring/explanation.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/panel_add.h"
#include "tests/panel/foreign_fixture.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

using Json = nlohmann::json;

/// As kRedAgainstGreen, but without an answer to pictures of 193 pixels.
std::string picky() {
    std::string script = test::kRedAgainstGreen;
    const std::string before = "    my @values";
    script.insert(script.find(before),
                  "    if ($width == 193) { print qq({\"error\": \"too odd\"}\\n); next; }\n");
    return script;
}

/// Grey with noise, and a red patch in the upper left quarter.
Pixels patched(int width = 192, int height = 160) {
    unsigned seed = 7;
    Pixels pixels{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            seed = seed * 1664525u + 1013904223u;
            const auto grey = static_cast<std::uint8_t>(90 + (seed >> 24) % 32);
            const bool red = x >= 24 && x < 72 && y >= 16 && y < 64;
            pixels.rgb.insert(pixels.rgb.end(), {red ? std::uint8_t{250} : grey, grey, grey});
        }
    return pixels;
}

class MixedEvaluatorTest : public testing::Test {
  protected:
    MixedEvaluatorTest() : panels_("DFD_PANELS", (folder_ / "panels").native()) {}

    void SetUp() override {
        DFD_NEEDS_PROGRAMS();
        auto manifest = test::write_program(folder_ / "expert", {"perl", "expert.pl"}, picky());
        manifest["calibration"] = {{"slope", 2}, {"bias", 0.5}};
        test::write_bytes(folder_ / "expert/manifest.json", manifest.dump());
    }
    PanelRecord mixed() {
        (void)add_panel({DFD_SOURCE_DIR "/tests/data/traces", "mine", {}, false});
        return add_expert({files(), "mine", "", ""});
    }
    PanelRecord alone() {
        (void)new_panel("alone", "");
        return add_expert({files(), "alone", "", ""});
    }
    [[nodiscard]] ForeignFiles files() const { return {{}, folder_ / "expert/manifest.json"}; }

    static PanelOpinion opinion_of(Evaluator& evaluator, const Pixels& picture,
                                   const EvaluateOptions& options = {}) {
        const Pixels* const pictures[] = {&picture};
        return evaluator.evaluate(pictures, options, {}).at(0);
    }
    static Examination examined(Evaluator& evaluator, const Pixels& picture) {
        Examination seen;
        seen.state = ExaminationState::Scored;
        seen.width = picture.width;
        seen.height = picture.height;
        seen.opinion = opinion_of(evaluator, picture);
        seen.warnings = seen.opinion->warnings;
        return seen;
    }
    static Examination examined(Evaluator& evaluator, const Picture& picture,
                                const std::filesystem::path& path) {
        auto seen = examined(evaluator, picture.pixels);
        seen.source.path = path;
        seen.facts = picture.facts;
        return seen;
    }

    test::TemporaryFolder folder_;
    test::Environment panels_;
};

TEST_F(MixedEvaluatorTest, TheScoreIsOfTheMeanOfTheLogOdds) {
    const auto evaluator = open_evaluator(mixed(), "cpu");
    const auto networks = open_evaluator(read_panel(DFD_SOURCE_DIR "/tests/data/traces"), "cpu");
    const auto picture = patched();
    const auto opinion = opinion_of(*evaluator, picture);
    const auto of_networks = opinion_of(*networks, picture);
    ASSERT_EQ(opinion.experts.size(), of_networks.experts.size() + 1);
    double sum = 0;
    for (std::size_t e = 0; e < of_networks.experts.size(); ++e) {
        EXPECT_EQ(opinion.experts[e].logits, of_networks.experts[e].logits);
        sum += opinion.experts[e].logits[1] - opinion.experts[e].logits[0];
    }
    double red = 0;
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3)
        red += picture.rgb[i] - picture.rgb[i + 1];
    const double log_odds = 2 * (red / (192 * 160) / 20) + 0.5;
    const auto& program = opinion.experts.back();
    EXPECT_EQ(program.name, "red");
    EXPECT_EQ(program.architecture, "program");
    EXPECT_NEAR(program.logits[1] - program.logits[0], log_odds, 1e-5);
    EXPECT_NEAR(program.score, fake_score({0, log_odds}), 1e-6);
    const auto count = static_cast<double>(opinion.experts.size());
    EXPECT_NEAR(opinion.score, fake_score({0, (sum + log_odds) / count}), 1e-6);
    EXPECT_NEAR(program.without, fake_score({0, sum / (count - 1)}), 1e-9);
    EXPECT_TRUE(is_reference_combination(opinion));
}

TEST_F(MixedEvaluatorTest, AnExpertWithoutAnOpinionLeavesAndThatIsSaid) {
    const auto evaluator = open_evaluator(mixed(), "cpu");
    const auto seen = examined(*evaluator, patched(193, 160));
    const auto& opinion = *seen.opinion;
    const auto& program = opinion.experts.back();
    EXPECT_FALSE(program.available());
    EXPECT_EQ(program.failure, "The program says: \"too odd\"");
    EXPECT_EQ(program.weight, 0);
    EXPECT_TRUE(std::isnan(program.score));
    double sum = 0;
    for (std::size_t e = 0; e + 1 < opinion.experts.size(); ++e)
        sum += opinion.experts[e].logits[1] - opinion.experts[e].logits[0];
    EXPECT_NEAR(opinion.score,
                fake_score({0, sum / static_cast<double>(opinion.experts.size() - 1)}), 1e-9);
    EXPECT_FALSE(is_reference_combination(opinion));
    EXPECT_TRUE(std::ranges::any_of(opinion.warnings, [](const std::string& warning) {
        return warning ==
               "The expert red has no opinion on this picture and is left out. The program says: "
               "\"too odd\"";
    }));

    ScoredBy by;
    by.panel = evaluator->panel();
    const auto json = Json::parse(to_json(seen, by, false));
    EXPECT_TRUE(json.at("experts").back().at("score").is_null());
    EXPECT_EQ(json.at("experts").back().at("no_opinion"), program.failure);
    EXPECT_EQ(to_csv(seen, by).find("nan"), std::string::npos);
    // Other weights do not bring it back.
    auto other = opinion;
    combine(other, std::vector<double>(other.experts.size(), 1.0));
    EXPECT_EQ(other.experts.back().weight, 0);
    EXPECT_EQ(other.score, opinion.score);
}

TEST_F(MixedEvaluatorTest, APictureWithoutAnyOpinionFails) {
    const auto evaluator = open_evaluator(alone(), "cpu");
    EXPECT_EQ(evaluator->device().id, "cpu");
    EXPECT_GT(opinion_of(*evaluator, patched()).score, 0.5);
    EXPECT_SAYS(
        test::sentence_of<DeviceError>([&] { (void)opinion_of(*evaluator, patched(193, 160)); }),
        "No expert has an opinion on this picture. The expert red has no opinion");
}

TEST_F(MixedEvaluatorTest, OcclusionFindsWhereTheEvidenceIs) {
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto picture = patched();
    ExplainOptions options;
    const auto found = explain(*evaluator, picture, options);
    ASSERT_EQ(found.experts.size(), 1u);
    const auto& expert = found.experts.front();
    EXPECT_EQ(expert.method, AttributionMethod::Occlusion);
    EXPECT_STREQ(method_name(expert.method), "occlusion");
    EXPECT_EQ(expert.map.columns, 7);
    EXPECT_EQ(expert.map.rows, 6);
    // The strongest cell lies on the patch.
    const auto strongest =
        static_cast<int>(std::ranges::max_element(expert.map.values) - expert.map.values.begin());
    EXPECT_EQ(strongest / 7, 1);
    EXPECT_EQ(strongest % 7, 1);
    EXPECT_NEAR(expert.value, expert.rest + sum_of(expert.map), 1e-6);
    ASSERT_TRUE(expert.test);
    EXPECT_EQ(expert.test->verdict, Support::Supported) << deletion_sentence(*expert.test);
    ASSERT_TRUE(found.mean.test);
    EXPECT_EQ(found.mean.test->verdict, Support::Supported);
    EXPECT_SAYS(explanation_text(found), "occlusion, occlusion");

    const auto opinion = opinion_of(*evaluator, picture, {.maps = true});
    ASSERT_TRUE(opinion.experts[0].map);
    const auto& values = opinion.experts[0].map->values;
    EXPECT_EQ(std::ranges::max_element(values) - values.begin(), strongest);
    EXPECT_GE(*std::ranges::min_element(values), 0.0f);
}

TEST_F(MixedEvaluatorTest, ALocalisersOwnMapIsShownAsItsMapAndTested) {
    (void)test::write_localiser(folder_ / "expert");
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto picture = patched();
    const auto found = explain(*evaluator, picture, {});
    const auto& expert = found.experts.at(0);
    EXPECT_STREQ(method_name(expert.method), "own");
    EXPECT_EQ(expert.layer, kOwnMap);
    EXPECT_SAYS(expert.exactness, "The expert's own map");
    EXPECT_EQ(expert.map.rows, 4);
    EXPECT_EQ(expert.map.columns, 4);
    // Its score is the mean of what it says of the places, so nothing is left over.
    EXPECT_NEAR(sum_of(expert.map), expert.value, 1e-4);
    EXPECT_NEAR(expert.rest, 0, 1e-4);
    ASSERT_TRUE(expert.test);
    // Softening keeps a mean of colours, so the test finds no support, and says so.
    EXPECT_EQ(expert.test->verdict, Support::Unsupported) << deletion_sentence(*expert.test);
    EXPECT_SAYS(explanation_text(found), "own, own map");
    ExplainOptions towards_real;
    towards_real.target = AttributionTarget::Real;
    const auto other = explain(*evaluator, picture, towards_real);
    EXPECT_NEAR(other.experts[0].map.values[0], -expert.map.values[0], 1e-9);

    auto seen = examined(*evaluator, picture);
    seen.opinion = opinion_of(*evaluator, picture, {.maps = true});
    const auto& opinion = *seen.opinion;
    EXPECT_EQ(opinion.experts[0].map_layer, kOwnMap);
    ASSERT_TRUE(opinion.experts[0].map);
    EXPECT_EQ(opinion.experts[0].map->rows, 4);
    EXPECT_GE(*std::ranges::min_element(opinion.experts[0].map->values), 0.0f);
    ScoredBy by;
    by.panel = evaluator->panel();
    const auto json = Json::parse(to_json(seen, by, true));
    EXPECT_EQ(json.at("experts").at(0).at("map_of"), "own map");
}

TEST_F(MixedEvaluatorTest, AMapThatJudgesNothingIsNotTested) {
    (void)test::write_localiser(folder_ / "expert");
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto found = explain(*evaluator, test::plain(64, 64, 5, 5, 5), {});
    EXPECT_SAYS(deletion_sentence(found.experts.at(0).test.value()), "was not tested");
}

TEST_F(MixedEvaluatorTest, AProgramThatHangsLeavesAndTheOthersGoOn) {
    std::string script = test::kRedAgainstGreen;
    script.insert(script.find("    my @values"), "    sleep 1000 if $width == 195;\n");
    auto manifest = test::write_program(folder_ / "expert", {"perl", "expert.pl"}, script);
    manifest["program"]["limits"]["seconds"] = 3;
    test::write_bytes(folder_ / "expert/manifest.json", manifest.dump());
    const auto evaluator = open_evaluator(mixed(), "cpu");
    EXPECT_TRUE(opinion_of(*evaluator, patched()).experts.back().available());
    const auto opinion = opinion_of(*evaluator, patched(195, 160));
    EXPECT_EQ(opinion.experts.back().failure, "The program did not answer in time.");
    EXPECT_TRUE(opinion.experts.front().available());
    EXPECT_TRUE(std::isfinite(opinion.score));
    EXPECT_TRUE(opinion_of(*evaluator, patched()).experts.back().available());
}

TEST_F(MixedEvaluatorTest, AFusionCombinesWhereItWasChosenAndFallsBackToTheMean) {
    auto panel = mixed();
    PanelCalibration calibration;
    calibration.digest = panel.digest;
    calibration.precision = "fp32";
    calibration.experts = expert_names(panel);
    calibration.name = "fused";
    MeasuredAnswer measured;
    measured.answer.bound = 1;
    measured.answer.alarms = {{0, 1, 1, 1}};
    measured.answer.fusion.bias = 0.5;
    for (const auto& name : calibration.experts)
        measured.answer.fusion.experts.push_back({name, name == "red" ? 2.0 : 0.25});
    calibration.answers = {measured};
    write_calibration(panel.folder, calibration);
    panel = read_panel(panel.folder);
    const auto plain = opinion_of(*open_evaluator(panel, "cpu"), patched());
    const auto fused = open_evaluator(with_calibration(panel, "fused"), "cpu");
    const auto opinion = opinion_of(*fused, patched());
    double sum = 0.5;
    for (const auto& expert : opinion.experts)
        sum += (expert.name == "red" ? 2.0 : 0.25) * (expert.logits[1] - expert.logits[0]);
    EXPECT_NEAR(opinion.score, fake_score({0, sum}), 1e-9);
    EXPECT_NE(opinion.score, plain.score);

    const auto found = explain(*fused, patched(), {.test = false});
    double weighted = 0, total = 0;
    for (const auto& expert : found.experts) {
        const double slope = expert.name == "red" ? 2.0 : 0.25;
        weighted += slope * expert.value;
        total += slope;
    }
    EXPECT_NEAR(found.mean.value, weighted / total, 1e-9);

    // Without the program: the mean of the others' log-odds, and a sentence.
    const auto odd = opinion_of(*fused, patched(193, 160));
    EXPECT_NEAR(odd.score, opinion_of(*open_evaluator(panel, "cpu"), patched(193, 160)).score,
                1e-12);
    EXPECT_TRUE(std::ranges::any_of(odd.warnings, [](const std::string& warning) {
        return warning.find(
                   "(red): the score is the mean of the log-odds of those that count, by their "
                   "weights.") != std::string::npos;
    }));
}

TEST_F(MixedEvaluatorTest, AnExpertThatGivesUpDuringItsMapKeepsItsScore) {
    std::string script = test::kRedAgainstGreen;
    const std::string before = "    my @values";
    // Of pictures of 194 pixels it answers the first alone.
    script.insert(script.find(before),
                  "    if ($width == 194 && $seen++) { print qq({\"error\": \"too odd\"}\\n); "
                  "next; }\n");
    (void)test::write_program(folder_ / "expert", {"perl", "expert.pl"}, script);
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto opinion = opinion_of(*evaluator, patched(194, 160), {.maps = true});
    const auto& program = opinion.experts.at(0);
    EXPECT_TRUE(program.available());
    EXPECT_GT(opinion.score, 0.5);
    EXPECT_NEAR(opinion.score, program.score, 1e-9);
    EXPECT_FALSE(program.map);
    ASSERT_EQ(opinion.warnings.size(), 1u);
    EXPECT_EQ(opinion.warnings[0],
              "The expert red has no map, because it has no opinion on the picture with a part "
              "made unrecognisable. The program says: \"too odd\"");
}

TEST_F(MixedEvaluatorTest, WhatIsSaidOfEveryPanelIsSaidOnce) {
    auto panel = mixed();
    panel.subject = kFaces;
    for (auto& expert : panel.experts)
        if (expert.kind == ExpertKind::Network)
            expert.input.windows = WindowPolicy{64, 2};
    panel = write_panel(panel.folder, panel);
    panel.left_out = {"clip"};
    panel.left_out_because = "The expert clip is left out.";
    const auto evaluator = open_evaluator(panel, "cpu");
    const auto warnings = opinion_of(*evaluator, patched(480, 160)).warnings;
    for (const auto* said : {"The expert clip is left out.", "looked at 2 windows of 64", "face"})
        EXPECT_EQ(std::ranges::count_if(warnings,
                                        [&](const std::string& warning) {
                                            return warning.find(said) != std::string::npos;
                                        }),
                  1)
            << said;
    EXPECT_EQ(warnings.size(), 3u);
}

TEST_F(MixedEvaluatorTest, AnExpertMadeForFacesDoesNotCountWhereThereIsNone) {
    auto manifest = Json::parse(test::file_bytes(folder_ / "expert/manifest.json"));
    manifest["made_for"] = {"generated", "faces"};
    test::write_bytes(folder_ / "expert/manifest.json", manifest.dump());
    const auto said = [&](PanelRecord panel, const Pixels& picture) {
        const auto evaluator = open_evaluator(panel, "cpu");
        auto warnings = opinion_of(*evaluator, picture).warnings;
        std::erase_if(warnings, [](const std::string& warning) {
            return warning.find(" face") == std::string::npos;
        });
        return warnings;
    };
    const auto evaluator = open_evaluator(mixed(), "cpu");
    const auto opinion = opinion_of(*evaluator, patched());
    EXPECT_TRUE(opinion.experts.back().left);
    EXPECT_TRUE(opinion.experts.back().available());
    double sum = 0;
    for (std::size_t e = 0; e + 1 < opinion.experts.size(); ++e)
        sum += opinion.experts[e].logits[1] - opinion.experts[e].logits[0];
    EXPECT_NEAR(opinion.score,
                fake_score({0, sum / static_cast<double>(opinion.experts.size() - 1)}), 1e-9);
    const auto warnings = said(find_panel("mine"), patched());
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_EQ(warnings[0],
              "The expert red does not count here: it was made for pictures of faces, and no face "
              "was found.");
    // Explanations leave it out, too.
    ExplainOptions options;
    options.test = false;
    EXPECT_EQ(explain(*evaluator, patched(), options).left, std::vector<std::string>{"red"});
    // Where nobody else answers, it counts all the same.
    const auto only = said(alone(), patched());
    ASSERT_EQ(only.size(), 1u);
    EXPECT_EQ(only[0],
              "No face was found, and these experts were made for pictures of faces: red. What "
              "they say means little here.");
    const auto portrait = read_picture(DFD_SOURCE_DIR "/resources/samples/portrait.jpg");
    EXPECT_TRUE(said(find_panel("mine"), thumbnail(portrait.pixels, 480)).empty());
    // It says nothing of the picture, so nothing is said of it.
    EXPECT_TRUE(said(find_panel("mine"), patched(193, 160)).empty());
    auto of_faces = find_panel("mine");
    of_faces.subject = kFaces;
    const auto once = said(of_faces, patched());
    ASSERT_EQ(once.size(), 1u);
    EXPECT_SAYS(once[0], "this panel was made for pictures of faces");
}

TEST_F(MixedEvaluatorTest, ExplanationsOfTheOthersGoOnWithoutIt) {
    const auto evaluator = open_evaluator(mixed(), "cpu");
    ExplainOptions options;
    options.test = false;
    const auto found = explain(*evaluator, patched(193, 160), options);
    EXPECT_EQ(found.experts.back().failure, "The program says: \"too odd\"");
    EXPECT_TRUE(found.experts.front().failure.empty());
    double sum = 0;
    for (std::size_t e = 0; e + 1 < found.experts.size(); ++e)
        sum += found.experts[e].value;
    EXPECT_NEAR(found.mean.value, sum / static_cast<double>(found.experts.size() - 1), 1e-9);
}

TEST_F(MixedEvaluatorTest, ExplainingStopsBetweenTwoCells) {
    const auto evaluator = open_evaluator(alone(), "cpu");
    std::stop_source stop;
    int steps = 0;
    EXPECT_THROW((void)explain(*evaluator, patched(), {}, stop.get_token(), {},
                               [&](double, double, const std::string&) {
                                   if (++steps == 4)
                                       stop.request_stop();
                               }),
                 Cancelled);
    EXPECT_EQ(steps, 4);
}

TEST_F(MixedEvaluatorTest, ScoresAreReplayed) {
    const auto path = folder_ / "picture.png";
    for (const int width : {192, 193}) {
        write_png(path, patched(width, 160));
        const auto panel = width == 192 ? mixed() : find_panel("mine");
        const auto evaluator = open_evaluator(panel, "cpu");
        const auto picture = read_picture(path);
        const auto seen = examined(*evaluator, picture, path);
        test::write_bytes(folder_ / "record.json",
                          replay_record_json(make_replay_record(seen, picture, *evaluator)));
        const auto record = read_replay_record(folder_ / "record.json");
        ASSERT_EQ(record.experts.size(), panel.experts.size());
        EXPECT_EQ(record.experts.back().reproducible, true);
        EXPECT_EQ(record.experts.back().weights_sha256, panel.experts.back().sha256);
        EXPECT_EQ(record.experts.back().failure.empty(), width == 192);
        const auto report = replay(record, path, *evaluator);
        EXPECT_TRUE(report.matches()) << replay_text(report);
    }
}

TEST_F(MixedEvaluatorTest, ARecordWithoutNetworksReadsBackAndIsReplayed) {
    const auto path = folder_ / "picture.png";
    write_png(path, patched());
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto picture = read_picture(path);
    const auto seen = examined(*evaluator, picture, path);
    const auto text = replay_record_json(make_replay_record(seen, picture, *evaluator));
    EXPECT_TRUE(Json::parse(text).at("inputs").empty());
    test::write_bytes(folder_ / "record.json", text);
    const auto record = read_replay_record(folder_ / "record.json");
    EXPECT_EQ(replay_record_json(record), text);
    const auto report = replay(record, path, *evaluator);
    EXPECT_TRUE(report.matches()) << replay_text(report);
    EXPECT_SAYS(replay_text(report), "follows from the pixels and their manifests");
}

TEST_F(MixedEvaluatorTest, WhatBindsAProgramOfARecordedPanelIsFoundOrUnknown) {
    const auto path = folder_ / "picture.png";
    write_png(path, patched());
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto picture = read_picture(path);
    const auto seen = examined(*evaluator, picture, path);
    ReplayScorer by{evaluator->panel(), evaluator->precision(), evaluator->device(), {}};
    by.panel.folder.clear();  // as a case keeps it
    EXPECT_EQ(make_replay_record(seen, picture, by).experts.at(0).reproducible, true);
    by.panel.name = "gone";
    const auto record = make_replay_record(seen, picture, by);
    EXPECT_EQ(record.experts.at(0).reproducible, std::nullopt);
    const auto text = replay_record_json(record);
    EXPECT_TRUE(Json::parse(text).at("experts").at(0).at("reproducible").is_null());
    test::write_bytes(folder_ / "record.json", text);
    const auto back = read_replay_record(folder_ / "record.json");
    EXPECT_EQ(back.experts.at(0).reproducible, std::nullopt);
    const auto said = replay_text(replay(back, path, *evaluator));
    EXPECT_SAYS(said, "Whether digests bind all files of the programs of red is not known.");
    EXPECT_EQ(said.find("Nothing binds"), std::string::npos);
}

TEST_F(MixedEvaluatorTest, AReplayOfAProgramThatNothingBindsSaysSo) {
    auto manifest = Json::parse(test::file_bytes(folder_ / "expert/manifest.json"));
    manifest["program"]["reads"] = {"/usr/share"};
    test::write_bytes(folder_ / "expert/manifest.json", manifest.dump());
    const auto path = folder_ / "picture.png";
    write_png(path, patched());
    const auto evaluator = open_evaluator(alone(), "cpu");
    const auto picture = read_picture(path);
    const auto seen = examined(*evaluator, picture, path);
    const auto record = make_replay_record(seen, picture, *evaluator);
    EXPECT_EQ(Json::parse(replay_record_json(record)).at("experts").at(0).at("reproducible"),
              false);
    EXPECT_SAYS(replay_text(replay(record, path, *evaluator)),
                "Nothing binds the programs of red, so that their scores may differ another time.");
}

}  // namespace
}  // namespace dfd
