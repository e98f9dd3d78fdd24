#include "core/training/batches/augmentation.h"

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/picture/pixels/noise.h"

namespace dfd {
namespace {

constexpr std::array kNames{"none", "traces", "full"};

cv::Mat flipped(const cv::Mat& picture, int flip_code) {
    cv::Mat result;
    cv::flip(picture, result, flip_code);
    return result;
}

cv::Mat resampled(const cv::Mat& bgr, double scale, int interpolation) {
    const cv::Size small(std::max(1, static_cast<int>(bgr.cols * scale)),
                         std::max(1, static_cast<int>(bgr.rows * scale)));
    cv::Mat scaled;
    cv::Mat result;
    cv::resize(bgr, scaled, small, 0, 0, scale < 1 ? cv::INTER_AREA : interpolation);
    cv::resize(scaled, result, bgr.size(), 0, 0, interpolation);
    return result;
}

// Changes contrast, brightness and each channel's gain.
cv::Mat recoloured(const cv::Mat& bgr, Dice dice) {
    const double contrast = dice.between(0.8, 1.2);
    const double brightness = dice.between(-20, 20);
    cv::Matx34f change = cv::Matx34f::zeros();
    for (int channel = 0; channel < 3; ++channel) {
        change(channel, channel) = static_cast<float>(contrast * dice.between(0.93, 1.07));
        change(channel, 3) = static_cast<float>(brightness + 128 * (1 - contrast));
    }
    cv::Mat result;
    cv::transform(bgr, result, change);
    return result;
}

cv::Mat noisy(const cv::Mat& bgr, double sigma, std::uint64_t seed) {
    auto result = bgr.clone();
    add_noise({result.data, result.total() * result.elemSize()}, sigma, seed);
    return result;
}

cv::Mat recompressed(const cv::Mat& bgr, const char* format, int parameter, int quality) {
    std::vector<unsigned char> bytes;
    cv::imencode(format, bgr, bytes, {parameter, quality});
    return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

std::vector<cv::Rect> holes(const cv::Size& size, Dice dice) {
    std::vector<cv::Rect> all;
    for (int i = dice.whole(1, 3); i > 0; --i) {
        const int width = std::max(1, static_cast<int>(size.width * dice.between(0.08, 0.25)));
        const int height = std::max(1, static_cast<int>(size.height * dice.between(0.08, 0.25)));
        const int x = dice.whole(0, size.width - width);
        all.emplace_back(x, dice.whole(0, size.height - height), width, height);
    }
    return all;
}

cv::Mat cut_out(const cv::Mat& picture, std::uint64_t seed, int grey) {
    auto result = picture.clone();
    for (const auto& hole : holes(picture.size(), Dice(seed)))
        result(hole).setTo(cv::Scalar::all(grey));
    return result;
}

}  // namespace

const char* augment_name(Augment augment) {
    return kNames[static_cast<std::size_t>(augment)];
}

std::optional<Augment> find_augment(const std::string& name) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (name == kNames[i])
            return static_cast<Augment>(i);
    return std::nullopt;
}

Augmentation::Augmentation(Augment augment, Dice& dice) {
    const auto maybe_add = [&](double probability, Step step, int choice, double strength) {
        // Draws every value, used or not, so that one step does not shift the random numbers of the
        // next.
        const auto seed = dice.bits();
        if (dice.chance(probability))
            drawn_.push_back({step, choice, strength, seed});
    };
    static constexpr std::array interpolations{cv::INTER_LINEAR, cv::INTER_CUBIC};
    if (augment == Augment::Traces) {
        maybe_add(0.75, Step::Flip, dice.whole(-1, 1), 0);
        maybe_add(0.10, Step::Noise, 0, dice.between(0.3, 1.0));
        maybe_add(0.20, Step::Jpeg, dice.whole(82, 98), 0);
    } else if (augment == Augment::Full) {
        maybe_add(0.50, Step::Flip, 1, 0);
        const auto interpolation = dice.pick(interpolations);
        maybe_add(0.20, Step::Resample, interpolation, dice.between(0.5, 1.5));
        maybe_add(0.30, Step::Colour, 0, 0);
        maybe_add(0.15, Step::Blur, 0, dice.between(0.4, 1.6));
        maybe_add(0.20, Step::Noise, 0, dice.between(1, 8));
        const bool webp = dice.chance(0.3);
        maybe_add(0.40, webp ? Step::WebP : Step::Jpeg, dice.whole(50, 98), 0);
        maybe_add(0.20, Step::CutOut, dice.whole(0, 255), 0);
    }
}

cv::Mat Augmentation::apply(const cv::Mat& bgr) const {
    CV_Assert(bgr.type() == CV_8UC3);
    cv::Mat result = bgr;
    for (const auto& [step, choice, strength, seed] : drawn_) {
        switch (step) {
            case Step::Flip:
                result = flipped(result, choice);
                break;
            case Step::Resample:
                result = resampled(result, strength, choice);
                break;
            case Step::Colour:
                result = recoloured(result, Dice(seed));
                break;
            case Step::Blur: {
                cv::Mat blurred;
                cv::GaussianBlur(result, blurred, {}, strength);
                result = blurred;
                break;
            }
            case Step::Noise:
                result = noisy(result, strength, seed);
                break;
            case Step::Jpeg:
                result = recompressed(result, ".jpg", cv::IMWRITE_JPEG_QUALITY, choice);
                break;
            case Step::WebP:
                result = recompressed(result, ".webp", cv::IMWRITE_WEBP_QUALITY, choice);
                break;
            case Step::CutOut:
                result = cut_out(result, seed, choice);
                break;
        }
    }
    return result;
}

cv::Mat Augmentation::apply_to_mask(const cv::Mat& mask) const {
    cv::Mat result = mask;
    for (const auto& [step, choice, strength, seed] : drawn_) {
        if (step == Step::Flip)
            result = flipped(result, choice);
        else if (step == Step::CutOut)
            result = cut_out(result, seed, 0);
    }
    return result;
}

std::vector<Augmentation::Step> Augmentation::steps() const {
    std::vector<Step> all;
    for (const auto& each : drawn_)
        all.push_back(each.step);
    return all;
}

}  // namespace dfd
