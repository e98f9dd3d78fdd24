// Models of other people: what runs them is contained, and what they give is checked.
#include <chrono>
#include <cmath>
#include <stop_token>
#include <thread>

#include "core/base/cancelled.h"
#include "core/panel/encoders.h"
#include "tests/panel/foreign_experts_fixture.h"
#include "tests/panel/onnx_model.h"
#include "tests/says.h"

namespace dfd {
namespace {

class OnnxExpertsTest : public test::ForeignExpertsTest {
  protected:
    /// A model with log-odds 10 * (red - green), of pictures reduced to 32 x 32, and its manifest.
    Json model(const test::OnnxFaults& faults = {}) {
        std::filesystem::create_directories(folder / "expert");
        test::write_bytes(folder / "model.onnx", test::onnx_model({10, -10, 0}, 32, faults));
        Json manifest = test::manifest_head("onnx");
        manifest.update({{"sha256", sha256_hex_of_file(folder / "model.onnx")},
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
                         {"canaries", test::write_canaries(folder / "expert")}});
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

    [[nodiscard]] std::unique_ptr<ForeignExpert> opened(const Json& manifest) const {
        return open_onnx_expert(parse_foreign_manifest(manifest.dump(), "manifest.json"),
                                folder / "model.onnx");
    }
    static View view_for(const ForeignExpert& expert) {
        return expert.views(test::plain(40, 30, 1, 2, 3)).at(0);
    }

    /// Lets this script run models instead of dfd-onnx until the returned object goes.
    [[nodiscard]] test::Environment run_models_by(const std::string& script) const {
        test::write_bytes(folder / "engine", script);
        std::filesystem::permissions(folder / "engine", std::filesystem::perms::owner_all);
        return {"DFD_ONNX", (folder / "engine").native()};
    }
};

TEST_F(OnnxExpertsTest, AModelInAFolderWhoseNameIsNotUtf8IsChecked) {
    DFD_NEEDS_ONNX();
    (void)model();
    const auto odd = folder / "caf\xE9";
    std::filesystem::create_directory(odd);
    std::filesystem::rename(folder / "model.onnx", odd / "model.onnx");
    EXPECT_EQ(check_expert({odd / "model.onnx", folder / "expert/manifest.json"}).problem, "");
}

TEST_F(OnnxExpertsTest, WithoutTheComponentAModelIsRefusedWithASentence) {
    (void)model();
    const test::Environment none("DFD_ONNX", "/nowhere/dfd-onnx");
    EXPECT_SAYS(check_expert(model_files()).problem,
                "the component for them is not installed: build the program after "
                "packaging/setup.sh --onnx");
}

TEST_F(OnnxExpertsTest, AComponentThatDoesNotStartIsNamed) {
    (void)model();
    const auto named = run_models_by(
        "#!/bin/sh\necho 'libopenvino.so: cannot open shared object file' >&2\n"
        "exit 127\n");
    EXPECT_SAYS(missing_for_onnx(), "does not start: build it again after");
    EXPECT_SAYS(missing_for_onnx(), (folder / "engine").native());
    EXPECT_SAYS(check_expert(model_files()).problem, "does not start");
}

TEST_F(OnnxExpertsTest, TheUsersOwnComponentIsFoundAndABrokenOneIsPassedOver) {
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
    const auto expert = opened(model());
    const auto view = view_for(*expert);
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

TEST_F(OnnxExpertsTest, WhatRunsAModelReachesTheModelAlone) {
    DFD_NEEDS_PROGRAMS();
    test::write_bytes(folder / "secret", "x");
    std::string spy = kSpy;
    spy.replace(spy.find("SECRET"), 6, (folder / "secret").native());
    const auto engine = run_models_by(spy);
    const auto expert = opened(model());
    EXPECT_EQ(expert->answer(view_for(*expert), {}).values, std::vector<double>{0});
}

TEST_F(OnnxExpertsTest, WhatRunsAModelIsNotBelieved) {
    DFD_NEEDS_PROGRAMS();
    const auto manifest = model();
    const auto said = [&](const std::string& answers) {
        const auto engine =
            run_models_by("#!/bin/sh\n[ \"$1\" = --engine ] && { echo; exit; }\nread line\n" +
                          answers + "\nsleep 9\n");
        const auto expert = opened(manifest);
        const auto view = view_for(*expert);
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

TEST_F(OnnxExpertsTest, BatchesAreGivenToModelsThatTakeThem) {
    using Numbers = std::vector<double>;
    const auto answers_of = [&](const char* what, const char* instead, bool open = true) {
        std::string engine = kCounter;
        engine.replace(engine.find(what), std::string(what).size(), instead);
        const auto named = run_models_by(engine);
        const auto expert = opened(model({.open = open}));
        const std::vector<View> views(9, view_for(*expert));
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

TEST_F(OnnxExpertsTest, AModelGivesInABatchWhatItGivesAlone) {
    DFD_NEEDS_ONNX();
    auto manifest = model({.map = true, .open = true});
    manifest["output"]["tensor"] = "logit";
    manifest["output"]["map"] = {{"tensor", "map"}, {"kind", "logit"}, {"fake", "high"}};
    manifest["canaries"][0]["strongest"] = {0, 0, 1, 1};
    const auto expert = opened(manifest);
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

TEST_F(OnnxExpertsTest, AModelThatHangsIsStopped) {
    DFD_NEEDS_PROGRAMS();
    const auto manifest = model();
    const auto engine =
        run_models_by("#!/bin/sh\n[ \"$1\" = --engine ] && { echo; exit; }\nsleep 1000\n");
    const auto expert = opened(manifest);
    const auto view = view_for(*expert);
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        stop.request_stop();
    });
    EXPECT_THROW((void)expert->answer(view, stop.get_token()), Cancelled);
}

TEST_F(OnnxExpertsTest, AModelIsCheckedAndAdded) {
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

TEST_F(OnnxExpertsTest, AModelWithAFalseManifestIsRefused) {
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

TEST_F(OnnxExpertsTest, AWrongKernelIsFoundAndNamed) {
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
TEST_F(OnnxExpertsTest, TheDraftForCommunityForensicsIsCompletedAndChecked) {
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

TEST_F(OnnxExpertsTest, HostileModelsAreRefusedOrContained) {
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

TEST_F(OnnxExpertsTest, AModelsOwnMapIsCheckedAndAdded) {
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
