#include "core/training/edits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>
#include <vector>

namespace dfd {
namespace {

constexpr int kMargin = 24;  // pixels around a region that its edit may read
constexpr int kAttempts = 4;
constexpr double kFaintest = 0.8;       // mean absolute change in grey levels
constexpr int kLargestInpainted = 176;  // its cost grows with the area

// A region, and the part of the picture around it on which the edit works.
struct Region {
    cv::Rect frame;  ///< in the picture
    cv::Mat mask;    ///< 8-bit, the frame's size
    cv::Rect box;    ///< the mask's bounding box in the frame
};

Region random_region(const cv::Size& picture, Dice& dice, double smallest, double largest) {
    const int side = std::min(picture.width, picture.height);
    const auto length = [&] {
        return std::clamp(static_cast<int>(side * dice.between(smallest, largest)), 40,
                          side - 2 * kMargin);
    };
    const int width = length();
    const int height = std::clamp(static_cast<int>(width * dice.between(0.6, 1.6)), 40,
                                  picture.height - 2 * kMargin);
    Region region;
    const int x = dice.whole(kMargin, picture.width - width - kMargin);
    const int y = dice.whole(kMargin, picture.height - height - kMargin);
    region.frame = cv::Rect(x - kMargin, y - kMargin, width + 2 * kMargin, height + 2 * kMargin);
    region.mask = cv::Mat::zeros(region.frame.size(), CV_8U);
    const cv::Point centre(region.frame.width / 2, region.frame.height / 2);
    const double shape = dice.unit();
    if (shape < 0.3) {
        cv::ellipse(region.mask, centre, {width / 2, height / 2}, 0, 0, 360, 255, cv::FILLED);
    } else if (shape < 0.5) {
        cv::rectangle(region.mask, {kMargin, kMargin, width, height}, 255, cv::FILLED);
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

// Lays `content` over `base` where `mask` is set; with `feather` > 0 the edge fades over about that
// many pixels to each side.
cv::Mat lay_over(const cv::Mat& base, const cv::Mat& content, const cv::Mat& mask, double feather) {
    cv::Mat result = base.clone();
    if (feather <= 0) {
        content.copyTo(result, mask);
        return result;
    }
    cv::Mat alpha;
    mask.convertTo(alpha, CV_32F, 1.0 / 255);
    cv::GaussianBlur(alpha, alpha, {}, feather);
    // Far from the edge the pixels stay exactly what they were.
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

double random_feather(Dice& dice) {
    return dice.chance(0.3) ? 0 : dice.between(0.7, 4);
}

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

// A part of `from` that fills `size` once it has been scaled by about `scale` and turned.
cv::Mat take_part(const cv::Mat& from, const cv::Size& size, double scale, double degrees,
                  Dice& dice) {
    scale = std::max({scale, static_cast<double>(size.width) / from.cols,
                      static_cast<double>(size.height) / from.rows});
    const int width = std::clamp(static_cast<int>(size.width / scale), 1, from.cols);
    const int height = std::clamp(static_cast<int>(size.height / scale), 1, from.rows);
    const cv::Rect part(dice.whole(0, from.cols - width), dice.whole(0, from.rows - height), width,
                        height);
    cv::Mat content;
    if (part.size() == size)
        content = from(part).clone();
    else
        cv::resize(from(part), content, size, 0, 0,
                   scale < 0.9 ? cv::INTER_AREA : random_interpolation(dice));
    return degrees == 0 ? content : turned(content, degrees, 1.0, dice);
}

void match_mean(cv::Mat& content, const cv::Mat& base, const cv::Mat& mask, double share) {
    const cv::Scalar shift = (cv::mean(base, mask) - cv::mean(content, mask)) * share;
    cv::add(content, shift, content);
}

cv::Mat blend(const cv::Mat& base, const cv::Mat& content, const Region& region, Dice& dice) {
    if (dice.chance(0.25)) {
        cv::Mat cloned;
        const cv::Point centre(region.box.x + region.box.width / 2,
                               region.box.y + region.box.height / 2);
        cv::seamlessClone(content, base, region.mask, centre, cloned, cv::NORMAL_CLONE);
        // The solver also rounds the pixels around the mask anew; those are not part of the edit.
        return lay_over(base, cloned, region.mask, 0);
    }
    return lay_over(base, content, region.mask, random_feather(dice));
}

cv::Mat splice(const cv::Mat& base, const cv::Mat& donor, const Region& region, Dice& dice) {
    const double scale = dice.chance(0.2) ? 1.0 : std::exp2(dice.between(-0.9, 0.7));
    const double degrees = dice.chance(0.5) ? 0 : dice.between(-30, 30);
    auto content = take_part(donor, base.size(), scale, degrees, dice);
    match_mean(content, base, region.mask, dice.unit());
    return blend(base, content, region, dice);
}

cv::Mat copy_move(const cv::Mat& picture, const Region& region, Dice& dice) {
    const auto base = picture(region.frame);
    const bool rigid = dice.chance(0.5);
    const double scale = rigid ? 1.0 : dice.between(0.8, 1.3);
    const double degrees = rigid || dice.chance(0.4) ? 0 : dice.between(-25, 25);
    auto content = take_part(picture, base.size(), scale, degrees, dice);
    if (dice.chance(0.3))
        match_mean(content, base, region.mask, dice.unit());
    return blend(base, content, region, dice);
}

cv::Mat inpainted(const cv::Mat& base, const Region& region, Dice& dice) {
    cv::Mat result;
    cv::inpaint(base, region.mask, result, dice.between(2, 6),
                dice.chance(0.5) ? cv::INPAINT_TELEA : cv::INPAINT_NS);
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
        cv::bilateralFilter(base, result, 7, dice.between(15, 60), dice.between(2, 5));
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

// A smooth displacement that fades to nothing at the region's border.
cv::Mat warped(const cv::Mat& base, const Region& region, Dice& dice) {
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
    cv::resize(small, result, base.size(), 0, 0, random_interpolation(dice));
    if (dice.chance(0.3)) {  // a sharpening pass, as enlargers do
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
        base.convertTo(result, -1, dice.between(0.75, 1.3), dice.between(-18, 18));
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

cv::Mat edited_frame(const cv::Mat& original, const cv::Mat& donor, EditKind kind,
                     const Region& region, Dice& dice) {
    const auto base = original(region.frame);
    const auto locally = [&](const cv::Mat& content) {
        return lay_over(base, content, region.mask, random_feather(dice));
    };
    switch (kind) {
        case EditKind::Splice:
            return splice(base, donor, region, dice);
        case EditKind::CopyMove:
            return copy_move(original, region, dice);
        case EditKind::Inpaint:
            return inpainted(base, region, dice);
        case EditKind::Blur:
            return locally(blurred(base, dice));
        case EditKind::Noise:
            return locally(noisy(base, dice));
        case EditKind::Sharpen:
            return locally(sharpened(base, dice));
        case EditKind::Resample:
            return locally(resampled(base, dice));
        case EditKind::Warp:
            return locally(warped(base, region, dice));
        case EditKind::Resynthesis:
            return locally(resynthesised(base, dice));
        case EditKind::Colour:
            return locally(recoloured(base, dice));
    }
    return base.clone();
}

}  // namespace

const char* edit_name(EditKind kind) {
    static constexpr std::array names{"splice",       "copy-move", "inpainting", "blur",
                                      "noise",        "sharpen",   "resample",   "warp",
                                      "re-synthesis", "colour"};
    return names[static_cast<std::size_t>(kind)];
}

std::optional<Edit> make_edit(const cv::Mat& original, const cv::Mat& donor, EditKind kind,
                              Dice& dice, const EditSize& size) {
    CV_Assert(original.type() == CV_8UC3 && std::min(original.rows, original.cols) >= 96);
    CV_Assert(donor.type() == CV_8UC3 && std::min(donor.rows, donor.cols) >= 96);
    const double side = std::min(original.rows, original.cols);
    const double limit = kind == EditKind::Inpaint ? kLargestInpainted / side : 1.0;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto region =
            random_region(original.size(), dice, std::min(size.smallest, limit * 0.6),
                          std::min(size.largest, limit));
        const auto frame = edited_frame(original, donor, kind, region, dice);
        cv::Mat difference;
        cv::absdiff(frame, original(region.frame), difference);
        const auto change = cv::mean(difference, region.mask);
        if ((change[0] + change[1] + change[2]) / 3 < kFaintest)
            continue;
        Edit edit{original.clone(), cv::Mat::zeros(original.size(), CV_8U)};
        frame.copyTo(edit.edited(region.frame));
        region.mask.copyTo(edit.mask(region.frame));
        return edit;
    }
    return std::nullopt;
}

}  // namespace dfd
