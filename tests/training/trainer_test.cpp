#include "core/training/trainer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <fstream>

#include "core/engine/evaluator.h"
#include "core/panel/panel_networks.h"
#include "core/training/evaluation.h"
#include "core/training/expert_trainer.h"
#include "core/training/training_checkpoint.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using testing::Folder;

// Pairs whose edited half was blurred: easy, so that learning shows within seconds.
PatchBatch blurred_batch(std::uint64_t seed, int side = 64, int pairs = 6) {
    std::vector<PatchPair> all;
    for (int i = 0; i < pairs; ++i) {
        PatchPair pair;
        pair.untouched = testing::make_picture(side, side, seed * 100 + static_cast<unsigned>(i));
        cv::GaussianBlur(pair.untouched, pair.edited, {}, 1.5);
        pair.mask = cv::Mat(side, side, CV_8U, cv::Scalar(255));
        all.push_back(pair);
    }
    Dice dice(seed);
    return make_batch(all, dice);
}

TrainOptions small_training() {
    TrainOptions options;
    options.architectures = {"trace_luma"};
    options.patch = 64;
    options.pairs = 6;
    options.mixed = TrainOptions::Mixed::Off;
    return options;
}

TEST(Batch, HoldsPairsInRgb) {
    PatchPair pair;
    pair.untouched = cv::Mat(64, 64, CV_8UC3, cv::Scalar(10, 20, 30));  // blue, green, red
    pair.edited = cv::Mat(64, 64, CV_8UC3, cv::Scalar(40, 50, 60));
    pair.mask = cv::Mat::zeros(64, 64, CV_8U);
    pair.mask(cv::Rect(0, 0, 32, 64)).setTo(255);
    int left = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Dice dice(seed);
        const auto batch = make_batch({pair}, dice);
        EXPECT_EQ(batch.rgb.sizes(), (std::vector<std::int64_t>{2, 64, 64, 3}));
        EXPECT_EQ(batch.rgb[0][5][5].equal(torch::tensor({60, 50, 40}, torch::kUInt8)), true);
        EXPECT_EQ(batch.rgb[1][5][5].equal(torch::tensor({30, 20, 10}, torch::kUInt8)), true);
        EXPECT_EQ(batch.coverage[1].abs().max().item<float>(), 0);
        EXPECT_FLOAT_EQ(batch.coverage[0].mean().item<float>(), 0.5f);
        left += batch.coverage[0][0][0].item<float>() == 1;
    }
    EXPECT_GT(left, 3);
    EXPECT_LT(left, 17);  // the other times it was flipped
}

TEST(EvidenceLoss, RewardsEvidenceInTheRightPlaces) {
    auto coverage = torch::zeros({2, 16, 16});
    coverage[0].slice(0, 0, 16).slice(1, 0, 8).fill_(1);
    const auto right = (coverage * 2 - 1) * 6;
    const double good = evidence_loss(right, coverage).item<double>();
    EXPECT_LT(good, 0.6);
    // By hand: 3 windows are edited and 3 + 9 are not, one patch is edited and one is not; a class
    // of n weighs n / (n + 1), and no evidence costs ln 2 everywhere.
    EXPECT_NEAR(evidence_loss(torch::zeros({2, 16, 16}), coverage).item<double>(),
                std::log(2.0) * ((3.0 / 4 + 12.0 / 13) / 2 + 1.0 / 2) / 2, 1e-6);
    EXPECT_GT(evidence_loss(-right, coverage).item<double>(), 2);
}

class EveryArchitecture : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryArchitecture, TakesAStep) {
    const auto options = small_training();
    ExpertTrainer expert(GetParam(), options, 3);
    const auto before = expert.averaged();
    const auto batch = blurred_batch(1, 64, 2);
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(std::isfinite(expert.step(batch, 1e-3, false)));
    const auto after = expert.averaged();
    int moved = 0;
    const auto a = named_tensors(*before);
    const auto b = named_tensors(*after);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        moved += !a[i].tensor.equal(b[i].tensor);
    EXPECT_GT(moved, static_cast<int>(a.size()) / 2);
}

INSTANTIATE_TEST_SUITE_P(Small, EveryArchitecture,
                         ::testing::Values("trace_luma", "trace_colour", "trace_blocks",
                                           "convnextv2_atto", "tf_efficientnet_b0"));

TEST(Expert, LearnsWhatBlurLeaves) {
    const auto options = small_training();
    ExpertTrainer expert("trace_luma", options, 3);
    double first = 0;
    double last = 0;
    for (std::uint64_t step = 0; step < 40; ++step) {
        const double loss = expert.step(blurred_batch(step), 2e-3, false);
        if (step == 0)
            first = loss;
        if (step >= 35)
            last += loss / 5;
    }
    EXPECT_GT(first, 0.3);
    EXPECT_LT(last, first / 2);
}

TEST(Expert, MovingAverageFollowsTheReference) {
    auto options = small_training();
    ExpertTrainer expert("trace_luma", options, 3);
    // With decay 0 the average is the parameters themselves: the same start, the same steps.
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

TEST(Expert, StopsAtALossThatIsNoNumber) {
    ExpertTrainer expert("trace_luma", small_training(), 3);
    try {
        for (int i = 0; i < 50; ++i)
            static_cast<void>(expert.step(blurred_batch(1), 1e37, false));
        FAIL() << "an absurd learning rate went unnoticed";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string(error.what()).find("trace_luma"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("learning rate"), std::string::npos);
    }
}

TEST(Checkpoint, GoesOnExactlyWhereItStopped) {
    const Folder folder;
    const auto file = folder.path() / "checkpoint.pt";
    auto options = small_training();
    options.architectures = {"trace_luma", "trace_blocks"};
    const auto experts_of = [&](std::uint64_t seed) {
        std::vector<std::unique_ptr<ExpertTrainer>> experts;
        for (const auto& name : options.architectures)
            experts.push_back(std::make_unique<ExpertTrainer>(name, options, seed++));
        return experts;
    };
    auto first = experts_of(1);
    for (std::uint64_t i = 0; i < 4; ++i)
        for (auto& expert : first)
            static_cast<void>(expert->step(blurred_batch(i), 1e-3, false));
    save_checkpoint(file, options, {17, 12.5, 900, {0.5, 0.25}}, first);
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
    const auto random_number = torch::rand({1}).item<float>();

    auto second = experts_of(50);
    const auto state = load_checkpoint(file, options, second);
    EXPECT_EQ(state.batches, 17);
    EXPECT_EQ(state.seconds, 12.5);
    EXPECT_EQ(state.scenes, 900u);
    EXPECT_EQ(state.losses, (std::vector<double>{0.5, 0.25}));
    EXPECT_EQ(torch::rand({1}).item<float>(), random_number);
    for (std::size_t i = 0; i < first.size(); ++i) {
        for (std::uint64_t step = 10; step < 13; ++step)
            EXPECT_NEAR(first[i]->step(blurred_batch(step), 1e-3, false),
                        second[i]->step(blurred_batch(step), 1e-3, false), 1e-6);
        const auto a = named_tensors(*first[i]->averaged());
        const auto b = named_tensors(*second[i]->averaged());
        for (std::size_t t = 0; t < a.size(); ++t)
            EXPECT_TRUE(torch::allclose(a[t].tensor, b[t].tensor, 1e-5, 1e-6)) << a[t].name;
    }
}

TEST(Checkpoint, RefusesAnotherTraining) {
    const Folder folder;
    const auto file = folder.path() / "checkpoint.pt";
    auto options = small_training();
    std::vector<std::unique_ptr<ExpertTrainer>> experts;
    experts.push_back(std::make_unique<ExpertTrainer>("trace_luma", options, 1));
    EXPECT_THROW(static_cast<void>(load_checkpoint(file, options, experts)), TrainingError);
    save_checkpoint(file, options, {}, experts);
    options.seed = 2;
    try {
        static_cast<void>(load_checkpoint(file, options, experts));
        FAIL() << "another seed went unnoticed";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string(error.what()).find("seed 1"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("seed 2"), std::string::npos);
    }
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    EXPECT_THROW(static_cast<void>(load_checkpoint(file, options, experts)), TrainingError);
}

void write_photos(const std::filesystem::path& folder, int count) {
    for (int i = 0; i < count; ++i) {
        const auto name = "photo " + std::string(1, static_cast<char>('a' + i));
        std::filesystem::create_directories(folder / name);
        cv::imwrite((folder / name / "x.jpg").string(),
                    testing::make_picture(352, 320, static_cast<std::uint64_t>(i)),
                    {cv::IMWRITE_JPEG_QUALITY, 90});
    }
}

TEST(Training, FromPhotographsToAPanelWithAnInterruption) {
    const Folder folder;
    write_photos(folder.path() / "photos", 18);
    auto options = small_training();
    options.architectures = {"trace_luma", "trace_blocks", "convnextv2_atto"};
    options.photos = folder.path() / "photos";
    options.out = folder.path() / "panel";
    options.patches = 12 * 8;
    options.name = "tiny";

    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(train(options, {}, stop.get_token()), Cancelled);
    std::stop_source later;
    EXPECT_THROW(train(
                     options,
                     [&](const TrainProgress& now) {
                         if (now.phase == TrainProgress::Phase::Reading && now.fraction == 1)
                             later.request_stop();
                     },
                     later.get_token()),
                 Cancelled);
    EXPECT_TRUE(std::filesystem::exists(options.out / "checkpoint.pt"));
    EXPECT_THROW(train(options), TrainingError);  // without --resume it is not overwritten
    options.resume = true;
    std::vector<TrainProgress::Phase> phases;
    const auto record = train(options, [&](const TrainProgress& now) {
        EXPECT_GE(now.fraction, 0);
        if (phases.empty() || phases.back() != now.phase)
            phases.push_back(now.phase);
    });
    EXPECT_EQ(phases.front(), TrainProgress::Phase::Reading);
    EXPECT_EQ(phases.back(), TrainProgress::Phase::Writing);

    const auto read = read_panel(options.out);
    EXPECT_EQ(read.digest, record.digest);
    EXPECT_EQ(read.name, "tiny");
    EXPECT_FALSE(read.starter);
    ASSERT_EQ(read.experts.size(), 3u);
    EXPECT_EQ(read.experts[0].input.resize, Resize::Native);
    EXPECT_EQ(read.experts[2].input.resize, Resize::Stretch);
    EXPECT_EQ(read.experts[2].input.size, 64);
    for (const auto& expert : read.experts)
        EXPECT_NO_THROW(static_cast<void>(load_expert(read, expert)));

    const auto evaluator = open_evaluator(read, "cpu");
    EvaluationOptions how;
    how.photos = options.photos;
    how.side = 224;
    double done = 0;
    const auto evaluation = evaluate_panel(*evaluator, how, [&](double share) { done = share; });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(evaluation.split, "held-out");
    EXPECT_EQ(evaluation.seed, options.seed);
    EXPECT_GE(evaluation.photographs, 2);
    EXPECT_EQ(evaluation.untouched, 2 * evaluation.photographs);
    ASSERT_EQ(evaluation.rows.size(), 4u);
    EXPECT_EQ(evaluation.rows.back().name, "panel");
    for (const auto& row : evaluation.rows) {
        EXPECT_GE(row.auc, 0);
        EXPECT_LE(row.auc, 1);
        EXPECT_LE(row.low, row.high);
        EXPECT_EQ(row.by_kind.size(), evaluation.kinds.size());
    }
    how.split = "sideways";
    EXPECT_THROW(static_cast<void>(evaluate_panel(*evaluator, how)), TrainingError);
}

TEST(Training, RefusesImpossibleOptions) {
    const Folder folder;
    const auto sentence = [&](const std::function<void(TrainOptions&)>& change) {
        auto options = small_training();
        options.photos = folder.path();
        options.out = folder.path() / "panel";
        options.patches = 100;
        change(options);
        try {
            train(options);
        } catch (const TrainingError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(sentence([](auto& o) { o.architectures = {"trace_luna"}; }).find("trace_luna"),
              std::string::npos);
    EXPECT_NE(sentence([](auto& o) { o.minutes = 5; }).find("--minutes"), std::string::npos);
    EXPECT_NE(sentence([](auto& o) { o.patches = 0; }).find("--minutes"), std::string::npos);
    EXPECT_NE(sentence([](auto& o) { o.patch = 100; }).find("multiple of 8"), std::string::npos);
    EXPECT_NE(sentence([](auto& o) { o.architectures.clear(); }).find("--architectures"),
              std::string::npos);
    EXPECT_NE(sentence([](auto& o) { o.learning_rate = -1; }).find("learning rate"),
              std::string::npos);
    EXPECT_NE(sentence([](auto&) {}).find("photographs"), std::string::npos);
}

}  // namespace
}  // namespace dfd
