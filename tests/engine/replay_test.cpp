// Tests of replay records: written records read back, and every kind of difference is
// distinguished.
#include "core/engine/replay/replay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/base/digest.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Outcome = StageCheck::Outcome;

PanelRecord starter() {
    return read_panel(std::string(DFD_SOURCE_DIR) + "/tests/data/traces");
}

Evaluator& evaluator() {
    static const auto opened = open_evaluator(starter(), "cpu");
    return *opened;
}

/// A noisy colourful picture, small so that scoring is fast.
Pixels painted(unsigned seed = 1) {
    Pixels pixels{192, 160, {}};
    for (int i = 0; i < 3 * 192 * 160; ++i) {
        seed = seed * 1664525u + 1013904223u;
        pixels.rgb.push_back(static_cast<std::uint8_t>(60 + (i / 3 % 192) / 2 + (seed >> 24) % 64));
    }
    return pixels;
}

class Replay : public testing::Test {
  protected:
    Replay() {
        write_png(picture_, painted());
        record_ = recorded(picture_, evaluator());
        test::write_bytes(file_, replay_record_json(record_));
    }
    static ReplayRecord recorded(const fs::path& path, Evaluator& by) {
        const Picture picture = read_picture(path);
        Examination seen;
        seen.source.path = path;
        seen.facts = picture.facts;
        const Pixels* const pixels[] = {&picture.pixels};
        seen.opinion = by.evaluate(pixels, {}, {}).at(0);
        return make_replay_record(seen, picture, by);
    }
    static const StageCheck& stage(const ReplayReport& report, ReplayStage stage) {
        return report.stages.at(static_cast<std::size_t>(stage));
    }
    static std::string first(const ReplayReport& report) {
        const auto* check = report.first_difference();
        return check == nullptr ? "none" : replay_stage_name(check->stage);
    }
    /// The error message for a record whose JSON was altered by `change`.
    std::string refusal(const std::function<void(json&)>& change) const {
        json object = json::parse(test::file_bytes(file_));
        change(object);
        test::write_bytes(folder_ / "changed.json", object.dump());
        return refusal(folder_ / "changed.json");
    }
    static std::string refusal(const fs::path& file) {
        return test::sentence_of<ReplayError>([&] { (void)read_replay_record(file); });
    }

    test::TemporaryFolder folder_;
    const fs::path picture_ = folder_ / "a picture.png", file_ = folder_ / "record.json";
    ReplayRecord record_;
};

TEST_F(Replay, WhatIsWrittenReadsBack) {
    const auto back = read_replay_record(file_);
    EXPECT_EQ(replay_record_json(back), replay_record_json(record_));
    EXPECT_EQ(back.path, picture_.native());
    EXPECT_EQ(back.sha256, sha256_hex_of_file(picture_));
    EXPECT_EQ(back.pixels_sha256, sha256_hex(painted().rgb));
    EXPECT_EQ(back.width, 192);
    EXPECT_EQ(back.height, 160);
    ASSERT_FALSE(back.inputs.empty());
    std::size_t experts = 0;
    for (const auto& input : back.inputs) {
        experts += input.experts.size();
        EXPECT_EQ(input.samples.size(), 64u);
    }
    EXPECT_EQ(experts, starter().experts.size());
    EXPECT_EQ(back.experts.size(), starter().experts.size());
    EXPECT_EQ(back.experts[0].weights_sha256, starter().experts[0].sha256);
    EXPECT_EQ(back.panel_digest, starter().digest);
    EXPECT_EQ(back.score, record_.score);
    EXPECT_EQ(back.tolerance, 1e-4);
    EXPECT_GT(back.device.threads, 0);
    EXPECT_FALSE(back.libraries.empty());
    EXPECT_EQ(replay_record_name(back), "a picture-" + back.sha256.substr(0, 16) + ".json");
}

TEST_F(Replay, InputDigestsAreOfTheNormalisedNumbers) {
    // The starter panel's experts read pictures at native resolution: (value / 255 - mean) / std.
    const auto& input = record_.inputs.at(0);
    ASSERT_EQ(input.policy.resize, Resize::Native);
    const auto pixels = painted();
    std::vector<float> planes;
    for (std::size_t channel = 0; channel < 3; ++channel)
        for (std::size_t i = channel; i < pixels.rgb.size(); i += 3)
            planes.push_back(
                (static_cast<float>(pixels.rgb[i]) / 255.0f - input.policy.mean[channel]) /
                input.policy.std[channel]);
    EXPECT_EQ(input.sha256, sha256_hex({reinterpret_cast<const std::uint8_t*>(planes.data()),
                                        planes.size() * sizeof(float)}));
}

TEST_F(Replay, TheSamePictureMatches) {
    const auto report = replay(read_replay_record(file_), picture_, evaluator());
    EXPECT_TRUE(report.matches()) << replay_text(report);
    for (const auto& check : report.stages)
        EXPECT_EQ(check.outcome, Outcome::Same) << check.sentence;
    ASSERT_TRUE(report.largest_difference);
    EXPECT_LE(*report.largest_difference, 1e-6);
    EXPECT_NE(replay_text(report).find("The replay matches the record"), std::string::npos);
    const auto object = json::parse(replay_json(report, record_));
    EXPECT_EQ(object["matches"], true);
    EXPECT_TRUE(object["first_difference"].is_null());
    EXPECT_EQ(object["stages"].size(), 6u);
    EXPECT_EQ(object["score"]["recorded"].get<double>(), record_.score);
}

/// The starter panel, with windows for all experts but the first.
PanelRecord windowed(const fs::path& folder) {
    auto panel = starter();
    for (const auto& expert : panel.experts)
        fs::copy_file(panel.folder / expert.file, folder / expert.file);
    for (std::size_t e = 1; e < panel.experts.size(); ++e)
        panel.experts[e].input.windows = WindowPolicy{64, 2};
    return write_panel(folder, panel);
}

TEST_F(Replay, RecordsOfWindowsSayWhichInputsWereRead) {
    EXPECT_EQ(test::file_bytes(file_).find("windows"), std::string::npos);
    const auto by = open_evaluator(windowed(folder_.path()), "cpu");
    const auto record = recorded(picture_, *by);
    ASSERT_EQ(record.inputs.size(), 2u);
    EXPECT_FALSE(record.inputs[0].policy.windows);
    EXPECT_EQ(record.inputs[0].width, 192);
    EXPECT_EQ(record.inputs[0].sha256, record_.inputs[0].sha256);
    EXPECT_EQ(record.inputs[1].policy.windows, (WindowPolicy{64, 2}));
    EXPECT_EQ(record.inputs[1].width, 64);
    EXPECT_EQ(record.inputs[1].height, 128);
    EXPECT_EQ(record.inputs[1].experts.size(), 3u);
    test::write_bytes(file_, replay_record_json(record));
    const auto back = read_replay_record(file_);
    EXPECT_EQ(back.inputs[1].policy.windows, record.inputs[1].policy.windows);
    EXPECT_EQ(replay_record_json(back), replay_record_json(record));
    const auto report = replay(back, picture_, *by);
    EXPECT_TRUE(report.matches()) << replay_text(report);
    EXPECT_NE(refusal([](json& object) {
                  object["inputs"][1]["windows"]["most"] = 0;
              }).find("inputs[].windows.most"),
              std::string::npos);
}

TEST_F(Replay, RecordsOfAPictureReadEverywhereAreReplayedSo) {
    const auto by = open_evaluator(windowed(folder_.path()), "cpu");
    const Picture picture = read_picture(picture_);
    Examination seen;
    seen.source.path = picture_;
    seen.facts = picture.facts;
    const Pixels* const pixels[] = {&picture.pixels};
    EvaluateOptions everywhere;
    everywhere.everywhere = true;
    seen.opinion = by->evaluate(pixels, everywhere, {}).at(0);
    const auto record = make_replay_record(seen, picture, *by);
    EXPECT_EQ(record.inputs.size(), 1u);
    const auto report = replay(record, picture_, *by);
    EXPECT_TRUE(report.matches()) << replay_text(report);
    EXPECT_GT(std::abs(by->evaluate(pixels, {}, {}).at(0).score - record.score), 1e-3);
}

TEST_F(Replay, AModifiedPictureDiffersInBytesAndPixels) {
    auto pixels = painted();
    pixels.rgb[3000] ^= 1;
    write_png(folder_ / "modified.png", pixels);
    const auto report = replay(record_, folder_ / "modified.png", evaluator());
    EXPECT_EQ(first(report), "bytes");
    EXPECT_EQ(stage(report, ReplayStage::Pixels).outcome, Outcome::Differs);
    EXPECT_EQ(stage(report, ReplayStage::Inputs).outcome, Outcome::Differs);
    EXPECT_EQ(stage(report, ReplayStage::Panel).outcome, Outcome::Same);
}

TEST_F(Replay, OtherBytesOfTheSamePixelsDifferInTheirBytesOnly) {
    auto bytes = test::file_bytes(picture_);
    const std::string chunk("\0\0\0\x05tEXtk\0abc", 13);  // wrong checksum: only a warning
    bytes.insert(33, chunk + "\1\2\3\4");
    test::write_bytes(folder_ / "annotated.png", bytes);
    const auto report = replay(record_, folder_ / "annotated.png", evaluator());
    EXPECT_EQ(first(report), "bytes");
    for (const auto later : {ReplayStage::Pixels, ReplayStage::Inputs, ReplayStage::Scores})
        EXPECT_EQ(stage(report, later).outcome, Outcome::Same) << stage(report, later).sentence;
}

TEST_F(Replay, ABrokenPictureIsReportedAndAMissingOneThrown) {
    auto bytes = test::file_bytes(picture_);
    bytes.resize(bytes.size() / 2);
    test::write_bytes(folder_ / "cut.png", bytes);
    const auto report = replay(record_, folder_ / "cut.png", evaluator());
    EXPECT_EQ(first(report), "bytes");
    EXPECT_EQ(stage(report, ReplayStage::Pixels).outcome, Outcome::Differs);
    EXPECT_EQ(stage(report, ReplayStage::Scores).outcome, Outcome::NotReached);
    EXPECT_FALSE(report.largest_difference);
    EXPECT_TRUE(json::parse(replay_json(report, record_))["largest_difference"].is_null());
    EXPECT_THROW((void)replay(record_, folder_ / "missing.png", evaluator()), std::system_error);
}

TEST_F(Replay, AnotherPanelIsReported) {
    fs::copy(std::string(DFD_SOURCE_DIR) + "/tests/data/traces", folder_ / "other");
    auto panel = read_panel(folder_ / "other");
    panel.experts.pop_back();
    panel = write_panel(folder_ / "other", panel);
    const auto other = open_evaluator(panel, "cpu");
    const auto report = replay(record_, picture_, *other);
    EXPECT_EQ(first(report), "panel");
    EXPECT_NE(stage(report, ReplayStage::Panel).sentence.find(starter().experts.back().name),
              std::string::npos);
    EXPECT_EQ(stage(report, ReplayStage::Inputs).outcome, Outcome::Same);
}

TEST_F(Replay, AnotherPrecisionIsReported) {
    const auto other = open_evaluator(starter(), "cpu", Precision::BFloat16);
    const auto report = replay(record_, picture_, *other);
    EXPECT_EQ(first(report), "precision");
    EXPECT_NE(stage(report, ReplayStage::Precision).sentence.find("bf16, not the recorded fp32"),
              std::string::npos);
    EXPECT_EQ(report.tolerance, score_tolerance("cpu", Precision::BFloat16));
}

TEST_F(Replay, OtherScoresAreReported) {
    auto record = record_;
    record.experts[1].score += 2e-4;
    const auto report = replay(record, picture_, evaluator());
    EXPECT_EQ(first(report), "scores");
    EXPECT_EQ(report.largest_of, record.experts[1].name);
    EXPECT_NEAR(*report.largest_difference, 2e-4, 1e-6);
    record.experts[1].score -= 1.5e-4;
    EXPECT_TRUE(replay(record, picture_, evaluator()).matches());
}

TEST_F(Replay, RoundingOfInputsIsNotADifference) {
    auto record = record_;
    record.inputs[0].sha256 = std::string(64, '0');  // like rounding differences of another CPU
    record.inputs[0].samples[5] += 1e-6f;
    auto report = replay(record, picture_, evaluator());
    EXPECT_TRUE(report.matches()) << replay_text(report);
    EXPECT_NE(stage(report, ReplayStage::Inputs).sentence.find("rounding"), std::string::npos);
    record.inputs[0].samples[5] += 0.1f;
    EXPECT_EQ(first(replay(record, picture_, evaluator())), "inputs");
    record = record_;
    record.preprocessing += 1;
    EXPECT_EQ(first(replay(record, picture_, evaluator())), "inputs");
}

TEST_F(Replay, AFileThatChangedIsNotRecorded) {
    const Picture picture = read_picture(picture_);
    Examination seen;
    seen.source.path = picture_;
    seen.facts = picture.facts;
    seen.facts.sha256[0] = seen.facts.sha256[0] == 'a' ? 'b' : 'a';
    seen.opinion.emplace();
    EXPECT_THROW((void)make_replay_record(seen, picture, evaluator()), ReplayError);
}

TEST_F(Replay, NamesThatAreNotUtf8Survive) {
    auto record = record_;
    record.path = "/x/\xff\n\xfe.png";
    test::write_bytes(file_, replay_record_json(record));
    EXPECT_EQ(read_replay_record(file_).path, record.path);
}

TEST_F(Replay, DamagedRecordsAreRefusedWithASentence) {
    EXPECT_NE(refusal(folder_ / "missing.json").find("cannot be read"), std::string::npos);
    EXPECT_NE(refusal(folder_.path()).find("cannot be"), std::string::npos);
    test::write_bytes(folder_ / "empty.json", "");
    EXPECT_NE(refusal(folder_ / "empty.json").find("not a JSON object"), std::string::npos);
    const auto names = [](const std::string& sentence, const std::string& member) {
        EXPECT_NE(sentence.find("\"" + member), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("cannot be used"), std::string::npos) << sentence;
    };
    names(refusal([](json& r) { r["what"] = 3; }), "what");
    names(refusal([](json& r) { r["file"].erase("sha256"); }), "file.sha256");
    names(refusal([](json& r) { r["file"]["sha256"] = std::string(64, 'G'); }), "file.sha256");
    names(refusal([](json& r) { r["pixels"]["width"] = -1; }), "pixels.width");
    names(refusal([](json& r) { r["pixels"]["width"] = 1e300; }), "pixels.width");
    names(refusal([](json& r) { r["inputs"] = json::array(); }), "inputs");
    names(refusal([](json& r) { r["inputs"][0].erase("mean"); }), "inputs[].mean");
    names(refusal([](json& r) { r["experts"][0]["logits"] = "x"; }), "experts[].logits");
    names(refusal([](json& r) { r.erase("panel"); }), "panel");
    names(refusal([](json& r) { r["score"] = nullptr; }), "score");
    EXPECT_NE(refusal([](json& r) { r["precision"] = "fp64"; }).find("fp64"), std::string::npos);
    EXPECT_NE(refusal([](json& r) { r["format"] = 2; }).find("format 2"), std::string::npos);
    EXPECT_NE(refusal([](json& r) { r["tolerance"] = 7; }).find("tolerance"), std::string::npos);
    EXPECT_NE(refusal([](json& r) { r["what"] = "a shopping list"; }).find("not a replay record"),
              std::string::npos);
    // Truncated or altered records give a record or an error message, never a crash.
    const std::string whole = test::file_bytes(file_);
    for (std::size_t i = 0; i < 400; ++i) {
        std::string bytes = whole;
        const std::size_t at = i * 7919 % bytes.size();
        if (i % 2 == 0)
            bytes.resize(at);
        else
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << i % 8));
        test::write_bytes(folder_ / "mutated.json", bytes);
        const std::string sentence = refusal(folder_ / "mutated.json");
        EXPECT_TRUE(sentence == test::kNothingThrown || sentence.size() > 40) << sentence;
    }
}

}  // namespace
}  // namespace dfd
