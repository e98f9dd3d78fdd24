#include "core/engine/studies/stability_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/engine/studies/stability_report.h"
#include "tests/engine/scripted_evaluator.h"

namespace dfd {
namespace {

using nlohmann::json;
using test::ScriptedEvaluator;

class StabilityRecord : public testing::Test {
  protected:
    /// A sweep with curves, presets, an impossible version, and figures without a short decimal
    /// form.
    [[nodiscard]] Stability sweep() {
        StabilityOptions options;
        options.operations =
            find_operations(std::vector<std::string>{"scale", "webp", "flip", "print-scan"});
        options.most_pixels = 20'000;
        const Pixels wide{16'384, 1, std::vector<std::uint8_t>(std::size_t{3} * 16'384, 90)};
        return stability_of(wide, panel, options);
    }
    [[nodiscard]] std::string sentence_of(const std::string& text) const {
        try {
            (void)read_stability_record(text, panel.panel(), "fp32");
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "(nothing was thrown)";
    }

    ScriptedEvaluator panel{
        {[](const Pixels& pixels) { return 1.0 / (1 + pixels.width / 9e3); },
         [](const Pixels& pixels) { return pixels.width > 9'000 ? 0.7 : 0.1; }}};
};

TEST_F(StabilityRecord, RestoresTheSweepToTheBit) {
    const auto before = sweep();
    ASSERT_FALSE(before.skipped.empty());
    const auto text = stability_record(before);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto after = read_stability_record(text, panel.panel(), "fp32");
    const PictureName name{"a.png", "ab"};
    const ScoredBy by{panel.panel(), "cpu", Precision::Float32};
    EXPECT_EQ(stability_json(after, name, by), stability_json(before, name, by));
    EXPECT_EQ(stability_record(after), text);
    EXPECT_EQ(after.points.front().opinion.experts[0].logits,
              before.points.front().opinion.experts[0].logits);
    EXPECT_EQ(after.points.front().opinion.spread, before.points.front().opinion.spread);
    EXPECT_EQ(firmness_of(after).severe.size(), 1u);
}

TEST_F(StabilityRecord, KeepsWhatCountedAsOrdinary) {
    auto object = json::parse(stability_record(sweep()));
    for (auto& operation : object["operations"])
        for (auto& variant : operation["variants"])
            variant["ordinary"] = false;
    EXPECT_EQ(firmness_of(read_stability_record(object.dump(), panel.panel(), "fp32")).ordinary, 0);
}

TEST_F(StabilityRecord, AVersionThatWasNotReachedIsNeither) {
    auto part = sweep();
    part.points.pop_back();
    part.complete = false;
    const auto after = read_stability_record(stability_record(part), panel.panel(), "fp32");
    EXPECT_FALSE(after.complete);
    EXPECT_EQ(after.points.size(), part.points.size());
    EXPECT_EQ(after.planned(), part.planned());
    EXPECT_LT(finished_part(after).operations.size(), after.operations.size());
}

TEST_F(StabilityRecord, InvalidRecordsAreRefusedWithASentence) {
    const auto whole = json::parse(stability_record(sweep()));
    for (const auto& [what, change] : std::vector<std::pair<std::string, json>>{
             {"newer version", {{"op", "replace"}, {"path", "/format"}, {"value", 2}}},
             {"of 1 experts", {{"op", "remove"}, {"path", "/operations/0/variants/0/logits/1"}}},
             {"", {{"op", "remove"}, {"path", "/operations/0/variants/0/steps"}}},
             {"\"melt\"",
              {{"op", "replace"},
               {"path", "/operations/0/variants/0/steps/0/0"},
               {"value", "melt"}}},
             {"without an amount",
              {{"op", "replace"}, {"path", "/operations/0/variants/0/amount"}, {"value", nullptr}}},
             {"", {{"op", "replace"}, {"path", "/untouched/0/0"}, {"value", nullptr}}}}) {
        const auto message = sentence_of(whole.patch(json::array({change})).dump());
        EXPECT_TRUE(message.starts_with("This stability record")) << message;
        EXPECT_NE(message.find(what), std::string::npos) << message;
    }
    EXPECT_TRUE(sentence_of("no JSON").starts_with("This stability record"));
    EXPECT_TRUE(sentence_of("[]").starts_with("This stability record"));
}

}  // namespace
}  // namespace dfd
