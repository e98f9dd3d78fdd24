#include "core/panel/foreign/manifest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/digest.h"
#include "core/opinion/contributions.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/panel/json/panel_error.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/panel/json_schema.h"
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

bool is_read(const Json& manifest) {
    return refusal(manifest) == test::kNothingThrown;
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

TEST(Manifest, ALocalisersMapIsRead) {
    const auto manifest = read_manifest_file(kExamples + "noise-map/manifest.json");
    ASSERT_TRUE(manifest.output.map);
    EXPECT_EQ(manifest.output.map->kind, OutputKind::Logit);
    EXPECT_EQ(manifest.output.map->fake, 1);
    EXPECT_FALSE(manifest.canaries[0].strongest);
    EXPECT_EQ(manifest.canaries[1].strongest->at(3), 0.85);
    auto model = example("clip-probe");
    model["canaries"][0]["strongest"] = {0, 0, 0.5, 0.5};
    model["output"]["map"] = {
        {"tensor", "anomaly"},
        {"kind", "logits"},
        {"fake", 0},
        {"offset", -1},
        {"reliability", {{"tensor", "confidence"}, {"kind", "logit"}, {"from", 0.7}}}};
    const auto map = parse_foreign_manifest(model.dump(), "m.json").output.map;
    ASSERT_TRUE(map);
    EXPECT_TRUE(map->pair());
    EXPECT_EQ(map->fake, 0);
    EXPECT_EQ(map->reliability, "confidence");
    EXPECT_TRUE(map->reliability_is_logit);
}

TEST(Manifest, MapsOfExpertsAreLogOddsOfPlaces) {
    ForeignMap meaning;
    meaning.kind = OutputKind::Probability;
    meaning.offset = 0.5;
    // A place of even odds, two that are judged, one that is no probability, and one at the limit.
    const auto map = own_map({1, 5, {0.5f, 0.9f, 0.1f, 1.5f, 1}, {}}, meaning);
    const auto density = density_of(map);
    EXPECT_NEAR(density.values[0], 0.5, 1e-6);
    EXPECT_NEAR(density.values[1], std::log(9) + 0.5, 1e-5);
    EXPECT_NEAR(density.values[2], -std::log(9) + 0.5, 1e-5);
    EXPECT_FALSE(looked_at(density.values[3]));
    EXPECT_NEAR(density.values[4], kMostMapLogOdds, 1e-5);

    ForeignMap pair;
    pair.kind = OutputKind::Logits;
    pair.fake = 0;
    pair.reliability = "r";
    pair.reliable_from = 0.6;
    const auto second = density_of(own_map({2, 1, {3, 1, 1, 2}, {0.7f, 0.5f}}, pair));
    EXPECT_NEAR(second.values[0], 2, 1e-6);  // 3 for fake, 1 for real
    EXPECT_FALSE(looked_at(second.values[1]));

    // Large maps are averaged: half of each 2 x 2 block is 1.
    std::vector<float> fine;
    for (int i = 0; i < 128 * 128; ++i)
        fine.push_back(static_cast<float>(i % 2));
    ForeignMap logits;
    const auto coarse = own_map({128, 128, fine, {}}, logits);
    EXPECT_EQ(coarse.rows, kMostMapCells);
    EXPECT_NEAR(density_of(coarse).values[100], 0.5, 1e-5);
}

/// The keys of an object of the schema.
std::set<std::string> properties_of(const Json& schema) {
    std::set<std::string> names;
    for (const auto& [name, member] : schema.at("properties").items())
        names.insert(name);
    return names;
}

TEST(ManifestSchema, NamesExactlyTheMembersThatAreRead) {
    const auto schema = Json::parse(test::file_bytes(kExamples + "manifest.schema.json"));
    std::set<std::string> whole;
    for (const auto& [kind, members] : manifest_members()) {
        const std::set<std::string> read(members.begin(), members.end());
        if (kind == "onnx" || kind == "program")
            whole.insert(read.begin(), read.end());
        else
            EXPECT_EQ(properties_of(schema.at("$defs").at(kind)), read) << kind;
    }
    EXPECT_EQ(properties_of(schema), whole);
}

/// Calls `act` with a copy of the manifest for each member, anywhere in it, and the member.
void each_member(const Json& manifest,
                 const std::function<void(Json&, const Json::json_pointer&)>& act) {
    const auto flat = manifest.flatten();
    std::set<std::string> seen;
    for (const auto& [path, value] : flat.items())
        for (auto at = Json::json_pointer(path); !at.empty(); at = at.parent_pointer()) {
            const auto owner = at.parent_pointer();
            if (!manifest.at(owner).is_object() || !seen.insert(at.to_string()).second)
                continue;
            auto changed = manifest;
            act(changed, at);
        }
}

TEST(ManifestSchema, AcceptsTheExamplesAndWhatIsReadAndRefusesWhatIsMissing) {
    const test::JsonSchema schema(
        Json::parse(test::file_bytes(kExamples + "manifest.schema.json")));
    for (const auto* name : {"clip-probe", "smoothness", "noise-map"}) {
        auto whole = example(name);
        if (whole["output"].contains("head"))  // enough of its 512 numbers
            whole["output"]["head"]["weights"] = {0.5, -1};
        EXPECT_TRUE(schema.accepts(whole)) << name;
        EXPECT_TRUE(is_read(whole)) << name;
        each_member(whole, [&](Json& changed, const Json::json_pointer& at) {
            changed.at(at.parent_pointer()).erase(at.back());
            // What belongs together is not the schema's to say.
            if (at.back() != "map") {
                EXPECT_EQ(schema.accepts(changed), is_read(changed))
                    << name << " without " << at << ": " << refusal(changed);
            }
        });
        for (const auto& value : {Json(), Json("x"), Json(-7), Json::array(), Json::object()})
            each_member(whole, [&](Json& changed, const Json::json_pointer& at) {
                changed[at] = value;
                if (is_read(changed)) {
                    EXPECT_TRUE(schema.accepts(changed)) << name << " with " << at << " " << value;
                }
            });
        each_member(whole, [&](Json& changed, const Json::json_pointer& at) {
            changed[at.parent_pointer()]["unheard_of"] = 1;
            EXPECT_FALSE(schema.accepts(changed)) << name << " beside " << at;
        });
    }
}

TEST(ManifestSchema, TheDraftForTruForLacksOnlyWhatItsMachineGives) {
    auto draft = Json::parse(test::file_bytes(kExamples + "trufor/draft.json"));
    EXPECT_SAYS(refusal(draft), "command");
    draft["program"]["command"] = {"/opt/trufor/venv/bin/python3", "detector.py",
                                   "/opt/trufor/TruFor/test_docker"};
    draft["program"]["reads"] = {"/opt/trufor"};
    EXPECT_SAYS(refusal(draft), "\"canaries\" is missing");
    draft["canaries"] = example("noise-map")["canaries"];
    const auto manifest = parse_foreign_manifest(draft.dump(), "m.json");
    EXPECT_FALSE(manifest.reproducible());
    EXPECT_TRUE(manifest.output.map);
    ASSERT_EQ(manifest.run.files.size(), 1u);
    EXPECT_EQ(sha256_hex_of_file(kExamples + "trufor/" + manifest.run.files[0].file),
              manifest.run.files[0].sha256);
    const test::JsonSchema schema(
        Json::parse(test::file_bytes(kExamples + "manifest.schema.json")));
    EXPECT_TRUE(schema.accepts(draft));
}

TEST(ManifestSchema, TheDraftForCommunityForensicsLacksOnlyWhatItsFilesGive) {
    auto draft = Json::parse(test::file_bytes(kExamples + "community-forensics/draft.json"));
    EXPECT_SAYS(refusal(draft), "\"sha256\" is missing");
    draft["sha256"] = std::string(64, 'a');
    EXPECT_SAYS(refusal(draft), "\"canaries\" is missing");
    draft["canaries"] = example("clip-probe")["canaries"];
    const auto manifest = parse_foreign_manifest(draft.dump(), "m.json");
    const test::JsonSchema schema(
        Json::parse(test::file_bytes(kExamples + "manifest.schema.json")));
    EXPECT_TRUE(schema.accepts(draft));
    // What the script exports that completes the draft.
    const auto script = test::file_bytes(kExamples + "community-forensics/make_expert.py");
    EXPECT_SAYS(script, "input_names=[\"" + manifest.input.tensor + "\"]");
    EXPECT_SAYS(script, "output_names=[\"" + manifest.output.tensor + "\"]");
    EXPECT_SAYS(script, "torch.zeros(1, 3, 384, 384)");
    // 440 by 586, and the middle 384 of each: what torchvision does.
    Pixels picture{600, 800, {}};
    picture.rgb.resize(std::size_t{3} * 600 * 800);
    const auto views = views_of(picture, manifest.input);
    ASSERT_EQ(views.size(), 1u);
    EXPECT_EQ(views[0].width, 384);
    EXPECT_EQ(views[0].height, 384);
    EXPECT_NEAR(views[0].area.left, 600 * 28 / 440.0, 0.01);
    EXPECT_NEAR(views[0].area.top, 800 * 101 / 586.0, 0.01);
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
        Defect{"program_tensor", "noise-map", [](Json& m) { m["output"]["map"]["tensor"] = "map"; },
               "is of a model"},
        Defect{"mapless", "noise-map", [](Json& m) { m["output"].erase("map"); },
               "is of a map, and \"output\" has none"},
        Defect{"placeless", "noise-map",
               [](Json& m) {
                   for (auto& canary : m["canaries"])
                       canary.erase("strongest");
               },
               "say nothing about the map"},
        Defect{"place", "noise-map",
               [](Json& m) {
                   m["canaries"][1]["strongest"] = {0.5, 0, 0.2, 1};
               },
               "left, top, right and bottom"},
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
