#include "core/training/batches/augmentation.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using Step = Augmentation::Step;

double difference(const cv::Mat& a, const cv::Mat& b) {
    return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * 3);
}

TEST(Augmentation, IsTheSameForTwinsAndReproducible) {
    const auto picture = testing::make_picture(96, 96, 1);
    auto other = picture.clone();
    other(cv::Rect(10, 10, 30, 30)) += cv::Scalar(9, 9, 9);
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        Dice dice(seed);
        Dice again(seed);
        const Augmentation one(Augment::Full, dice);
        const Augmentation two(Augment::Full, again);
        EXPECT_EQ(cv::norm(one.apply(picture), two.apply(picture), cv::NORM_INF), 0);
        EXPECT_EQ(one.apply(other).size(), picture.size());
        // Equal twins stay equal, with noise and cut-out.
        EXPECT_EQ(cv::norm(one.apply(picture.clone()), one.apply(picture), cv::NORM_INF), 0);
    }
}

TEST(Augmentation, DoesWhatEachKindIsMadeFor) {
    const auto picture = testing::make_picture(96, 96, 2);
    std::map<Augment, std::map<Step, int>> counts;
    for (const auto augment : {Augment::None, Augment::Traces, Augment::Full})
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            Dice dice(seed);
            const Augmentation drawn(augment, dice);
            const auto steps = drawn.steps();
            for (const auto step : steps)
                ++counts[augment][step];
            EXPECT_EQ(difference(drawn.apply(picture), picture) > 0, !steps.empty());
        }
    EXPECT_TRUE(counts[Augment::None].empty());
    EXPECT_EQ(counts[Augment::Traces].size(), 3u);  // flips, noise, JPEG: traces survive these
    for (const auto step : {Step::Resample, Step::Blur, Step::WebP, Step::CutOut, Step::Colour})
        EXPECT_EQ(counts[Augment::Traces].count(step), 0u);
    for (const auto step : {Step::Flip, Step::Resample, Step::Colour, Step::Blur, Step::Noise,
                            Step::Jpeg, Step::WebP, Step::CutOut}) {
        EXPECT_GT(counts[Augment::Full][step], 20);
        EXPECT_LT(counts[Augment::Full][step], 300);
    }
}

TEST(Augmentation, TracesAreHardlyTouched) {
    const auto picture = testing::make_picture(96, 96, 3);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Dice dice(seed);
        const Augmentation drawn(Augment::Traces, dice);
        cv::Mat upright = drawn.apply(picture);
        // Undo the flip, which is derived from a mask with one marked corner.
        cv::Mat corners = cv::Mat::zeros(96, 96, CV_8U);
        corners.at<unsigned char>(0, 0) = 255;
        const auto mask = drawn.apply_to_mask(corners);
        if (mask.at<unsigned char>(95, 0) == 255)
            cv::flip(upright, upright, 0);
        else if (mask.at<unsigned char>(0, 95) == 255)
            cv::flip(upright, upright, 1);
        else if (mask.at<unsigned char>(95, 95) == 255)
            cv::flip(upright, upright, -1);
        else
            EXPECT_EQ(mask.at<unsigned char>(0, 0), 255);
        EXPECT_LT(difference(upright, picture), 4);
    }
}

TEST(Augmentation, CutsTheMaskOutWithThePicture) {
    const cv::Mat white(64, 64, CV_8UC3, cv::Scalar::all(255));
    const cv::Mat mask(64, 64, CV_8U, cv::Scalar(255));
    bool cut = false;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Dice dice(seed);
        const Augmentation drawn(Augment::Full, dice);
        const auto steps = drawn.steps();
        const bool only = steps == std::vector{Step::CutOut};
        if (!only)
            continue;
        const auto result = drawn.apply(white);
        const auto where = drawn.apply_to_mask(mask);
        cut = true;
        for (int y = 0; y < 64; ++y)
            for (int x = 0; x < 64; ++x)
                if (where.at<unsigned char>(y, x) == 255) {
                    ASSERT_EQ(result.at<cv::Vec3b>(y, x), cv::Vec3b(255, 255, 255));
                }
        EXPECT_LT(cv::countNonZero(where), 64 * 64);
    }
    EXPECT_TRUE(cut);
}

TEST(Augmentation, NamesAreFoundAgain) {
    for (const auto augment : {Augment::None, Augment::Traces, Augment::Full})
        EXPECT_EQ(find_augment(augment_name(augment)), augment);
    EXPECT_FALSE(find_augment("sideways"));
}

}  // namespace
}  // namespace dfd
