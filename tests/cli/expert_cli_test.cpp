// `dfd expert` and `dfd panel new`, as a person uses them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/cli/dfd_test.h"
#include "tests/panel/foreign_fixture.h"
#include "tests/says.h"

namespace dfd {
namespace {

class ExpertCommands : public DfdTest {
  protected:
    ExpertCommands() {
        ::setenv("DFD_PANELS", (folder / "panels").c_str(), 1);
        (void)test::write_program(folder / "expert");
    }
    ~ExpertCommands() override { ::unsetenv("DFD_PANELS"); }
};

TEST_F(ExpertCommands, AProgramIsCheckedAddedScoredAndReplayed) {
    DFD_NEEDS_PROGRAMS();
    const auto checked = shell("dfd expert check expert/manifest.json");
    EXPECT_EQ(checked.status, 0) << checked.err;
    EXPECT_SAYS(checked.out, "pass  canary-40.png: 0.1192, expected 0.1192");
    EXPECT_SAYS(checked.out, "The expert can be added.");
    EXPECT_SAYS(shell("dfd panel new mine --title 'My experts'").out,
                "Made mine, without experts yet");
    const auto empty = shell("dfd score --panel mine expert/canary40.png");
    EXPECT_EQ(empty.status, 3);
    EXPECT_SAYS(empty.err, "has no experts yet");
    EXPECT_SAYS(shell("dfd expert add expert/manifest.json --to mine").out,
                "Added red to mine, which has 1 expert now");
    EXPECT_SAYS(shell("dfd panel describe mine").out, "kind          program");
    EXPECT_SAYS(shell("dfd panel verify mine").out, "pass  red/manifest.json");

    const auto scored = shell("dfd score --panel mine --format json --explain expert/canary40.png");
    ASSERT_EQ(scored.status, 0) << scored.err;
    const auto result = json_lines(scored.out).at(0);
    EXPECT_NEAR(result.at("score").get<double>(), fake_score({0, 2}), 1e-6);
    EXPECT_EQ(result.at("experts").at(0).at("architecture"), "program");
    EXPECT_EQ(result.at("experts").at(0).at("explanation").at("method"), "occlusion");
    EXPECT_EQ(shell("dfd score --panel mine --record records expert/canary40.png").status, 0);
    const auto replayed =
        shell("dfd replay records/*.json --file expert/canary40.png --panel mine");
    EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

TEST_F(ExpertCommands, AWrongCanaryIsRefusedWithASentence) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = test::write_program(folder / "expert");
    manifest["output"]["fake"] = "low";
    test::write_bytes(folder / "expert/manifest.json", manifest.dump());
    const auto checked = shell("dfd expert check expert/manifest.json");
    EXPECT_EQ(checked.status, 1);
    EXPECT_SAYS(checked.out, "fail  canary-40.png: 0.8808, expected 0.1192");
    EXPECT_SAYS(checked.err, "all pass with the classes swapped");
    EXPECT_EQ(shell("dfd panel new mine").status, 0);
    const auto added = shell("dfd expert add expert/manifest.json --to mine");
    EXPECT_NE(added.status, 0);
    EXPECT_SAYS(added.err, "canaries failed");
}

TEST_F(ExpertCommands, WhatAProgramReadsIsPrintedFirst) {
    auto manifest = test::write_program(folder / "expert");
    manifest["program"]["reads"] = {"/usr/share", "/run"};
    test::write_bytes(folder / "expert/manifest.json", manifest.dump());
    EXPECT_EQ(shell("dfd panel new mine").status, 0);
    for (const auto* command : {"dfd expert check expert/manifest.json",
                                "dfd expert add expert/manifest.json --to mine"}) {
        const auto refused = shell(command);
        EXPECT_NE(refused.status, 0);
        EXPECT_TRUE(refused.out.starts_with(
            "reads     /usr/share of this machine\nreads     /run of this machine\n"))
            << refused.out;
        EXPECT_SAYS(refused.err, "which is in /run");
    }
}

TEST_F(ExpertCommands, TheExamplePassesItsCanaries) {
    DFD_NEEDS_PROGRAMS();
    if (::access("/usr/bin/python3", X_OK) != 0)
        GTEST_SKIP() << "The example is in Python, and there is no python3.";
    const auto checked =
        run({"expert", "check", DFD_SOURCE_DIR "/resources/experts/smoothness/manifest.json"});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
}

TEST_F(ExpertCommands, AnotherModelThanTheManifestsIsRefused) {
    test::write_bytes(folder / "model.onnx", "x");
    const auto checked = shell("dfd expert check model.onnx '" + std::string(DFD_SOURCE_DIR) +
                               "/resources/experts/clip-probe/manifest.json'");
    EXPECT_EQ(checked.status, 1);
    EXPECT_SAYS(checked.err, "model.onnx\" is not the file that the manifest names");
}

}  // namespace
}  // namespace dfd
