#include "core/training/fakes/edit_region.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>
#include <vector>

namespace dfd {

EditRegion random_region(const cv::Size& picture, Dice& dice, double smallest, double largest) {
    const int side = std::min(picture.width, picture.height);
    const auto length = [&] {
        return std::clamp(static_cast<int>(side * dice.between(smallest, largest)), 40,
                          side - 2 * kEditMargin);
    };
    const int width = length();
    const int height = std::clamp(static_cast<int>(width * dice.between(0.6, 1.6)), 40,
                                  picture.height - 2 * kEditMargin);
    EditRegion region;
    const int x = dice.whole(kEditMargin, picture.width - width - kEditMargin);
    const int y = dice.whole(kEditMargin, picture.height - height - kEditMargin);
    region.frame = cv::Rect(x - kEditMargin, y - kEditMargin, width + 2 * kEditMargin,
                            height + 2 * kEditMargin);
    region.mask = cv::Mat::zeros(region.frame.size(), CV_8U);
    const cv::Point centre(region.frame.width / 2, region.frame.height / 2);
    const double shape = dice.unit();
    if (shape < 0.3) {
        cv::ellipse(region.mask, centre, {width / 2, height / 2}, 0, 0, 360, 255, cv::FILLED);
    } else if (shape < 0.5) {
        cv::rectangle(region.mask, {kEditMargin, kEditMargin, width, height}, 255, cv::FILLED);
    } else {
        // A blob: a few waves on a circle.
        std::array<double, 4> height_of{};
        std::array<double, 4> phase{};
        for (std::size_t i = 0; i < height_of.size(); ++i) {
            height_of[i] = dice.between(0, 0.18 / static_cast<double>(i + 1));
            phase[i] = dice.between(0, 2 * std::numbers::pi);
        }
        std::vector<cv::Point> outline;
        for (int step = 0; step < 72; ++step) {
            const double angle = step * 2 * std::numbers::pi / 72;
            double radius = 0.8;
            for (std::size_t i = 0; i < height_of.size(); ++i)
                radius += height_of[i] * std::cos(static_cast<double>(i + 2) * angle + phase[i]);
            radius = std::min(radius, 1.0);
            outline.emplace_back(
                centre.x + static_cast<int>(std::lround(radius * width / 2 * std::cos(angle))),
                centre.y + static_cast<int>(std::lround(radius * height / 2 * std::sin(angle))));
        }
        cv::fillPoly(region.mask, std::vector<std::vector<cv::Point>>{outline}, 255);
    }
    region.box = cv::boundingRect(region.mask);
    return region;
}

EditRegion ellipse_region(const cv::Size& picture, const cv::Rect& box) {
    const cv::Rect whole({}, picture);
    EditRegion region;
    region.frame = cv::Rect(box.x - kEditMargin, box.y - kEditMargin, box.width + 2 * kEditMargin,
                            box.height + 2 * kEditMargin) &
                   whole;
    region.mask = cv::Mat::zeros(region.frame.size(), CV_8U);
    const auto inside = box - region.frame.tl();
    cv::ellipse(region.mask, (inside.tl() + inside.br()) / 2, inside.size() / 2, 0, 0, 360, 255,
                cv::FILLED);
    // Poisson blending needs a border of untouched pixels.
    cv::rectangle(region.mask, {{}, region.mask.size()}, 0, 1);
    region.box = cv::boundingRect(region.mask);
    return region;
}

EditRegion background_region(const cv::Mat& picture, const cv::Rect& around) {
    constexpr int kSide = 200;  // GrabCut's cost grows with the number of pixels
    constexpr int kRounds = 2;
    const double scale =
        std::min(1.0, static_cast<double>(kSide) / std::max(picture.cols, picture.rows));
    cv::Mat small;
    cv::resize(picture, small, {}, scale, scale, cv::INTER_AREA);
    cv::Rect start(static_cast<int>(around.x * scale), static_cast<int>(around.y * scale),
                   static_cast<int>(around.width * scale), static_cast<int>(around.height * scale));
    start &= cv::Rect(2, 2, small.cols - 4, small.rows - 4);
    EditRegion region;
    region.frame = {{}, picture.size()};
    if (start.width < 8 || start.height < 8)
        return region;
    cv::Mat labels;
    cv::Mat background_model;
    cv::Mat foreground_model;
    cv::theRNG().state = 0x9E3779B9;  // GrabCut initialises its clusters with this generator
    cv::grabCut(small, labels, start, background_model, foreground_model, kRounds,
                cv::GC_INIT_WITH_RECT);
    cv::Mat background = (labels & 1) == 0;
    cv::medianBlur(background, background, 5);
    const double share = cv::countNonZero(background) / static_cast<double>(background.total());
    if (share < 0.2 || share > 0.95)
        return region;
    cv::resize(background, region.mask, picture.size(), 0, 0, cv::INTER_LINEAR);
    region.mask = region.mask >= 128;
    region.box = cv::boundingRect(region.mask);
    return region;
}

// Copies `content` over `base` where `mask` is set; with `feather` > 0 the edge fades over about
// that many pixels on each side.
cv::Mat composite(const cv::Mat& base, const cv::Mat& content, const cv::Mat& mask,
                  double feather) {
    cv::Mat result = base.clone();
    if (feather <= 0) {
        content.copyTo(result, mask);
        return result;
    }
    cv::Mat alpha;
    mask.convertTo(alpha, CV_32F, 1.0 / 255);
    cv::GaussianBlur(alpha, alpha, {}, feather);
    // Far from the edge, pixels stay exactly unchanged.
    for (int y = 0; y < base.rows; ++y) {
        const float* a = alpha.ptr<float>(y);
        const auto* top = content.ptr<cv::Vec3b>(y);
        auto* out = result.ptr<cv::Vec3b>(y);
        for (int x = 0; x < base.cols; ++x) {
            if (a[x] < 0.004f)
                continue;
            for (int c = 0; c < 3; ++c)
                out[x][c] =
                    cv::saturate_cast<unsigned char>(static_cast<float>(out[x][c]) * (1 - a[x]) +
                                                     static_cast<float>(top[x][c]) * a[x]);
        }
    }
    return result;
}

double mean_change(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask) {
    cv::Mat difference;
    cv::absdiff(a, b, difference);
    const auto mean = mask.empty() ? cv::mean(difference) : cv::mean(difference, mask);
    return (mean[0] + mean[1] + mean[2]) / 3;
}

double random_feather(Dice& dice) {
    return dice.chance(0.3) ? 0 : dice.between(0.7, 4);
}

const char* blending_name(Blending blending) {
    static constexpr std::array names{"hard", "feathered", "Poisson"};
    return names[static_cast<std::size_t>(blending)];
}

cv::Mat blend(const cv::Mat& base, const cv::Mat& content, const EditRegion& region, Dice& dice,
              Blending& used) {
    if (dice.chance(0.25)) {
        used = Blending::Poisson;
        cv::Mat cloned;
        const cv::Point centre(region.box.x + region.box.width / 2,
                               region.box.y + region.box.height / 2);
        cv::seamlessClone(content, base, region.mask, centre, cloned, cv::NORMAL_CLONE);
        // The solver also changes the rounding of pixels around the mask, which are not part of the
        // edit.
        return composite(base, cloned, region.mask, 0);
    }
    const double feather = random_feather(dice);
    used = feather > 0 ? Blending::Feathered : Blending::Hard;
    return composite(base, content, region.mask, feather);
}

}  // namespace dfd
