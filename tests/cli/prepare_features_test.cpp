// `dfd prepare` from manifest to folds end to end: encode, cluster, split, and encoding in shards.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/says.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

class PrepareFeatures : public DfdTest {
  protected:
    /// Six flat and six noisy pictures; every third is a fake, whose twin precedes it.
    void SetUp() override {
        std::ostringstream manifest;
        manifest << "path,label,source,group,operation,parameters\n";
        std::uint32_t state = 1;
        for (int i = 0; i < 12; ++i) {
            Pixels pixels{96, 96, std::vector<std::uint8_t>(std::size_t{96} * 96 * 3)};
            for (std::size_t byte = 0; byte < pixels.rgb.size(); ++byte) {
                state = state * 1664525 + 1013904223;
                pixels.rgb[byte] = static_cast<std::uint8_t>(
                    i < 6 ? 40 + 12 * i + static_cast<int>(byte / 3 / 96 / 4) : state >> 24);
            }
            const auto name = "p" + std::to_string(i) + ".png";
            write_png(folder / name, pixels);
            manifest << name << (i % 3 == 1 ? ",fake," : ",real,") << "s" << i % 4 << ",,";
            if (i % 3 == 1)
                manifest << "blur,\"{\"\"twin\"\":\"\"p" << i - 1 << ".png\"\"}\"";
            else
                manifest << ",";
            manifest << "\n";
        }
        test::write_bytes(folder / "m.csv", manifest.str());
    }

    Finished run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "prepare");
        return DfdTest::run(std::move(arguments));
    }
    std::vector<std::vector<std::string>> table(const std::string& name) const {
        std::vector<std::vector<std::string>> rows;
        std::istringstream stream(test::file_bytes(folder / name));
        for (std::string line; std::getline(stream, line);) {
            rows.emplace_back(1);
            bool quoted = false;
            for (const char c : line) {
                if (c == '"')
                    quoted = !quoted;
                else if (c == ',' && !quoted)
                    rows.back().emplace_back();
                else
                    rows.back().back() += c;
            }
        }
        return rows;
    }
};

TEST_F(PrepareFeatures, FromPicturesToFolds) {
    const auto encoded = run({"encode", folder / "m.csv", "--panel", kStarter, "--out",
                              folder / "f.safetensors", "--device", "cpu", "--seed", "3"});
    ASSERT_EQ(encoded.status, 0) << encoded.err;
    EXPECT_SAYS(encoded.out, "12 pictures");
    EXPECT_SAYS(encoded.out, "12 newly computed");

    const auto clustered =
        run({"cluster", folder / "f.safetensors", "--manifest", folder / "m.csv", "--k", "2",
             "--out", folder / "m2.csv", "--report", folder / "report", "--seed", "3"});
    ASSERT_EQ(clustered.status, 0) << clustered.err;
    EXPECT_TRUE(clustered.out.starts_with("| cluster |")) << clustered.out;
    const auto report = nlohmann::json::parse(test::file_bytes(folder / "report/clusters.json"));
    EXPECT_EQ(report.at("rows"), 12);
    EXPECT_EQ(report.at("panel"), "starter");
    EXPECT_TRUE(fs::exists(folder / "report/projection.svg"));

    const auto divided =
        run({"split", folder / "m2.csv", "--out", folder / "m3.csv", "--seed", "3"});
    ASSERT_EQ(divided.status, 0) << divided.err;
    EXPECT_SAYS(divided.out, "fold 1: ");
    const auto rows = table("m3.csv");
    ASSERT_EQ(rows.size(), 13u);
    EXPECT_EQ(rows[0].at(8), "fold");
    for (std::size_t i = 1; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].at(0), "p" + std::to_string(i - 1) + ".png");
        // Noise and flat colour are different clusters, and a fake stays with its twin.
        EXPECT_EQ(rows[i].at(7) == rows[1].at(7), i <= 6) << i;
        EXPECT_EQ(rows[i].at(8), rows[i].at(7)) << i;
    }

    const auto random = run({"split", folder / "m.csv", "--out", folder / "r.csv", "--by", "random",
                             "--folds", "3", "--test", "0.25"});
    ASSERT_EQ(random.status, 0) << random.err;
    std::map<std::string, int> folds;
    const auto drawn = table("r.csv");
    for (std::size_t i = 1; i < drawn.size(); ++i) {
        ++folds[drawn[i].at(8)];
        if (drawn[i].at(1) == "fake") {
            EXPECT_EQ(drawn[i].at(8), drawn[i - 1].at(8)) << i;
        }
    }
    EXPECT_EQ(folds.size(), 4u);
    EXPECT_GE(folds["test"], 2);
}

TEST_F(PrepareFeatures, FoldsInOneCommandEqualTheSingleSteps) {
    ASSERT_EQ(run({"encode", folder / "m.csv", "--panel", kStarter, "--out", folder / "f"}).status,
              0);
    ASSERT_EQ(run({"cluster", folder / "f", "--manifest", folder / "m.csv", "--k", "2", "--out",
                   folder / "m2.csv", "--seed", "5"})
                  .status,
              0);
    const auto divided = run(
        {"split", folder / "m2.csv", "--test", "0.25", "--out", folder / "m3.csv", "--seed", "5"});
    ASSERT_EQ(divided.status, 0) << divided.err;

    const std::vector<std::string> all{"folds",    folder / "m.csv",
                                       "--panel",  kStarter,
                                       "--k",      "2",
                                       "--test",   "0.25",
                                       "--seed",   "5",
                                       "--out",    folder / "folds.csv",
                                       "--work",   folder / "work",
                                       "--report", folder / "report"};
    // The last picture is missing at first: computed features are kept.
    fs::rename(folder / "p11.png", folder / "later");
    const auto stopped = run(all);
    EXPECT_EQ(stopped.status, 1);
    EXPECT_SAYS(stopped.err, "p11.png");
    EXPECT_FALSE(fs::exists(folder / "folds.csv"));
    fs::rename(folder / "later", folder / "p11.png");

    const auto done = run(all);
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_SAYS(done.out, "12 pictures");
    EXPECT_SAYS(done.out, "(1 newly computed)");
    EXPECT_SAYS(done.out, "| cluster |");
    EXPECT_SAYS(done.out, divided.out);
    EXPECT_EQ(test::file_bytes(folder / "folds.csv"), test::file_bytes(folder / "m3.csv"));
    EXPECT_TRUE(fs::exists(folder / "report/clusters.md"));
    EXPECT_TRUE(fs::exists(folder / "work/folds.features.safetensors"));

    // Other folds from the same features, which are now next to the output.
    fs::rename(folder / "work/folds.features.safetensors", folder / "r.features.safetensors");
    const auto random = run({"folds", folder / "m.csv", "--panel", kStarter, "--k", "2", "--by",
                             "random", "--folds", "3", "--out", folder / "r.csv"});
    ASSERT_EQ(random.status, 0) << random.err;
    EXPECT_SAYS(random.out, "(0 newly computed)");
    EXPECT_SAYS(random.out, "fold 2: ");
    EXPECT_EQ(
        run({"folds", folder / "m.csv", "--panel", kStarter, "--out", folder / "r.csv"}).status,
        2);  // without --k
}

TEST_F(PrepareFeatures, AFewOfEveryGroupAreEncodedAndTheOthersFollow) {
    const auto done =
        run({"folds", folder / "m.csv", "--panel", kStarter, "--k", "2", "--per-group", "1",
             "--out", folder / "folds.csv", "--work", folder / "work"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto few = table("work/folds.few.csv");
    EXPECT_SAYS(done.out, std::to_string(few.size() - 1) + " newly computed");
    const auto rows = table("folds.csv");
    ASSERT_EQ(rows.size(), 13u);
    EXPECT_LT(few.size(), rows.size());
    std::size_t clustered = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        clustered += rows[i].at(7).empty() ? 0 : 1;
        EXPECT_FALSE(rows[i].at(8).empty()) << i;
        EXPECT_EQ(rows[i].at(8) == rows[1].at(8), i <= 6) << i;
    }
    EXPECT_EQ(clustered, few.size() - 1);

    // The same in single steps.
    ASSERT_EQ(run({"split", folder / "work/folds.clustered.csv", "--spread", folder / "m.csv",
                   "--out", folder / "m3.csv"})
                  .status,
              0);
    EXPECT_EQ(test::file_bytes(folder / "folds.csv"), test::file_bytes(folder / "m3.csv"));
}

TEST_F(PrepareFeatures, ShardsJoin) {
    for (const auto* shard : {"1/2", "0/2"})
        ASSERT_EQ(
            run({"encode", folder / "m.csv", "--panel", kStarter, "--expert", "trace_blocks-3",
                 "--out", folder / (std::string("f") + shard[0]), "--shard", shard})
                .status,
            0);
    const auto joined = run({"encode", folder / "m.csv", "--out", folder / "f", "--join",
                             folder / "f0", folder / "f1"});
    ASSERT_EQ(joined.status, 0) << joined.err;
    EXPECT_SAYS(joined.out, "12 pictures");
    const auto half = run({"cluster", folder / "f0", "--manifest", folder / "m.csv", "--k", "2",
                           "--out", folder / "m2.csv"});
    EXPECT_EQ(half.status, 1);
    EXPECT_SAYS(half.err, "--join");
    EXPECT_EQ(run({"cluster", folder / "f", "--manifest", folder / "m.csv", "--k", "2", "--out",
                   folder / "m2.csv", "--scale", "standard", "--restarts", "2"})
                  .status,
              0);
}

TEST_F(PrepareFeatures, ExitStatusesAreStable) {
    const auto manifest = (folder / "m.csv").native();
    const auto out = (folder / "f").native();
    EXPECT_EQ(run({}).status, 2);
    EXPECT_EQ(run({"encode", "--out", out}).status, 2);  // neither manifest nor shards
    EXPECT_EQ(run({"encode", manifest}).status, 2);
    for (const auto* shard : {"2/2", "-1/2", "1", "x/2", "0/0"})
        EXPECT_EQ(run({"encode", manifest, "--out", out, "--shard", shard}).status, 2) << shard;
    EXPECT_EQ(run({"encode", manifest, "--out", out, "--panel", "no such panel"}).status, 3);
    EXPECT_EQ(run({"encode", manifest, "--out", out, "--panel", kStarter, "--expert", "9"}).status,
              3);
    EXPECT_EQ(
        run({"encode", manifest, "--out", out, "--panel", kStarter, "--device", "cuda:99"}).status,
        3);
    test::write_bytes(folder / "p5.png", "<html>no picture</html>");
    const auto unreadable = run({"encode", manifest, "--out", out, "--panel", kStarter});
    EXPECT_EQ(unreadable.status, 1);
    EXPECT_SAYS(unreadable.err, "p5.png");
    EXPECT_FALSE(fs::exists(out));
    EXPECT_EQ(run({"split", manifest, "--out", folder / "m3.csv"}).status, 1);  // not clustered
    EXPECT_EQ(run({"split", manifest, "--out", folder / "m3.csv", "--by", "colour"}).status, 2);
    EXPECT_EQ(run({"split", manifest, "--out", folder / "m3.csv", "--test", "1.5"}).status, 2);
    EXPECT_FALSE(fs::exists(folder / "m3.csv"));
}

TEST_F(PrepareFeatures, ProcessingIsMadeOnceAndKeepsTheLabels) {
    const std::vector<std::string> command{
        "process", (folder / "m.csv").native(), "--out", (folder / "p").native(), "--copies", "2"};
    const auto first = run(command);
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_SAYS(first.out, "24 pictures made, 0 already present.");
    const auto again = run(command);
    EXPECT_SAYS(again.out, "0 pictures made, 24 already present.");
    const auto rows = table("p/manifest.csv");
    ASSERT_EQ(rows.size(), 25u);
    std::map<std::string, int> labels;
    for (std::size_t i = 1; i < rows.size(); ++i)
        ++labels[rows[i].at(1)];
    EXPECT_EQ(labels, (std::map<std::string, int>{{"fake", 8}, {"real", 16}}));
    auto unknown = command;
    unknown.insert(unknown.end(), {"--processing", "magic"});
    EXPECT_EQ(run(unknown).status, 2);
}

}  // namespace
}  // namespace dfd
