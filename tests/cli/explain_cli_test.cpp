// `dfd score --explain` and `dfd seen` end to end, on the bundled panel.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/golden_data.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class ExplainCommand : public DfdTest {
  protected:
    Finished run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--panel", kStarter, "--device", "cpu"});
        return DfdTest::run(std::move(arguments));
    }
    static std::string small() { return golden_path("images/small.png"); }
};

TEST_F(ExplainCommand, JsonHasMethodLayerAndTest) {
    const auto done = run({"score", "--explain", "--format", "json", "--maps", "--layer", "finer",
                           "--method", "layercam", small()});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    for (const auto& expert : object.at("experts")) {
        const auto& found = expert.at("explanation");
        EXPECT_EQ(found.at("method"), "layercam");
        EXPECT_EQ(found.at("target"), "log-odds");
        EXPECT_EQ(found.at("layer"),
                  expert.at("architecture") == "trace_luma" ? "layers.11" : "context.5");
        EXPECT_TRUE(found.at("support").is_number());
        const std::string verdict = found.at("verdict");
        EXPECT_TRUE(verdict == "supported" || verdict == "weak" || verdict == "unsupported");
        const double odds =
            expert.at("logits").at(1).get<double>() - expert.at("logits").at(0).get<double>();
        EXPECT_NEAR(found.at("value").get<double>(), odds, 1e-4);
        double sum = found.at("rest");
        for (const auto& row : found.at("map"))
            for (const double value : row)
                sum += value;
        EXPECT_NEAR(sum, odds, 1e-3 * (1 + std::abs(odds)));
    }
    EXPECT_TRUE(object.at("explanation").at("rule").is_string());
}

TEST_F(ExplainCommand, WindowsAreNamedAndEverywhereReadsAll) {
    const auto panel = folder / "windowed";
    fs::copy(kStarter, panel);
    auto root = json::parse(test::file_bytes(panel / "panel.json"));
    root["experts"][0]["input"]["windows"] = {{"size", 64}, {"most", 1}};
    test::write_bytes(panel / "panel.json", root.dump());
    const auto score = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"score", "--format", "json", "--panel", panel.native(),
                                   "--device", "cpu", small()});
        const auto done = DfdTest::run(more);
        EXPECT_EQ(done.status, 0) << done.err;
        return json::parse(done.out);
    };
    const auto part = score({"--maps"}), whole = score({"--everywhere"});
    EXPECT_EQ(part["experts"][0]["looked_at"]["windows"], 1);
    EXPECT_EQ(part["experts"][0]["looked_at"]["size"], 64);
    EXPECT_FALSE(part["experts"][1].contains("looked_at"));
    EXPECT_SAYS(part["warnings"].dump(), "looked at 1 window of 64 pixels");
    EXPECT_SAYS(part["experts"][0]["gradcam"].dump(), "null");
    EXPECT_EQ(part["experts"][1]["gradcam"].dump().find("null"), std::string::npos);
    EXPECT_FALSE(whole["experts"][0].contains("looked_at"));
    EXPECT_NE(whole["experts"][0]["score"], part["experts"][0]["score"]);
    const auto plain = json::parse(run({"score", "--format", "json", small()}).out);
    EXPECT_EQ(whole["experts"][0]["score"], plain["experts"][0]["score"]);
    EXPECT_SAYS(DfdTest::run({"panel", "describe", panel.native()}).out,
                "windows of 64 x 64, at most 1");
}

TEST_F(ExplainCommand, TextAndOverlays) {
    const auto done =
        run({"score", "--explain", "--verbose", "--heatmaps", (folder / "maps").native(), small()});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_SAYS(done.out, "exact, context.5");
    EXPECT_SAYS(done.out, "Supported:");
    int overlays = 0;
    for (const auto& entry : fs::directory_iterator(folder / "maps"))
        overlays += entry.path().native().ends_with("-signed.png");
    EXPECT_EQ(overlays, 5);  // four experts and their mean
}

TEST_F(ExplainCommand, WrongUseIsReported) {
    EXPECT_EQ(run({"score", "--explain", small()}).status, 2);  // no output would show it
    EXPECT_EQ(run({"score", "--layer", "finer", small()}).status, 2);
    EXPECT_EQ(run({"score", "--explain", "--verbose", "--method", "saliency", small()}).status, 2);
    const auto layer = run({"score", "--explain", "--verbose", "--layer", "stages.9", small()});
    EXPECT_EQ(layer.status, 1);
    EXPECT_SAYS(layer.err, "stages.9");
    const auto missing = run({"score", "--explain", "--format", "json", "nowhere.png"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_TRUE(json::parse(missing.out).contains("error"));
}

TEST_F(ExplainCommand, SeenWritesEveryStepAndScoresOtherDecodings) {
    const auto picture = folder / "odd \xff name\n.png";
    fs::copy_file(golden_path("images/odd.png"), picture);
    const auto out = folder / "seen";
    const auto done =
        run({"seen", picture.native(), "--out", out.native(), "--format", "json", "--grey"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    EXPECT_TRUE(object.contains("path_bytes"));
    EXPECT_EQ(object.at("steps").front().at("name"), "decoded");
    EXPECT_TRUE(std::ranges::any_of(object.at("steps"), [](const json& step) {
        return step.at("name") == "input" && step.at("tensor_sha256").is_string();
    }));
    const auto& policies = object.at("policies");
    EXPECT_EQ(policies.front().at("reference"), true);
    EXPECT_EQ(policies.back().at("policy"), "grey");
    EXPECT_TRUE(policies.back().at("score").is_number());
    const auto written = std::distance(fs::directory_iterator(out), fs::directory_iterator());
    EXPECT_EQ(static_cast<std::size_t>(written), object.at("steps").size() + policies.size());
    const auto none = run({"seen", "nowhere.png"});
    EXPECT_EQ(none.status, 1);
    EXPECT_SAYS(none.err, "nowhere.png");
}

TEST_F(ExplainCommand, CompareShowsWhatDiffers) {
    const auto copy = folder / "copy.png";
    auto pixels = read_picture(small()).pixels;
    for (std::size_t i = 0; i < 600; ++i)
        pixels.rgb[i] = static_cast<std::uint8_t>(255 - pixels.rgb[i]);
    write_png(copy, pixels);
    const auto out = folder / "difference.png";
    const auto done = run(
        {"compare", small(), copy.native(), "--score", "--format", "json", "--out", out.native()});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    EXPECT_EQ(object.at("registration").at("laid"), "registered");
    EXPECT_GT(object.at("registration").at("mean_difference").get<double>(), 0);
    EXPECT_EQ(object.at("pictures").at(1).at("path"), copy.native());
    std::map<std::string, bool> differs;
    std::set<std::string> kinds;
    for (const auto& line : object.at("lines")) {
        differs[line.at("name")] = line.at("differs").get<bool>();
        kinds.insert(line.at("kind"));
    }
    EXPECT_TRUE(differs.at("SHA-256"));
    EXPECT_FALSE(differs.at("Size"));
    EXPECT_TRUE(kinds.contains("answer"));
    EXPECT_EQ(read_picture(out).pixels.width, pixels.width);

    const auto same = run({"compare", small(), small()});
    EXPECT_EQ(same.out, "Both show the same pixels.\n");
    const auto none = run({"compare", small(), "nowhere.png"});
    EXPECT_EQ(none.status, 1);
    EXPECT_SAYS(none.err, "nowhere.png");
}

}  // namespace
}  // namespace dfd
