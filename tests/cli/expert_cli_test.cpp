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
    EXPECT_SAYS(checked.out,
                "pass  canary-40.png: 0.1192, expected 0.1192, difference 0.0000 (tolerance "
                "0.0100)");
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
    EXPECT_SAYS(checked.out, "fail  canary-40.png: 0.8808, expected 0.1192, difference 0.7616");
    EXPECT_SAYS(checked.err, "all pass with the classes swapped");
    EXPECT_EQ(shell("dfd panel new mine").status, 0);
    const auto added = shell("dfd expert add expert/manifest.json --to mine");
    EXPECT_NE(added.status, 0);
    EXPECT_SAYS(added.err, "canaries failed");
}

TEST_F(ExpertCommands, AnExpertForFacesIsAddedWithASentence) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = test::write_program(folder / "expert");
    EXPECT_EQ(shell("dfd panel new mine").status, 0);
    const auto fitting = shell("dfd expert add expert/manifest.json --to mine");
    EXPECT_EQ(fitting.status, 0);
    EXPECT_EQ(fitting.err.find("made for"), std::string::npos) << fitting.err;
    manifest["made_for"] = {"faces"};
    test::write_bytes(folder / "expert/manifest.json", manifest.dump());
    const auto added = shell("dfd expert add expert/manifest.json --to mine --name second");
    EXPECT_EQ(added.status, 0);
    EXPECT_SAYS(added.err, "dfd: It was made for pictures of faces, and this panel takes any");
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

TEST_F(ExpertCommands, TheLocaliserIsAddedScoredExplainedAndReplayed) {
    DFD_NEEDS_PROGRAMS();
    const std::string manifest = DFD_SOURCE_DIR "/resources/experts/noise-map/manifest.json";
    const auto checked = run({"expert", "check", manifest});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
    EXPECT_SAYS(checked.out, "map       its own, shown as such");
    EXPECT_EQ(shell("dfd panel new mine").status, 0);
    EXPECT_EQ(run({"expert", "add", manifest, "--to", "mine"}).status, 0);
    EXPECT_SAYS(shell("dfd panel describe mine").out, "map           own map");
    const std::string picture = DFD_SOURCE_DIR "/resources/experts/noise-map/canary-left.png";
    const auto scored = run({"score", "--panel", "mine", "--format", "json", "--maps", "--explain",
                             "--record", folder / "records", picture});
    ASSERT_EQ(scored.status, 0) << scored.err;
    const auto expert = json_lines(scored.out).at(0).at("experts").at(0);
    EXPECT_EQ(expert.at("map_of"), "own map");
    const auto& explanation = expert.at("explanation");
    EXPECT_EQ(explanation.at("method"), "own");
    EXPECT_EQ(explanation.at("verdict"), "supported") << explanation.at("sentence");
    EXPECT_EQ(explanation.at("map").size(), 12u);
    EXPECT_EQ(shell("dfd replay records/*.json --panel mine --file '" + picture + "'").status, 0);
    // And in a case, its report says whose map it is.
    EXPECT_EQ(run({"scan", picture, "--case", folder / "case", "--panel", "mine"}).status, 0);
    EXPECT_EQ(
        run({"export", folder / "case", "--format", "html", "--out", folder / "case.html"}).status,
        0);
    EXPECT_SAYS(test::file_bytes(folder / "case.html"), "The experts&#39; own maps");
}

TEST_F(ExpertCommands, AFusionIsTriedOnOtherGroupsAndUsedWhereItIsAskedFor) {
    DFD_NEEDS_PROGRAMS();
    // One expert knows, the other is loud and knows nothing.
    std::string blue = test::kRedAgainstGreen;
    const std::string green = "$values[$i] - $values[$i + 1]";
    blue.replace(blue.find(green), green.size(), "4 * ($values[$i + 2] - $values[$i + 1])");
    auto manifest = test::write_program(folder / "loud", {"perl", "expert.pl"}, blue);
    manifest["name"] = "loud";
    const auto canary = [&](int difference) {
        const auto name = "blue" + std::to_string(difference) + ".png";
        write_png(folder / "loud" / name,
                  test::plain(40, 30, 100, 100, static_cast<std::uint8_t>(100 + difference)));
        return nlohmann::ordered_json{{"file", name},
                                      {"sha256", sha256_hex_of_file(folder / "loud" / name)},
                                      {"probability", fake_score({0, difference / 5.0})}};
    };
    manifest["canaries"] = {canary(-9), canary(-2), canary(3), canary(8)};
    test::write_bytes(folder / "loud/manifest.json", manifest.dump());
    ASSERT_EQ(shell("dfd panel new mine && dfd expert add expert/manifest.json --to mine && "
                    "dfd expert add loud/manifest.json --to mine")
                  .status,
              0);
    std::string rows = "path,label,group\n";
    unsigned seed = 5;
    for (int i = 0; i < 24; ++i) {
        seed = seed * 1664525u + 1013904223u;
        const int towards = (i % 2 == 0 ? -1 : 1) * (2 + i % 5) + (i == 6 ? 9 : 0);
        const auto name = std::to_string(i) + ".png";
        write_png(folder / name,
                  test::plain(20, 20, static_cast<std::uint8_t>(100 + towards * 5), 100,
                              static_cast<std::uint8_t>(85 + (seed >> 24) % 32)));
        rows += name + (i % 2 == 0 ? ",real," : ",fake,") + std::to_string(i) + '\n';
    }
    test::write_bytes(folder / "manifest.csv", rows);
    EXPECT_SAYS(shell("dfd calibrate mine manifest.csv --fuse").err, "--name");
    const auto made = shell("dfd calibrate mine manifest.csv --fuse --name fused");
    ASSERT_EQ(made.status, 0) << made.out << made.err;
    EXPECT_SAYS(made.out, "On groups that nothing was fitted to:  Cllr    AUC");
    EXPECT_SAYS(made.out, "mean of the experts' log-odds");
    EXPECT_SAYS(shell("dfd panel describe mine").out, "fusion");

    const auto score = [&](const std::string& options) {
        const auto scored =
            shell("dfd score --panel mine --format json " + options + " expert/canary40.png");
        EXPECT_EQ(scored.status, 0) << scored.err;
        return json_lines(scored.out).at(0);
    };
    const auto mean = score(""), fused = score("--calibration fused");
    EXPECT_FALSE(mean.at("combination").contains("fusion"));
    const auto& fusion = fused.at("combination").at("fusion").at(0);
    double sum = fusion.at("bias").get<double>();
    for (const auto& expert : fused.at("experts"))
        sum += fusion.at("slopes").at(expert.at("name").get<std::string>()).get<double>() *
               expert.at("logits").at(1).get<double>();
    EXPECT_NEAR(fused.at("score").get<double>(), fake_score({0, sum}), 1e-9);
    EXPECT_NE(fused.at("score"), mean.at("score"));
    EXPECT_EQ(fused.at("assessment").at("state"), "assessed");
    // Every other form says so, too, and none does without it.
    const std::string sentence = "A fusion fitted to labelled pictures combines the experts";
    EXPECT_SAYS(fused.at("summary").get<std::string>(), sentence);
    EXPECT_EQ(mean.at("summary").get<std::string>().find(sentence), std::string::npos);
    const auto with = [&](const std::string& options) {
        return shell("dfd score --panel mine " + options + " expert/canary40.png").out;
    };
    EXPECT_SAYS(with("--calibration fused --verbose"), sentence);
    EXPECT_SAYS(with("--calibration fused --explain --verbose"), "\n  fusion ");
    EXPECT_SAYS(with("--explain --verbose"), "\n  mean ");
    EXPECT_SAYS(with("--calibration fused --format sentence"), "combined by a fusion");
    EXPECT_SAYS(with("--calibration fused --format csv"), "fusion: bias=");
    EXPECT_EQ(score("--calibration fused --explain").at("explanation").at("fused"), true);
    EXPECT_EQ(score("--explain").at("explanation").at("fused"), false);
    // A case keeps it, with its scores.
    ASSERT_EQ(
        shell("dfd scan expert/canary40.png --case case --panel mine --calibration fused").status,
        0);
    const auto listed = json_lines(shell("dfd case list case --format json").out).at(0);
    EXPECT_EQ(listed.at("score"), fused.at("score"));
    EXPECT_EQ(shell("dfd export case --format html --out case.html").status, 0);
    const auto report = test::file_bytes(folder / "case.html");
    EXPECT_SAYS(report, "logistic regression over the experts");
    EXPECT_SAYS(report, "Fusion of the experts");
    EXPECT_EQ(report.find("Mean of the experts"), std::string::npos);
    EXPECT_SAYS(report, "A fusion fitted to labelled pictures");

    // Labels that neither expert explains: nothing is written.
    std::string alike = "path,label,group\n";
    for (int i = 0; i < 24; ++i)
        alike += std::to_string(i) + ".png" + (i / 2 % 2 == 0 ? ",real," : ",fake,") +
                 std::to_string(i) + '\n';
    test::write_bytes(folder / "alike.csv", alike);
    const auto refused = shell("dfd calibrate mine alike.csv --fuse --name chance");
    EXPECT_NE(refused.status, 0);
    EXPECT_NE(shell("dfd score --panel mine --calibration chance expert/canary40.png").status, 0);
}

TEST_F(ExpertCommands, BenchTimesItsAnswersBesideTheNetworks) {
    DFD_NEEDS_PROGRAMS();
    ASSERT_TRUE(succeeds({"panel", "add", kStarter, "--name", "mine"}));
    ASSERT_TRUE(succeeds({"expert", "add", folder / "expert/manifest.json", "--to", "mine"}));
    const auto measured = shell(
        "dfd bench --panel mine --device cpu --size 64 --rounds 1 --no-memory --no-maps --format "
        "json");
    ASSERT_EQ(measured.status, 0) << measured.err;
    const auto report = nlohmann::json::parse(measured.out);
    EXPECT_FALSE(report.at("variants").empty());
    EXPECT_EQ(report.at("foreign").size(), 1u);
    EXPECT_EQ(report.at("foreign").at(0).at("name"), "red");
    EXPECT_GT(report.at("foreign").at(0).at("median_seconds").get<double>(), 0);
    // Alone, by its number; and as text.
    const auto alone = shell("dfd bench --panel mine --experts " +
                             std::to_string(report.at("variants").at(0).at("experts").size()) +
                             " --size 64 --rounds 1");
    EXPECT_EQ(alone.status, 0) << alone.err;
    EXPECT_SAYS(alone.out, "Other people's experts, whole answers");
    EXPECT_EQ(shell("dfd bench --panel mine --experts 99").status, 2);
    // What cannot be measured is said; and when that is all, so says the status.
    test::write_bytes(folder / "panels/mine/red/expert.pl", "exit 1");
    const auto damaged = shell("dfd bench --panel mine --experts " +
                               std::to_string(report.at("variants").at(0).at("experts").size()) +
                               " --size 64 --rounds 1");
    EXPECT_EQ(damaged.status, 1);
    EXPECT_SAYS(damaged.out, "not measured");
    EXPECT_SAYS(damaged.err, "The expert red was not measured. ");
    EXPECT_SAYS(damaged.err, "is not the file that the manifest names");
}

TEST_F(ExpertCommands, BenchSaysWhichModelItCannotMeasure) {
    std::filesystem::create_directories(folder / "panels");
    std::filesystem::copy(kStarter, folder / "panels/mine",
                          std::filesystem::copy_options::recursive);
    const std::string example = DFD_SOURCE_DIR "/resources/experts/clip-probe/manifest.json";
    const auto place = folder / "panels/mine/clip";
    std::filesystem::create_directories(place);
    auto manifest = nlohmann::ordered_json::parse(test::file_bytes(example));
    manifest["model"] = "model.onnx";
    test::write_bytes(place / "manifest.json", manifest.dump());
    auto panel = nlohmann::ordered_json::parse(test::file_bytes(folder / "panels/mine/panel.json"));
    panel["name"] = "mine";
    panel["combine"] = "log_odds";
    panel["experts"].push_back({{"name", "clip"},
                                {"kind", "onnx"},
                                {"manifest", "clip/manifest.json"},
                                {"sha256", sha256_hex_of_file(place / "manifest.json")}});
    test::write_bytes(folder / "panels/mine/panel.json", panel.dump());
    const auto measured =
        shell("dfd bench --panel mine --device cpu --size 64 --rounds 1 --no-memory --no-maps");
    EXPECT_EQ(measured.status, 0) << measured.err;
    EXPECT_SAYS(measured.out, "reference");
    EXPECT_SAYS(measured.err, "The expert clip was not measured. ");
}

TEST_F(ExpertCommands, StudiesOfAPanelWithAProgramHaveItsScores) {
    DFD_NEEDS_PROGRAMS();
    ASSERT_TRUE(succeeds({"panel", "add", kStarter, "--name", "mine"}));
    ASSERT_TRUE(succeeds({"expert", "add", folder / "expert/manifest.json", "--to", "mine"}));
    const auto picture = test::plain(160, 120, 140, 100, 90);
    write_png(folder / "one.png", picture);
    write_png(folder / "two.png", test::plain(160, 120, 80, 100, 90));
    const auto json_of = [&](const std::string& command) {
        const auto done = shell("dfd " + command + " --format json");
        EXPECT_EQ(done.status, 0) << command << ": " << done.err;
        return done.status == 0 ? nlohmann::json::parse(done.out) : nlohmann::json::object();
    };
    const auto score_in = [](const nlohmann::json& experts) {
        for (const auto& expert : experts)
            if (expert.at("name") == "red")
                return expert.at("score").get<double>();
        return -1.0;
    };
    const double expected = fake_score({0, 2});

    const auto stability = json_of("stability --panel mine --operations flip one.png");
    EXPECT_NEAR(score_in(stability.at("experts")), expected, 1e-6);
    ASSERT_FALSE(stability.at("points").empty());
    for (const auto& point : stability.at("points"))
        EXPECT_NEAR(score_in(point.at("experts")), expected, 1e-6);

    const auto atlas = json_of("atlas --panel mine --side 80 --no-faces one.png");
    EXPECT_EQ(atlas.at("complete"), true);
    EXPECT_NEAR(score_in(atlas.at("experts")), expected, 1e-6);
    EXPECT_GT(atlas.at("windows").size(), 3u);

    const auto seen = json_of("seen --panel mine one.png");
    EXPECT_NEAR(score_in(seen.at("policies").at(0).at("experts")), expected, 1e-6);
    for (const auto& step : seen.at("steps"))  // nobody knows what a program looks at
        for (const auto& expert : step.at("experts"))
            EXPECT_NE(expert, "red");

    const auto disagree = json_of("disagree --panel mine one.png two.png");
    EXPECT_EQ(disagree.at("pictures"), 2);
    EXPECT_EQ(disagree.at("failed"), 0);
    EXPECT_EQ(disagree.at("experts").back(), "red");
    EXPECT_EQ(disagree.at("rank_correlation").size(), disagree.at("experts").size());
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
