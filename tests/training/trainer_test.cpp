#include "core/training/runs/trainer.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "core/engine/scoring/evaluator.h"
#include "core/networks/hardware/card_arithmetic.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "core/training/experts/training_precision.h"
#include "core/training/runs/learning.h"
#include "core/training/runs/training_plan.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/training/test_manifest.h"

namespace dfd {
namespace {

using test::file_bytes;
using test::sentence_of;
using testing::Folder;
using testing::make_manifest;

TrainOptions small_training(const Folder& folder, const std::string& architecture) {
    TrainOptions options;
    options.manifest = folder.path() / "manifest.csv";
    options.out = folder.path() / "panel";
    options.experts = {{"", architecture, 0, ""}};
    options.learning.epochs = 2;
    options.learning.batch = 8;
    options.learning.patch = 64;
    options.learning.input_size = 64;
    options.learning.precision = "fp32";
    options.panel.name = "tiny";
    options.run.device = "cpu";
    options.run.threads = 1;
    return options;
}

std::size_t lines_with(const std::filesystem::path& file, const std::string& text) {
    std::ifstream stream(file);
    std::size_t count = 0;
    for (std::string line; std::getline(stream, line);)
        count += line.find(text) != std::string::npos;
    return count;
}

TEST(Rate, WarmsUpAndFallsToNothing) {
    LearningOptions options;
    options.learning_rate = 2;
    options.warm_up = 0.1;
    EXPECT_DOUBLE_EQ(rate_at(0, options), 0.04);
    EXPECT_DOUBLE_EQ(rate_at(0.05, options), 1);
    EXPECT_DOUBLE_EQ(rate_at(0.1, options), 2);
    EXPECT_NEAR(rate_at(0.55, options), 1, 1e-12);
    EXPECT_NEAR(rate_at(1, options), 0, 1e-12);
}

class FromAManifestToAPanel : public ::testing::TestWithParam<const char*> {};

TEST_P(FromAManifestToAPanel, WithAnInterruption) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 9});
    auto options = small_training(folder, GetParam());
    const auto undisturbed = [&] {
        auto other = options;
        other.out = folder.path() / "undisturbed";
        return train(other);
    }();

    std::stop_source stop;
    EXPECT_THROW(train(
                     options,
                     [&](const TrainProgress& now) {
                         if (now.phase == TrainProgress::Phase::Learning && now.epoch == 2)
                             stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    EXPECT_TRUE(std::filesystem::exists(options.out / "checkpoint.pt"));
    EXPECT_NE(sentence_of<TrainingError>([&] { train(options); }).find("--resume"),
              std::string::npos);
    options.run.resume = true;
    std::vector<TrainProgress::Phase> phases;
    const auto record = train(options, [&](const TrainProgress& now) {
        EXPECT_GE(now.fraction, 0);
        EXPECT_LE(now.fraction, 1);
        if (phases.empty() || phases.back() != now.phase)
            phases.push_back(now.phase);
    });
    EXPECT_EQ(phases.front(), TrainProgress::Phase::Checking);
    EXPECT_EQ(phases.back(), TrainProgress::Phase::Writing);
    EXPECT_FALSE(std::filesystem::exists(options.out / "checkpoint.pt"));

    // Equal to an uninterrupted training, to the byte.
    ASSERT_EQ(record.experts.size(), 1u);
    EXPECT_EQ(record.experts[0].sha256, undisturbed.experts[0].sha256);
    EXPECT_EQ(record.digest, undisturbed.digest);

    const bool native = find_architecture(GetParam()).native_resolution;
    const auto read = read_panel(options.out);
    EXPECT_EQ(read.name, "tiny");
    EXPECT_EQ(read.experts[0].input.resize, native ? Resize::Native : Resize::Stretch);
    EXPECT_TRUE(native || read.experts[0].input.size == 64);
    EXPECT_NO_THROW(static_cast<void>(load_expert(read, read.experts[0])));
    EXPECT_EQ(lines_with(options.out / "log.jsonl", "\"event\":\"epoch\""), 2u);
    const auto steps = lines_with(options.out / "log.jsonl", "\"event\":\"step\"");
    EXPECT_EQ(steps, lines_with(folder.path() / "undisturbed/log.jsonl", "\"event\":\"step\""));
    EXPECT_GT(steps, 2u);
    EXPECT_NE(file_bytes(options.out / "curves.svg").find("<svg"), std::string::npos);
    const auto training_json = file_bytes(options.out / "training.json");
    for (const auto* part : {"\"manifest_sha256\"", "\"validation_auc\"", "\"fold\": 0",
                             "\"learning_rate\"", "\"epochs\": 2"})
        EXPECT_NE(training_json.find(part), std::string::npos) << part;

    // Asked for again, the finished panel is returned; other options are refused.
    EXPECT_EQ(train(options).digest, record.digest);
    options.learning.seed = 99;
    EXPECT_NE(sentence_of<TrainingError>([&] { train(options); }).find("seed"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Small, FromAManifestToAPanel,
                         ::testing::Values("trace_luma", "convnextv2_atto"));

/// Stops a training before its second epoch.
void begin_training(const TrainOptions& options) {
    std::stop_source stop;
    EXPECT_THROW(train(
                     options,
                     [&](const TrainProgress& now) {
                         if (now.phase == TrainProgress::Phase::Learning)
                             stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    ASSERT_TRUE(std::filesystem::exists(options.out / "checkpoint.pt"));
}

TEST(Resuming, AnotherProcessorsArithmeticIsRefused) {
    EXPECT_EQ(resolved_precision("fp32", "cpu"), "fp32");
    EXPECT_EQ(resolved_precision("bf16", "cpu"), "bf16");
    const auto here = resolved_precision("auto", "cpu");
    const std::string other_precision = here == "fp32" ? "bf16" : "fp32";
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 6});
    auto options = small_training(folder, "trace_luma");
    options.learning.precision =
        other_precision;  // the choice of "auto" on the other kind of processor
    begin_training(options);
    options.run.resume = true;
    options.learning.precision = "auto";
    const auto sentence = sentence_of<TrainingError>([&] { train(options); });
    EXPECT_NE(sentence.find("the option precision \"" + other_precision + "\""), std::string::npos)
        << sentence;
    EXPECT_NE(sentence.find("the processor decides"), std::string::npos) << sentence;
}

TEST(Precision, OnACardIsWhatItMultiplies) {
    const Card volta{"V100", 16'000'000'000, 7, 0}, ampere{"A100", 40'000'000'000, 8, 0};
    EXPECT_EQ(precision_on_card("auto", volta), "fp32");
    EXPECT_EQ(precision_on_card("fp32", volta), "fp32");
    const auto refused = sentence_of<DeviceError>([&] { (void)precision_on_card("bf16", volta); });
    EXPECT_NE(refused.find("compute capability 8.0"), std::string::npos) << refused;
    EXPECT_EQ(precision_on_card("auto", ampere), "bf16");
    EXPECT_EQ(precision_on_card("bf16", ampere), "bf16");
    EXPECT_EQ(precision_on_card("fp32", ampere), "fp32");
}

TEST(Precision, ValidationComputesExactlyWhateverTheStepsDo) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 6});
    const auto options = small_training(folder, "trace_luma");
    use_card_arithmetic(CardArithmetic::LibTorchs);
    int validated = 0;
    (void)train(options, [&](const TrainProgress& now) {
        if (now.phase == TrainProgress::Phase::Writing) {
            ++validated;
            EXPECT_FALSE(at::globalContext().allowTF32CuDNN());
        }
    });
    EXPECT_GT(validated, 0);
}

TEST(Resuming, ThePrecisionThatAutoChoseMayBeGiven) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 6});
    auto options = small_training(folder, "trace_luma");
    options.learning.precision = "auto";
    begin_training(options);
    options.run.resume = true;
    options.learning.precision = resolved_precision("auto", "cpu");
    const auto panel = train(options);
    options.learning.precision = "auto";
    EXPECT_EQ(train(options).digest, panel.digest);
    EXPECT_NE(file_bytes(options.out / "training.json")
                  .find("\"precision\": \"" + resolved_precision("auto", "cpu") + "\""),
              std::string::npos);
}

TEST(Resuming, OtherStartingWeightsUnderTheSameNameAreRefused) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 6});
    auto options = small_training(folder, "trace_luma");
    const auto save = [&](std::uint64_t seed) {
        torch::manual_seed(seed);
        StateDict tensors;
        const auto network = make_network("trace_luma");
        for (const auto& each : named_tensors(*network))
            tensors.emplace_back(each.name, each.tensor.detach().clone());
        write_safetensors(folder.path() / "start.safetensors", tensors, {});
    };
    save(1);
    options.experts[0].init = folder.path() / "start.safetensors";
    begin_training(options);
    options.run.resume = true;
    save(2);
    const auto sentence = sentence_of<TrainingError>([&] { train(options); });
    EXPECT_NE(sentence.find("start.safetensors with the SHA-256"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("has changed since"), std::string::npos) << sentence;
    save(1);
    EXPECT_EQ(train(options).experts.size(), 1u);
}

TEST(Training, LearnsToDetectBlurredPictures) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 18, .width = 192, .height = 192});
    auto options = small_training(folder, "trace_luma");
    options.learning.epochs = 8;
    options.learning.batch = 16;
    options.learning.kl = 0.02;
    double auc = 0;
    const auto panel = train(options, [&](const TrainProgress& now) {
        if (!now.aucs.empty())
            auc = now.aucs[0];
    });
    EXPECT_GT(auc, 0.9);
    // The calibration is used for scoring: the boundary between the classes is 0.5.
    const auto evaluator = open_evaluator(panel, "cpu");
    int right = 0;
    for (const int i : {0, 3, 6, 9, 12, 15})
        for (const bool fake : {false, true}) {
            const auto picture = read_picture(folder.path() / (fake ? "fake" : "real") /
                                              (std::to_string(i) + ".png"));
            const Pixels* pixels = &picture.pixels;
            const auto opinion = evaluator->evaluate({&pixels, 1}, {}, {});
            right += (opinion[0].score > 0.5) == fake;
        }
    EXPECT_GE(right, 10);
}

TEST(Training, NamesTheBatchOfANanLoss) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 6});
    auto options = small_training(folder, "trace_luma");
    options.learning.epochs = 20;
    options.learning.learning_rate = 1e6;
    options.learning.clip = 1e6;
    options.learning.warm_up = 0;
    options.learning.kl = 0;
    options.learning.weight_decay = 10;
    const auto sentence = sentence_of<TrainingError>([&] { train(options); });
    EXPECT_NE(sentence.find("in batch "), std::string::npos) << sentence;
    EXPECT_NE(sentence.find(".png"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("learning rate"), std::string::npos) << sentence;
    EXPECT_EQ(lines_with(options.out / "log.jsonl", "loss is not finite"), 1u);
}

TEST(Training, RefusesInvalidOptions) {
    const Folder folder;
    make_manifest(folder.path(), {.pairs = 4, .folds = 2});
    const auto sentence = [&](const std::function<void(TrainOptions&)>& change) {
        auto options = small_training(folder, "trace_luma");
        change(options);
        return sentence_of<TrainingError>([&] { train(options); });
    };
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos ? ::testing::AssertionSuccess()
                                                    : ::testing::AssertionFailure() << text;
    };
    EXPECT_TRUE(
        has(sentence([](auto& o) { o.experts[0].architecture = "trace_luna"; }), "trace_luna"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.experts.clear(); }), "--architecture"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.experts[0].fold = 7; }), "its folds are 0, 1"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.learning.patch = 100; }), "multiple of 8"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.learning.batch = 7; }), "even"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.learning.learning_rate = -1; }), "learning_rate"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.learning.augment = "some"; }), "augment"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.panel.name = "a/b"; }), "a/b"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.manifest = "no such.csv"; }), "no such.csv"));
    EXPECT_TRUE(has(sentence([](auto& o) { o.experts[0].init = "no such.pth"; }), "no such.pth"));
    const auto fakes_only = [&](auto& o) {
        auto rows = read_manifest(folder.path() / "manifest.csv").rows;
        std::erase_if(rows, [](const auto& row) { return !row.fake && row.fold == 0; });
        for (auto& row : rows)
            row.parameters.clear();
        o.manifest = folder.path() / "fakes.csv";
        write_manifest(o.manifest, rows);
    };
    EXPECT_TRUE(has(sentence(fakes_only), "calibrated"));
}

TEST(Options, ComeBackFromJson) {
    LearningOptions options;
    options.epochs = 77;
    options.batch = 32;
    options.kl = 0.25;
    options.augment = "full";
    LearningOptions other;
    apply_options(other, options_json(options), "");
    EXPECT_EQ(options_json(other), options_json(options));
    EXPECT_EQ(*other.batch, 32);
    EXPECT_FALSE(other.learning_rate);
    const auto sentence = [&](const std::string& json) {
        return sentence_of<TrainingError>([&] { apply_options(other, json, "Here: "); });
    };
    EXPECT_NE(sentence(R"({"epoch":3})").find("\"epoch\""), std::string::npos);
    EXPECT_NE(sentence(R"({"epochs":"3"})").find("wrong type"), std::string::npos);
    EXPECT_NE(sentence(R"({"dropout":3})").find("0.95"), std::string::npos);
    EXPECT_NE(sentence(R"({"seed":-3})").find("negative"), std::string::npos);
    EXPECT_TRUE(sentence("[]").starts_with("Here: "));
}

}  // namespace
}  // namespace dfd
