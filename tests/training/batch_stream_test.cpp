#include "core/training/batches/batch_stream.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <set>

#include "core/networks/experts/preprocess.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/training/test_manifest.h"

namespace dfd {
namespace {

using test::sentence_of;
using testing::Folder;
using testing::make_rows;

TEST(PrefetchQueue, KeepsOrderAndBounds) {
    std::atomic<int> made{0};
    PrefetchQueue<int> queue(5, 40, 3, 6, [&](std::uint64_t i) {
        ++made;
        return static_cast<int>(i * i);
    });
    for (int i = 5; i < 40; ++i) {
        EXPECT_EQ(queue.next({}), i * i);
        EXPECT_LE(made, i - 5 + 1 + 6);
    }
    EXPECT_EQ(made, 35);
}

TEST(PrefetchQueue, FailsInItsTurnAndStops) {
    PrefetchQueue<int> queue(0, 100, 2, 50, [](std::uint64_t i) {
        if (i == 3)
            throw TrainingError("three");
        return static_cast<int>(i);
    });
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(queue.next({}), i);
    EXPECT_THROW(static_cast<void>(queue.next({})), TrainingError);
    EXPECT_EQ(queue.next({}), 4);

    std::atomic<bool> go{false};
    PrefetchQueue<int> slow(0, 2, 1, 1, [&](std::uint64_t) {
        while (!go)
            std::this_thread::yield();
        return 0;
    });
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(slow.next(stop.get_token())), Cancelled);
    go = true;
}

TEST(Corners, LieOnTheGridAndOnTheEdit) {
    cv::Mat mask = cv::Mat::zeros(401, 507, CV_8U);
    mask(cv::Rect(100, 90, 200, 180)).setTo(255);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Dice dice(seed);
        const auto corners = choose_corners(mask, 96, 6, dice);
        ASSERT_EQ(corners.size(), 6u);
        for (const auto& corner : corners) {
            EXPECT_EQ(corner.x % 8, 0);
            EXPECT_EQ(corner.y % 8, 0);
            const cv::Rect place(corner, cv::Size(96, 96));
            EXPECT_EQ(place & cv::Rect({}, mask.size()), place);
            EXPECT_GE(cv::countNonZero(mask(place)), 0.15 * 96 * 96);
        }
    }
}

TEST(Corners, AreFoundForTheSmallestEdit) {
    cv::Mat mask = cv::Mat::zeros(800, 1200, CV_8U);
    mask(cv::Rect(1003, 611, 12, 10)).setTo(255);
    Dice dice(1);
    for (const auto& corner : choose_corners(mask, 96, 3, dice))
        EXPECT_EQ(cv::countNonZero(mask({corner.x, corner.y, 96, 96})), 120);
    mask.setTo(0);  // an empty mask still gives patches on the grid
    EXPECT_EQ(choose_corners(mask, 96, 2, dice).size(), 2u);
}

TEST(Samples, AreStretchedAsScoringStretches) {
    cv::Mat picture(300, 420, CV_8UC3);
    cv::RNG(5).fill(picture, cv::RNG::UNIFORM, 0, 256);
    const auto ours = stretched(picture, 96);
    const auto theirs =
        stretch(
            wrap_rgb(picture.data, 420, 300).unsqueeze(0).permute({0, 3, 1, 2}).to(torch::kFloat32),
            96)
            .permute({0, 2, 3, 1})
            .contiguous();
    cv::Mat expected(96, 96, CV_32FC3, theirs.data_ptr());
    cv::Mat floats;
    ours.convertTo(floats, CV_32F);
    EXPECT_LE(cv::norm(floats, expected, cv::NORM_INF), 0.5001);
}

TEST(Samples, AMaskThatMarksNothingIsRefused) {
    const Folder folder;
    cv::imwrite(folder.path() / "ones.png", cv::Mat(20, 30, CV_8U, cv::Scalar(1)));
    EXPECT_THROW(static_cast<void>(read_training_mask(folder.path() / "ones.png", {30, 20})),
                 TrainingError);
    cv::imwrite(folder.path() / "one.png", cv::Mat(20, 30, CV_8U, cv::Scalar(255)));
    EXPECT_EQ(read_training_mask(folder.path() / "one.png", {30, 20}).size(), cv::Size(30, 20));
}

TEST(Samples, PatchesOfTwinsDifferByTheEditAlone) {
    const Folder folder;
    const auto rows = make_rows(folder.path(), {.pairs = 1, .folds = 0});
    const FakeAndReal pair{
        {rows[1].path, rows[1].mask, true, 0}, {rows[0].path, {}, false, 0}, true};
    SampleOptions options{true, 64, 5, Augment::None};
    const auto samples = take_samples(pair, options, Dice(3));
    ASSERT_EQ(samples.size(), 5u);
    for (const auto& sample : samples) {
        EXPECT_EQ(sample.fake.size(), cv::Size(64, 64));
        cv::Mat changed;
        cv::absdiff(sample.fake, sample.real, changed);
        cv::cvtColor(changed, changed, cv::COLOR_BGR2GRAY);
        EXPECT_GT(cv::countNonZero(changed), 0.1 * 64 * 64);
        changed.setTo(0, sample.mask);
        EXPECT_EQ(cv::countNonZero(changed), 0);
    }
    const auto again = take_samples(pair, options, Dice(3));
    EXPECT_EQ(cv::norm(samples[4].fake, again[4].fake, cv::NORM_INF), 0);
    options.side = 256;  // larger than the picture
    EXPECT_EQ(take_samples(pair, options, Dice(3))[0].fake.size(), cv::Size(256, 256));
}

TEST(Samples, CropsKeepTheEdit) {
    const Folder folder;
    const auto rows = make_rows(folder.path(), {.pairs = 1, .folds = 0});
    const FakeAndReal pair{
        {rows[1].path, rows[1].mask, true, 0}, {rows[0].path, {}, false, 0}, true};
    std::set<int> shares;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto samples = take_samples(pair, {false, 48, 1, Augment::Full}, Dice(seed));
        EXPECT_EQ(samples[0].real.size(), cv::Size(48, 48));
        EXPECT_EQ(samples[0].mask.size(), cv::Size(48, 48));
        EXPECT_GT(cv::mean(samples[0].mask)[0], 50);
        shares.insert(cv::countNonZero(samples[0].mask));
    }
    EXPECT_GT(shares.size(), 3u);
}

TEST(Samples, SayWhichPictureIsWrong) {
    const Folder folder;
    const auto rows = make_rows(folder.path(), {.pairs = 2, .folds = 0});
    FakeAndReal pair{{rows[1].path, rows[1].mask, true, 0}, {rows[0].path, {}, false, 0}, true};
    test::write_bytes(rows[0].path, "not a picture");
    const auto sentence = [&] {
        return sentence_of<TrainingError>(
            [&] { static_cast<void>(take_samples(pair, {}, Dice(1))); });
    };
    EXPECT_NE(sentence().find(rows[0].path.native()), std::string::npos);
    cv::imwrite(rows[0].path.native(), testing::make_picture(100, 100, 1));
    EXPECT_NE(sentence().find("twin"), std::string::npos);
    cv::imwrite(rows[1].mask.native(), cv::Mat::zeros(10, 10, CV_8U));
    EXPECT_NE(sentence().find("mask"), std::string::npos);
    std::filesystem::remove(rows[1].path);
    EXPECT_NE(sentence().find(rows[1].path.native()), std::string::npos);
}

TEST(Batch, HoldsPairsInRgb) {
    SampledPair taken;
    taken.from = {{"f.png", {}, true, 2}, {"r.png", {}, false, 1}, false};
    SamplePair pair;
    pair.real = cv::Mat(64, 64, CV_8UC3, cv::Scalar(10, 20, 30));  // blue, green, red
    pair.fake = cv::Mat(64, 64, CV_8UC3, cv::Scalar(40, 50, 60));
    pair.mask = cv::Mat::zeros(64, 64, CV_8U);
    pair.mask(cv::Rect(0, 0, 32, 64)).setTo(255);
    taken.samples = {pair};
    const auto batch = make_batch({taken}, 0);
    EXPECT_EQ(batch.rgb.sizes(), (std::vector<std::int64_t>{2, 64, 64, 3}));
    EXPECT_TRUE(batch.rgb[0][5][5].equal(torch::tensor({60, 50, 40}, torch::kUInt8)));
    EXPECT_TRUE(batch.rgb[1][5][5].equal(torch::tensor({30, 20, 10}, torch::kUInt8)));
    EXPECT_EQ(batch.coverage[1].abs().max().item<float>(), 0);
    EXPECT_FLOAT_EQ(batch.coverage[0].mean().item<float>(), 0.5f);
    EXPECT_EQ(batch.coverage[0][3][3].item<float>(), 1);
    EXPECT_TRUE(batch.fake[0].item<bool>());
    EXPECT_FALSE(batch.fake[1].item<bool>());
    EXPECT_EQ(batch.folds[0].item<int>(), 2);
    EXPECT_EQ(batch.folds[1].item<int>(), 1);
    EXPECT_EQ(batch.pictures, (std::vector<std::string>{"f.png", "r.png"}));
}

TEST(BatchStream, IsAFunctionOfItsNumber) {
    const Folder folder;
    write_manifest(folder.path() / "m.csv", make_rows(folder.path(), {.pairs = 12}));
    const TrainingSet set(read_manifest(folder.path() / "m.csv"), {0}, 0.1, 4);
    BatchStream::Options options;
    options.samples = {true, 64, 3, Augment::Traces};
    options.batch = 8;
    options.seed = 11;
    const auto end = BatchStream::batches(set.fakes(), 4, options);
    EXPECT_EQ(end, 24);  // 32 fakes, 4 at a time, 3 samples each
    options.threads = 3;
    BatchStream stream(set, options, 0, end);
    std::vector<TrainingBatch> all;
    for (std::int64_t b = 0; b < end; ++b) {
        all.push_back(stream.next({}));
        EXPECT_EQ(
            std::set<std::string>(all.back().pictures.begin(), all.back().pictures.end()).size(),
            8u);
        EXPECT_EQ(all.back().fake.sum().item<int>(), 4);
    }
    options.threads = 1;
    for (const std::int64_t first : {1, 7, 9, 23}) {
        BatchStream later(set, options, first, end);
        for (std::int64_t b = first; b < std::min(end, first + 4); ++b) {
            const auto batch = later.next({});
            const auto& same = all[static_cast<std::size_t>(b)];
            EXPECT_TRUE(batch.rgb.equal(same.rgb)) << b;
            EXPECT_TRUE(batch.coverage.equal(same.coverage)) << b;
            EXPECT_EQ(batch.pictures, same.pictures) << b;
        }
    }
    EXPECT_FALSE(all[0].rgb.equal(all[1].rgb));
}

}  // namespace
}  // namespace dfd
