#include "core/picture/pixels/alteration.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <utility>

#include "core/base/language.h"
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

Pixels blank(cv::Size size) {
    return {size.width, size.height,
            std::vector<std::uint8_t>(std::size_t{3} * static_cast<std::size_t>(size.width) *
                                      static_cast<std::size_t>(size.height))};
}

/// RGB to BGR or back.
void swap_red_and_blue(Pixels& pixels) {
    for (std::size_t i = 0; i + 2 < pixels.rgb.size(); i += 3)
        std::swap(pixels.rgb[i], pixels.rgb[i + 2]);
}

/// In the memory of one picture, beside the encoded bytes.
Pixels recompressed(Pixels pixels, const char* format, int parameter, double quality) {
    const InEnglish english;  // of failures
    swap_red_and_blue(pixels);
    cv::Mat bgr = picture_detail::view(pixels);
    std::vector<unsigned char> bytes;
    if (!cv::imencode(format, bgr, bytes, {parameter, static_cast<int>(std::lround(quality))}))
        throw PictureError(
            {failure_codes::kInternal, say("OpenCV could not write the picture as %1.", {format})});
    cv::imdecode(bytes, cv::IMREAD_COLOR, &bgr);  // into the same pixels
    if (bgr.data != pixels.rgb.data() || bgr.rows != pixels.height || bgr.cols != pixels.width)
        throw PictureError(
            {failure_codes::kInternal, say("OpenCV could not read the picture as %1.", {format})});
    swap_red_and_blue(pixels);
    return pixels;
}

/// From the places of the result to those of the picture, about the middle of both.
cv::Matx23d rotation(cv::Size picture, cv::Size result, double degrees) {
    const auto middle = [](cv::Size of) {
        return cv::Point2d((of.width - 1) / 2.0, (of.height - 1) / 2.0);
    };
    const auto from = middle(picture), to = middle(result);
    cv::Matx23d matrix = cv::getRotationMatrix2D(from, degrees, 1), back;
    matrix(0, 2) += to.x - from.x;
    matrix(1, 2) += to.y - from.y;
    cv::invertAffineTransform(matrix, back);
    return back;
}

void rotate(const cv::Mat& rgb, const cv::Matx23d& places, cv::Mat& result) {
    cv::warpAffine(rgb, result, places, result.size(), cv::INTER_CUBIC | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REFLECT_101);
}

/// Whether a step leaves pixels of this size as they are.
bool changes_nothing(cv::Size size, const Alteration& alteration) {
    switch (alteration.step) {
        case Step::Scale:
        case Step::AtMost:
        case Step::LongerSide:
            return size_after(size, alteration) == size;
        case Step::Blur:
        case Step::Noise:
        case Step::Rotation:
            return alteration.amount == 0;
        default:
            return false;
    }
}

/// Whether a step writes over the pixels that it reads.
bool is_in_place(Step step) {
    return step == Step::Jpeg || step == Step::WebP || step == Step::Noise ||
           step == Step::Brightness || step == Step::Contrast;
}

Pixels stepped_in_place(Pixels pixels, const Alteration& alteration) {
    const double amount = alteration.amount;
    cv::Mat rgb = picture_detail::view(pixels);
    switch (alteration.step) {
        case Step::Jpeg:
            return recompressed(std::move(pixels), ".jpg", cv::IMWRITE_JPEG_QUALITY, amount);
        case Step::WebP:
            return recompressed(std::move(pixels), ".webp", cv::IMWRITE_WEBP_QUALITY, amount);
        case Step::Noise:
            add_noise(pixels.rgb, amount, kNoiseSeed);
            break;
        case Step::Brightness:
            rgb.convertTo(rgb, -1, amount, 0);
            break;
        case Step::Contrast:
            rgb.convertTo(rgb, -1, amount, 128 * (1 - amount));
            break;
        default:
            break;
    }
    return pixels;
}

Pixels stepped(const Pixels& pixels, const Alteration& alteration) {
    const double amount = alteration.amount;
    const cv::Mat rgb = picture_detail::view(pixels);
    const auto size = size_after(rgb.size(), alteration);
    Pixels made = blank(size);
    cv::Mat result = picture_detail::view(made);
    switch (alteration.step) {
        case Step::Scale:
        case Step::AtMost:
        case Step::LongerSide:
            cv::resize(rgb, result, size, 0, 0,
                       size.area() < rgb.size().area() ? cv::INTER_AREA : cv::INTER_CUBIC);
            break;
        case Step::Blur:
            cv::GaussianBlur(rgb, result, {}, amount);
            break;
        case Step::Crop:
            rgb({{(rgb.cols - size.width) / 2, (rgb.rows - size.height) / 2}, size}).copyTo(result);
            break;
        case Step::Rotation:
            rotate(rgb, rotation(rgb.size(), size, amount), result);
            break;
        case Step::Flip:
            cv::flip(rgb, result, amount == 1 ? 1 : 0);
            break;
        default:
            break;
    }
    return made;
}

/// Does one step to `result`, or to the picture where that is still empty.
void step(const Pixels& picture, Pixels& result, const Alteration& each) {
    const Pixels& now = result.empty() ? picture : result;
    if (changes_nothing({now.width, now.height}, each))
        return;
    if (is_in_place(each.step))
        result = stepped_in_place(result.empty() ? Pixels(picture) : std::move(result), each);
    else
        result = stepped(now, each);
}

/// How many rows above and below a row a step looks at, if it leaves every pixel in its place.
std::optional<int> reach(const Alteration& each) {
    switch (each.step) {
        case Step::Blur:
            return static_cast<int>(std::ceil(3 * each.amount)) + 1;
        case Step::Brightness:
        case Step::Contrast:
            return 0;
        default:
            return std::nullopt;
    }
}

/// The steps at the beginning that rotated() can do with the rotation behind them; else none.
std::size_t steps_before_rotation(std::span<const Alteration> steps) {
    std::size_t count = 0;
    while (count < steps.size() && reach(steps[count]))
        ++count;
    const bool turned =
        count < steps.size() && steps[count].step == Step::Rotation && steps[count].amount != 0;
    return turned ? count : 0;
}

/// Rotates what the steps `before` make of the picture, band by band: that is never whole in
/// memory.
Pixels rotated(const Pixels& picture, std::span<const Alteration> before, const Alteration& turn) {
    constexpr int kPixels = 1 << 21, kCubic = 4;
    const cv::Mat rgb = picture_detail::view(picture);
    Pixels made = blank(size_after(rgb.size(), turn));
    cv::Mat result = picture_detail::view(made);
    const auto places = rotation(rgb.size(), result.size(), turn.amount);
    int around = 0;
    for (const auto& each : before)
        around += reach(each).value_or(0);
    const int rows = kPixels / result.cols + 1;
    for (int y = 0; y < result.rows; y += rows) {
        cv::Mat target = result.rowRange(y, std::min(y + rows, result.rows));
        const auto row = [&](int column, int at) {
            return places(1, 0) * column + places(1, 1) * at + places(1, 2);
        };
        const int right = result.cols - 1, bottom = y + target.rows - 1;
        const auto [first, last] =
            std::minmax({row(0, y), row(right, y), row(0, bottom), row(right, bottom)});
        const auto within = [&](int at) { return std::clamp(at, 0, rgb.rows); };
        const cv::Range needed(within(static_cast<int>(first) - kCubic),
                               within(static_cast<int>(last) + 1 + kCubic));
        const cv::Range read(within(needed.start - around), within(needed.end + around));
        Pixels band = blank({rgb.cols, read.size()});
        cv::Mat copy = picture_detail::view(band);
        rgb.rowRange(read).copyTo(copy);
        for (const auto& each : before)
            step(picture, band, each);
        auto shifted = places;
        shifted(0, 2) += places(0, 1) * y;
        shifted(1, 2) += places(1, 1) * y - needed.start;
        rotate(picture_detail::view(band).rowRange(needed - read.start), shifted, target);
    }
    return made;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
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
    const InEnglish english;  // exceptions and records have it; say_again() translates it
    if (width <= 0 || height <= 0)
        return to_say("There are no pixels to alter; decode a picture first.");
    cv::Size size(width, height);
    for (const auto& each : steps) {
        const auto range = range_of(each.step);
        if (!(each.amount >= range.least && each.amount <= range.most) ||
            (each.step == Step::Flip && each.amount != 1 && each.amount != 2))
            return say("The amount in \"%1\" is out of range; use %2 to %3.",
                       {alteration_text(each), number(range.least), number(range.most)});
        const auto next = size_after(size, each);
        const auto pixels =
            static_cast<std::uint64_t>(next.width) * static_cast<std::uint64_t>(next.height);
        if (pixels > most_pixels && next.width > size.width)
            return say("The picture would be enlarged to %1 by %2 pixels, which exceeds the limit.",
                       {std::to_string(next.width), std::to_string(next.height)});
        const int longest = std::max(next.width, next.height);
        if ((each.step == Step::Jpeg && longest > kLargestJpegSide) ||
            (each.step == Step::WebP && longest > kLargestWebPSide))
            return say("%1 does not support pictures of %2 by %3 pixels.",
                       {range.name, std::to_string(next.width), std::to_string(next.height)});
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
        // Of a large picture there is one version in memory, and two while a later step than the
        // first makes new pixels of all of them.
        Pixels result;
        if (const auto before = steps_before_rotation(steps); before > 0) {
            result = rotated(picture, steps.first(before), steps[before]);
            steps = steps.subspan(before + 1);
        }
        for (const auto& each : steps)
            step(picture, result, each);
        return result.empty() ? Pixels(picture) : std::move(result);
    } catch (const cv::Exception& error) {
        const InEnglish english;
        throw PictureError(
            {error.code == cv::Error::StsNoMem ? failure_codes::kOutOfMemory
                                               : failure_codes::kInternal,
             say("The picture could not be altered: %1", {printable(error.err, 200)})});
    }
}

}  // namespace dfd
