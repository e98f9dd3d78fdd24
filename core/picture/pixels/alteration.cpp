#include "core/picture/pixels/alteration.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/text.h"
#include "core/picture/pixels/mat_view.h"
#include "core/picture/pixels/noise.h"

namespace dfd {
namespace {

constexpr std::uint64_t kNoiseSeed = 20240905;
constexpr int kLargestJpegSide = 65'500;
constexpr int kLargestWebPSide = 16'383;

using Step = AlterationStep;

struct Range {
    const char* name;
    const char* unit;
    double least, most;
};

Range range_of(Step step) {
    switch (step) {
        case Step::Jpeg:
            return {"JPEG", "", 1, 100};
        case Step::WebP:
            return {"WebP", "", 1, 100};
        case Step::Scale:
            return {"scale", "", 0.01, 16};
        case Step::AtMost:
            return {"at most", " px", 1, 65'500};
        case Step::LongerSide:
            return {"longer side", " px", 1, 65'500};
        case Step::Blur:
            return {"blur", " px", 0, 100};
        case Step::Noise:
            return {"noise", " levels", 0, 128};
        case Step::Crop:
            return {"crop", " of each side", 0, 0.45};
        case Step::Rotation:
            return {"rotation", "°", -45, 45};
        case Step::Flip:
            return {"flip", "", 1, 2};
        case Step::Brightness:
            return {"brightness", "", 0, 16};
        case Step::Contrast:
            return {"contrast", "", 0, 16};
    }
    return {"", "", 0, 0};
}

/// Size after a step. The arithmetic does not overflow for any amount in range.
cv::Size size_after(cv::Size size, const Alteration& alteration) {
    const double amount = alteration.amount;
    const auto scaled = [&](double factor) {
        const auto side = [&](int pixels) {
            return static_cast<int>(std::clamp(std::round(pixels * factor), 1.0, 1e9));
        };
        return cv::Size(side(size.width), side(size.height));
    };
    const double longer = std::max(size.width, size.height);
    switch (alteration.step) {
        case Step::Scale:
            return scaled(amount);
        case Step::AtMost:
            return scaled(std::min(1.0, amount / longer));
        case Step::LongerSide:
            return scaled(amount / longer);
        case Step::Crop: {
            const auto left = [&](int pixels) {
                return std::max(1, pixels - 2 * static_cast<int>(std::lround(pixels * amount)));
            };
            return {left(size.width), left(size.height)};
        }
        case Step::Rotation: {
            const double angle = std::abs(amount) * std::numbers::pi / 180;
            const double c = std::cos(angle), s = std::sin(angle);
            return scaled(std::min(size.width / (size.width * c + size.height * s),
                                   size.height / (size.width * s + size.height * c)));
        }
        default:
            return size;
    }
}

cv::Mat recompressed(const cv::Mat& rgb, const char* format, int parameter, double quality) {
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    std::vector<unsigned char> bytes;
    if (!cv::imencode(format, bgr, bytes, {parameter, static_cast<int>(std::lround(quality))}))
        throw PictureError({failure_codes::kInternal,
                            std::string("OpenCV could not write the picture as ") + format + "."});
    cv::Mat result = cv::imdecode(bytes, cv::IMREAD_COLOR);
    cv::cvtColor(result, result, cv::COLOR_BGR2RGB);
    return result;
}

cv::Mat resized(const cv::Mat& rgb, cv::Size size) {
    if (size == rgb.size())
        return rgb;
    cv::Mat result;
    cv::resize(rgb, result, size, 0, 0,
               size.area() < rgb.size().area() ? cv::INTER_AREA : cv::INTER_CUBIC);
    return result;
}

cv::Mat rotated(const cv::Mat& rgb, double degrees, cv::Size size) {
    const auto middle = [](cv::Size of) {
        return cv::Point2d((of.width - 1) / 2.0, (of.height - 1) / 2.0);
    };
    const auto from = middle(rgb.size()), to = middle(size);
    cv::Mat matrix = cv::getRotationMatrix2D(from, degrees, 1);
    matrix.at<double>(0, 2) += to.x - from.x;
    matrix.at<double>(1, 2) += to.y - from.y;
    cv::Mat result;
    cv::warpAffine(rgb, result, matrix, size, cv::INTER_CUBIC, cv::BORDER_REFLECT_101);
    return result;
}

cv::Mat apply_step(const cv::Mat& rgb, const Alteration& alteration) {
    const double amount = alteration.amount;
    const auto size = size_after(rgb.size(), alteration);
    cv::Mat result;
    switch (alteration.step) {
        case Step::Jpeg:
            return recompressed(rgb, ".jpg", cv::IMWRITE_JPEG_QUALITY, amount);
        case Step::WebP:
            return recompressed(rgb, ".webp", cv::IMWRITE_WEBP_QUALITY, amount);
        case Step::Scale:
        case Step::AtMost:
        case Step::LongerSide:
            return resized(rgb, size);
        case Step::Blur:
            if (amount == 0)
                return rgb;
            cv::GaussianBlur(rgb, result, {}, amount);
            return result;
        case Step::Noise:
            if (amount == 0)
                return rgb;
            result = rgb.clone();
            add_noise({result.data, result.total() * result.elemSize()}, amount, kNoiseSeed);
            return result;
        case Step::Crop:
            return rgb({{(rgb.cols - size.width) / 2, (rgb.rows - size.height) / 2}, size}).clone();
        case Step::Rotation:
            return amount == 0 ? rgb : rotated(rgb, amount, size);
        case Step::Flip:
            cv::flip(rgb, result, amount == 1 ? 1 : 0);
            return result;
        case Step::Brightness:
            rgb.convertTo(result, -1, amount, 0);
            return result;
        case Step::Contrast:
            rgb.convertTo(result, -1, amount, 128 * (1 - amount));
            return result;
    }
    return rgb;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

std::string size_words(cv::Size size) {
    return std::to_string(size.width) + " by " + std::to_string(size.height) + " pixels";
}

}  // namespace

std::string alteration_text(const Alteration& alteration) {
    if (alteration.step == Step::Flip)
        return alteration.amount == 1 ? "flipped left to right" : "flipped upside down";
    const auto range = range_of(alteration.step);
    return std::string(range.name) + " " + number(alteration.amount) + range.unit;
}

std::string alteration_problem(int width, int height, std::span<const Alteration> steps,
                               std::uint64_t most_pixels) {
    if (width <= 0 || height <= 0)
        return "There are no pixels to alter; decode a picture first.";
    cv::Size size(width, height);
    for (const auto& each : steps) {
        const auto range = range_of(each.step);
        if (!(each.amount >= range.least && each.amount <= range.most) ||
            (each.step == Step::Flip && each.amount != 1 && each.amount != 2))
            return std::string("The amount in \"") + alteration_text(each) +
                   "\" is out of range; use " + number(range.least) + " to " + number(range.most) +
                   ".";
        const auto next = size_after(size, each);
        const auto pixels =
            static_cast<std::uint64_t>(next.width) * static_cast<std::uint64_t>(next.height);
        if (pixels > most_pixels && next.width > size.width)
            return "The picture would be enlarged to " + size_words(next) +
                   ", which exceeds the limit.";
        const int longest = std::max(next.width, next.height);
        if ((each.step == Step::Jpeg && longest > kLargestJpegSide) ||
            (each.step == Step::WebP && longest > kLargestWebPSide))
            return std::string(range.name) + " does not support pictures of " + size_words(next) +
                   ".";
        size = next;
    }
    return {};
}

Pixels altered(const Pixels& picture, std::span<const Alteration> steps) {
    constexpr auto kMostPixels = std::uint64_t{1} << 30;
    if (const auto problem = alteration_problem(picture.width, picture.height, steps, kMostPixels);
        picture.empty() || !problem.empty())
        throw PictureError({failure_codes::kInternal, problem});
    try {
        auto rgb = picture_detail::view(picture);  // no step modifies its input
        for (const auto& each : steps)
            rgb = apply_step(rgb, each);
        Pixels result{rgb.cols, rgb.rows, std::vector<std::uint8_t>(rgb.total() * 3)};
        rgb.copyTo(cv::Mat(rgb.rows, rgb.cols, CV_8UC3, result.rgb.data()));
        return result;
    } catch (const cv::Exception& error) {
        throw PictureError({error.code == cv::Error::StsNoMem ? failure_codes::kOutOfMemory
                                                              : failure_codes::kInternal,
                            "The picture could not be altered: " + printable(error.err, 200)});
    }
}

}  // namespace dfd
