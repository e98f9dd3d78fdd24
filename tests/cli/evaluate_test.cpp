// `dfd evaluate` and `dfd prepare leaks` end to end, with the bundled panel.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class EvaluateCommand : public DfdTest {
  protected:
    /// A noise picture; with `smooth` its middle is flat, as if inpainted.
    void picture(const std::string& name, int seed, bool smooth) const {
        Pixels pixels{128, 96, {}};
        auto state = static_cast<std::uint32_t>(seed) * 2654435761U + 1;
        for (int y = 0; y < pixels.height; ++y)
            for (int x = 0; x < pixels.width; ++x)
                for (int channel = 0; channel < 3; ++channel) {
                    state = state * 1664525U + 1013904223U;
                    const bool flat = smooth && inside(x, y);
                    pixels.rgb.push_back(
                        static_cast<std::uint8_t>(flat ? 120 + seed : 90 + (state >> 26)));
                }
        write_png(folder / name, pixels);
    }
    void mask(const std::string& name) const {
        Pixels pixels{128, 96, {}};
        for (int y = 0; y < pixels.height; ++y)
            for (int x = 0; x < pixels.width; ++x)
                pixels.rgb.insert(pixels.rgb.end(), 3,
                                  static_cast<std::uint8_t>(inside(x, y) ? 255 : 0));
        write_png(folder / name, pixels);
    }
    static bool inside(int x, int y) { return x >= 32 && x < 96 && y >= 24 && y < 72; }

    /// Six photographs with one edit each; two groups are test rows.
    std::string manifest(const std::string& more = "") const {
        std::string text = "path,label,source,group,operation,mask,fold\n";
        mask("mask.png");
        for (int i = 0; i < 6; ++i) {
            const auto number = std::to_string(i);
            picture("real" + number + ".png", i, false);
            picture("fake" + number + ".png", i, true);
            const auto fold = i < 2 ? std::string("test") : std::to_string(i % 2);
            text += "real" + number + ".png,real,anna,g" + number + ",,," + fold + '\n';
            text +=
                "fake" + number + ".png,fake,anna,g" + number + ",inpaint,mask.png," + fold + '\n';
        }
        test::write_bytes(folder / "list.csv", text + more);
        return folder / "list.csv";
    }
};

TEST_F(EvaluateCommand, WritesItsFiguresIntoAFolder) {
    const fs::path out = folder / "out";
    const auto done = run({"evaluate", kStarter, manifest(), "--device", "cpu", "--fold", "all",
                           "--batch", "4", "--out", out});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.out, test::file_bytes(out / "metrics.md"));
    const auto metrics = json::parse(test::file_bytes(out / "metrics.json"));
    EXPECT_EQ(metrics["fold"], "all");
    EXPECT_EQ(metrics["manifest"], "list.csv");
    EXPECT_EQ(metrics["counts"]["real"], 6);
    EXPECT_EQ(metrics["counts"]["fake"], 6);
    EXPECT_EQ(metrics["counts"]["groups"], 6);
    EXPECT_EQ(metrics["counts"]["maps"], 6);
    EXPECT_EQ(metrics["panel"]["digest"].get<std::string>().size(), 64u);
    const double auc = metrics["panel"]["auc"];
    EXPECT_GE(auc, 0);
    EXPECT_LE(auc, 1);
    EXPECT_LE(metrics["panel"]["low"], auc);
    EXPECT_GE(metrics["panel"]["high"], auc);
    EXPECT_DOUBLE_EQ(metrics["operations"]["inpaint"], auc);
    EXPECT_DOUBLE_EQ(metrics["sources"]["anna"], auc);
    ASSERT_GE(metrics["experts"].size(), 1u);
    for (const auto& expert : metrics["experts"]) {
        EXPECT_TRUE(expert["auc"].is_number());
        EXPECT_TRUE(expert["places"].is_number());
    }
    for (const auto* name : {"roc.svg", "calibration.svg", "scores.svg"})
        EXPECT_TRUE(test::file_bytes(out / name).starts_with("<svg")) << name;
    // The scores equal those of `dfd score`.
    const auto scored =
        run({"score", "--panel", kStarter, "--format", "json", folder / "fake3.png"});
    ASSERT_EQ(scored.status, 0) << scored.err;
    const auto scores = test::file_bytes(out / "scores.csv");
    const auto row = scores.find("fake3.png,fake,inpaint,anna,g3,");
    ASSERT_NE(row, std::string::npos) << scores;
    const auto line = scores.substr(row, scores.find('\n', row) - row);
    EXPECT_NEAR(std::stod(line.substr(line.rfind(',') + 1)), json::parse(scored.out)["score"],
                1e-6);
}

TEST_F(EvaluateCommand, TakesTheTestRowsAndPrintsJson) {
    const auto done =
        run({"evaluate", kStarter, manifest(), "--device", "cpu", "--no-maps", "--format", "json"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto metrics = json::parse(done.out);
    EXPECT_EQ(metrics["fold"], "test");
    EXPECT_EQ(metrics["counts"]["pictures"], 4);
    EXPECT_TRUE(metrics["panel"]["places"].is_null());
    const auto fold = run({"evaluate", kStarter, folder / "list.csv", "--device", "cpu",
                           "--no-maps", "--format", "json", "--fold", "1", "--seed", "7"});
    ASSERT_EQ(fold.status, 0) << fold.err;
    EXPECT_EQ(json::parse(fold.out)["fold"], "1");
    EXPECT_EQ(json::parse(fold.out)["seed"], 7);
    EXPECT_EQ(json::parse(fold.out)["counts"]["pictures"], 4);
}

TEST_F(EvaluateCommand, NamesWhatIsWrong) {
    const auto missing = run({"evaluate", kStarter, folder / "nowhere.csv"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_SAYS(missing.err, "nowhere.csv");
    const auto list = manifest("gone.png,real,anna,g9,,,test\n");
    const auto partly =
        run({"evaluate", kStarter, list, "--device", "cpu", "--no-maps", "--format", "json"});
    EXPECT_EQ(partly.status, 1);
    EXPECT_SAYS(partly.err, "gone.png");
    EXPECT_EQ(json::parse(partly.out)["counts"]["unread"], 1);
    EXPECT_EQ(json::parse(partly.out)["counts"]["pictures"], 4);
    EXPECT_EQ(run({"evaluate", "no-such-panel", list}).status, 3);
    EXPECT_EQ(run({"evaluate", kStarter, list, "--fold", "held-out"}).status, 1);
    const auto file = run({"evaluate", kStarter, list, "--out", folder / "fake0.png"});
    EXPECT_EQ(file.status, 1);
    EXPECT_SAYS(file.err, "could not be created");
    EXPECT_EQ(run({"evaluate", kStarter, list, "--batch", "0"}).status, 2);
    EXPECT_EQ(run({"evaluate", kStarter}).status, 2);
}

TEST_F(EvaluateCommand, LeaksAreFoundAndReported) {
    // Flat middles compress well, so that the smaller files reveal the fakes.
    const auto list = manifest();
    const auto done = run({"prepare", "leaks", list, "--seed", "3"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_SAYS(done.out, "all facts");
    EXPECT_SAYS(done.out, "WARNING");
    const auto report = run({"prepare", "leaks", list, "--format", "json"});
    ASSERT_EQ(report.status, 0) << report.err;
    EXPECT_EQ(json::parse(report.out)["leaking"], true);
    EXPECT_DOUBLE_EQ(json::parse(report.out)["auc"], 1);
    EXPECT_EQ(run({"prepare", "leaks", folder / "nowhere.csv"}).status, 1);
}

}  // namespace
}  // namespace dfd
