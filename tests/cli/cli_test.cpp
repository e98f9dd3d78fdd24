// `dfd` end to end, as called by a script, on a panel with the reference's golden numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <thread>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/golden_data.h"
#include "tests/panel/published_writer.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class CommandLine : public DfdTest {
  protected:
    /// One installed panel for all tests: the golden convnextv2_atto, installed from published
    /// files.
    static void SetUpTestSuite() {
        shared_ = new test::TemporaryFolder;
        test::write_published(*shared_ / "weight.pth", *shared_ / "ema.state", {"convnextv2_atto"},
                              {}, "atto.baseline_extractor.");
        ::setenv("DFD_PANELS", (*shared_ / "panels").c_str(), 1);
        const auto installed =
            Process(shared_->path(), dfd({"panel", "install", "--weights", *shared_ / "weight.pth",
                                          "--ema", *shared_ / "ema.state", "--name", "golden"}))
                .wait();
        ASSERT_EQ(installed.status, 0) << installed.err;
    }
    static void TearDownTestSuite() {
        delete shared_;
        shared_ = nullptr;
    }

    fs::path small_picture(const std::string& name) const {
        const auto path = folder.path() / name;
        fs::create_directories(path.parent_path());
        fs::copy_file(golden_path("images/small.png"), path);
        return path;
    }

    static inline test::TemporaryFolder* shared_ = nullptr;
};

TEST_F(CommandLine, NamesStandOnBothSidesOfTheDashes) {
    for (const auto* name : {"a.png", "-b.png", "case"})
        write_png(folder / name, {64, 64, std::vector<std::uint8_t>(64 * 64 * 3, 90)});
    const auto done =
        shell("dfd score a.png --panel '" + kStarter + "' --device cpu -- -b.png case");
    EXPECT_EQ(done.status, 0) << done.err;
    for (const auto* name : {"[a.png]", "[-b.png]", "[case]"})
        EXPECT_NE(done.out.find(name), std::string::npos) << done.out;
    EXPECT_EQ(shell("dfd score -- --nowhere").status, 1);
}

TEST_F(CommandLine, NamesSteerNoTerminal) {
    const std::string name = "a\x1B[2J\nPrediction of [b.png] being Deepfake: 0.1\u202E.png";
    write_png(folder / name, {64, 64, std::vector<std::uint8_t>(64 * 64 * 3, 90)});
    const auto once = [](const std::string& text) {
        const auto at = text.find("/a\\u001b[2J\\u000aPrediction of");
        return at != std::string::npos && text.find('\x1B') == std::string::npos &&
               text.find("\u202E") == std::string::npos;
    };
    const auto piped = run(
        {"score", folder / name, "--panel", kStarter, "--device", "cpu", "--precision", "fp32"});
    EXPECT_EQ(piped.status, 0) << piped.err;
    EXPECT_TRUE(once(piped.out)) << piped.out;
    // On a terminal nothing gets through, whatever prints it; JSON keeps its value.
    const auto shown = shell("script -qec \"dfd score a* --format json --panel '" + kStarter +
                             "' --device cpu\" /dev/null </dev/null");
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_EQ(shown.out.find("\u202E"), std::string::npos);
    const auto start = shown.out.find("{\"path\"");
    ASSERT_NE(start, std::string::npos) << shown.out;
    const auto json = nlohmann::json::parse(shown.out.substr(start, shown.out.find('\n', start)));
    EXPECT_EQ(json["path"], name);
}

TEST_F(CommandLine, InstalledFromThePublishedFormatGivesTheGoldenScores) {
    const auto expected = golden("moe.json").at("extra").at("convnextv2_atto");
    for (const auto& [name, picture] : expected.items()) {
        const auto done = run({"score", "--format", "json", "--maps", "--panel", "golden",
                               golden_path("images/" + name)});
        ASSERT_EQ(done.status, 0) << done.err;
        const auto objects = json_lines(done.out);
        ASSERT_EQ(objects.size(), 1u);
        const auto& object = objects[0];
        const auto& expert = object.at("experts").at(0);
        EXPECT_NEAR(object.at("score").get<double>(), picture.at("prob_fake").get<double>(), 1e-4);
        for (size_t i = 0; i < 2; ++i) {
            const double want = picture.at("logits")[i];
            EXPECT_NEAR(expert.at("logits")[i].get<double>(), want, 1e-3 + 1e-3 * std::abs(want));
        }
        double squares = 0, difference = 0;
        for (size_t r = 0; r < 16; ++r)
            for (size_t c = 0; c < 16; ++c) {
                const double want = picture.at("gradcam")[r][c];
                const double got = expert.at("gradcam").at(r).at(c);
                squares += want * want;
                difference += (got - want) * (got - want);
            }
        EXPECT_GT(squares, 0);
        EXPECT_LT(difference, 1e-6 * squares);
        EXPECT_EQ(object.at("panel").at("name"), "golden");
        // Nobody measured what its scores are worth, so they have no words.
        EXPECT_EQ(object.at("band").at("name"), "not calibrated");
        EXPECT_TRUE(object.at("band").at("fake_from").is_null());
        EXPECT_EQ(object.at("assessment").at("reason"), "no calibration");
        EXPECT_EQ(object.at("panel").at("starter"), false);
        EXPECT_EQ(object.at("device"), "cpu");
        EXPECT_EQ(object.at("precision"), "fp32");
        EXPECT_EQ(object.at("sha256").get<std::string>().size(), 64u);
        EXPECT_GT(object.at("seconds").get<double>(), 0);
        EXPECT_TRUE(object.at("warnings").is_array());
    }
}

TEST_F(CommandLine, TextIsTheReferencesLine) {
    const auto path = small_picture("one.png").native();
    const auto done = run({"score", "--panel", "golden", "--device", "cpu", path});
    EXPECT_EQ(done.status, 0) << done.err;
    const std::string start = "Prediction of [" + path + "] being Deepfake: ";
    ASSERT_TRUE(done.out.starts_with(start)) << done.out;
    EXPECT_EQ(done.out.size(), start.size() + std::string("0.123456789\n").size());
    const auto verbose = run({"score", "--panel", "golden", "--verbose", path});
    EXPECT_SAYS(verbose.out, "convnextv2_atto");
    EXPECT_SAYS(verbose.out, "spread");
}

TEST_F(CommandLine, ASampleIsNamedBesideItsScore) {
    const std::string sample = DFD_SOURCE_DIR "/resources/samples/desk-edited-splice.jpg";
    const auto note = "note: Sample: a picture that this project rendered; an apple";
    const auto starter = run({"score", "--panel", kStarter, "--device", "cpu", sample});
    EXPECT_SAYS(starter.err, note);
    EXPECT_SAYS(starter.err, "was measured on photographs");
    const auto other = run({"score", "--panel", "golden", "--device", "cpu", sample});
    EXPECT_SAYS(other.err, note);
    EXPECT_EQ(other.err.find("photographs"), std::string::npos) << other.err;
    // Not in what programs read, and not with any other picture.
    const auto json = run({"score", "--panel", "golden", "--format", "json", sample});
    EXPECT_EQ(json.status, 0) << json.err;
    EXPECT_EQ((json.out + json.err).find("this project"), std::string::npos);
    const auto none = run({"score", "--panel", "golden", small_picture("one.png")});
    EXPECT_EQ(none.err.find("Sample"), std::string::npos) << none.err;
}

TEST_F(CommandLine, FoldersAndOddNamesInOrderWithFailuresAsRows) {
    small_picture("set/img2.png");
    small_picture("set/img10.png");
    small_picture("set/deeper/img1.png");
    small_picture(std::string("set/odd \xff\n name.png"));
    test::write_bytes(folder / "set/img3.jpg", "<html>not a picture</html>");
    const auto flat = run({"score", "--panel", "golden", "--format", "json", folder / "set"});
    EXPECT_EQ(flat.status, 1);
    const auto rows = json_lines(flat.out);
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_TRUE(rows[0]["path"].get<std::string>().ends_with("img2.png"));
    EXPECT_EQ(rows[1]["error"]["code"], "not_a_picture");
    EXPECT_FALSE(rows[1].contains("score"));
    EXPECT_TRUE(rows[2]["path"].get<std::string>().ends_with("img10.png"));
    EXPECT_TRUE(rows[3].contains("path_bytes"));
    EXPECT_TRUE(rows[3].contains("score"));
    const auto deep =
        run({"score", "--panel", "golden", "--format", "csv", "--recursive", folder / "set"});
    EXPECT_SAYS(deep.out, "deeper/img1.png");
    EXPECT_TRUE(deep.out.starts_with("path,sha256,"));
}

TEST_F(CommandLine, BatchesGiveTheSameScores) {
    for (const auto* name : {"square512.png", "landscape.png", "odd.png"})
        fs::create_symlink(golden_path(std::string("images/") + name), folder / name);
    const auto single =
        json_lines(run({"score", "--panel", "golden", "--format", "json", folder.path()}).out);
    const auto batch = json_lines(
        run({"score", "--panel", "golden", "--format", "json", "--batch", "3", folder.path()}).out);
    ASSERT_EQ(single.size(), 3u);
    ASSERT_EQ(batch.size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(single[i]["path"], batch[i]["path"]);
        EXPECT_NEAR(single[i]["score"].get<double>(), batch[i]["score"].get<double>(), 1e-5);
    }
}

TEST_F(CommandLine, HeatmapsAreWritten) {
    const auto path = small_picture("face.png");
    const auto done = run({"score", "--panel", "golden", "--heatmaps", folder / "new/maps", path});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto original = read_picture(path);
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder / "new/maps")) {
        const auto overlay = read_picture(entry.path());
        EXPECT_EQ(overlay.pixels.width, original.pixels.width);
        ++count;
    }
    EXPECT_EQ(count, 2);  // the mean and the one expert
}

TEST_F(CommandLine, ExpertsAreWeightedAndMuted) {
    const auto path = small_picture("one.png").native();
    const auto scored = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"score", "--panel", kStarter, "--format", "json", path};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto done = run(arguments);
        EXPECT_EQ(done.status, 0) << done.err;
        return json_lines(done.out).at(0);
    };
    const auto reference = scored({});
    EXPECT_EQ(reference.at("combination"), json({{"reference", true}}));
    EXPECT_TRUE(reference.at("summary").get<std::string>().starts_with("The panel says "));
    const auto& experts = reference.at("experts");
    ASSERT_EQ(experts.size(), 4u);
    const auto name = [&](size_t i) { return experts[i].at("name").get<std::string>(); };
    const auto score = [&](size_t i) { return experts[i].at("score").get<double>(); };

    const auto weighed = scored({"--weights", name(0) + "=0.5," + name(2) + "=0"});
    EXPECT_NEAR(weighed.at("score").get<double>(), (0.5 * score(0) + score(1) + score(3)) / 2.5,
                1e-12);
    EXPECT_EQ(weighed.at("combination").at("reference"), false);
    EXPECT_EQ(weighed.at("combination").at("weights").at(name(2)), 0.0);
    EXPECT_EQ(weighed.at("combination").at("weights").at(name(1)), 1.0);
    const auto& figures = weighed.at("disagreement");
    EXPECT_EQ(figures.at("fake_votes").get<int>() + figures.at("real_votes").get<int>(), 3);
    EXPECT_TRUE(weighed.at("summary").get<std::string>().starts_with(
        "This is not the reference combination: "));

    const auto unknown = run({"score", "--panel", kStarter, "--weights", "nobody=1", path});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_SAYS(unknown.err, name(0));
    EXPECT_TRUE(unknown.out.empty());
    const auto verbose = run({"score", "--panel", kStarter, "--verbose", path});
    EXPECT_SAYS(verbose.out, "mutual information");
    EXPECT_SAYS(verbose.out, "The panel says ");
}

TEST_F(CommandLine, DisagreementOverAFolder) {
    for (const auto* name : {"square512.png", "landscape.png", "odd.png"}) {
        fs::create_directories(folder / "set/deeper");
        fs::copy_file(golden_path(std::string("images/") + name), folder / "set/deeper" / name);
    }
    test::write_bytes(folder / "set/deeper/broken.jpg", "<html>not a picture</html>");
    const auto done = run({"disagree", "--panel", kStarter, "--recursive", "--format", "json",
                           "--top", "2", folder / "set"});
    EXPECT_EQ(done.status, 1) << done.err;
    EXPECT_SAYS(done.err, "broken.jpg");
    const auto object = json_lines(done.out).at(0);
    EXPECT_EQ(object.at("pictures"), 3);
    EXPECT_EQ(object.at("failed"), 1);
    EXPECT_EQ(object.at("complete"), true);
    ASSERT_EQ(object.at("experts").size(), 4u);
    EXPECT_EQ(object.at("rank_correlation").size(), 4u);
    EXPECT_EQ(object.at("rank_correlation")[1][1], 1.0);
    const auto& disputed = object.at("most_disputed");
    ASSERT_EQ(disputed.size(), 2u);
    const auto bits = [](const json& result) {
        return result.at("disagreement").at("mutual_information").get<double>();
    };
    EXPECT_GE(bits(disputed[0]), bits(disputed[1]));

    const auto text = run({"disagree", "--panel", kStarter, folder / "set/deeper"});
    EXPECT_EQ(text.status, 1);
    EXPECT_SAYS(text.out, "3 pictures scored, 1 failed.");
    EXPECT_SAYS(text.out, "Most disputed");
    EXPECT_EQ(run({"disagree", "--panel", "no such panel", folder / "set"}).status, 3);
    EXPECT_EQ(run({"disagree"}).status, 2);
}

TEST_F(CommandLine, ExitStatusesAreStable) {
    const auto picture = small_picture("one.png").native();
    EXPECT_EQ(run({}).status, 2);
    EXPECT_EQ(run({"score"}).status, 2);
    EXPECT_EQ(run({"score", "--format", "xml", picture}).status, 2);
    EXPECT_EQ(run({"score", "--precision", "fp7", picture}).status, 2);
    EXPECT_EQ(run({"score", "--panel", "no such panel", picture}).status, 3);
    EXPECT_EQ(run({"score", "--panel", "golden", "--device", "cuda:99", picture}).status, 3);
    EXPECT_EQ(run({"score", "--panel", "golden", "--device", "abacus", picture}).status, 3);
    EXPECT_EQ(run({"score", "--panel", "golden", "--precision", "fp16", "--device", "cpu", picture})
                  .status,
              3);
    EXPECT_EQ(run({"score", "--panel", "golden", folder / "missing.png"}).status, 1);
    fs::create_directory(folder / "none");
    const auto none = run({"score", "--panel", "golden", folder / "none"});
    EXPECT_EQ(none.status, 1);
    EXPECT_SAYS(none.err, "no picture to score");
    for (const auto* format : {"text", "csv"}) {
        const auto maps =
            run({"score", "--panel", "golden", "--maps", "--format", format, picture});
        EXPECT_EQ(maps.status, 2);
        EXPECT_SAYS(maps.err, "--format json");
    }
    const auto verbose = run({"score", "--panel", "golden", "-v", "--format", "json", picture});
    EXPECT_EQ(verbose.status, 2);
    EXPECT_SAYS(verbose.err, "--verbose");
    const auto blocked = run({"score", "--panel", "golden", "--heatmaps", picture, picture});
    EXPECT_EQ(blocked.status, 1);
    EXPECT_TRUE(blocked.out.empty()) << blocked.out;
    EXPECT_SAYS(blocked.err, "Heatmaps cannot be written to the folder " + picture);
    EXPECT_TRUE(succeeds({"--help"}));
    const auto version = run({"--version"});
    EXPECT_EQ(version.status, 0);
    for (const auto* library : {"LibTorch", "Qt", "OpenCV", "BLAS"})
        EXPECT_SAYS(version.out, library);
    const auto devices = run({"devices"});
    EXPECT_EQ(devices.status, 0);
    EXPECT_TRUE(devices.out.starts_with("cpu\t"));
    EXPECT_SAYS(devices.out, "executor");
}

TEST_F(CommandLine, SpeaksALanguageThatItHas) {
    const auto picture = small_picture("one.png").native();
    EXPECT_TRUE(succeeds({"--language", "en", "devices"}));
    EXPECT_TRUE(succeeds({"devices", "--language=de"}));
    for (const auto& done :
         {run({"devices", "--language", "tlh"}), run({"--language", "tlh", "devices"}),
          shell("DFD_LANGUAGE=tlh dfd devices"),
          shell("DFD_LANGUAGE=en dfd devices --language tlh"),
          shell("DFD_LANGUAGE=tlh dfd score --format json one.png")}) {
        EXPECT_EQ(done.status, 2);
        EXPECT_TRUE(done.out.empty()) << done.out;
        EXPECT_SAYS(done.err, "\"tlh\"");
        EXPECT_SAYS(done.err, "en, de");
    }
    EXPECT_EQ(shell("DFD_LANGUAGE= dfd devices").status, 0);
    EXPECT_EQ(shell("DFD_LANGUAGE=tlh dfd devices --language de").status, 0);
    // What programs read is English.
    const auto without_time = [](const Finished& done) {
        auto object = json_lines(done.out).at(0);
        object.erase("seconds");
        return object;
    };
    const std::vector<std::string> score{"score", "--panel", "golden", "--format", "json", picture};
    auto german = score;
    german.insert(german.end(), {"--language", "de"});
    const auto english = run(score);
    ASSERT_EQ(english.status, 0) << english.err;
    EXPECT_EQ(without_time(run(german)), without_time(english));
    EXPECT_EQ(without_time(shell("DFD_LANGUAGE=de dfd score --panel golden --format json '" +
                                 picture + "'")),
              without_time(english));
}

TEST_F(CommandLine, TheManPageListsEveryCommand) {
    const auto help = run({"--help"}).out;
    const auto page =
        test::file_bytes(std::filesystem::path(DFD_SOURCE_DIR) / "resources/man/dfd.1");
    std::istringstream rows(help.substr(help.find("Subcommands:")));
    std::size_t commands = 0;
    for (std::string row; std::getline(rows, row) && !row.empty();)
        if (row.starts_with("  ") && row[2] != ' ') {
            const auto name = row.substr(2, row.find(' ', 2) - 2);
            EXPECT_SAYS(page, "\n.B " + name + "\n") << name;
            ++commands;
        }
    EXPECT_GE(commands, 15u);
    EXPECT_SAYS(page, "pkeyutl \\-verify \\-rawin");
}

TEST_F(CommandLine, AnInterruptKeepsFinishedResults) {
    for (int i = 0; i < 400; ++i)
        small_picture("many/" + std::to_string(i) + ".png");
    auto process = start({"score", "--panel", "golden", "--format", "json", folder / "many"});
    reaches(process, [&] { return process.out().find('\n') != std::string::npos; });
    process.send(SIGINT);
    const auto done = process.wait();
    EXPECT_EQ(done.status, 130) << done.err;
    const auto finished = json_lines(done.out);  // all lines are complete
    EXPECT_GE(finished.size(), 1u);
    EXPECT_LT(finished.size(), 400u);
    for (const auto& object : finished)
        EXPECT_TRUE(object.contains("score"));
}

TEST_F(CommandLine, AnInterruptDuringALargePictureEndsAtOnce) {
    using Clock = std::chrono::steady_clock;
    constexpr int kSide = 10'000;
    const auto many = folder / "large";
    fs::create_directory(many);
    write_png(many / "0.png", kSide, kSide, [](int y, std::span<std::uint8_t> row) {
        std::ranges::fill(row, static_cast<std::uint8_t>(y));
    });
    // Several names, so that no machine is through with them before it is interrupted.
    for (int i = 1; i < 6; ++i)
        fs::create_hard_link(many / "0.png", many / (std::to_string(i) + ".png"));
    const auto maps = folder / "maps";
    for (const int signal : {SIGINT, SIGTERM}) {
        fs::remove_all(maps);
        auto process = start({"score", "--panel", "golden", "--heatmaps", maps, many});
        ASSERT_TRUE(reaches(process, [&] { return fs::exists(maps); }));
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        ASSERT_TRUE(process.running());
        process.send(signal);
        const auto sent = Clock::now();
        // Generous: how fast it is, is measured elsewhere. It must not wait for the picture's end.
        EXPECT_FALSE(
            reaches(process, [&] { return Clock::now() - sent > std::chrono::seconds(5); }));
        process.send(SIGKILL);
        EXPECT_EQ(process.wait().status, 130);
    }
}

TEST_F(CommandLine, PanelsAreListedDescribedVerifiedAndRemoved) {
    const auto copy = run({"panel", "install", "--weights", *shared_ / "weight.pth", "--ema",
                           *shared_ / "ema.state", "--name", "second"});
    ASSERT_EQ(copy.status, 0) << copy.err;
    const auto list = run({"panel", "list"}).out;
    EXPECT_TRUE(list.starts_with("name\texperts\tkind\tfolder\n")) << list;
    EXPECT_SAYS(list, "\nsecond\t1\tpanel\t");
    EXPECT_SAYS(list, "\tstarter\t");
    const auto description = run({"panel", "describe", "second"});
    EXPECT_SAYS(description.out, "convnextv2_atto");
    const auto file = run({"panel", "describe", *shared_ / "weight.pth"});
    EXPECT_EQ(file.status, 0) << file.err;
    EXPECT_SAYS(file.out, "0.baseline_extractor.stem.0.weight  float32 [40, 3, 4, 4]");

    const auto score =
        json_lines(
            run({"score", "--panel", "second", "--format", "json", small_picture("plain.png")}).out)
            .at(0)
            .at("score")
            .get<double>();
    const auto good = small_picture("img_should_be_" + std::to_string(score) + ".png").native();
    const auto bad = small_picture("img_should_be_0.999.png").native();
    const auto pass = run({"panel", "verify", "second", good});
    EXPECT_EQ(pass.status, 0) << pass.out;
    EXPECT_SAYS(pass.out, "pass  " + good);
    const auto fail = run({"panel", "verify", "second", good, bad});
    EXPECT_EQ(fail.status, 1);
    EXPECT_SAYS(fail.out, "fail  " + bad);

    const auto plain = run({"panel", "verify", "second", folder / "plain.png"});
    EXPECT_EQ(plain.status, 0) << plain.out;
    EXPECT_SAYS(plain.out, "none  ");
    EXPECT_EQ(plain.out.find("fail"), std::string::npos) << plain.out;

    // A single changed byte in a weights file is detected, and scoring refuses the panel.
    fs::path weights;
    for (const auto& entry : fs::directory_iterator(*shared_ / "panels/second"))
        if (entry.path().extension() == ".safetensors")
            weights = entry.path();
    auto bytes = test::file_bytes(weights);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    test::write_bytes(weights, bytes);
    EXPECT_EQ(run({"panel", "verify", "second"}).status, 1);
    const auto refused = run({"score", "--panel", "second", good});
    EXPECT_EQ(refused.status, 3);
    EXPECT_TRUE(refused.out.empty());

    EXPECT_TRUE(succeeds({"panel", "remove", "second"}));
    EXPECT_EQ(run({"panel", "describe", "second"}).status, 3);
}

TEST_F(CommandLine, ADamagedDownloadIsRefusedAndLeavesNothing) {
    auto bytes = test::file_bytes(*shared_ / "weight.pth");
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    test::write_bytes(folder / "damaged.pth", bytes);
    const auto refused = run({"panel", "install", "--weights", folder / "damaged.pth", "--ema",
                              *shared_ / "ema.state", "--name", "damaged"});
    EXPECT_EQ(refused.status, 3);
    EXPECT_SAYS(refused.err, "damaged.pth");
    EXPECT_FALSE(fs::exists(*shared_ / "panels/damaged"));
}

TEST_F(CommandLine, BenchMeasuresAPanelsExperts) {
    const auto bench =
        run({"bench", "--panel", "golden", "--size", "64", "--rounds", "1", "--batch", "1,2",
             "--no-memory", "--device", "cpu", "--format", "json"});
    ASSERT_EQ(bench.status, 0) << bench.err;
    const auto report = json::parse(bench.out);
    EXPECT_GT(report.at("ceiling_gflops").get<double>(), 0);
    EXPECT_GE(report.at("variants").size(), 3u);
    for (const auto& variant : report.at("variants")) {
        EXPECT_EQ(variant.at("experts").at(0).at("architecture"), "convnextv2_atto");
        EXPECT_LT(variant.at("max_score_deviation").get<double>(), 1e-4);
    }
    const auto nobody = run({"bench", "--panel", "golden", "--experts", "1"});
    EXPECT_EQ(nobody.status, 2);
    EXPECT_SAYS(nobody.err, "no expert 1");
    EXPECT_EQ(run({"bench", "--panel", "nowhere"}).status, 3);
    EXPECT_EQ(run({"bench", "--device", "cuda:9"}).status, 3);
    EXPECT_EQ(run({"bench", "--precision", "fp16", "--device", "cpu"}).status, 2);
}

}  // namespace
}  // namespace dfd
