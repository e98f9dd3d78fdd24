#include "core/training/experts/encoder_file.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <map>

#include "core/engine/scoring/evaluator.h"
#include "core/panel/panel_networks.h"
#include "core/training/manifest/training_error.h"
#include "core/training/runs/trainer.h"
#include "tests/checkpoint/onnx_writer.h"
#include "tests/panel/encoder_fixture.h"
#include "tests/training/test_manifest.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using test::file_bytes;
using test::kTiny;
using test::sentence_of;

class EncoderFile : public test::EncoderTest {
  protected:
    void SetUp() override {
        EncoderTest::SetUp();
        fs::remove(encoder_file());
        write_safetensors(folder / "start.safetensors", test::tiny_tensors("start.", true, true));
    }
    [[nodiscard]] MadeEncoder make(const fs::path& out = {}) const {
        return make_encoder({folder / "start.safetensors", kTiny, out});
    }
};

TEST_F(EncoderFile, HoldsEverythingButTheHead) {
    const auto made = make();
    EXPECT_EQ(made.file, encoder_folder / encoder_file_name(kTiny, made.sha256));
    EXPECT_FALSE(made.compared);
    std::map<std::string, torch::Tensor> wanted;
    for (const auto& [name, tensor] : test::tiny_tensors("", true, false))
        wanted.emplace(name, tensor);
    const auto read = read_safetensors(made.file);
    EXPECT_EQ(read.metadata.at("architecture"), kTiny);
    EXPECT_EQ(read.tensors.size(), wanted.size());
    for (const auto& [name, tensor] : read.tensors) {
        EXPECT_EQ(tensor.scalar_type(), tensor.dim() < 2 ? torch::kFloat32 : torch::kFloat16);
        EXPECT_TRUE(tensor.equal(wanted.at(name).to(tensor.scalar_type()))) << name;
    }
}

TEST_F(EncoderFile, HasTheSameBytesFromEverySource) {
    const auto first = make();
    const auto second = make(folder / "second/encoder.safetensors");
    EXPECT_EQ(second.file, folder / "second/encoder.safetensors");
    EXPECT_EQ(second.sha256, first.sha256);
    EXPECT_EQ(file_bytes(second.file), file_bytes(first.file));
    const auto third = make_encoder({panel_folder.native() + ":whole", kTiny, folder / "third"});
    EXPECT_EQ(third.sha256, first.sha256);
}

TEST_F(EncoderFile, IsRefusedWhenTheSourceIsAnother) {
    const auto sentence = sentence_of<TrainingError>([&] {
        (void)make_encoder({folder / "start.safetensors", "clip_vit_b16", {}});
    });
    EXPECT_NE(sentence.find("are not those of clip_vit_b16"), std::string::npos) << sentence;
    test::OnnxWriter writer;
    writer.tensor("a", torch::ones({2}));
    test::write_bytes(folder / "other.onnx", writer.model());
    EXPECT_THROW((void)make_encoder({folder / "other.onnx", "clip_vit_b16", {}}), TrainingError);
    EXPECT_TRUE(fs::is_empty(encoder_folder));
}

TEST_F(EncoderFile, IsRecognisedInANetwork) {
    const auto whole = load_expert(record, record.experts[2]);
    EXPECT_EQ(known_encoder(*whole, kTiny), "");
    const auto made = make();
    test::write_bytes(encoder_folder / (std::string(kTiny) + "-0.safetensors"), "damaged");
    EXPECT_EQ(known_encoder(*whole, kTiny), made.sha256);
    EXPECT_EQ(known_encoder(*whole, "clip_vit_b16"), "");
    const torch::NoGradGuard no_gradients;
    for (auto& each : named_tensors(*whole))
        if (in_head(each.name))
            each.tensor.add_(1);
    EXPECT_EQ(known_encoder(*whole, kTiny), made.sha256) << "the head does not matter";
    named_tensors(*whole).front().tensor.flatten()[0] += 0.5;
    EXPECT_EQ(known_encoder(*whole, kTiny), "");
    fs::remove(made.file);
}

TEST_F(EncoderFile, AnExpertTrainedOnItIsOnlyAHead) {
    const auto made = make();
    const testing::Folder data;
    testing::make_manifest(data.path(), {.pairs = 9});
    TrainOptions options;
    options.manifest = data.path() / "manifest.csv";
    options.out = folder / "trained";
    options.experts = {{"", kTiny, 0, (folder / "start.safetensors").native()}};
    options.learning.epochs = 1;
    options.learning.batch = 8;
    options.learning.patch = 64;
    options.learning.input_size = 64;
    options.learning.precision = "fp32";
    options.learning.frozen = "stem.,stages.,head.norm.";
    options.panel.name = "head";
    options.run.device = "cpu";
    options.run.threads = 1;
    const auto panel = train(options);
    EXPECT_EQ(panel.experts[0].encoder, made.sha256);
    EXPECT_LT(fs::file_size(panel.folder / panel.experts[0].file), 20'000u);
    for (const auto& [name, tensor] :
         read_safetensors(panel.folder / panel.experts[0].file).tensors)
        EXPECT_TRUE(in_head(name)) << name;
    EXPECT_NO_THROW((void)load_expert(panel, panel.experts[0]));

    options.out = folder / "changed";
    options.learning.frozen = "stem.";
    const auto changed = train(options);
    EXPECT_EQ(changed.experts[0].encoder, "");
    EXPECT_GT(fs::file_size(changed.folder / changed.experts[0].file), 1'000'000u);
}

/// Scores of a picture, by expert.
std::map<std::string, double> scores(const PanelRecord& panel, Precision precision,
                                     std::vector<std::string>* warnings = nullptr) {
    const auto evaluator = open_evaluator(panel, "cpu", precision);
    Pixels pixels;
    pixels.width = 80;
    pixels.height = 60;
    for (int i = 0; i < 80 * 60 * 3; ++i)
        pixels.rgb.push_back(static_cast<std::uint8_t>(i * 7 % 251));
    const Pixels* pictures[] = {&pixels};
    const auto opinion = evaluator->evaluate(pictures, {}, {}).front();
    std::map<std::string, double> by_name;
    for (const auto& expert : opinion.experts)
        by_name[expert.name] = expert.score;
    if (warnings != nullptr)
        *warnings = opinion.warnings;
    return by_name;
}

class SharedEncoder : public test::EncoderTest {};

TEST_F(SharedEncoder, GivesTheScoresOfWholeExpertsAtEveryPrecision) {
    rewrite(2, test::tiny_tensors("a.", true, true));  // as "a", in one file
    for (const auto precision : {Precision::Float32, Precision::BFloat16}) {
        const auto all = scores(record, precision);
        EXPECT_EQ(all.at("a"), all.at("whole")) << precision_name(precision);
        EXPECT_NE(all.at("a"), all.at("b")) << precision_name(precision);
    }
}

TEST_F(SharedEncoder, WhenItIsMissingTheOthersScoreAndSaySo) {
    const auto whole = scores(record, Precision::Float32).at("whole");
    fs::remove(encoder_file());
    std::vector<std::string> warnings;
    const auto rest = scores(record, Precision::Float32, &warnings);
    EXPECT_EQ(rest, (std::map<std::string, double>{{"whole", whole}}));
    EXPECT_EQ(std::ranges::count(warnings, left_out_sentence({"a", "b"})), 1);
    record.experts.pop_back();
    EXPECT_NE(sentence_of<PanelError>([&] {
                  (void)open_evaluator(record, "cpu");
              }).find("packaging/setup.sh --encoder"),
              std::string::npos);
}

}  // namespace
}  // namespace dfd
