#include "core/panel/foreign/manifest.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "core/panel/json/panel_error.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

const std::string kExamples = DFD_SOURCE_DIR "/resources/experts/";

Json example(const std::string& name) {
    return Json::parse(test::file_bytes(kExamples + name + "/manifest.json"));
}

std::string refusal(const Json& manifest) {
    return test::sentence_of<PanelError>(
        [&] { (void)parse_foreign_manifest(manifest.dump(), "m.json"); });
}

TEST(Manifest, TheExamplesAreRead) {
    const auto clip = read_manifest_file(kExamples + "clip-probe/manifest.json");
    EXPECT_FALSE(clip.program);
    EXPECT_TRUE(clip.reproducible());
    EXPECT_EQ(clip.input.fit, Fit::ShorterSide);
    EXPECT_EQ(clip.input.kernel, Kernel::Bicubic);
    EXPECT_TRUE(clip.input.antialias && clip.input.rounded);
    EXPECT_FALSE(clip.input.side_rounded_down);
    EXPECT_TRUE(clip.input.crop_rounded_down);
    EXPECT_DOUBLE_EQ(clip.input.scale, 1.0 / 255);
    ASSERT_TRUE(clip.output.head);
    EXPECT_EQ(clip.output.head->weights.size(), 512u);
    EXPECT_TRUE(clip.output.head->normalised);
    EXPECT_EQ(clip.output.fake, 1);
    EXPECT_NEAR(clip.calibration.slope, 1.641967, 1e-12);
    EXPECT_EQ(clip.canaries.size(), 5u);
    // The model's name is known only where it is added.
    EXPECT_EQ(clip.files().size(), clip.canaries.size());

    const auto program = read_manifest_file(kExamples + "smoothness/manifest.json");
    EXPECT_TRUE(program.program);
    EXPECT_TRUE(program.reproducible());
    EXPECT_EQ(program.files().size(), 1 + program.canaries.size());
}

struct Defect {
    const char* what;
    const char* example;
    std::function<void(Json&)> make;
    const char* words;
};

class DefectiveManifest : public testing::TestWithParam<Defect> {};

TEST_P(DefectiveManifest, IsRefusedWithASentence) {
    auto manifest = example(GetParam().example);
    GetParam().make(manifest);
    const auto said = refusal(manifest);
    EXPECT_SAYS(said, GetParam().words);
    EXPECT_SAYS(said, "\"m.json\" cannot be used: ");
    EXPECT_TRUE(said.ends_with('.')) << said;
}

INSTANTIATE_TEST_SUITE_P(
    All, DefectiveManifest,
    testing::Values(
        Defect{"format", "clip-probe", [](Json& m) { m["format"] = 2; }, "\"format\""},
        Defect{"kind", "clip-probe", [](Json& m) { m["kind"] = "torch"; },
               "\"kind\" is \"torch\"; supported values: \"onnx\", \"program\""},
        Defect{"unknown", "clip-probe", [](Json& m) { m["licenze"] = "MIT"; },
               "\"licenze\" is not known"},
        Defect{"missing", "clip-probe", [](Json& m) { m.erase("licence"); },
               "\"licence\" is missing"},
        Defect{"digest", "clip-probe", [](Json& m) { m["sha256"] = "ABC"; },
               "64 lower-case hexadecimal digits"},
        Defect{"purpose", "clip-probe", [](Json& m) { m["made_for"] = {"memes"}; },
               "\"made_for\" has the entry \"memes\""},
        Defect{"colour", "clip-probe", [](Json& m) { m["input"]["colour"] = "YUV"; },
               "\"input.colour\" is \"YUV\""},
        Defect{"std", "clip-probe",
               [](Json& m) {
                   m["input"]["std"] = {1, 0, 1};
               },
               "three numbers above 0"},
        Defect{"scale", "clip-probe", [](Json& m) { m["input"]["scale"] = 0; }, "is 0"},
        Defect{"size", "clip-probe", [](Json& m) { m["input"]["size"] = 100000; },
               "\"input.size\""},
        Defect{"kernel", "clip-probe", [](Json& m) { m["input"]["kernel"] = "area"; },
               "\"input.kernel\" is \"area\""},
        Defect{"antialias", "clip-probe", [](Json& m) { m["input"].erase("antialias"); },
               "\"input.antialias\" is missing"},
        Defect{"shorter", "clip-probe", [](Json& m) { m["input"]["shorter_side"] = 200; },
               "less than the size"},
        Defect{"crops", "clip-probe",
               [](Json& m) {
                   m["input"]["fit"] = "crops";
                   m["input"]["most"] = 1000;
               },
               "\"input.most\" is not an integer from 1 to 64"},
        Defect{"side", "clip-probe",
               [](Json& m) {
                   m["output"] = {{"kind", "logits"}, {"fake", 2}};
               },
               "\"output.fake\" is not an integer from 0 to 1"},
        Defect{"headless", "clip-probe", [](Json& m) { m["output"].erase("head"); },
               "\"output.head\" is missing"},
        Defect{"head", "clip-probe", [](Json& m) { m["output"]["kind"] = "logit"; },
               "needs the kind \"embedding\""},
        Defect{"slope", "clip-probe", [](Json& m) { m["calibration"]["slope"] = 0; }, "slope 0"},
        Defect{"few", "clip-probe",
               [](Json& m) {
                   m["canaries"].erase(0);
                   m["canaries"].erase(0);
               },
               "an expert has 4 to 64"},
        Defect{"alike", "clip-probe",
               [](Json& m) {
                   for (auto& canary : m["canaries"])
                       canary["probability"] = 0.9;
               },
               "differ by less than 0.1"},
        Defect{"climbing", "clip-probe",
               [](Json& m) { m["canaries"][0]["file"] = "../../secret.png"; },
               "not the name of a file beside the manifest"},
        Defect{"twice", "clip-probe",
               [](Json& m) { m["canaries"][0]["file"] = m["canaries"][1]["file"]; }, "twice"},
        Defect{"itself", "clip-probe", [](Json& m) { m["canaries"][0]["file"] = "manifest.json"; },
               "own name"},
        Defect{"tolerance", "clip-probe", [](Json& m) { m["tolerance"]["probability"] = 0.5; },
               "0.0 to 0.1"},
        Defect{"command", "smoothness", [](Json& m) { m["program"]["command"] = Json::array(); },
               "\"program.command\" is empty"},
        Defect{"reads", "smoothness", [](Json& m) { m["program"]["reads"] = {"opt"}; },
               "not an absolute path"},
        Defect{"climbs", "smoothness", [](Json& m) { m["program"]["reads"] = {"/opt/../home"}; },
               "without \"..\""},
        Defect{"pair", "smoothness",
               [](Json& m) {
                   m["output"] = {{"kind", "logits"}, {"fake", 1}};
               },
               "\"output.kind\" is \"logits\""},
        Defect{"seconds", "smoothness", [](Json& m) { m["program"]["limits"]["seconds"] = 100000; },
               "limits.seconds"}),
    [](const auto& of) { return std::string(of.param.what); });

TEST(Manifest, WhatIsNoJsonOrTooLargeIsRefused) {
    const test::TemporaryFolder folder;
    const auto read = [&](const std::string& bytes) {
        test::write_bytes(folder / "m.json", bytes);
        return test::sentence_of<PanelError>([&] { (void)read_manifest_file(folder / "m.json"); });
    };
    EXPECT_SAYS(read("{\"format\": 1,"), "not valid JSON");
    EXPECT_SAYS(read("[1]"), "not a JSON object");
    EXPECT_SAYS(read(std::string(500'000, '[')), "not valid JSON");
    EXPECT_SAYS(read(std::string(3'000'000, ' ')), "larger than the limit");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)read_manifest_file(folder / "none"); }),
                "does not exist");
}

TEST(Manifest, ProgramsWithoutDigestsAreNotReproducible) {
    auto manifest = example("smoothness");
    manifest["program"]["reads"] = {"/opt/models"};
    EXPECT_FALSE(parse_foreign_manifest(manifest.dump(), "m.json").reproducible());
    manifest = example("smoothness");
    manifest["program"].erase("files");
    EXPECT_FALSE(parse_foreign_manifest(manifest.dump(), "m.json").reproducible());
}

}  // namespace
}  // namespace dfd
