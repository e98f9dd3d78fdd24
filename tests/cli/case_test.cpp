// `dfd scan` and `dfd case` end to end, as a script would call them, with the starter panel.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/verify/verify_case.h"
#include "core/picture/picture.h"
#include "core/picture/pixels/pixels.h"
#include "tests/casework/numbered_picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/deep_folder.h"
#include "tests/golden_data.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class CaseCommands : public DfdTest {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < 9; ++i)
            paint("img" + std::to_string(i) + ".png", i);
        test::write_bytes(folder / "pictures/page.jpg", "<html>not a picture</html>");
    }
    void paint(const std::string& name, unsigned number) const {
        fs::create_directories(folder / "pictures");
        write_png(folder / "pictures" / name, test::numbered_picture(number, 96));
    }
    [[nodiscard]] Process start(std::vector<std::string> arguments,
                                const std::string& output = "output") const {
        fs::create_directories(folder / output);
        return {folder / output, dfd(std::move(arguments))};
    }
    [[nodiscard]] Finished run(const std::vector<std::string>& arguments) const {
        return start(arguments).wait();
    }
    [[nodiscard]] std::vector<std::string> scan(const std::string& name) const {
        return {"scan",   folder / "pictures", "--case", folder / name, "--panel",
                kStarter, "--device",          "cpu"};
    }
    [[nodiscard]] std::vector<json> lines(const std::vector<std::string>& arguments) const {
        const auto done = run(arguments);
        EXPECT_EQ(done.status, 0) << done.err;
        return parse(done.out);
    }
    static std::vector<json> parse(const std::string& text) {
        auto objects = json_lines(text);
        for (auto& object : objects)
            object.erase("seconds");
        return objects;
    }
};

TEST_F(CaseCommands, AListIsWhatScoreWouldHavePrinted) {
    const auto scanned = run(scan("case"));
    EXPECT_EQ(scanned.status, 1) << scanned.err;  // page.jpg is not a picture
    EXPECT_SAYS(scanned.out, "10 files, 9 scored, 1 failed");
    const auto scored = run(
        {"score", folder / "pictures", "--format", "json", "--panel", kStarter, "--device", "cpu"});
    EXPECT_EQ(lines({"case", "list", folder / "case", "--format", "json"}), parse(scored.out));

    const auto csv = run({"case", "list", folder / "case", "--format", "csv"});
    EXPECT_TRUE(csv.out.starts_with("path,sha256,width,")) << csv.out;
    EXPECT_SAYS(csv.out, "not_a_picture: ");
    const auto text = run({"case", "list", folder / "case"});
    EXPECT_SAYS(text.out, "being Deepfake: ");
    EXPECT_SAYS(text.err, "page.jpg");
    const auto maps = lines({"case", "list", folder / "case", "--format", "json", "--maps"});
    EXPECT_FALSE(maps[0]["experts"][0]["gradcam"].empty());

    // Again: nothing to do; the earlier failure is known and not counted as new.
    const auto again = run(scan("case"));
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_SAYS(again.out, "0 scored, 0 failed");
}

TEST_F(CaseCommands, PicturesThatAreLeftOutAreCountedAndNamed) {
    fs::copy_file(folder / "pictures/img0.png", folder / "pictures/IMG_0001");
    test::write_bytes(folder / "pictures/layers.psd", "8BPS");
    test::write_bytes(folder / "pictures/raw.dng", "II*");
    const auto scanned = run(scan("case"));
    EXPECT_SAYS(scanned.out, "10 files, 9 scored, 1 failed");
    EXPECT_SAYS(scanned.out, ", 1 left out because of the name, 2 of kinds that are not supported");
    const auto scored = run({"score", folder / "pictures", "--panel", kStarter, "--device", "cpu"});
    for (const auto& err : {scanned.err, scored.err}) {
        EXPECT_SAYS(err, "1 file is a picture by content, but not by name, and left out");
        EXPECT_SAYS(err, "  " + (folder / "pictures/IMG_0001").native());
        EXPECT_SAYS(err, "2 files are pictures of kinds that are not supported, and left out");
        EXPECT_SAYS(err, "  " + (folder / "pictures/layers.psd").native());
        EXPECT_SAYS(err, "  " + (folder / "pictures/raw.dng").native());
    }
    const auto text = run({"case", "info", folder / "case"});
    EXPECT_SAYS(text.out, "1 file is a picture by content, but not by name");
    EXPECT_SAYS(text.out, "IMG_0001");
    EXPECT_SAYS(text.out, "layers.psd");
    const auto info = lines({"case", "info", folder / "case", "--format", "json"});
    const auto& left_out = info.at(0).at("left_out").at(0);
    EXPECT_EQ(left_out.at("misnamed").at("count"), 1);
    EXPECT_EQ(left_out.at("unsupported").at("files").at(0),
              (folder / "pictures/layers.psd").native());
    const auto log = lines({"case", "log", folder / "case", "--format", "json"});
    EXPECT_EQ(log.back().at("details").at("unsupported").at("count"), 2);
    // A file that is named itself is examined.
    EXPECT_EQ(
        run({"score", folder / "pictures/IMG_0001", "--panel", kStarter, "--device", "cpu"}).status,
        0);
}

TEST_F(CaseCommands, NamesSteerNoTerminalAndNoReport) {
    const std::string name = "a\x1B[2J\nPrediction of [b.png] being Deepfake: 0.1\u202E.png";
    paint(name, 20);
    paint("z" + name, 20);  // a copy of it
    fs::copy_file(folder / ("pictures/" + name), folder / ("pictures/" + name + ".bak"));
    const auto harmless = [](const std::string& text) {
        return text.find('\x1B') == std::string::npos && text.find("\u202E") == std::string::npos &&
               text.find("\nPrediction of [b.png]") == std::string::npos;
    };
    const auto scanned = run(scan("case"));
    EXPECT_TRUE(harmless(scanned.out + scanned.err)) << scanned.err;
    EXPECT_SAYS(scanned.err,
                "a\\u001b[2J\\u000aPrediction of [b.png]");  // the one that is left out
    const auto listed = run({"case", "list", folder / "case"});
    EXPECT_TRUE(harmless(listed.out + listed.err)) << listed.out;
    EXPECT_SAYS(listed.out, "a\\u001b[2J\\u000aPrediction of [b.png]");
    for (const auto* command : {"info", "log"}) {
        const auto shown = run({"case", command, folder / "case"});
        EXPECT_EQ(shown.status, 0) << shown.err;
        EXPECT_TRUE(harmless(shown.out + shown.err)) << shown.out;
    }
    // JSON and the case keep the name as it is.
    const std::string path = folder / ("pictures/" + name);
    const auto objects = lines({"case", "list", folder / "case", "--format", "json"});
    EXPECT_TRUE(std::ranges::any_of(objects, [&](const json& object) {
        return object.at("path") == path || (object.contains("also") && object["also"][0] == path);
    }));
    EXPECT_EQ(run({"case", "mark", folder / "case", "suspicious", path}).status, 0);
    ASSERT_EQ(
        run({"export", folder / "case", "--format", "html", "--out", folder / "case.html"}).status,
        0);
    const auto report = test::file_bytes(folder / "case.html");
    EXPECT_TRUE(harmless(report));
    EXPECT_SAYS(report, "2J");
}

TEST_F(CaseCommands, PathsThatAreTooLongEndWithStatusOne) {
    fs::remove(folder / "pictures/page.jpg");
    EXPECT_EQ(run(scan("shallow")).status, 0);
    const std::string name(200, 'd');
    test::make_deep_folder(folder / "pictures", name);
    auto deep = scan("case");
    deep.emplace_back("--recursive");
    const auto scanned = run(deep);
    EXPECT_EQ(scanned.status, 1) << scanned.err;
    EXPECT_SAYS(scanned.out, "10 files, 9 scored, 1 failed");
    EXPECT_SAYS(run({"case", "list", folder / "case", "--state", "failed"}).err, "too long");
    const auto scored =
        run({"score", folder / "pictures", "--recursive", "--panel", kStarter, "--device", "cpu"});
    EXPECT_EQ(scored.status, 1);
    EXPECT_SAYS(scored.err, "too long");
    EXPECT_EQ(shell("rm -rf pictures/" + name).status, 0);
}

TEST_F(CaseCommands, FoldersThatCannotBeOpenedEndWithStatusOne) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may open everything";
    fs::remove(folder / "pictures/page.jpg");
    fs::create_directory(folder / "pictures/closed");
    fs::permissions(folder / "pictures/closed", fs::perms::none);
    auto deep = scan("case");
    deep.emplace_back("--recursive");
    const auto scanned = run(deep);
    const auto scored =
        run({"score", folder / "pictures", "--recursive", "--panel", kStarter, "--device", "cpu"});
    fs::permissions(folder / "pictures/closed", fs::perms::all);
    EXPECT_EQ(scanned.status, 1) << scanned.err;
    EXPECT_EQ(scored.status, 1);
    EXPECT_SAYS(scored.err, "closed");
    EXPECT_SAYS(run({"case", "list", folder / "case", "--state", "failed"}).err, "closed");
}

TEST_F(CaseCommands, WarnedPicturesAreListedUnlessExcluded) {
    write_png(folder / "pictures/small.png", {40, 30, std::vector<std::uint8_t>(3600, 90)});
    ASSERT_EQ(run(scan("case")).status, 1);
    const auto listed = [&](const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"case", "list", folder / "case", "--format", "json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::set<std::string> paths;
        for (const auto& object : lines(arguments))
            paths.insert(object["path"]);
        return paths;
    };
    const auto all = listed({}), warned = listed({"--warned"}), others = listed({"--not-warned"});
    EXPECT_EQ(all.size(), 11u);
    EXPECT_TRUE(warned.contains(folder / "pictures/small.png"));
    EXPECT_FALSE(others.empty());
    EXPECT_EQ(warned.size() + others.size(), all.size());
    EXPECT_EQ(run({"case", "list", folder / "case", "--warned", "--not-warned"}).status, 2);
}

TEST_F(CaseCommands, DecisionsAreListedAndLogged) {
    ASSERT_EQ(run(scan("case")).status, 1);
    const std::string file = folder / "case", picture = folder / "pictures/img3.png";
    EXPECT_EQ(run({"case", "mark", file, "suspicious", picture, "--by", "anna"}).status, 0);
    const auto objects = lines({"case", "list", file, "--format", "json", "--mark", "suspicious"});
    ASSERT_EQ(objects.size(), 1u);
    EXPECT_EQ(objects[0]["path"], picture);
    const std::string digest = objects[0]["sha256"];
    EXPECT_EQ(run({"case", "tag", file, "beach", digest.substr(0, 10)}).status, 0);
    EXPECT_EQ(run({"case", "note", file, digest, "the shadow is wrong"}).status, 0);
    EXPECT_EQ(lines({"case", "list", file, "--format", "json", "--tag", "beach"}).size(), 1u);
    EXPECT_EQ(lines({"case", "list", file, "--format", "json", "--text", "shadow", "--save-filter",
                     "shadows"})
                  .size(),
              1u);
    EXPECT_EQ(lines({"case", "list", file, "--format", "json", "--filter", "shadows"}).size(), 1u);
    EXPECT_EQ(lines({"case", "list", file, "--format", "json", "--state", "failed"}).size(), 1u);
    EXPECT_EQ(run({"case", "thresholds", file, "--real-below", "0", "--fake-from", "0", "--profile",
                   "all"})
                  .status,
              0);
    const auto info = lines({"case", "info", file, "--format", "json"});
    EXPECT_EQ(info[0]["bands"]["looks fake"], 9);
    EXPECT_EQ(info[0]["marks"]["suspicious"], 1);
    EXPECT_EQ(info[0]["writer"], nullptr);
    EXPECT_EQ(info[0]["failed"], 1);
    const auto log = lines({"case", "log", file, "--format", "json"});
    std::vector<std::string> actions;
    for (const auto& entry : log)
        if (entry["action"] != "results")
            actions.push_back(entry["action"]);
    EXPECT_EQ(actions,
              (std::vector<std::string>{"created", "scan began", "scan ended", "marked", "tagged",
                                        "noted", "filter saved", "thresholds set"}));
    EXPECT_EQ(run({"case", "mark", file, "suspicious", "nothing.png"}).status, 1);
    EXPECT_EQ(run({"case", "mark", file, "guilty", picture}).status, 2);
    EXPECT_EQ(run({"case", "info", folder / "nowhere"}).status, 1);
    EXPECT_EQ(run({"scan", folder / "pictures"}).status, 2);
}

TEST_F(CaseCommands, VerifyNamesTamperedContent) {
    ASSERT_EQ(run(scan("case")).status, 1);
    const std::string file = folder / "case";
    const auto good = run({"case", "verify", file});
    EXPECT_EQ(good.status, 0) << good.out;
    EXPECT_SAYS(good.out, "10 files as recorded");
    const auto head = good.out.substr(good.out.find("head  ") + 6, 64);
    EXPECT_EQ(run({"case", "verify", file, "--head", head}).status, 0);
    EXPECT_EQ(run({"case", "verify", file, "--head", std::string(64, '0')}).status, 1);
    paint("img2.png", 77);
    const auto bad = run({"case", "verify", file});
    EXPECT_EQ(bad.status, 1);
    EXPECT_SAYS(bad.out, "img2.png");
    EXPECT_EQ(run({"case", "verify", file, "--no-files"}).status, 0);
}

TEST_F(CaseCommands, TwoShardsByTwoProcessesMergedEqualOneScan) {
    ASSERT_EQ(run(scan("whole")).status, 1);
    std::vector<Process> shards;
    for (const std::string shard : {"0", "1"}) {
        auto arguments = scan("shard" + shard);
        arguments.insert(arguments.end(), {"--shard", shard + "/2"});
        shards.push_back(start(arguments, "output" + shard));
    }
    for (auto& shard : shards)
        EXPECT_LE(shard.wait().status, 1);
    for (int times = 0; times < 2; ++times)
        EXPECT_EQ(
            run({"case", "merge", folder / "merged", folder / "shard0", folder / "shard1"}).status,
            0);
    const auto merged = lines({"case", "list", folder / "merged", "--format", "json", "--maps"});
    EXPECT_EQ(merged, lines({"case", "list", folder / "whole", "--format", "json", "--maps"}));
    EXPECT_EQ(merged.size(), 10u);
    EXPECT_EQ(run({"case", "verify", folder / "merged"}).status, 0);
}

TEST_F(CaseCommands, AfterThreeKillsItHoldsEveryResultOnce) {
    for (unsigned i = 9; i < 90; ++i)
        paint("img" + std::to_string(i) + ".png", i);
    const std::string file = folder / "case";
    constexpr std::int64_t kNearlyAll = 80;
    const auto finished = [&]() -> std::int64_t {
        try {
            return count_exhibits(CaseFile(file, CaseAccess::Read)).exhibits;
        } catch (const CaseError&) {  // does not exist yet
            return 0;
        }
    };
    std::mt19937 random(std::random_device{}());
    for (int kill = 0; kill < 3; ++kill) {
        // More than are examined at once: a picture that two kills met would be set aside.
        const auto wanted =
            finished() + std::uniform_int_distribution<std::int64_t>(12, 16)(random);
        if (kill > 0 && wanted > kNearlyAll)
            break;  // a busy machine killed late
        auto process = start(scan("case"));
        ASSERT_TRUE(reaches(process, [&] { return finished() >= wanted; }));
        process.send(SIGKILL);
        EXPECT_EQ(process.wait().status, 128 + SIGKILL);
        EXPECT_GE(finished(), wanted);
        EXPECT_TRUE(verify_case(file).problems.empty());
    }
    EXPECT_LE(run(scan("case")).status, 1);
    EXPECT_EQ(run(scan("whole")).status, 1);
    const auto kept = lines({"case", "list", file, "--format", "json"});
    const auto whole = lines({"case", "list", folder / "whole", "--format", "json"});
    ASSERT_EQ(kept.size(), whole.size());
    std::size_t aside = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        // A picture that two kills met is set aside, as one that ended the program itself.
        if (kept[i].contains("error") && kept[i]["error"]["code"] == failure_codes::kSetAside) {
            EXPECT_EQ(kept[i]["path"], whole[i]["path"]);
            ++aside;
        } else {
            EXPECT_EQ(kept[i], whole[i]);
        }
    }
    EXPECT_LE(aside, 6u);  // two examined at once, and three kills
    EXPECT_EQ(run({"case", "verify", file}).status, 0);
}

TEST_F(CaseCommands, AnInterruptKeepsFinishedWork) {
    auto arguments = scan("case");
    arguments.insert(arguments.end(), {"--watch", "--poll", "0.05"});
    auto process = start(arguments);
    const std::string file = folder / "case";
    const auto watching = [&] {
        return test::file_bytes(folder / "output/stderr").find("Watching") != std::string::npos;
    };
    ASSERT_TRUE(reaches(process, watching));
    const auto info = lines({"case", "info", file, "--format", "json"});
    EXPECT_EQ(info[0]["scored"], 9);
    EXPECT_TRUE(info[0]["writer"].is_object());
    const auto busy = run({"case", "mark", file, "cleared", folder / "pictures/img1.png"});
    EXPECT_EQ(busy.status, 1);
    EXPECT_SAYS(busy.err, "is being written by");
    process.send(SIGINT);
    EXPECT_EQ(process.wait().status, 130);
    EXPECT_EQ(lines({"case", "info", file, "--format", "json"})[0]["scored"], 9);
}

TEST_F(CaseCommands, DuplicatesAreListed) {
    fs::copy_file(golden_path("images/landscape.png"), folder / "pictures/one.png");
    ASSERT_EQ(run(scan("case")).status, 1);
    auto picture = read_picture(folder / "pictures/one.png");
    for (std::size_t i = 0; i < picture.pixels.rgb.size(); i += 7)
        picture.pixels.rgb[i] ^= 1;
    write_png(folder / "pictures/two.png", picture.pixels);
    ASSERT_EQ(run(scan("case")).status, 0);
    const auto groups = lines({"case", "duplicates", folder / "case", "--format", "json"});
    bool found = false;
    for (const auto& group : groups) {
        std::vector<std::string> names;
        for (const auto& exhibit : group["exhibits"])
            names.push_back(fs::path(exhibit["path"].get<std::string>()).filename());
        found |= names == std::vector<std::string>{"one.png", "two.png"};
    }
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace dfd
