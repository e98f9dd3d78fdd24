#include "core/training/processing/everyday.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/picture/pixels/noise.h"

namespace dfd {
namespace {

constexpr int kSmallestSide = 256, kLargestSide = 1280;  // of the longer side
constexpr double kMostEnlarged = 2;
constexpr std::array kAspects{1.0,       1.0,       1.0,       4.0 / 3.0,  4.0 / 3.0, 3.0 / 2.0,
                              3.0 / 2.0, 3.0 / 4.0, 2.0 / 3.0, 16.0 / 9.0, 4.0 / 5.0, 9.0 / 16.0};

struct Kernel {
    const char* name;
    int interpolation;
};
constexpr std::array kKernels{Kernel{"area", cv::INTER_AREA}, Kernel{"linear", cv::INTER_LINEAR},
                              Kernel{"cubic", cv::INTER_CUBIC},
                              Kernel{"lanczos", cv::INTER_LANCZOS4}};

std::string with_number(const char* name, double value) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%s %.3g", name, value);
    return text.data();
}

cv::Size scaled_size(const cv::Size& size, double factor) {
    const auto side = [&](int pixels) {
        return std::max(16, static_cast<int>(std::lround(pixels * factor)));
    };
    return {side(size.width), side(size.height)};
}

/// A picture on its way through the steps. Every step draws the same numbers whether it is taken or
/// not, and notes itself when it is.
class Way {
  public:
    Way(cv::Mat bgr, cv::Mat mask, Dice dice)
        : picture_(std::move(bgr)), mask_(std::move(mask)), dice_(dice) {}

    void everyday() {
        crop();
        if (dice_.chance(0.35)) {  // an earlier life as a small copy
            to_longer_side(log_uniform(kSmallestSide, 900), 1);
            save(false);
        }
        resize();
        tone();
        sharpness();
        frame();
        if (dice_.chance(0.3)) {
            save(false);
            to_longer_side(log_uniform(0.5, 1) * longer(), 1);
            if (dice_.chance(0.25)) {
                save(false);
                to_longer_side(log_uniform(0.7, 1) * longer(), 1);
            }
        }
        save(true);
    }

    void half_jpeg_75() {
        scale(0.5, kKernels[0]);
        encode(".jpg", 75, true);
    }

    ProcessedPicture result() && { return std::move(result_); }

  private:
    [[nodiscard]] double longer() const { return std::max(picture_.cols, picture_.rows); }
    double log_uniform(double low, double high) {
        return std::exp(dice_.between(std::log(low), std::log(high)));
    }
    void note(std::string operation) { result_.operations.push_back(std::move(operation)); }

    void crop() {
        const double aspect = dice_.pick(kAspects);
        const double share = dice_.chance(0.5) ? 1 : dice_.between(0.6, 1);
        const double x = dice_.unit(), y = dice_.unit();
        const double height = std::min<double>(picture_.rows, picture_.cols / aspect) * share;
        const cv::Size size(std::clamp(static_cast<int>(height * aspect), 16, picture_.cols),
                            std::clamp(static_cast<int>(height), 16, picture_.rows));
        const cv::Point corner(static_cast<int>(x * (picture_.cols - size.width)),
                               static_cast<int>(y * (picture_.rows - size.height)));
        picture_ = picture_(cv::Rect(corner, size));
        if (!mask_.empty())
            mask_ = mask_(cv::Rect(corner, size));
        note(with_number("crop", share));
    }

    void scale(double factor, const Kernel& kernel) {
        const auto size = scaled_size(picture_.size(), factor);
        cv::Mat from = picture_, result;
        // Programs that use a narrow kernel also reduce in two stages, to avoid aliasing.
        if (factor < 0.5 && kernel.interpolation != cv::INTER_AREA) {
            cv::resize(picture_, from, size * 2, 0, 0, cv::INTER_AREA);
        }
        const bool enlarge = factor > 1 && kernel.interpolation == cv::INTER_AREA;
        cv::resize(from, result, size, 0, 0, enlarge ? cv::INTER_LINEAR : kernel.interpolation);
        picture_ = result;
        if (!mask_.empty()) {
            cv::Mat scaled;
            cv::resize(mask_, scaled, size, 0, 0, cv::INTER_NEAREST);
            mask_ = scaled;
        }
        note(with_number("scale", factor) + " " + kernel.name);
    }

    /// `most`: the largest factor.
    void to_longer_side(double side, double most) {
        const auto& kernel = dice_.pick(kKernels);
        const double factor = std::min(side / longer(), most);
        if (std::abs(factor - 1) > 0.01)
            scale(factor, kernel);
    }

    void resize() {
        const double side = log_uniform(kSmallestSide, kLargestSide);
        const double between = log_uniform(0.6, 1.6);
        if (dice_.chance(0.2))
            to_longer_side(side * between, kMostEnlarged);
        to_longer_side(side, kMostEnlarged);
    }

    void tone() {
        auto dice = Dice(dice_.bits());
        if (dice_.chance(0.3)) {
            const double contrast = dice.between(0.8, 1.25);
            const double brightness = dice.between(-15, 15);
            const double gamma = dice.between(0.8, 1.25);
            const double saturation = dice.between(0.5, 1.4);
            std::array<double, 3> gains{};
            for (auto& gain : gains)
                gain = dice.between(0.94, 1.06);
            cv::Mat levels(1, 256, CV_8UC3);
            for (int i = 0; i < 256; ++i)
                for (int channel = 0; channel < 3; ++channel) {
                    const double curve = 255 * std::pow(i / 255.0, gamma);
                    levels.at<cv::Vec3b>(0, i)[channel] =
                        cv::saturate_cast<uchar>(((curve - 128) * contrast + 128 + brightness) *
                                                 gains[static_cast<std::size_t>(channel)]);
                }
            cv::Mat toned, grey;
            cv::LUT(picture_, levels, toned);
            cv::cvtColor(toned, grey, cv::COLOR_BGR2GRAY);
            cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
            cv::addWeighted(toned, saturation, grey, 1 - saturation, 0, picture_);
            note("tone");
        }
        const double limit = dice.between(1, 3);
        if (dice_.chance(0.05)) {  // local contrast, as HDR modes do
            cv::Mat lab;
            cv::cvtColor(picture_, lab, cv::COLOR_BGR2Lab);
            std::vector<cv::Mat> channels;
            cv::split(lab, channels);
            cv::createCLAHE(limit, {8, 8})->apply(channels[0], channels[0]);
            cv::merge(channels, lab);
            cv::Mat result;
            cv::cvtColor(lab, result, cv::COLOR_Lab2BGR);
            picture_ = result;
            note(with_number("local contrast", limit));
        }
        if (dice_.chance(0.03)) {
            cv::Mat grey, result;
            cv::cvtColor(picture_, grey, cv::COLOR_BGR2GRAY);
            cv::cvtColor(grey, result, cv::COLOR_GRAY2BGR);
            picture_ = result;
            note("grey");
        }
    }

    void sharpness() {
        auto dice = Dice(dice_.bits());
        const double which = dice_.unit();
        cv::Mat result;
        if (which < 0.2) {
            const double amount = dice.between(0.2, 1.2);
            cv::Mat soft;
            cv::GaussianBlur(picture_, soft, {}, dice.between(0.6, 1.6));
            cv::addWeighted(picture_, 1 + amount, soft, -amount, 0, result);
            note(with_number("sharpen", amount));
        } else if (which < 0.28) {
            const double sigma = dice.between(0.3, 1.2);
            cv::GaussianBlur(picture_, result, {}, sigma);
            note(with_number("blur", sigma));
        } else if (which < 0.31) {
            cv::medianBlur(picture_, result, 3);
            note("median");
        } else if (which < 0.35) {
            cv::bilateralFilter(picture_, result, 5, dice.between(10, 30), 2);
            note("denoise");
        } else if (which < 0.43) {
            const double sigma = dice.between(1, 6);
            result = picture_.clone();
            add_noise({result.data, result.total() * result.elemSize()}, sigma, dice.bits());
            note(with_number("noise", sigma));
        }
        if (!result.empty())
            picture_ = result;
    }

    /// A border, or a caption below.
    void frame() {
        auto dice = Dice(dice_.bits());
        const double which = dice_.unit();
        if (which >= 0.06)
            return;
        const bool caption = which >= 0.03;
        const int width = std::max(2, static_cast<int>(longer() * dice.between(0.01, 0.06)));
        const int sides = caption ? 0 : width;
        const int below = caption ? 2 * width + 8 : width;
        const auto colour = cv::Scalar::all(dice.chance(0.5) ? 255 : dice.whole(0, 60));
        cv::Mat result;
        cv::copyMakeBorder(picture_, result, sides, below, sides, sides, cv::BORDER_CONSTANT,
                           colour);
        if (!mask_.empty()) {
            cv::Mat larger;
            cv::copyMakeBorder(mask_, larger, sides, below, sides, sides, cv::BORDER_CONSTANT, 0);
            mask_ = larger;
        }
        if (caption) {
            std::string words;
            for (int i = dice.whole(8, 30); i > 0; --i)
                words += dice.chance(0.18) ? ' ' : static_cast<char>('a' + dice.whole(0, 25));
            cv::putText(result, words, {width / 2, result.rows - below / 3},
                        cv::FONT_HERSHEY_SIMPLEX, below / 60.0,
                        cv::Scalar::all(colour[0] > 128 ? 20 : 235), 1, cv::LINE_AA);
        }
        picture_ = result;
        note(caption ? "caption" : "border");
    }

    void save(bool last) {
        const double which = dice_.unit();
        const double loss = dice_.unit();
        if (which < 0.72)
            encode(".jpg", 98 - static_cast<int>(58 * loss * loss), last);
        else if (which < 0.92)
            encode(".webp", 95 - static_cast<int>(55 * loss * loss), last);
        else
            encode(".png", 0, last);
    }

    void encode(const char* extension, int quality, bool last) {
        const std::string format(extension + 1);
        const bool lossless = quality == 0;
        note(lossless ? format : (format == "jpg" ? "jpeg " : "webp ") + std::to_string(quality));
        std::vector<int> parameters;
        if (!lossless)
            parameters = {format == "jpg" ? cv::IMWRITE_JPEG_QUALITY : cv::IMWRITE_WEBP_QUALITY,
                          quality};
        if (lossless && !last)
            return;
        cv::imencode(extension, picture_, result_.bytes, parameters);
        result_.extension = extension;
        if (last)
            result_.mask = mask_.empty() ? cv::Mat() : mask_.clone();
        else
            picture_ = cv::imdecode(result_.bytes, cv::IMREAD_COLOR);
    }

    cv::Mat picture_, mask_;
    Dice dice_;
    ProcessedPicture result_;
};

}  // namespace

ProcessedPicture process(Processing processing, const cv::Mat& bgr, const cv::Mat& mask,
                         Dice dice) {
    Way way(bgr, mask, dice);
    if (processing == Processing::Everyday)
        way.everyday();
    else
        way.half_jpeg_75();
    return std::move(way).result();
}

}  // namespace dfd
