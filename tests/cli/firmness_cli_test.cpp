// `dfd stability`, `dfd atlas` and `dfd disagree CASE` end to end, with the starter panel.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/golden_data.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class FirmnessCommands : public DfdTest {
  protected:
    void SetUp() override { fs::copy_file(golden_path("images/square512.png"), picture()); }
    [[nodiscard]] std::string picture() const { return folder / "a \n picture.png"; }
    [[nodiscard]] Process start(std::vector<std::string> arguments) const {
        if (arguments[0] != "disagree")
            arguments.insert(arguments.end(), {"--panel", kStarter, "--device", "cpu"});
        return DfdTest::start(std::move(arguments));
    }
    [[nodiscard]] Finished run(const std::vector<std::string>& arguments) const {
        return start(arguments).wait();
    }
};

TEST_F(FirmnessCommands, StabilityGivesEveryPoint) {
    const auto done =
        run({"stability", picture(), "--operations", "flip,messaging", "--format", "json"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    EXPECT_EQ(object.at("path"), picture());
    EXPECT_EQ(object.at("complete"), true);
    ASSERT_EQ(object.at("points").size(), 3u);
    const auto score = run({"score", picture(), "--format", "json"});
    EXPECT_EQ(object.at("score"), json::parse(score.out).at("score"));
    EXPECT_LE(object.at("low"), object.at("score"));
    EXPECT_GE(object.at("high"), object.at("score"));
    EXPECT_EQ(object.at("points")[0].at("experts").size(), 4u);
    EXPECT_FALSE(object.at("summary").get<std::string>().empty());

    const auto text = run({"stability", picture(), "--operations", "flip"});
    EXPECT_SAYS(text.out, "over ordinary re-sharing");
    const auto csv = run({"stability", picture(), "--operations", "flip", "--format", "csv"});
    EXPECT_TRUE(csv.out.starts_with("path,sha256,operation,")) << csv.out;

    EXPECT_EQ(run({"stability", picture(), "--operations", "shred"}).status, 2);
    EXPECT_EQ(run({"stability", picture(), "--threshold", "2"}).status, 2);
    test::write_bytes(folder / "page.jpg", "<html>not a picture</html>");
    const auto broken = run({"stability", folder / "page.jpg"});
    EXPECT_EQ(broken.status, 1);
    EXPECT_SAYS(broken.err, "page.jpg");
    EXPECT_TRUE(broken.out.empty());
}

TEST_F(FirmnessCommands, ScoreReportsStabilityOnRequest) {
    const std::vector<std::string> some{"score", picture(), "--stability", "--operations",
                                        "flip,print-scan"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), some.begin(), some.end());
        return run(more);
    };
    const auto done = with({"--format", "json"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    const auto& stability = object.at("stability");
    const auto alone = json::parse(
        run({"stability", picture(), "--operations", "flip,print-scan", "--format", "json"}).out);
    // How many versions are scored together moves the last digits on processors without AVX-512.
    for (const auto* member : {"score", "low", "high"})
        EXPECT_NEAR(stability.at(member).get<double>(), alone.at(member).get<double>(), 1e-6)
            << member;
    for (const auto* member : {"ordinary", "versions", "flips"})
        EXPECT_EQ(stability.at(member), alone.at(member)) << member;
    ASSERT_EQ(stability.at("passages").size(), alone.at("passages").size());
    EXPECT_EQ(stability.at("score"), object.at("score"));
    EXPECT_EQ(stability.at("passages")[0].at("name"), "printing and scanning");
    EXPECT_SAYS(object.at("summary").get<std::string>(), alone.at("summary"));

    const auto text = with({});
    EXPECT_TRUE(text.out.starts_with("Prediction of [")) << text.out;
    EXPECT_SAYS(text.out, "  " + alone.at("summary").get<std::string>() + "\n");
    EXPECT_SAYS(with({"--verbose"}).out, "After printing and scanning");
    EXPECT_SAYS(with({"--format", "csv"}).out, ",stability low,stability high,");
    // With weights, the stability is that of the weighted score.
    const auto weighted =
        json::parse(with({"--format", "json", "--weights", "trace_joint-1=0"}).out);
    EXPECT_EQ(weighted.at("stability").at("score"), weighted.at("score"));
    EXPECT_NE(weighted.at("score"), object.at("score"));
    // Without --stability, no versions are tried.
    EXPECT_FALSE(
        json::parse(run({"score", picture(), "--format", "json"}).out).contains("stability"));
    EXPECT_EQ(run({"score", picture(), "--operations", "flip"}).status, 2);
    EXPECT_EQ(run({"score", picture(), "--stability", "--operations", "shred"}).status, 2);
}

TEST_F(FirmnessCommands, ACaseKeepsStabilityResults) {
    fs::create_directories(folder / "set");
    for (const auto* name : {"square512.png", "odd.png"})
        fs::copy_file(golden_path(std::string("images/") + name), folder / "set" / name);
    const std::string path = folder / "c.dfd";
    ASSERT_EQ(run({"scan", folder / "set", "--case", path}).status, 0);
    const auto of_case = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"case", "stability", path, "--operations", "flip,print-scan"});
        return run(more);
    };
    const auto one = of_case({folder / "set" / "odd.png", "--by", "anna"});
    ASSERT_EQ(one.status, 0) << one.err;
    EXPECT_SAYS(one.out, "1 exhibits measured, 0 already known, 0 left out");
    const auto all = of_case({});
    EXPECT_SAYS(all.out, "1 exhibits measured, 1 already known, 0 left out") << all.err;
    EXPECT_EQ(of_case({"--text", "nowhere"}).status, 1);
    EXPECT_EQ(of_case({"--precision", "bf16"}).status, 1);
    EXPECT_EQ(of_case({folder / "set" / "odd.png", "--text", "odd"}).status, 2);

    const auto bare = [&](const std::vector<std::string>& arguments) {
        return DfdTest::run(arguments);
    };
    const auto listed = bare({"case", "list", path, "--format", "json", "--text", "odd.png"});
    const auto object = json::parse(listed.out);
    EXPECT_EQ(object.at("stability").at("versions"), 3);
    EXPECT_SAYS(object.at("summary").get<std::string>(), "After printing and scanning");
    EXPECT_SAYS(bare({"case", "log", path}).out, "stability");
    EXPECT_EQ(bare({"case", "verify", path}).status, 0);
}

TEST_F(FirmnessCommands, HelpListsWordsNotNumbers) {
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"case", "list"}, {"export"}, {"disagree"}, {"score"}, {"prepare", "split"}}) {
        auto arguments = command;
        arguments.emplace_back("--help");
        const auto help = DfdTest::run(arguments).out;
        EXPECT_EQ(help.find("->"), std::string::npos) << help;
        EXPECT_EQ(help.find(" OR {"), std::string::npos) << help;
        EXPECT_SAYS(help, "WORD");
    }
}

TEST_F(FirmnessCommands, AnInterruptKeepsFinishedPoints) {
    // Large enough that all versions take much longer than the first.
    Pixels large{600, 600, std::vector<std::uint8_t>(3 * 600 * 600)};
    for (std::size_t i = 0; i < large.rgb.size(); ++i)
        large.rgb[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
    write_png(folder / "large.png", large);
    auto process = start({"stability", folder / "large.png", "--format", "csv", "--batch", "1"});
    const auto rows = [&] { return std::ranges::count(process.out(), '\n'); };
    // The header, the untouched picture, one version.
    ASSERT_TRUE(reaches(process, [&] { return rows() >= 3; }));
    process.send(SIGINT);
    const auto done = process.wait();
    EXPECT_EQ(done.status, 130) << done.err;
    EXPECT_GE(rows(), 3);
    EXPECT_LT(rows(), 50);
    EXPECT_TRUE(done.out.ends_with('\n'));
}

TEST_F(FirmnessCommands, AtlasListsWindowsAndDrawsThem) {
    const auto out = folder / "atlas.png";
    const auto done = run({"atlas", picture(), "--side", "256", "--scales", "1,0.5", "--format",
                           "json", "--out", out});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    EXPECT_EQ(object.at("complete"), true);
    EXPECT_GE(object.at("windows").size(), 9u + 1u);
    EXPECT_EQ(object.at("windows")[0].at("width"), 256);
    EXPECT_EQ(object.at("windows")[9].at("width"), 512);
    EXPECT_EQ(read_picture(out).pixels.width, 512);
    EXPECT_EQ(run({"atlas", picture(), "--overlap", "1"}).status, 2);
    EXPECT_SAYS(run({"atlas", picture(), "--no-faces"}).out, "whole picture");
}

TEST_F(FirmnessCommands, DisagreementIsReadFromACase) {
    fs::create_directories(folder / "set");
    for (const auto* name : {"square512.png", "landscape.png", "odd.png"})
        fs::copy_file(golden_path(std::string("images/") + name), folder / "set" / name);
    const std::string path = folder / "c.dfd";
    ASSERT_EQ(run({"scan", folder / "set", "--case", path}).status, 0);
    fs::remove_all(folder / "set");  // so nothing can be scored again
    const auto done = run({"disagree", path, "--format", "json", "--top", "1"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json::parse(done.out);
    EXPECT_EQ(object.at("pictures"), 3);
    EXPECT_EQ(object.at("panel").at("name"), "starter");
    EXPECT_EQ(object.at("most_disputed").size(), 1u);
    EXPECT_EQ(object.at("flips").size(), 4u);
    const auto some =
        json::parse(run({"disagree", path, "--format", "json", "--text", "landscape"}).out);
    EXPECT_EQ(some.at("pictures"), 1);
    EXPECT_EQ(run({"disagree", path, "--panel", "starter"}).status, 2);
    EXPECT_EQ(run({"disagree", path, picture()}).status, 2);
    EXPECT_EQ(run({"disagree", picture(), "--text", "landscape"}).status, 2);
    EXPECT_EQ(run({"disagree", folder / "missing.dfd"}).status, 1);
}

}  // namespace
}  // namespace dfd
