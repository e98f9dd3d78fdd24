#include "core/training/fakes/edit_filters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace dfd::filters {
namespace {

// Zero insertion and a kernel whose size is not divisible by the stride of 2: every other output
// sums more taps than its neighbour.
cv::Mat transposed_twice(const cv::Mat& small, Dice& dice) {
    cv::Mat spread = cv::Mat::zeros(small.rows * 2, small.cols * 2, CV_32FC3);
    for (int y = 0; y < small.rows; ++y)
        for (int x = 0; x < small.cols; ++x)
            spread.at<cv::Vec3f>(2 * y, 2 * x) = cv::Vec3f(small.at<cv::Vec3b>(y, x));
    const int size = dice.chance(0.5) ? 3 : 5;
    const auto uneven = static_cast<float>(dice.between(0.02, 0.15));
    cv::Mat line(1, size, CV_32F);
    for (int i = 0; i < size; ++i) {
        const float from_middle = std::abs(static_cast<float>(i) - static_cast<float>(size / 2));
        line.at<float>(i) =
            1 - from_middle / static_cast<float>((size + 1) / 2) + (i % 2 == 0 ? uneven : -uneven);
    }
    line *= 2 / cv::sum(line)[0];
    cv::Mat result;
    cv::sepFilter2D(spread, result, CV_32F, line, line.t(), {-1, -1}, 0, cv::BORDER_REFLECT_101);
    result.convertTo(result, CV_8U);
    return result;
}

}  // namespace

int random_interpolation(Dice& dice) {
    static constexpr std::array kinds{cv::INTER_LINEAR, cv::INTER_CUBIC, cv::INTER_LANCZOS4};
    return dice.pick(kinds);
}

cv::Mat turned(const cv::Mat& content, double degrees, double scale, Dice& dice) {
    const cv::Point2f centre(static_cast<float>(content.cols) / 2,
                             static_cast<float>(content.rows) / 2);
    cv::Mat result;
    cv::warpAffine(content, result, cv::getRotationMatrix2D(centre, degrees, scale), content.size(),
                   random_interpolation(dice), cv::BORDER_REFLECT_101);
    return result;
}

cv::Mat blurred(const cv::Mat& base, Dice& dice) {
    cv::Mat result;
    const double kind = dice.unit();
    if (kind < 0.5) {
        cv::GaussianBlur(base, result, {}, dice.between(0.7, 3.5));
    } else if (kind < 0.7) {
        cv::medianBlur(base, result, 2 * dice.whole(1, 3) + 1);
    } else if (kind < 0.85) {
        const double colours = dice.between(15, 60);
        cv::bilateralFilter(base, result, 7, colours, dice.between(2, 5));
    } else {
        const int length = dice.whole(3, 11);
        cv::Mat kernel = cv::Mat::zeros(length, length, CV_32F);
        const double angle = dice.between(0, std::numbers::pi);
        const double middle = (length - 1) / 2.0;
        for (int i = 0; i < 4 * length; ++i) {
            const double along = (i / (4.0 * length - 1) - 0.5) * (length - 1);
            kernel.at<float>(static_cast<int>(std::lround(middle + along * std::sin(angle))),
                             static_cast<int>(std::lround(middle + along * std::cos(angle)))) = 1;
        }
        kernel /= cv::sum(kernel)[0];
        cv::filter2D(base, result, -1, kernel);
    }
    return result;
}

cv::Mat noisy(const cv::Mat& base, Dice& dice) {
    const double strength = dice.between(2, 12);
    const bool grey = dice.chance(0.4);
    cv::Mat grain(base.size(), grey ? CV_32F : CV_32FC3);
    cv::RNG random(dice.bits());
    random.fill(grain, cv::RNG::NORMAL, 0, strength);
    if (dice.chance(0.3)) {
        cv::GaussianBlur(grain, grain, {}, 0.7);
        grain *= 2;
    }
    if (grey)
        cv::cvtColor(grain, grain, cv::COLOR_GRAY2BGR);
    cv::Mat result;
    cv::add(base, grain, result, cv::noArray(), CV_8U);
    return result;
}

cv::Mat sharpened(const cv::Mat& base, Dice& dice) {
    cv::Mat soft;
    cv::GaussianBlur(base, soft, {}, dice.between(0.7, 2.5));
    const double amount = dice.between(0.5, 2);
    cv::Mat result;
    cv::addWeighted(base, 1 + amount, soft, -amount, 0, result);
    return result;
}

cv::Mat resampled(const cv::Mat& base, Dice& dice) {
    const bool enlarge = dice.chance(0.7);
    const double scale = enlarge ? dice.between(1.04, 1.5) : dice.between(0.85, 1.0);
    const double degrees = enlarge && dice.chance(0.5) ? 0 : dice.between(2, 15);
    return turned(base, dice.chance(0.5) ? degrees : -degrees, scale, dice);
}

// A smooth displacement that fades to zero at the region's border.
cv::Mat warped(const cv::Mat& base, const EditRegion& region, Dice& dice) {
    const float cx = static_cast<float>(region.box.x) + static_cast<float>(region.box.width) / 2;
    const float cy = static_cast<float>(region.box.y) + static_cast<float>(region.box.height) / 2;
    const float rx = static_cast<float>(region.box.width) / 2;
    const float ry = static_cast<float>(region.box.height) / 2;
    const double kind = dice.unit();
    const auto sign = [&] { return dice.chance(0.5) ? 1.0 : -1.0; };
    const auto swell = static_cast<float>(kind < 0.4 ? sign() * dice.between(0.12, 0.35) : 0);
    const auto twist = static_cast<float>(kind >= 0.7 ? sign() * dice.between(0.2, 0.8) : 0);
    const bool push = kind >= 0.4 && kind < 0.7;
    const auto push_x = static_cast<float>(push ? sign() * dice.between(0.08, 0.25) : 0) * rx;
    const auto push_y = static_cast<float>(push ? sign() * dice.between(0.08, 0.25) : 0) * ry;
    cv::Mat map_x(base.size(), CV_32F);
    cv::Mat map_y(base.size(), CV_32F);
    for (int y = 0; y < base.rows; ++y)
        for (int x = 0; x < base.cols; ++x) {
            const float dx = static_cast<float>(x) - cx;
            const float dy = static_cast<float>(y) - cy;
            const float distance = (dx * dx) / (rx * rx) + (dy * dy) / (ry * ry);
            const float fade = distance < 1 ? (1 - distance) * (1 - distance) : 0;
            const float zoom = 1 - swell * fade;
            const float angle = twist * fade;
            const float c = std::cos(angle) * zoom;
            const float s = std::sin(angle) * zoom;
            map_x.at<float>(y, x) = cx + c * dx - s * dy + push_x * fade;
            map_y.at<float>(y, x) = cy + s * dx + c * dy + push_y * fade;
        }
    cv::Mat result;
    cv::remap(base, result, map_x, map_y, dice.chance(0.5) ? cv::INTER_LINEAR : cv::INTER_CUBIC,
              cv::BORDER_REFLECT_101);
    return result;
}

cv::Mat resynthesised(const cv::Mat& base, Dice& dice) {
    const double factor = dice.between(1.4, 4);
    cv::Mat small;
    cv::Mat result;
    cv::resize(base, small,
               {std::max(1, static_cast<int>(base.cols / factor)),
                std::max(1, static_cast<int>(base.rows / factor))},
               0, 0, dice.chance(0.7) ? cv::INTER_AREA : cv::INTER_LINEAR);
    if (dice.chance(0.35))
        small = transposed_twice(small, dice);
    cv::resize(small, result, base.size(), 0, 0, random_interpolation(dice));
    if (dice.chance(0.3)) {  // a sharpening pass, as upscalers apply
        cv::Mat soft;
        cv::GaussianBlur(result, soft, {}, 1.2);
        cv::addWeighted(result, 1.8, soft, -0.8, 0, result);
    }
    return result;
}

cv::Mat recoloured(const cv::Mat& base, Dice& dice) {
    cv::Mat result;
    const double kind = dice.unit();
    if (kind < 0.4) {
        const double contrast = dice.between(0.75, 1.3);
        base.convertTo(result, -1, contrast, dice.between(-18, 18));
    } else if (kind < 0.7) {
        cv::Mat hsv;
        cv::cvtColor(base, hsv, cv::COLOR_BGR2HSV);
        const int turn = dice.whole(6, 90);
        const double saturation = dice.between(0.6, 1.5);
        for (int y = 0; y < hsv.rows; ++y) {
            auto* row = hsv.ptr<cv::Vec3b>(y);
            for (int x = 0; x < hsv.cols; ++x) {
                row[x][0] = static_cast<unsigned char>((row[x][0] + turn) % 180);
                row[x][1] = cv::saturate_cast<unsigned char>(row[x][1] * saturation);
            }
        }
        cv::cvtColor(hsv, result, cv::COLOR_HSV2BGR);
    } else {
        cv::Mat curve(1, 256, CV_8UC3);
        const std::array<double, 3> gamma{std::exp2(dice.between(-0.6, 0.6)),
                                          std::exp2(dice.between(-0.6, 0.6)),
                                          std::exp2(dice.between(-0.6, 0.6))};
        for (int i = 0; i < 256; ++i)
            for (int c = 0; c < 3; ++c)
                curve.at<cv::Vec3b>(0, i)[c] = cv::saturate_cast<unsigned char>(
                    255 * std::pow(i / 255.0, gamma[static_cast<std::size_t>(c)]));
        cv::LUT(base, curve, result);
    }
    return result;
}

cv::Mat colours_transferred(const cv::Mat& base, const cv::Mat& target, const cv::Mat& mask) {
    cv::Mat from;
    cv::Mat to;
    cv::cvtColor(base, from, cv::COLOR_BGR2Lab);
    cv::cvtColor(target, to, cv::COLOR_BGR2Lab);
    cv::Scalar from_mean;
    cv::Scalar from_deviation;
    cv::Scalar to_mean;
    cv::Scalar to_deviation;
    cv::meanStdDev(from, from_mean, from_deviation, mask);
    cv::meanStdDev(to, to_mean, to_deviation, mask);
    from.convertTo(from, CV_32F);
    for (int i = 0; i < 3; ++i)
        to_deviation[i] /= std::max(from_deviation[i], 1.0);
    cv::subtract(from, from_mean, from);
    cv::multiply(from, to_deviation, from);
    cv::add(from, to_mean, from);
    from.convertTo(from, CV_8U);
    cv::Mat result;
    cv::cvtColor(from, result, cv::COLOR_Lab2BGR);
    return result;
}

}  // namespace dfd::filters
