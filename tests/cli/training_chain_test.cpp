// The README's complete workflow: from a folder of photographs to an installed and evaluated panel.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/panel/panel_fixture.h"
#include "tests/says.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// A picture with shading and grain.
Pixels photograph(int number) {
    constexpr int kWidth = 240;
    constexpr int kHeight = 200;
    Pixels pixels{kWidth, kHeight, std::vector<std::uint8_t>(std::size_t{3} * kWidth * kHeight)};
    auto state = static_cast<std::uint32_t>(number + 1);
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
            for (int c = 0; c < 3; ++c) {
                state = state * 1664525 + 1013904223;
                const double wave = 60 * std::sin((x + 7 * number) / (11.0 + number)) *
                                    std::cos((y + 5 * c) / (17.0 - number % 5));
                pixels.rgb[static_cast<std::size_t>((y * kWidth + x) * 3 + c)] =
                    static_cast<std::uint8_t>(110 + wave + static_cast<double>(state >> 28));
            }
    return pixels;
}

using TrainingChain = DfdTest;

TEST_F(TrainingChain, GoesFromPhotographsToAnInstalledPanel) {
    fs::create_directory(folder / "photos");
    for (int i = 0; i < 14; ++i)
        write_png(folder / "photos" / ("IMG_" + std::to_string(2040 + i) + ".png"), photograph(i));
    const auto succeeds = [&](const std::vector<std::string>& arguments) {
        const auto finished = run(arguments);
        EXPECT_EQ(finished.status, 0) << arguments[0] << ' ' << arguments[1] << '\n'
                                      << finished.err;
    };
    const auto in = [&](const char* name) { return (folder / name).native(); };
    succeeds({"prepare", "edit", "--photos", in("photos"), "--out", in("edits"), "--per-photo", "2",
              "--operations", "splice,noise,blur", "--seed", "3"});
    succeeds({"prepare", "folds", in("edits/manifest.csv"), "--panel", kStarter, "--k", "2", "--by",
              "random", "--folds", "2", "--test", "0.2", "--out", in("folds.csv")});
    succeeds({"train", in("folds.csv"), "--architecture", "trace_luma", "--fold", "0", "--epochs",
              "1", "--patch", "64", "--kl", "0", "--out", in("panel")});
    succeeds({"evaluate", in("panel"), in("folds.csv"), "--out", in("measured")});
    const auto metrics = nlohmann::json::parse(test::file_bytes(folder / "measured/metrics.json"));
    EXPECT_EQ(metrics["fold"], "test");
    EXPECT_TRUE(metrics["caution"].is_null());
    EXPECT_TRUE(metrics["panel"]["auc"].is_number());
    EXPECT_EQ(metrics["experts"].size(), 1u);
    EXPECT_TRUE(metrics["operations"].contains("noise"));
    // Evaluating on rows that the panel learned from gives a warning.
    succeeds({"evaluate", in("panel"), in("folds.csv"), "--fold", "all", "--no-maps", "--out",
              in("flattered")});
    const auto flattered =
        nlohmann::json::parse(test::file_bytes(folder / "flattered/metrics.json"));
    EXPECT_TRUE(flattered["caution"].is_string());

    const test::Environment panels("DFD_PANELS", in("panels"));
    succeeds({"panel", "add", in("panel"), "--name", "mine"});
    EXPECT_FALSE(fs::exists(folder / "panels/mine/log.jsonl"));
    EXPECT_TRUE(fs::exists(folder / "panels/mine/training.json"));
    const auto again = run({"panel", "add", in("panel"), "--name", "mine"});
    EXPECT_EQ(again.status, 3);
    EXPECT_SAYS(again.err, "\"mine\" is already installed");
    succeeds({"panel", "add", in("panel"), "--name", "mine", "--replace"});
    fs::remove_all(folder / "panel");
    const auto photo = in("photos/IMG_2040.png");
    const auto scored = run({"score", "--panel", "mine", "--format", "json", photo});
    ASSERT_EQ(scored.status, 0) << scored.err;
    EXPECT_EQ(nlohmann::json::parse(scored.out)["panel"]["name"], "mine");
}

}  // namespace
}  // namespace dfd
