#include "core/picture/pixels/alteration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/picture/pixels/mat_view.h"
#include "core/picture/pixels/noise.h"
#include "tests/picture/corpus.h"

namespace dfd {
namespace {

using Step = AlterationStep;

Pixels altered(const Pixels& pixels, Step step, double amount) {
    const Alteration one{step, amount};
    return dfd::altered(pixels, {&one, 1});
}

/// Smooth in both directions, each channel with a different gradient.
Pixels slope(int width, int height) {
    Pixels pixels{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int value : {200 * x / width, 200 * y / height, 100 * (x + y) / width})
                pixels.rgb.push_back(static_cast<std::uint8_t>(std::min(value, 255)));
    return pixels;
}

int at(const Pixels& pixels, int x, int y, int channel) {
    return pixels.rgb[static_cast<std::size_t>(3 * (y * pixels.width + x) + channel)];
}

double mean_difference(const Pixels& a, const Pixels& b) {
    EXPECT_EQ(a.rgb.size(), b.rgb.size());
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i)
        sum += std::abs(a.rgb[i] - b.rgb[i]);
    return sum / static_cast<double>(a.rgb.size());
}

TEST(Alteration, AmountsWithoutEffectKeepThePixels) {
    const auto picture = slope(67, 41);
    for (const auto& [step, amount] :
         {std::pair(Step::Scale, 1.0), std::pair(Step::AtMost, 67.0), std::pair(Step::AtMost, 1e4),
          std::pair(Step::LongerSide, 67.0), std::pair(Step::Blur, 0.0),
          std::pair(Step::Noise, 0.0), std::pair(Step::Crop, 0.0), std::pair(Step::Rotation, 0.0),
          std::pair(Step::Brightness, 1.0), std::pair(Step::Contrast, 1.0)})
        EXPECT_EQ(altered(picture, step, amount).rgb, picture.rgb)
            << alteration_text({step, amount});
    EXPECT_EQ(dfd::altered(picture, {}).rgb, picture.rgb);
}

TEST(Alteration, SizesAreAsRequested) {
    struct Case {
        Step step;
        double amount;
        int width, height;
    };
    for (const auto& [step, amount, width, height] :
         {Case{Step::Scale, 0.5, 200, 150}, Case{Step::Scale, 1.25, 500, 375},
          Case{Step::AtMost, 100, 100, 75}, Case{Step::LongerSide, 800, 800, 600},
          Case{Step::Crop, 0.1, 320, 240}, Case{Step::Blur, 2, 400, 300},
          Case{Step::Jpeg, 75, 400, 300}, Case{Step::WebP, 75, 400, 300},
          // cos + 0.75 sin and so on: the smaller of 400 / (400 c + 300 s) and 300 / (400 s + 300
          // c).
          Case{Step::Rotation, 45, 242, 182}}) {
        const auto result = altered(slope(400, 300), step, amount);
        EXPECT_EQ(result.width, width) << alteration_text({step, amount});
        EXPECT_EQ(result.height, height) << alteration_text({step, amount});
    }
}

TEST(Alteration, ScaledPicturesKeepAtLeastOnePixel) {
    const auto one = altered(slope(3, 1), Step::Scale, 0.01);
    EXPECT_EQ(one.width, 1);
    EXPECT_EQ(one.height, 1);
    EXPECT_EQ(altered(slope(1, 1), Step::Crop, 0.45).width, 1);
}

TEST(Alteration, ChannelsKeepTheirOrder) {
    // Red, green and blue differ widely, so that swapped channels are detected.
    Pixels picture{64, 64, {}};
    for (int i = 0; i < 64 * 64; ++i)
        picture.rgb.insert(picture.rgb.end(), {220, 120, 20});
    for (const auto& [step, amount] : {std::pair(Step::Jpeg, 90.0), std::pair(Step::WebP, 90.0),
                                       std::pair(Step::Scale, 0.5), std::pair(Step::Rotation, 3.0),
                                       std::pair(Step::Blur, 1.0), std::pair(Step::Noise, 1.0)}) {
        const auto result = altered(picture, step, amount);
        const int middle = result.width / 2;
        EXPECT_NEAR(at(result, middle, middle, 0), 220, 6) << alteration_text({step, amount});
        EXPECT_NEAR(at(result, middle, middle, 1), 120, 6);
        EXPECT_NEAR(at(result, middle, middle, 2), 20, 6);
    }
}

TEST(Alteration, FlipsAndToneByHand) {
    const Pixels picture{2, 2, {1, 2, 3, 4, 5, 6, 100, 110, 120, 200, 210, 250}};
    EXPECT_EQ(altered(picture, Step::Flip, 1).rgb,
              (std::vector<std::uint8_t>{4, 5, 6, 1, 2, 3, 200, 210, 250, 100, 110, 120}));
    EXPECT_EQ(altered(picture, Step::Flip, 2).rgb,
              (std::vector<std::uint8_t>{100, 110, 120, 200, 210, 250, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(altered(picture, Step::Brightness, 2).rgb,
              (std::vector<std::uint8_t>{2, 4, 6, 8, 10, 12, 200, 220, 240, 255, 255, 255}));
    EXPECT_EQ(altered(picture, Step::Contrast, 0.5).rgb[11], 64 + 125);
}

TEST(Alteration, RotationKeepsTheMiddleAndHasNoEmptyCorner) {
    // A dark frame of one pixel lies outside the result; it shows only where a corner touches the
    // rim.
    Pixels framed{301, 201, std::vector<std::uint8_t>(3 * 301 * 201, 255)};
    for (int y = 0; y < 201; ++y)
        for (int x = 0; x < 301; ++x)
            if (x == 0 || y == 0 || x == 300 || y == 200)
                framed.rgb[static_cast<std::size_t>(3 * (y * 301 + x))] = 0;
    for (const double degrees : {-45.0, -10.0, 5.0, 30.0}) {
        const auto turned = altered(framed, Step::Rotation, degrees);
        const auto dark = std::ranges::count_if(turned.rgb, [](int value) { return value < 250; });
        EXPECT_LT(dark, 40) << degrees;  // two opposite corners touch the frame
        EXPECT_NEAR(static_cast<double>(turned.width) / turned.height, 301.0 / 201, 0.02);
    }
    // Counter-clockwise: a dot to the right of the middle moves up.
    auto dot = Pixels{101, 101, std::vector<std::uint8_t>(3 * 101 * 101, 0)};
    for (int y = 48; y <= 52; ++y)
        for (int x = 68; x <= 72; ++x)
            dot.rgb[static_cast<std::size_t>(3 * (y * 101 + x))] = 255;
    const auto turned = altered(dot, Step::Rotation, 30);
    const int middle = turned.width / 2;
    EXPECT_GT(at(turned, middle + 17, middle - 10, 0), 200);
}

TEST(Alteration, LossGrowsWithItsAmount) {
    const auto picture = slope(160, 120);
    const auto loss = [&](Step step, double amount) {
        return mean_difference(altered(picture, step, amount), picture);
    };
    EXPECT_GT(loss(Step::Jpeg, 20), loss(Step::Jpeg, 95));
    EXPECT_GT(loss(Step::WebP, 20), loss(Step::WebP, 95));
    EXPECT_GT(loss(Step::Blur, 3), loss(Step::Blur, 0.5));
    EXPECT_GT(loss(Step::Noise, 8), 4 * loss(Step::Noise, 1));
    // The mean absolute value of a Gaussian is 0.8 of its standard deviation.
    EXPECT_NEAR(mean_difference(altered(Pixels{100, 100, std::vector<std::uint8_t>(30'000, 128)},
                                        Step::Noise, 8),
                                Pixels{100, 100, std::vector<std::uint8_t>(30'000, 128)}),
                8 * std::sqrt(2 / 3.14159265), 0.2);
}

TEST(Alteration, StepsAreOpenCvs) {
    const auto picture = slope(123, 77);
    const cv::Mat rgb = picture_detail::view(picture);
    const auto expect = [&](const cv::Mat& wanted, const Pixels& found, const char* what) {
        ASSERT_EQ(wanted.size(), cv::Size(found.width, found.height)) << what;
        EXPECT_EQ(cv::norm(wanted, picture_detail::view(found), cv::NORM_INF), 0) << what;
    };
    cv::Mat bgr, wanted;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    std::vector<unsigned char> bytes;
    ASSERT_TRUE(cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 75}));
    cv::cvtColor(cv::imdecode(bytes, cv::IMREAD_COLOR), wanted, cv::COLOR_BGR2RGB);
    expect(wanted, altered(picture, Step::Jpeg, 75), "JPEG");
    ASSERT_TRUE(cv::imencode(".webp", bgr, bytes, {cv::IMWRITE_WEBP_QUALITY, 75}));
    cv::cvtColor(cv::imdecode(bytes, cv::IMREAD_COLOR), wanted, cv::COLOR_BGR2RGB);
    expect(wanted, altered(picture, Step::WebP, 75), "WebP");
    rgb.convertTo(wanted, -1, 1.25, 0);
    expect(wanted, altered(picture, Step::Brightness, 1.25), "brightness");
    cv::Mat blurred;
    cv::GaussianBlur(rgb, blurred, {}, 0.8);
    blurred.convertTo(wanted, -1, 0.9, 128 * (1 - 0.9));
    const std::array chain{Alteration{Step::Blur, 0.8}, Alteration{Step::Contrast, 0.9}};
    expect(wanted, dfd::altered(picture, chain), "blur and contrast");
    const auto turned = altered(picture, Step::Rotation, 3);
    auto matrix = cv::getRotationMatrix2D({61, 38}, 3, 1);
    matrix.at<double>(0, 2) += (turned.width - 123) / 2.0;
    matrix.at<double>(1, 2) += (turned.height - 77) / 2.0;
    cv::warpAffine(rgb, wanted, matrix, {turned.width, turned.height}, cv::INTER_CUBIC,
                   cv::BORDER_REFLECT_101);
    expect(wanted, turned, "rotation");
}

TEST(Alteration, ARotationInAChainIsMadeOfBandsThatNobodySees) {
    for (auto picture : {slope(67, 41), slope(1700, 1600), slope(900, 2600)}) {
        add_noise(picture.rgb, 30, 7);
        for (const double degrees : {0.7, -10.0, 45.0}) {
            const std::array chain{
                Alteration{Step::Blur, 0.8},         Alteration{Step::Contrast, 0.9},
                Alteration{Step::Blur, 0},           Alteration{Step::Brightness, 1.03},
                Alteration{Step::Rotation, degrees}, Alteration{Step::Noise, 3}};
            auto one_by_one = picture;
            for (const auto& each : chain)
                one_by_one = dfd::altered(one_by_one, {&each, 1});
            const auto at_once = dfd::altered(picture, chain);
            EXPECT_EQ(at_once.width, one_by_one.width);
            EXPECT_TRUE(at_once.rgb == one_by_one.rgb) << picture.width << ", " << degrees;
        }
    }
}

TEST(Alteration, IsDeterministicAndDoesNotChangeTheInput) {
    const auto picture = slope(90, 70);
    const auto before = picture.rgb;
    const std::array chain{Alteration{Step::Blur, 0.8}, Alteration{Step::Noise, 3},
                           Alteration{Step::Rotation, 0.7}, Alteration{Step::Jpeg, 85}};
    const auto once = dfd::altered(picture, chain);
    EXPECT_EQ(once.rgb, dfd::altered(picture, chain).rgb);
    EXPECT_EQ(picture.rgb, before);
    EXPECT_NE(once.rgb, picture.rgb);
}

TEST(Alteration, InvalidStepsAreRefused) {
    const auto picture = slope(8, 8);
    for (const auto& [step, amount] :
         {std::pair(Step::Jpeg, 0.0), std::pair(Step::Jpeg, 101.0), std::pair(Step::Scale, 0.0),
          std::pair(Step::Crop, 0.5), std::pair(Step::Rotation, 90.0), std::pair(Step::Flip, 1.5),
          std::pair(Step::Blur, std::nan("")), std::pair(Step::Noise, -1.0)})
        EXPECT_THROW((void)altered(picture, step, amount), PictureError)
            << alteration_text({step, amount});
    EXPECT_THROW((void)dfd::altered({}, {}), PictureError);
    const Alteration webp{Step::WebP, 80};
    const Alteration twice{Step::Scale, 2};
    EXPECT_NE(alteration_problem(16'384, 10, {&webp, 1}, 1'000'000'000), "");
    EXPECT_EQ(alteration_problem(16'383, 10, {&webp, 1}, 1'000'000'000), "");
    EXPECT_NE(alteration_problem(1000, 1000, {&twice, 1}, 3'999'999), "");
    EXPECT_EQ(alteration_problem(1000, 1000, {&twice, 1}, 4'000'000), "");
}

TEST(Noise, DependsOnlyOnTheSeed) {
    std::vector<std::uint8_t> one(300, 100), two(300, 100), other(300, 100);
    add_noise(one, 4, 7);
    add_noise(two, 4, 7);
    add_noise(other, 4, 8);
    EXPECT_EQ(one, two);
    EXPECT_NE(one, other);
}

}  // namespace
}  // namespace dfd
