// Checking and adding other people's experts, and verifying their panels.
#include "core/panel/foreign_experts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stop_token>
#include <thread>

#include "core/base/cancelled.h"
#include "core/panel/combination_words.h"
#include "core/panel/encoders.h"
#include "core/panel/foreign_words.h"
#include "core/panel/panel_add.h"
#include "tests/panel/foreign_fixture.h"
#include "tests/panel/onnx_model.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

class ForeignExpertsTest : public testing::Test {
  protected:
    ForeignExpertsTest() : panels_("DFD_PANELS", (folder / "panels").native()) {}

    Json program() { return test::write_program(folder / "expert"); }
    void rewrite(const Json& manifest) {
        test::write_bytes(folder / "expert/manifest.json", manifest.dump());
    }
    [[nodiscard]] ForeignFiles files() const { return {{}, folder / "expert/manifest.json"}; }
    [[nodiscard]] std::string problem() const { return check_expert(files()).problem; }
    PanelRecord added(const std::string& panel = "mine") {
        (void)new_panel(panel, "");
        return add_expert({files(), panel, "", ""});
    }

    /// A model with log-odds 10 * (red - green), of pictures reduced to 32 x 32, and its manifest.
    Json model(const test::OnnxFaults& faults = {}) {
        std::filesystem::create_directories(folder / "expert");
        test::write_bytes(folder / "model.onnx", test::onnx_model({10, -10, 0}, 32, faults));
        Json manifest{{"format", 1},
                      {"kind", "onnx"},
                      {"name", "red"},
                      {"title", "Red against green"},
                      {"origin", "a test"},
                      {"licence", "GPL-3.0-or-later"},
                      {"date", "2026-11-29"},
                      {"made_for", {"generated"}},
                      {"sha256", sha256_hex_of_file(folder / "model.onnx")},
                      {"input",
                       {{"layout", "NCHW"},
                        {"colour", "RGB"},
                        {"scale", "1/255"},
                        {"mean", {0, 0, 0}},
                        {"std", {1, 1, 1}},
                        {"size", 32},
                        {"fit", "stretch"},
                        {"kernel", "bilinear"},
                        {"antialias", true},
                        {"rounded", true}}},
                      {"output", {{"kind", "logit"}, {"fake", "high"}}},
                      {"canaries", test::write_canaries(folder / "expert")}};
        for (auto& canary : manifest["canaries"]) {
            const double log_odds = std::log(canary["probability"].get<double>() /
                                             (1 - canary["probability"].get<double>())) *
                                    20 / 25.5;
            canary["probability"] = fake_score({0, log_odds});
            canary["values"] = {log_odds};
        }
        rewrite(manifest);
        return manifest;
    }
    [[nodiscard]] ForeignFiles model_files() const {
        return {folder / "model.onnx", folder / "expert/manifest.json"};
    }

    test::TemporaryFolder folder;
    test::Environment panels_;
};

TEST_F(ForeignExpertsTest, ANewPanelIsEmptyAndSaysSo) {
    const auto panel = new_panel("mine", "My experts");
    EXPECT_EQ(panel.title, "My experts");
    EXPECT_EQ(panel.combine, kLogOdds);
    EXPECT_STREQ(combination_words(panel), "mean of the experts' log-odds");
    EXPECT_STREQ(combination_words(PanelRecord{}), "mean of the experts' scores");
    EXPECT_TRUE(panel.experts.empty());
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)usable_panel(panel); }),
                "has no experts yet. Add one with \"dfd expert add\"");
    EXPECT_SAYS(test::sentence_of<PanelError>([] { (void)new_panel("mine", ""); }), "mine");
    EXPECT_EQ(verify_panel(panel).size(), 1u);
}

TEST_F(ForeignExpertsTest, AProgramIsCheckedAndAdded) {
    DFD_NEEDS_PROGRAMS();
    (void)program();
    const auto check = check_expert(files());
    EXPECT_EQ(check.problem, "");
    EXPECT_EQ(check.canaries.size(), 4u);
    const auto panel = added();
    ASSERT_EQ(panel.experts.size(), 1u);
    EXPECT_EQ(panel.experts[0].name, "red");
    EXPECT_EQ(panel.experts[0].kind, ExpertKind::Program);
    EXPECT_EQ(panel.experts[0].architecture, "program");
    EXPECT_EQ(files_of(panel, panel.experts[0]).size(), 6u);
    EXPECT_EQ(read_panel(panel.folder).digest, panel.digest);
    for (const auto& checked : verify_panel(panel))
        EXPECT_TRUE(checked.ok) << checked.problem;
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), "mine", "", ""});
                }),
                "has an expert \"red\" already");
    EXPECT_EQ(add_expert({files(), "mine", "red-2", ""}).experts.size(), 2u);
    // And the panel can be copied whole.
    const auto copy = add_panel({panel.folder, "copy", {}, false});
    EXPECT_EQ(copy.experts.size(), 2u);
    for (const auto& checked : verify_panel(copy))
        EXPECT_TRUE(checked.ok) << checked.problem;
}

TEST_F(ForeignExpertsTest, AFalseManifestIsRefusedAndSaysWhatWouldBeRight) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = program();
    manifest["output"]["fake"] = "low";
    rewrite(manifest);
    EXPECT_SAYS(problem(), "4 of 4 canaries failed");
    EXPECT_SAYS(problem(), "all pass with the classes swapped");
    manifest = program();
    manifest["canaries"][2]["probability"] = 0.9;
    rewrite(manifest);
    EXPECT_SAYS(problem(),
                "1 of 4 canaries failed; on \"canary10.png\" it gave the probability "
                "0.6225 instead of 0.9000");
    (void)new_panel("mine", "");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), "mine", "", ""});
                }),
                "canaries failed");
    EXPECT_TRUE(find_panel("mine").experts.empty());
    manifest = program();
    test::write_bytes(folder / "expert/expert.pl", "exit 1");
    EXPECT_SAYS(problem(), "is not the file that the manifest names");
}

TEST_F(ForeignExpertsTest, AMapIsCheckedByWhereItIsStrongest) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = test::write_localiser(folder / "expert");
    EXPECT_EQ(problem(), "");
    manifest["output"]["map"]["fake"] = "low";
    rewrite(manifest);
    EXPECT_SAYS(problem(), "1 of 5 canaries failed; on \"corner.png\" it has the highest value");
    EXPECT_SAYS(problem(), "\"fake\" in \"map\" names the wrong side");
    manifest["output"]["map"]["fake"] = "high";
    manifest["canaries"][4]["strongest"] = {0, 0.5, 0.5, 1};
    rewrite(manifest);
    EXPECT_SAYS(problem(), "of its map at 0.8750 across and 0.1250 down");
    manifest = test::write_localiser(folder / "expert");
    const auto panel = added();
    EXPECT_EQ(panel.experts[0].gradcam_layer, kOwnMap);
    EXPECT_EQ(read_panel(panel.folder).experts[0].gradcam_layer, kOwnMap);
    for (const auto& checked : verify_panel(panel))
        EXPECT_TRUE(checked.ok) << checked.problem;
}

TEST_F(ForeignExpertsTest, WhatAnExpertWasMadeForIsHeldAgainstTheQuestion) {
    ForeignManifest manifest;
    manifest.made_for = {"generated"};
    PanelRecord panel;
    EXPECT_EQ(misfit_text(manifest, panel, 0), "");
    panel.questions = {{"generated", "Made by a generator?", "", ""},
                       {"edited", "Edited in places?", "", ""},
                       {"third", "Something else?", "", ""}};
    EXPECT_EQ(misfit_text(manifest, panel, 0), "");
    EXPECT_EQ(misfit_text(manifest, panel, 1),
              "It was made for something else (generated) than the question \"Edited in places?\" "
              "asks about.");
    EXPECT_EQ(misfit_text(manifest, panel, 2), "");  // nobody knows
    manifest.made_for = {"edited", "faces"};
    EXPECT_SAYS(misfit_text(manifest, panel, 0), "(edited, faces)");
    EXPECT_SAYS(misfit_text(manifest, panel, 1), "made for pictures of faces");
    panel.subject = kFaces;
    EXPECT_EQ(misfit_text(manifest, panel, 1), "");
}

TEST_F(ForeignExpertsTest, ANewPanelIsMadeWithItsFirstExpertOrNotAtAll) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = program();
    EXPECT_EQ(add_expert({files(), "", "", "", "fresh"}).experts.size(), 1u);
    EXPECT_EQ(find_panel("fresh").experts.size(), 1u);
    manifest["output"]["fake"] = "low";
    rewrite(manifest);
    EXPECT_THROW((void)add_expert({files(), "", "", "", "second"}), PanelError);
    EXPECT_THROW((void)find_panel("second"), PanelError);
}

TEST_F(ForeignExpertsTest, WhatCannotBeAddedIsSaid) {
    (void)program();
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)check_expert({folder / "model.onnx", folder / "expert/manifest.json"});
                }),
                "is of a program, which has no model");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), "nowhere", "", ""});
                }),
                "There is no panel named \"nowhere\"");
    const test::Environment bundled("DFD_PANELS", (folder / "other").native());
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), DFD_SOURCE_DIR "/models/starter", "", ""});
                }),
                "came with the program and is not changed");
}

TEST_F(ForeignExpertsTest, AChangedFileIsFoundByVerify) {
    DFD_NEEDS_PROGRAMS();
    (void)program();
    const auto panel = added();
    const auto place = panel.folder / "red";
    const auto problem_of = [&] { return verify_panel(panel).at(1).problem; };
    EXPECT_EQ(problem_of(), "");
    test::write_bytes(place / "expert.pl", std::string(test::kRedAgainstGreen) + "# changed\n");
    EXPECT_SAYS(problem_of(), "is not the file that this panel was made with");
    EXPECT_THROW((void)open_expert(panel, panel.experts[0]), PanelError);
    test::write_bytes(place / "manifest.json", "{}");
    EXPECT_SAYS(problem_of(), "is not the manifest that this panel was made with");
}

TEST_F(ForeignExpertsTest, AModelInAFolderWhoseNameIsNotUtf8IsChecked) {
    DFD_NEEDS_ONNX();
    (void)model();
    const auto odd = folder / "caf\xE9";
    std::filesystem::create_directory(odd);
    std::filesystem::rename(folder / "model.onnx", odd / "model.onnx");
    EXPECT_EQ(check_expert({odd / "model.onnx", folder / "expert/manifest.json"}).problem, "");
}

TEST_F(ForeignExpertsTest, WithoutTheComponentAModelIsRefusedWithASentence) {
    (void)model();
    const test::Environment none("DFD_ONNX", "/nowhere/dfd-onnx");
    EXPECT_SAYS(check_expert(model_files()).problem,
                "the component for them is not installed: build the program after "
                "packaging/setup.sh --onnx");
}

TEST_F(ForeignExpertsTest, AComponentThatDoesNotStartIsNamed) {
    (void)model();
    test::write_bytes(folder / "engine",
                      "#!/bin/sh\necho 'libopenvino.so: cannot open shared object file' >&2\n"
                      "exit 127\n");
    std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
    const test::Environment named("DFD_ONNX", (folder / "engine").native());
    EXPECT_SAYS(missing_for_onnx(), "does not start: build it again after");
    EXPECT_SAYS(missing_for_onnx(), (folder / "engine").native());
    EXPECT_SAYS(check_expert(model_files()).problem, "does not start");
}

TEST_F(ForeignExpertsTest, TheUsersOwnComponentIsFoundAndABrokenOneIsPassedOver) {
    const test::Environment data("XDG_DATA_HOME", (folder / "data").native());
    const auto own = folder / "data/deepfake-defenders/dfd-onnx";
    std::filesystem::create_directories(own.parent_path());
    const auto write = [&](const std::string& script) {
        test::write_bytes(folder / "engine", "#!/bin/sh\n" + script);
        std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
    };
    const auto without = missing_for_onnx();
    write("exit 127\n");
    std::filesystem::create_symlink(folder / "engine", own);
    // Whatever is installed is used instead.
    EXPECT_EQ(missing_for_onnx().empty(), without.empty());
    write(
        "[ \"$1\" = --engine ] && { echo; exit; }\nread line\necho '{}'\n"
        "echo '{\"error\": \"it is the user'\"'\"'s own\"}'\nsleep 9\n");
    EXPECT_EQ(missing_for_onnx(), "");
    const auto manifest = parse_foreign_manifest(model().dump(), "manifest.json");
    const auto expert = open_onnx_expert(manifest, folder / "model.onnx");
    const auto view = expert->views(test::plain(40, 30, 1, 2, 3)).at(0);
    EXPECT_SAYS(test::sentence_of<NoOpinion>([&] { (void)expert->answer(view, {}); }),
                "it is the user's own");
}

/// Speaks as dfd-onnx does, and its number says what it can reach: nothing is 0.
constexpr const char* kSpy = R"perl(#!/usr/bin/perl
$| = 1;
binmode STDIN;
if ($ARGV[0] eq '--engine') { print "\n"; exit; }
my $request = <STDIN>;
print "{}\n";
while (read STDIN, my $tensor, 3 * 32 * 32 * 4) {
    my $found = 0;
    $found += 1 unless -r $ARGV[0];
    $found += 2 if -e "SECRET";
    $found += 4 if -e '/etc/passwd';
    $found += 8 if open my $written, '>', '/written';
    open my $devices, '<', '/proc/net/dev';
    my @others = grep { /:/ && !/ lo:/ } <$devices>;
    $found += 16 if @others;
    print qq({"shapes":[[1,1]]}\n), pack 'f', $found;
}
)perl";

TEST_F(ForeignExpertsTest, WhatRunsAModelReachesTheModelAlone) {
    DFD_NEEDS_PROGRAMS();
    test::write_bytes(folder / "secret", "x");
    std::string spy = kSpy;
    spy.replace(spy.find("SECRET"), 6, (folder / "secret").native());
    test::write_bytes(folder / "engine", spy);
    std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
    const test::Environment engine("DFD_ONNX", (folder / "engine").native());
    const auto manifest = parse_foreign_manifest(model().dump(), "manifest.json");
    const auto expert = open_onnx_expert(manifest, folder / "model.onnx");
    const auto view = expert->views(test::plain(40, 30, 1, 2, 3)).at(0);
    EXPECT_EQ(expert->answer(view, {}).values, std::vector<double>{0});
}

TEST_F(ForeignExpertsTest, WhatRunsAModelIsNotBelieved) {
    DFD_NEEDS_PROGRAMS();
    const auto manifest = parse_foreign_manifest(model().dump(), "manifest.json");
    const auto said = [&](const std::string& answers) {
        test::write_bytes(folder / "engine",
                          "#!/bin/sh\n[ \"$1\" = --engine ] && { echo; exit; }\nread line\n" +
                              answers + "\nsleep 9\n");
        std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
        const test::Environment engine("DFD_ONNX", (folder / "engine").native());
        const auto expert = open_onnx_expert(manifest, folder / "model.onnx");
        const auto view = expert->views(test::plain(40, 30, 1, 2, 3)).at(0);
        return test::sentence_of<NoOpinion>([&] { (void)expert->answer(view, {}); });
    };
    EXPECT_SAYS(said("echo no; exit 1"), "gave an answer that is not understood");
    EXPECT_SAYS(said("kill -SEGV $$"), "ended");
    EXPECT_SAYS(said("echo '{}'; echo '{\"shapes\": [[1, 99999999999]]}'"), "not understood");
    EXPECT_SAYS(said("echo '{}'; echo '{\"shapes\": [[1000, 1000, 1000]]}'"),
                "more than a million numbers");
    EXPECT_SAYS(said("echo '{}'; echo '{\"shapes\": []}'"), "not understood");
}

/// Answers with the place of each picture in its batch.
constexpr const char* kCounter = R"perl(#!/usr/bin/perl
$| = 1;
binmode STDIN;
if ($ARGV[0] eq '--engine') { print "\n"; exit; }
my ($count) = <STDIN> =~ /"shape":\[(\d+)/;
print "{}\n";
while (read STDIN, my $tensors, $count * 3 * 32 * 32 * 4) {
    print qq({"shapes":[[$count,1]]}\n), pack 'f*', map { $_ } 0 .. $count - 1;
}
)perl";

TEST_F(ForeignExpertsTest, BatchesAreGivenToModelsThatTakeThem) {
    using Numbers = std::vector<double>;
    const auto answers_of = [&](const char* what, const char* instead, bool open = true) {
        std::string engine = kCounter;
        engine.replace(engine.find(what), std::string(what).size(), instead);
        test::write_bytes(folder / "engine", engine);
        std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
        const test::Environment named("DFD_ONNX", (folder / "engine").native());
        const auto manifest = parse_foreign_manifest(model({.open = open}).dump(), "manifest.json");
        const auto expert = open_onnx_expert(manifest, folder / "model.onnx");
        const std::vector<View> views(9, expert->views(test::plain(40, 30, 1, 2, 3)).at(0));
        EXPECT_EQ(expert->batch(), open ? kForeignBatch : 1u);
        Numbers numbers;
        for (const auto& answer : expert->answers(views, {}))
            numbers.push_back(answer.log_odds);
        return numbers;
    };
    const Numbers alone(9, 0);
    EXPECT_EQ(answers_of("$_ }", "$_ }"), (Numbers{0, 1, 2, 3, 4, 5, 6, 0, 0}));
    EXPECT_EQ(answers_of("$_ }", "$_ }", /*open=*/false), alone);
    // What goes wrong with a batch is tried one by one: an error, one answer for all, other ones.
    EXPECT_EQ(answers_of("print \"{}", "exit 1 if $count > 1; print \"{}"), alone);
    EXPECT_EQ(answers_of("[[$count,1]]", "[[1,$count]]"), alone);
    EXPECT_EQ(answers_of("$_ }", "$_ + 1 - 1 / $count }"), alone);
}

TEST_F(ForeignExpertsTest, AModelGivesInABatchWhatItGivesAlone) {
    DFD_NEEDS_ONNX();
    auto manifest = model({.map = true, .open = true});
    manifest["output"]["tensor"] = "logit";
    manifest["output"]["map"] = {{"tensor", "map"}, {"kind", "logit"}, {"fake", "high"}};
    manifest["canaries"][0]["strongest"] = {0, 0, 1, 1};
    const auto expert = open_onnx_expert(parse_foreign_manifest(manifest.dump(), "manifest.json"),
                                         folder / "model.onnx");
    std::vector<View> views;
    for (int red = 10; red < 250; red += 25)
        views.push_back(
            expert->views(test::plain(40, 30, static_cast<std::uint8_t>(red), 90, 3)).at(0));
    const auto together = expert->answers(views, {});
    ASSERT_EQ(together.size(), views.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
        const auto alone = expert->answer(views[i], {});
        EXPECT_NEAR(together[i].log_odds, alone.log_odds, 1e-5);
        ASSERT_TRUE(together[i].map && alone.map);
        EXPECT_NEAR(together[i].map->values.at(5), alone.map->values.at(5), 1e-6);
    }
    EXPECT_EQ(expert->batch(), kForeignBatch);  // it was not given up
}

TEST_F(ForeignExpertsTest, AModelThatHangsIsStopped) {
    DFD_NEEDS_PROGRAMS();
    const auto manifest = parse_foreign_manifest(model().dump(), "manifest.json");
    test::write_bytes(folder / "engine",
                      "#!/bin/sh\n[ \"$1\" = --engine ] && { echo; exit; }\nsleep 1000\n");
    std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
    const test::Environment engine("DFD_ONNX", (folder / "engine").native());
    const auto expert = open_onnx_expert(manifest, folder / "model.onnx");
    const auto view = expert->views(test::plain(40, 30, 1, 2, 3)).at(0);
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        stop.request_stop();
    });
    EXPECT_THROW((void)expert->answer(view, stop.get_token()), Cancelled);
}

TEST_F(ForeignExpertsTest, AModelIsCheckedAndAdded) {
    DFD_NEEDS_ONNX();
    (void)model();
    const auto check = check_expert(model_files());
    EXPECT_EQ(check.problem, "");
    for (const auto& canary : check.canaries)
        EXPECT_NEAR(canary.found, canary.expected, 1e-4);
    (void)new_panel("mine", "");
    const auto panel = add_expert({model_files(), "mine", "", ""});
    EXPECT_EQ(panel.experts[0].kind, ExpertKind::Onnx);
    for (const auto& checked : verify_panel(panel))
        EXPECT_TRUE(checked.ok) << checked.problem;
    // Without the component its files are checked all the same, and the panel says what it lacks.
    const test::Environment none("DFD_ONNX", "/nowhere/dfd-onnx");
    const auto checked = verify_panel(panel).at(1);
    EXPECT_TRUE(checked.absent);
    EXPECT_SAYS(checked.problem, "packaging/setup.sh --onnx");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)usable_panel(panel); }),
                "no expert is left");
}

TEST_F(ForeignExpertsTest, AModelWithAFalseManifestIsRefused) {
    DFD_NEEDS_ONNX();
    const auto problem_with = [&](const std::function<void(Json&)>& change) {
        auto manifest = model();
        change(manifest);
        rewrite(manifest);
        return check_expert(model_files()).problem;
    };
    EXPECT_EQ(problem_with([](Json&) {}), "");
    EXPECT_SAYS(problem_with([](Json& m) { m["input"]["size"] = 64; }),
                "reads a tensor [1, 3, 32, 32], and the manifest makes one of [1, 3, 64, 64]");
    EXPECT_SAYS(problem_with([](Json& m) { m["input"]["tensor"] = "image"; }),
                "has no input \"image\". Its inputs are: \"picture\"");
    EXPECT_SAYS(problem_with([](Json& m) { m["output"]["tensor"] = "score"; }),
                "has no output \"score\"");
    EXPECT_SAYS(problem_with([](Json& m) { m["output"]["fake"] = "low"; }), "classes swapped");
    EXPECT_SAYS(problem_with([](Json& m) { m["input"]["scale"] = 1; }), "canaries failed");
    EXPECT_SAYS(problem_with([](Json& m) { m["output"]["kind"] = "probability"; }),
                "as a probability");
    EXPECT_SAYS(problem_with([](Json& m) {
                    m["output"]["kind"] = "logits";
                    m["output"]["fake"] = 1;
                }),
                "1 numbers instead of two");
    EXPECT_SAYS(problem_with([](Json& m) { m["sha256"] = std::string(64, 'a'); }),
                "is not the file that the manifest names");
}

TEST_F(ForeignExpertsTest, AWrongKernelIsFoundAndNamed) {
    DFD_NEEDS_ONNX();
    // Every third line is red. The nearest pixel is always one of them.
    auto manifest = model();
    Pixels lines{96, 96, {}};
    for (int i = 0; i < 96 * 96; ++i)
        lines.rgb.insert(lines.rgb.end(), {static_cast<std::uint8_t>(i % 3 == 1 ? 60 : 0), 0, 0});
    write_png(folder / "expert/lines.png", lines);
    manifest["canaries"].push_back({{"file", "lines.png"},
                                    {"sha256", sha256_hex_of_file(folder / "expert/lines.png")},
                                    {"probability", fake_score({0, 10 * 60 / 255.0})}});
    rewrite(manifest);
    const auto said = check_expert(model_files()).problem;
    EXPECT_SAYS(said, "1 of 5 canaries failed; on \"lines.png\"");
    EXPECT_SAYS(said, "all pass with \"kernel\": \"nearest\"");
}

/// As resources/manual/other-experts.md walks through it, with a model of the same names and
/// shapes.
TEST_F(ForeignExpertsTest, TheDraftForCommunityForensicsIsCompletedAndChecked) {
    std::filesystem::create_directories(folder / "expert");
    const auto draft =
        test::file_bytes(DFD_SOURCE_DIR "/resources/experts/community-forensics/draft.json");
    test::write_bytes(folder / "model.onnx", test::onnx_model({1, -2, 0.5}, 384));
    const auto problem_of = [&](const std::string& manifest) {
        test::write_bytes(folder / "expert/manifest.json", manifest);
        return test::sentence_of<PanelError>([&] {
            if (const auto found = check_expert(model_files()).problem; !found.empty())
                throw PanelError(found);
        });
    };
    auto manifest = Json::parse(draft);
    EXPECT_SAYS(problem_of(draft), "\"sha256\"");
    manifest["sha256"] = sha256_hex_of_file(folder / "model.onnx");
    EXPECT_SAYS(problem_of(manifest.dump()), "\"canaries\"");
    // Left of the middle is red; the middle is what the model reads.
    for (const int red : {40, 90, 160, 230}) {
        auto picture = test::plain(900, 480, static_cast<std::uint8_t>(red), 120, 80);
        for (int y = 0; y < 480; ++y)
            for (int x = 0; x < 200; ++x)
                picture.rgb[static_cast<std::size_t>(3 * (900 * y + x))] = 255;
        const auto name = "canary" + std::to_string(red) + ".png";
        write_png(folder / "expert" / name, picture);
        const double logit = (red / 255.0 - 0.485) / 0.229 - 2 * (120 / 255.0 - 0.456) / 0.224 +
                             0.5 * (80 / 255.0 - 0.406) / 0.225;
        manifest["canaries"].push_back({{"file", name},
                                        {"sha256", sha256_hex_of_file(folder / "expert" / name)},
                                        {"probability", fake_score({0, logit})}});
    }
    DFD_NEEDS_ONNX();
    EXPECT_EQ(problem_of(manifest.dump()), test::kNothingThrown);
    manifest["input"]["std"] = {1, 1, 1};
    EXPECT_SAYS(problem_of(manifest.dump()), "canaries failed");
}

TEST_F(ForeignExpertsTest, HostileModelsAreRefusedOrContained) {
    DFD_NEEDS_ONNX();
    const auto problem_of = [&](const test::OnnxFaults& faults) {
        (void)model(faults);
        return check_expert(model_files()).problem;
    };
    EXPECT_SAYS(problem_of({.domain = "com.evil"}), "not one of ONNX's own");
    EXPECT_SAYS(problem_of({.external = true}), "keeps values in another file");
    EXPECT_SAYS(problem_of({.operation = "NoSuchOperator"}),
                "The process that runs the model refused it");
    EXPECT_SAYS(problem_of({.size = 1'000'000}), "The process that runs the model");
}

TEST_F(ForeignExpertsTest, AModelsOwnMapIsCheckedAndAdded) {
    DFD_NEEDS_ONNX();
    auto manifest = model({.map = true});
    manifest["output"]["tensor"] = "logit";
    manifest["output"]["map"] = {{"tensor", "map"}, {"kind", "logit"}, {"fake", "high"}};
    const auto corner = test::write_localiser(folder / "other")["canaries"][4];
    std::filesystem::copy_file(folder / "other/corner.png", folder / "expert/corner.png");
    manifest["canaries"].push_back(corner);
    // The mean of red and green over the picture, as the other canaries.
    manifest["canaries"][4]["probability"] = fake_score({0, 80.0 / 16 / 25.5});
    rewrite(manifest);
    EXPECT_EQ(check_expert(model_files()).problem, "");
    manifest["output"]["map"]["tensor"] = "logit";
    rewrite(manifest);
    EXPECT_SAYS(check_expert(model_files()).problem, "has the highest value of its map at");
    manifest["output"]["map"]["tensor"] = "nowhere";
    rewrite(manifest);
    EXPECT_SAYS(check_expert(model_files()).problem, "has no output \"nowhere\"");
    manifest["output"]["map"] = {{"tensor", "map"}, {"kind", "logits"}, {"fake", 1}};
    rewrite(manifest);
    EXPECT_SAYS(check_expert(model_files()).problem, "not one with two numbers for each place");
}

}  // namespace
}  // namespace dfd
