#include <torch/torch.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/digest.h"
#include "core/networks/experts/formula_weights.h"
#include "core/panel/bundled_words.h"
#include "core/panel/panel_folders.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

PanelRecord sample(const std::string& name = "sample") {
    PanelRecord record;
    record.name = name;
    record.title = "A sample";
    record.licence = "CC0-1.0";
    record.origin = "made by a test";
    for (const auto* architecture : {"convnextv2_atto", "tf_efficientnet_b0"}) {
        ExpertRecord expert;
        expert.name = std::string(architecture) + "-a";
        expert.architecture = architecture;
        expert.file = std::string(architecture) + ".safetensors";
        expert.sha256 = std::string(64, 'a');
        expert.gradcam_layer = find_architecture(architecture).gradcam_layer;
        record.experts.push_back(expert);
    }
    return record;
}

TEST(BundledPanel, SaysOfItselfWhatCanBeTranslated) {
    const auto panel = read_panel(DFD_SOURCE_DIR "/models/starter");
    for (const auto& text : {panel.title, panel.origin})
        EXPECT_TRUE(std::ranges::any_of(kBundledWords, [&](const char* words) {
            return words == text;
        })) << text;
}

class PanelRecordTest : public test::PanelTest {
  protected:
    [[nodiscard]] fs::path panel() const { return folder / "panels" / "sample"; }
    /// The error message for a valid record modified by `change`.
    [[nodiscard]] std::string after(const std::function<void(json&)>& change) const {
        write_panel(panel(), sample());
        auto root = json::parse(test::file_bytes(panel() / "panel.json"));
        change(root);
        test::write_bytes(panel() / "panel.json", root.dump());
        const auto sentence = test::sentence_of<PanelError>([&] { (void)read_panel(panel()); });
        if (sentence != "(nothing was thrown)") {
            EXPECT_SAYS(sentence, "panel.json");
        }
        return sentence;
    }
};

TEST_F(PanelRecordTest, ComesBackAsWritten) {
    auto record = sample();
    record.starter = true;
    record.ema = false;
    record.subject = kFaces;
    record.experts[0].input.mean = {0.5f, 0.1f, 1.0f / 3};
    record.experts[0].input.size = 256;
    record.experts[1].input.resize = Resize::Native;
    record.experts[1].input.windows = {128, 12};
    const auto written = write_panel(panel(), record);
    EXPECT_EQ(written.folder, panel());
    EXPECT_EQ(written.digest, sha256_hex_of_file(panel() / "panel.json"));
    const auto read = read_panel(panel() / "panel.json");
    EXPECT_EQ(read.digest, written.digest);
    EXPECT_EQ(read.folder, panel());
    EXPECT_EQ(read.name, record.name);
    EXPECT_EQ(read.title, record.title);
    EXPECT_EQ(read.licence, record.licence);
    EXPECT_EQ(read.origin, record.origin);
    EXPECT_TRUE(read.starter);
    EXPECT_FALSE(read.ema);
    EXPECT_EQ(read.subject, kFaces);
    ASSERT_EQ(read.experts.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto &a = read.experts[i], &b = record.experts[i];
        EXPECT_EQ(a.name, b.name);
        EXPECT_EQ(a.architecture, b.architecture);
        EXPECT_EQ(a.file, b.file);
        EXPECT_EQ(a.sha256, b.sha256);
        EXPECT_EQ(a.input.resize, b.input.resize);
        EXPECT_EQ(a.input.mean, b.input.mean);
        EXPECT_EQ(a.input.std, b.input.std);
        EXPECT_EQ(a.input.windows, b.input.windows);
        EXPECT_EQ(a.gradcam_layer, b.gradcam_layer);
    }
    EXPECT_EQ(read.experts[0].input.size, 256);
    EXPECT_EQ(std::distance(fs::directory_iterator(panel()), {}), 1);
}

TEST_F(PanelRecordTest, WrongFieldsAreNamed) {
    ASSERT_EQ(after([](json&) {}), "(nothing was thrown)");
    ASSERT_EQ(after([](json& root) { root["a later addition"] = 1; }), "(nothing was thrown)");
    const auto says = [&](const std::string& part, const std::function<void(json&)>& change) {
        EXPECT_SAYS(after(change), part);
    };
    says("\"format\" is 2", [](json& root) { root["format"] = 2; });
    says("\"format\" is missing", [](json& root) { root.erase("format"); });
    says("\"name\" is not a string", [](json& root) { root["name"] = 3; });
    says("\"name\" is not valid", [](json& root) { root["name"] = "../x"; });
    says("\"subject\" is \"cats\"", [](json& root) { root["subject"] = "cats"; });
    says("\"starter\" is neither", [](json& root) { root["starter"] = "yes"; });
    says("\"combine\" is \"vote\"", [](json& root) { root["combine"] = "vote"; });
    says("\"classes\"", [](json& root) { root["classes"] = {"deepfake", "real"}; });
    says("\"experts\" has 0", [](json& root) { root["experts"] = json::array(); });
    says("\"experts\" is not a list", [](json& root) { root["experts"] = 1; });
    says("\"experts[1]\" is not a JSON object", [](json& root) { root["experts"][1] = 1; });
    const auto in_expert = [&](const std::string& part, const char* key, const json& value) {
        says("experts[1]." + part, [&](json& root) { root["experts"][1][key] = value; });
    };
    in_expert("architecture\" is \"resnet\"", "architecture", "resnet");
    in_expert("name\" repeats", "name", "convnextv2_atto-a");
    in_expert("file\" repeats", "file", "./convnextv2_atto.safetensors");
    in_expert("file\" is \"../x\"", "file", "../x");
    in_expert("file\" is \"/etc/passwd\"", "file", "/etc/passwd");
    in_expert("file\" is \"a/../../x\"", "file", "a/../../x");
    in_expert("file\" is empty", "file", "");
    in_expert("sha256\" is not 64", "sha256", std::string(64, 'A'));
    in_expert("gradcam_layer\" is \"stem\"", "gradcam_layer", "stem");
    const auto in_input = [&](const std::string& part, const char* key, const json& value) {
        says("experts[0].input." + part,
             [&](json& root) { root["experts"][0]["input"][key] = value; });
    };
    in_input("resize\" is \"crop\"", "resize", "crop");
    in_input("size\" is not an integer from 32", "size", 0);
    in_input("size\" is not an integer from 32", "size", 1e12);
    in_input("size\" is not an integer from 32", "size", 512.5);
    in_input("colour\" is \"BGR\"", "colour", "BGR");
    in_input("mean\" is not three", "mean", {0.1, 0.2});
    in_input("std\" is not three numbers above 0", "std", {0.1, 0.2, 0.0});
    in_input("std\" is not three numbers above 0", "std", {0.1, "x", 0.1});
}

TEST_F(PanelRecordTest, QuestionsComeBackAsWritten) {
    auto record = sample();
    record.questions = {{"one", "Is it one?", "It is one.", "It is not one."},
                        {"two", "Is it two?", "It is two.", "It is not two."}};
    record.experts[0].question = 1;
    const auto read = write_panel(panel(), record);
    ASSERT_EQ(read.questions.size(), 2u);
    EXPECT_EQ(read.questions[0].id, "one");
    EXPECT_EQ(read.questions[1].fake, "It is two.");
    EXPECT_EQ(read.experts[0].question, 1u);
    EXPECT_EQ(read.experts[1].question, 0u);
    EXPECT_FALSE(json::parse(panel_text(sample())).contains("questions"));
}

TEST_F(PanelRecordTest, WrongQuestionsAreNamed) {
    const auto asking = [&](const std::function<void(json&)>& change) {
        return after([&](json& root) {
            root["questions"] = json::array();
            for (int i = 0; i < 2; ++i)
                root["questions"].push_back({{"id", "q" + std::to_string(i)},
                                             {"text", "Is it?"},
                                             {"fake", "Yes."},
                                             {"real", "No."},
                                             {"combine", "mean"},
                                             {"experts", {root["experts"][i]["name"]}}});
            change(root["questions"]);
        });
    };
    EXPECT_EQ(asking([](json&) {}), "(nothing was thrown)");
    EXPECT_SAYS(asking([](json& all) { all.erase(1); }), "\"questions\" has 1 entries");
    EXPECT_SAYS(asking([](json& all) { all[1]["id"] = "q0"; }), "questions[1].id");
    EXPECT_SAYS(asking([](json& all) { all[1]["id"] = "Not Lower"; }), "lower-case letters");
    EXPECT_SAYS(asking([](json& all) { all[0].erase("text"); }), "questions[0].text");
    EXPECT_SAYS(asking([](json& all) { all[0]["experts"] = json::array(); }),
                "at least one expert");
    EXPECT_SAYS(asking([](json& all) { all[0]["experts"] = {"nobody"}; }),
                "no expert of the panel");
    EXPECT_SAYS(asking([](json& all) { all[1]["experts"] = all[0]["experts"]; }), "a second time");
    EXPECT_SAYS(asking([](json& all) { all[0]["combine"] = "largest"; }), "only supported value");
}

TEST_F(PanelRecordTest, WindowsAreOptionalAndChecked) {
    write_panel(panel(), sample());
    EXPECT_EQ(test::file_bytes(panel() / "panel.json").find("windows"), std::string::npos);
    const auto says = [&](const std::string& part, const json& windows,
                          const char* resize = "native") {
        EXPECT_SAYS(after([&](json& root) {
                        root["experts"][0]["input"]["resize"] = resize;
                        root["experts"][0]["input"]["windows"] = windows;
                    }),
                    part);
    };
    const json good{{"size", 256}, {"most", 24}};
    says("nothing was thrown", good);
    EXPECT_EQ(read_panel(panel()).experts[0].input.windows, (WindowPolicy{256, 24}));
    says("experts[0].input.windows\" needs the resize method \"native\"", good, "stretch");
    says("\"experts[0].input.windows\" is not a JSON object", 24);
    says("input.windows.size\" is missing", {{"most", 24}});
    says("input.windows.most\" is missing", {{"size", 256}});
    says("size\" is not an integer from 64 to 2048", {{"size", 32}, {"most", 24}});
    says("size\" is not an integer from 64 to 2048", {{"size", 4096}, {"most", 24}});
    says("size\" is 100, not a multiple of 8", {{"size", 100}, {"most", 24}});
    says("most\" is not an integer from 1 to 256", {{"size", 256}, {"most", 0}});
    says("most\" is not an integer from 1 to 256", {{"size", 256}, {"most", 257}});
}

TEST_F(PanelRecordTest, DamagedFilesAreReported) {
    write_panel(panel(), sample());
    const auto says = [&](const std::string& bytes, const char* part) {
        test::write_bytes(panel() / "panel.json", bytes);
        EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)read_panel(panel()); }), part);
    };
    says("", "not valid JSON");
    says("{", "not valid JSON");
    says("[]", "not a JSON object");
    says("\xff\xfe", "not valid JSON");
    says(std::string(300'000, '['), "not valid JSON");
    says(std::string(5'000'000, ' '), "larger than the limit");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)read_panel(folder / "nowhere"); }),
                "does not exist");
}

TEST_F(PanelRecordTest, ALinkOutOfTheFolderIsRefused) {
    write_panel(panel(), sample());
    test::write_bytes(folder / "outside", "x");
    fs::create_symlink(folder / "outside", panel() / "convnextv2_atto.safetensors");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)read_panel(panel()); }),
                "leaves the panel's folder");
}

TEST_F(PanelRecordTest, NothingUnreadableIsWritten) {
    auto record = sample();
    record.experts[0].sha256 = "";
    EXPECT_THROW(write_panel(panel(), record), PanelError);
    record = sample();
    record.title = "\xff";
    EXPECT_THROW(write_panel(panel(), record), PanelError);
    EXPECT_FALSE(fs::exists(panel() / "panel.json"));
}

TEST_F(PanelRecordTest, FoldersFollowTheEnvironment) {
    const test::Environment listed("DFD_PANELS", "/one::/two/panels:");
    auto folders = panel_folders();
    ASSERT_GE(folders.size(), 2u);
    EXPECT_EQ(folders[0], "/one");
    EXPECT_EQ(folders[1], "/two/panels");
    EXPECT_EQ(user_panel_folder(), "/one");
    ::unsetenv("DFD_PANELS");
    {
        const test::Environment data("XDG_DATA_HOME", "/data");
        EXPECT_EQ(user_panel_folder(), "/data/deepfake-defenders/panels");
    }
    const test::Environment home("HOME", "/home/someone");
    const test::Environment data("XDG_DATA_HOME", "relative");
    EXPECT_EQ(user_panel_folder(), "/home/someone/.local/share/deepfake-defenders/panels");
}

TEST_F(PanelRecordTest, TheFirstFolderWinsAndBrokenPanelsAreListed) {
    const test::Environment listed("DFD_PANELS",
                                   (folder / "a").native() + ":" + (folder / "b").native());
    auto first = sample("both");
    first.title = "the first";
    write_panel(folder / "a" / "both", first);
    write_panel(folder / "b" / "both", sample("both"));
    write_panel(folder / "b" / "only", sample("only"));
    fs::create_directories(folder / "b" / "broken");
    test::write_bytes(folder / "b" / "broken" / "panel.json", "{");
    fs::create_directories(folder / "b" / "no panel");
    const auto panels = list_panels();
    ASSERT_GE(panels.size(), 3u);
    EXPECT_EQ(panels[0].record.title, "the first");
    EXPECT_EQ(panels[1].record.name, "broken");
    EXPECT_SAYS(panels[1].problem, "not valid JSON");
    EXPECT_EQ(panels[1].record.folder, folder / "b" / "broken");
    EXPECT_EQ(panels[2].record.name, "only");

    EXPECT_EQ(find_panel("both").title, "the first");
    EXPECT_EQ(find_panel((folder / "b" / "both").native()).title, "A sample");
    EXPECT_EQ(find_panel((folder / "b" / "both" / "panel.json").native()).title, "A sample");
    EXPECT_SAYS(test::sentence_of<PanelError>([] { (void)find_panel("broken"); }),
                "not valid JSON");
    EXPECT_SAYS(test::sentence_of<PanelError>([] { (void)find_panel("none"); }),
                "no panel named \"none\". Installed panels: both, broken, only");
}

TEST_F(PanelRecordTest, TheDefaultIsAnInstalledPanelBeforeTheBundledOnes) {
    EXPECT_EQ(find_panel("").name, kDefaultPanel);
    auto starter = sample("beginner");
    starter.starter = true;
    write_panel(folder / "panels" / "beginner", starter);
    EXPECT_EQ(find_panel("").name, kDefaultPanel);
    write_panel(folder / "panels" / "mine", sample("mine"));
    EXPECT_EQ(find_panel("").name, "mine");
    // A broken panel is not skipped silently.
    test::write_bytes(folder / "panels" / "mine" / "panel.json", "{");
    EXPECT_SAYS(test::sentence_of<PanelError>([] { (void)find_panel(""); }), "not valid JSON");
}

class ExpertLoading : public PanelRecordTest {
  protected:
    void write_expert(const StateDict& tensors) {
        fs::create_directories(panel());
        record = sample();
        record.experts.resize(1);
        record.experts[0].sha256 = write_safetensors(panel() / record.experts[0].file, tensors);
        record = write_panel(panel(), record);
    }
    StateDict tensors() {
        auto network = make_network("convnextv2_atto");
        fill_by_formula(*network, "convnextv2_atto", "x.", "x.");
        StateDict result;
        for (const auto& tensor : named_tensors(*network))
            result.emplace_back(tensor.name, tensor.tensor.detach());
        return result;
    }
    std::string why_not() {
        return test::sentence_of<PanelError>(
            [&] { (void)load_expert(record, record.experts.at(0)); });
    }

    PanelRecord record;
};

TEST_F(ExpertLoading, HalfPrecisionIsWidened) {
    auto halves = tensors();
    for (auto& [name, tensor] : halves)
        tensor = tensor.to(torch::kFloat16);
    write_expert(halves);
    const auto network = load_expert(record, record.experts[0]);
    const std::map<std::string, torch::Tensor> wanted(halves.begin(), halves.end());
    for (const auto& tensor : named_tensors(*network)) {
        EXPECT_EQ(tensor.tensor.scalar_type(), torch::kFloat32);
        EXPECT_TRUE(tensor.tensor.equal(wanted.at(tensor.name).to(torch::kFloat32)));
    }
}

TEST_F(ExpertLoading, WrongTensorsAreNamed) {
    auto wrong = tensors();
    wrong.erase(wrong.begin(), wrong.begin() + 2);
    write_expert(wrong);
    EXPECT_SAYS(why_not(), "lacks the tensor \"stem.0.weight\" (2 of 140 are missing)");

    wrong = tensors();
    wrong.emplace_back("stranger", torch::ones({1}));
    write_expert(wrong);
    EXPECT_SAYS(why_not(), "unexpected tensor \"stranger\"");

    wrong = tensors();
    wrong[0].second = torch::ones({40, 3, 4, 5});
    write_expert(wrong);
    EXPECT_SAYS(why_not(), "has shape [40, 3, 4, 5] for the tensor \"stem.0.weight\"");

    wrong = tensors();
    wrong[1].second = torch::full({40}, NAN);
    write_expert(wrong);
    EXPECT_SAYS(why_not(), "NaN or infinity in the tensor \"stem.0.bias\"");

    wrong = tensors();
    wrong[1].second = torch::ones({40}, torch::kInt64);
    write_expert(wrong);
    EXPECT_SAYS(why_not(), "integers in the tensor \"stem.0.bias\"");

    auto counted = tensors();
    counted.emplace_back("bn.num_batches_tracked", torch::tensor(5L));
    write_expert(counted);
    EXPECT_EQ(why_not(), "(nothing was thrown)");
}

TEST_F(ExpertLoading, AssigningCopies) {
    auto values = tensors();
    auto network = make_network("convnextv2_atto");
    assign_tensors(*network, values, "a test");
    values[0].second.zero_();
    EXPECT_GT(named_tensors(*network)[0].tensor.abs().sum().item<double>(), 0);
    values.pop_back();
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { assign_tensors(*network, values, "a test"); }),
                "a test lacks the tensor");
}

TEST_F(ExpertLoading, AChangedFileIsRefused) {
    write_expert(tensors());
    auto other = tensors();
    other[0].second = other[0].second + 1;
    write_safetensors(panel() / record.experts[0].file, other);
    EXPECT_SAYS(why_not(), "SHA-256 differs");
    EXPECT_NO_THROW((void)load_expert(record, record.experts[0], /*check_digest=*/false));
}

}  // namespace
}  // namespace dfd
