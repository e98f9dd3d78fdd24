#include "core/training/experts/expert_trainer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

#include "core/networks/experts/trace_network.h"
#include "core/training/runs/training_checkpoint.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using testing::Folder;

// Pairs with one half of the fake blurred: easy, so that learning shows within seconds.
TrainingBatch blurred_batch(std::uint64_t seed, int side = 64, int pairs = 6) {
    std::vector<SampledPair> all;
    for (int i = 0; i < pairs; ++i) {
        SampledPair taken;
        taken.from.fake.fake = true;
        SamplePair pair;
        pair.real = testing::make_picture(side, side, seed * 100 + static_cast<unsigned>(i));
        cv::GaussianBlur(pair.real, pair.fake, {}, 1.5);
        pair.mask = cv::Mat(side, side, CV_8U, cv::Scalar(255));
        taken.samples = {pair};
        all.push_back(taken);
    }
    return make_batch(all, 0);
}

LearningOptions small_training(const std::string& architecture = "trace_luma", double terms = 0.1) {
    LearningOptions options;
    options.patch = 64;
    options.input_size = 64;
    options.batch = 12;
    options.nce = options.kl = terms;
    return resolved(options, architecture, false);
}

TEST(ExpertTrainer, FrozenTensorsStayAsTheyAre) {
    auto options = small_training("tf_efficientnet_lite0");
    options.frozen = "conv_stem.,bn1.,blocks.0.,blocks.1.";
    ExpertTrainer expert("tf_efficientnet_lite0", options, 3);
    const auto before = expert.averaged();
    for (int i = 0; i < 2; ++i)
        (void)expert.step(blurred_batch(1, 64, 2), 1e-3, false);
    const auto after = expert.averaged();
    const auto a = named_tensors(*before), b = named_tensors(*after);
    int moved = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto& name = a[i].name;
        if (name.starts_with("conv_stem.") || name.starts_with("bn1.") ||
            name.starts_with("blocks.0.") || name.starts_with("blocks.1."))
            EXPECT_TRUE(a[i].tensor.equal(b[i].tensor)) << name;
        else
            moved += !a[i].tensor.equal(b[i].tensor);
    }
    EXPECT_GT(moved, 100);

    options.frozen = "conv_stem.,stem.";
    EXPECT_THROW(ExpertTrainer("tf_efficientnet_lite0", options, 3), TrainingError);
    options.frozen = "conv_,bn,blocks.,classifier.";
    EXPECT_THROW(ExpertTrainer("tf_efficientnet_lite0", options, 3), TrainingError);
}

TEST(ExpertTrainer, InputsAreThoseOfTheArchitecture) {
    const auto policy = [](const std::string& architecture, int side) {
        LearningOptions options;
        options.input_size = side;
        return input_policy(find_architecture(architecture),
                            resolved(options, architecture, false));
    };
    EXPECT_EQ(policy("clip_vit_b16", 512).size, 224);
    EXPECT_EQ(policy("clip_vit_b16", 512).std[2], 0.27577711f);
    EXPECT_THROW(policy("clip_vit_b16", 256), TrainingError);
    EXPECT_EQ(policy("tf_efficientnet_lite0", 224).size, 224);
    EXPECT_EQ(policy("tf_efficientnet_lite0", 224).mean[1], 127.0f / 255);
    EXPECT_EQ(policy("tf_efficientnet_b0", 512).mean[0], 0.485f);
    EXPECT_EQ(policy("trace_luma", 512).resize, Resize::Native);
}

class EveryArchitecture : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryArchitecture, TakesSteps) {
    ExpertTrainer expert(GetParam(), small_training(GetParam()), 3);
    const auto before = expert.averaged();
    const auto batch = blurred_batch(1, 64, 2);
    for (int i = 0; i < 2; ++i) {
        const auto losses = expert.step(batch, 1e-3, false);
        EXPECT_GT(losses.ce, 0);
        EXPECT_GT(losses.nce, 0);
        EXPECT_GT(losses.kl, 0);
        EXPECT_NEAR(losses.total, losses.ce + 0.1 * losses.nce + 0.1 * losses.kl, 1e-4);
    }
    const auto after = expert.averaged();
    int moved = 0;
    const auto a = named_tensors(*before);
    const auto b = named_tensors(*after);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        moved += !a[i].tensor.equal(b[i].tensor);
    EXPECT_GT(moved, static_cast<int>(a.size()) / 2);
}

TEST_P(EveryArchitecture, TakesStepsInMixedPrecision) {
    ExpertTrainer whole(GetParam(), small_training(GetParam()), 3);
    ExpertTrainer mixed(GetParam(), small_training(GetParam()), 3);
    const auto batch = blurred_batch(1, 64, 2);
    const auto a = whole.step(batch, 1e-3, false);
    const auto b = mixed.step(batch, 1e-3, true);
    // BatchNorm over few samples in a deep, fresh network amplifies rounding errors.
    EXPECT_NEAR(a.ce, b.ce, 0.35 * a.ce);
    for (const auto& each : named_tensors(*mixed.averaged()))
        EXPECT_EQ(each.tensor.scalar_type(), torch::kFloat32);
}

INSTANTIATE_TEST_SUITE_P(Small, EveryArchitecture,
                         ::testing::Values("trace_luma", "trace_colour", "trace_blocks",
                                           "convnextv2_atto", "tf_efficientnet_b0"));

TEST(Expert, LearnsToDetectBlur) {
    ExpertTrainer expert("trace_luma", small_training("trace_luma", 0.05), 3);
    double first = 0;
    double last = 0;
    for (std::uint64_t step = 0; step < 40; ++step) {
        const double loss = expert.step(blurred_batch(step), 2e-3, false).ce;
        if (step == 0)
            first = loss;
        if (step >= 35)
            last += loss / 5;
    }
    EXPECT_GT(first, 0.3);
    EXPECT_LT(last, first / 2);
}

TEST(Expert, TermsWithoutWeightAreNotComputed) {
    ExpertTrainer expert("trace_luma", small_training("trace_luma", 0), 3);
    const auto losses = expert.step(blurred_batch(1), 1e-3, false);
    EXPECT_TRUE(std::isnan(losses.nce));
    EXPECT_TRUE(std::isnan(losses.kl));
    EXPECT_EQ(losses.total, losses.ce);
}

TEST(Expert, NoiseLeavesTheStatisticsOfCleanPicturesAlone) {
    ExpertTrainer with("trace_luma", small_training("trace_luma", 0.1), 3);
    ExpertTrainer without("trace_luma", small_training("trace_luma", 0), 3);
    const auto batch = blurred_batch(1);
    static_cast<void>(with.loss(batch, false));
    static_cast<void>(without.loss(batch, false));
    const auto a = named_tensors(*with.averaged());
    const auto b = named_tensors(*without.averaged());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_TRUE(a[i].tensor.equal(b[i].tensor)) << a[i].name;
}

TEST(Expert, MovingAverageFollowsTheReference) {
    auto options = small_training();
    ExpertTrainer expert("trace_luma", options, 3);
    // With decay 0 the average equals the parameters: same start, same steps.
    options.ema_decay = 0;
    ExpertTrainer raw("trace_luma", options, 3);
    const auto tensor = [](const ExpertTrainer& from) {
        return named_tensors(*from.averaged()).front().tensor.to(torch::kFloat64);
    };
    auto expected = tensor(expert);
    for (int n = 1; n <= 4; ++n) {
        const auto batch = blurred_batch(static_cast<std::uint64_t>(n));
        static_cast<void>(expert.step(batch, 1e-3, false));
        static_cast<void>(raw.step(batch, 1e-3, false));
        const double decay = std::min(0.995, (1.0 + n) / (10.0 + n));
        expected = expected * decay + tensor(raw) * (1 - decay);
    }
    EXPECT_LT((tensor(expert) - expected).abs().max().item<double>(), 1e-6);
}

TEST(Expert, CountsOnlyTheSamplesItMaySee) {
    ExpertTrainer one("trace_luma", small_training(), 3);
    ExpertTrainer other("trace_luma", small_training(), 3);
    auto batch = blurred_batch(1);
    auto counts = torch::ones({12}, torch::kBool);
    counts.slice(0, 8, 12).fill_(false);
    const auto some = one.loss(batch, false, counts);
    EXPECT_EQ(some.probability.size(0), 8);
    batch.rgb.slice(0, 8, 12).fill_(77);  // samples that do not count may contain anything
    EXPECT_EQ(values_of(some).total, values_of(other.loss(batch, false, counts)).total);
}

TEST(Expert, ANanGradientChangesNothing) {
    ExpertTrainer expert("trace_luma", small_training(), 3);
    const auto before = named_tensors(*expert.averaged());
    const auto loss = expert.loss(blurred_batch(1), false);
    (loss.total * std::numeric_limits<double>::infinity()).backward();
    EXPECT_FALSE(expert.update(1e-3));
    EXPECT_EQ(expert.updates(), 0);
    const auto copy = expert.averaged();  // keeps the tensors alive
    const auto after = named_tensors(*copy);
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_TRUE(!after[i].parameter || torch::equal(before[i].tensor, after[i].tensor))
            << after[i].name;
    EXPECT_TRUE(std::isfinite(expert.step(blurred_batch(1), 1e-3, false).total));
}

TEST(Expert, ANanLossChangesNothing) {
    ExpertTrainer expert("trace_luma", small_training(), 3);
    LossTerms losses;
    std::shared_ptr<ExpertNetwork> before;
    for (int i = 0; i < 50 && std::isfinite(losses.total); ++i) {
        before = expert.averaged();
        losses = expert.step(blurred_batch(1), 1e37, false);
    }
    ASSERT_FALSE(std::isfinite(losses.total)) << "an absurd learning rate went unnoticed";
    const auto updates = expert.updates();
    static_cast<void>(expert.step(blurred_batch(1), 1e37, false));
    EXPECT_EQ(expert.updates(), updates);
}

std::vector<std::unique_ptr<ExpertTrainer>> experts_of(std::uint64_t seed) {
    std::vector<std::unique_ptr<ExpertTrainer>> experts;
    for (const auto* name : {"trace_luma", "trace_blocks"}) {
        auto options = small_training(name);
        options.dropout = 0.2;
        experts.push_back(std::make_unique<ExpertTrainer>(name, options, seed++));
    }
    return experts;
}

TEST(Checkpoint, ResumesExactlyWhereItStopped) {
    const Folder folder;
    const auto file = folder.path() / "checkpoint.pt";
    auto first = experts_of(1);
    for (std::uint64_t i = 0; i < 4; ++i)
        for (auto& expert : first)
            static_cast<void>(expert->step(blurred_batch(i), 1e-3, false));
    TrainingState state;
    state.step = 17;
    state.seconds = 12.5;
    state.log_bytes = 900;
    state.sums = {{0.1, 0.2, NAN, 0.4}, {1, 2, 3, 4}};
    state.summed = 3;
    state.epochs = {{{{1, 2, 3, 4}, 0.75, NAN}}, {{{5, 6, 7, 8}, 0.5, 0.25}}};
    save_checkpoint(file, "a\nb\n", state, first);
    EXPECT_FALSE(std::filesystem::exists(file.native() + ".part"));

    auto second = experts_of(1);
    const auto read = load_checkpoint(file, "a\nb\n", second, torch::kCPU);
    EXPECT_EQ(read.step, 17);
    EXPECT_EQ(read.seconds, 12.5);
    EXPECT_EQ(read.log_bytes, 900u);
    EXPECT_EQ(read.sums[0].ce, 0.2);
    EXPECT_TRUE(std::isnan(read.sums[0].nce));
    EXPECT_EQ(read.summed, 3);
    EXPECT_EQ(read.epochs[1][0].losses.kl, 8);
    EXPECT_TRUE(std::isnan(read.epochs[0][0].validation_loss));
    for (std::size_t i = 0; i < first.size(); ++i) {
        for (std::uint64_t step = 10; step < 13; ++step) {
            static_cast<void>(torch::rand({7}));  // other draws do not matter
            const auto a = first[i]->step(blurred_batch(step), 1e-3, false);
            EXPECT_EQ(a.total, second[i]->step(blurred_batch(step), 1e-3, false).total);
        }
        const auto a = named_tensors(*first[i]->averaged());
        const auto b = named_tensors(*second[i]->averaged());
        for (std::size_t t = 0; t < a.size(); ++t)
            EXPECT_TRUE(a[t].tensor.equal(b[t].tensor)) << a[t].name;
    }
}

TEST(Checkpoint, RefusesAnotherTraining) {
    const Folder folder;
    const auto file = folder.path() / "checkpoint.pt";
    const auto experts = experts_of(1);
    const auto load = [&](const std::string& identity) {
        return test::sentence_of<TrainingError>(
            [&] { static_cast<void>(load_checkpoint(file, identity, experts, torch::kCPU)); });
    };
    EXPECT_NE(load("seed 1\n").find("checkpoint.pt"), std::string::npos);
    TrainingState state;
    state.sums.resize(2);
    state.epochs.resize(2);
    save_checkpoint(file, "batch 4\nseed 1\n", state, experts);
    EXPECT_EQ(load("batch 4\nseed 1\n"), test::kNothingThrown);
    const auto sentence = load("batch 4\nseed 2\n");
    EXPECT_NE(sentence.find("seed 1"), std::string::npos);
    EXPECT_NE(sentence.find("seed 2"), std::string::npos);
    EXPECT_EQ(sentence.find("batch"), std::string::npos);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    EXPECT_NE(load("batch 4\nseed 1\n").find("cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace dfd
