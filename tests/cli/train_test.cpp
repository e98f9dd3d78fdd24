// `dfd train` end to end: killed, interrupted, from starting weights, from a plan.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/panel/published_writer.h"
#include "tests/says.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// Textured pictures, and copies that lost their texture in the left half.
void make_pictures(const fs::path& folder, int pairs, int side) {
    fs::create_directories(folder);
    std::string manifest = "path,label,group,operation,parameters,fold\n";
    for (int i = 0; i < pairs; ++i) {
        std::mt19937 random(static_cast<unsigned>(i));
        Pixels real;
        real.width = real.height = side;
        real.rgb.resize(static_cast<std::size_t>(side * side) * 3);
        for (auto& value : real.rgb)
            value = static_cast<std::uint8_t>(96 + random() % 48);
        auto fake = real;
        for (int y = 0; y < side; ++y)
            for (int x = 2; x < side / 2; ++x)
                for (int c = 0; c < 3; ++c) {
                    const auto at = static_cast<std::size_t>((y * side + x) * 3 + c);
                    fake.rgb[at] = static_cast<std::uint8_t>((real.rgb[at] + fake.rgb[at - 3]) / 2);
                }
        const auto number = std::to_string(i);
        write_png(folder / ("real" + number + ".png"), real);
        write_png(folder / ("fake" + number + ".png"), fake);
        const auto fold = std::to_string(i % 3);
        manifest += "real" + number + ".png,real," + number + ",,," + fold + "\n";
        manifest += "fake" + number + ".png,fake," + number + R"(,smear,"{""twin"":""real)" +
                    number + R"(.png""}",)" + fold + "\n";
    }
    test::write_bytes(folder / "manifest.csv", manifest);
}

class Train : public DfdTest {
  protected:
    void SetUp() override { make_pictures(folder.path(), 6, 96); }

    [[nodiscard]] std::vector<std::string> command(const std::string& out,
                                                   std::vector<std::string> more = {}) const {
        std::vector<std::string> all{"train",     folder / "manifest.csv",
                                     "--out",     folder / out,
                                     "--device",  "cpu",
                                     "--threads", "1",
                                     "--resume"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] std::vector<std::string> expert(const std::string& out, int epochs) const {
        return command(out, {"--architecture", "trace_luma", "--fold", "0", "--epochs",
                             std::to_string(epochs), "--batch", "8", "--patch", "64", "--name",
                             "tiny", "--seed", "3", "--dropout", "0.1"});
    }
    /// Waits until the log of a running training has this many lines; false if it ended earlier.
    bool logs(Process& process, const std::string& out, std::ptrdiff_t lines) const {
        return reaches(process, [&] {
            const auto log = test::file_bytes(folder / (out + "/log.jsonl"));
            return std::count(log.begin(), log.end(), '\n') >= lines;
        });
    }
};

TEST_F(Train, AKilledTrainingResumesToTheSameBytes) {
    constexpr int kEpochs = 12;
    const auto undisturbed = run(expert("undisturbed", kEpochs));
    ASSERT_EQ(undisturbed.status, 0) << undisturbed.err;
    // Before the first checkpoint, between two checkpoints, and later.
    for (const std::ptrdiff_t lines : {1, 14, 37}) {
        auto process = start(expert("killed", kEpochs));
        ASSERT_TRUE(logs(process, "killed", lines));
        process.send(SIGKILL);
        ASSERT_EQ(process.wait().status, 128 + SIGKILL);
        EXPECT_FALSE(fs::exists(folder / "killed/panel.json"));
    }
    EXPECT_TRUE(fs::exists(folder / "killed/checkpoint.pt"));
    const auto resumed = run(expert("killed", kEpochs));
    ASSERT_EQ(resumed.status, 0) << resumed.err;
    for (const auto* file : {"trace_luma.safetensors", "panel.json", "curves.svg"})
        EXPECT_TRUE(test::file_bytes(folder / (std::string("killed/") + file)) ==
                    test::file_bytes(folder / (std::string("undisturbed/") + file)))
            << file;
    EXPECT_FALSE(fs::exists(folder / "killed/checkpoint.pt"));
    // Every step is logged exactly once.
    const auto steps = [&](const std::string& out) {
        std::vector<int> all;
        for (const auto& line : json_lines(test::file_bytes(folder / (out + "/log.jsonl"))))
            all.push_back(line.at("step"));
        return all;
    };
    EXPECT_EQ(steps("killed"), steps("undisturbed"));
    const auto panel = run({"panel", "verify", folder / "killed"});
    EXPECT_EQ(panel.status, 0) << panel.err;
}

TEST_F(Train, AnInterruptSavesACheckpointAndSaysSo) {
    auto process = start(expert("stopped", 500));
    ASSERT_TRUE(logs(process, "stopped", 3));
    process.send(SIGINT);
    EXPECT_EQ(process.wait().status, 130);
    EXPECT_TRUE(fs::exists(folder / "stopped/checkpoint.pt"));
    EXPECT_FALSE(fs::exists(folder / "stopped/panel.json"));
    // Other options belong to another training.
    auto other = expert("stopped", 400);
    const auto refused = run(other);
    EXPECT_EQ(refused.status, 1);
    EXPECT_SAYS(refused.err, "epochs 500");
}

TEST_F(Train, StartsFromPublishedWeights) {
    test::write_published(folder / "weight.pth", folder / "ema.state",
                          {"convnextv2_atto", "convnextv2_atto"});
    const std::vector<std::string> options{"--architecture", "convnextv2_atto",
                                           "--fold",         "1",
                                           "--epochs",       "1",
                                           "--batch",        "4",
                                           "--input-size",   "32",
                                           "--kl",           "0"};
    for (const std::string which : {"", ":1"}) {
        auto more = options;
        more.insert(more.end(), {"--init", (folder / "weight.pth").native() + which});
        const auto done = run(command("from" + which, more));
        ASSERT_EQ(done.status, 0) << done.err;
        const auto number = which.empty() ? std::string("0") : which.substr(1);
        EXPECT_SAYS(done.out, "Starts from the expert " + number);
        EXPECT_SAYS(done.out, "ema.state");
        EXPECT_SAYS(
            done.out,
            which.empty()
                ? "panel from with 1 expert"
                : "panel trained with 1");  // the folder's name, if it is a valid panel name
    }
    auto wrong = options;
    wrong.insert(wrong.end(), {"--init", (folder / "weight.pth").native() + ":7"});
    EXPECT_EQ(run(command("wrong", wrong)).status, 1);
}

TEST_F(Train, TrainsAPlanByArrayJobs) {
    test::write_bytes(folder / "plan.json", R"({"name": "pair", "epochs": 1, "batch": 4,
        "patch": 64, "samples": 1, "experts": [{"architecture": "trace_luma", "fold": 0},
                                               {"architecture": "trace_blocks", "fold": 1}]})");
    const auto plan = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"--plan", folder / "plan.json"});
        return run(command("panel", more));
    };
    EXPECT_EQ(plan({"--assemble"}).status, 1);
    for (const auto* only : {"1", "0"}) {
        const auto done = plan({"--only", only});
        EXPECT_EQ(done.status, 0) << done.err;
    }
    const auto assembled = plan({"--assemble"});
    EXPECT_EQ(assembled.status, 0) << assembled.err;
    EXPECT_SAYS(assembled.out, "pair with 2 experts");
    EXPECT_EQ(plan({"--only", "2"}).status, 1);
}

TEST_F(Train, UsageErrors) {
    EXPECT_EQ(run(command("x")).status, 2);
    EXPECT_EQ(run(command("x", {"--only", "1"})).status, 2);
    EXPECT_EQ(run(command("x", {"--plan", "p.json", "--epochs", "3"})).status, 2);
    EXPECT_EQ(run(command("x", {"--architecture", "trace_luma", "--fold", "-2"})).status, 2);
    EXPECT_EQ(run({"train", folder / "manifest.csv", "--out", folder / "x", "--architecture",
                   "trace_luma", "--device", "abacus"})
                  .status,
              3);
    EXPECT_EQ(run(command("x", {"--architecture", "trace_luma", "--fold", "9"})).status, 1);
}

}  // namespace
}  // namespace dfd
