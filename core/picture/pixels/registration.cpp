#include "core/picture/pixels/registration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <numbers>
#include <opencv2/calib3d.hpp>
#include <opencv2/features2d.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/base/language.h"
#include "core/picture/pixels/mat_view.h"

namespace dfd {
namespace {

using picture_detail::view;

constexpr int kMostPoints = 4000;
constexpr float kClearlyNearest = 0.8F;  ///< nearest against second nearest descriptor
constexpr double kInlierDistance = 3;    ///< pixels
constexpr int kFewestInliers = 12;
constexpr double kAlike = 0.6;  ///< correlation from which the pictures show the same
constexpr double kSameAspect = 0.02;

Pixels to_pixels(const cv::Mat& rgb) {
    Pixels pixels{rgb.cols, rgb.rows, {}};
    pixels.rgb.assign(rgb.datastart, rgb.dataend);
    return pixels;
}

cv::Mat grey(const cv::Mat& rgb) {
    cv::Mat result;
    cv::cvtColor(rgb, result, cv::COLOR_RGB2GRAY);
    return result;
}

cv::Mat reduced(const cv::Mat& rgb, int longest_side) {
    const int longest = std::max(rgb.cols, rgb.rows);
    if (longest <= longest_side)
        return rgb.clone();
    const double factor = static_cast<double>(longest_side) / longest;
    cv::Mat result;
    cv::resize(rgb, result,
               {std::max(1, static_cast<int>(std::lround(rgb.cols * factor))),
                std::max(1, static_cast<int>(std::lround(rgb.rows * factor)))},
               0, 0, cv::INTER_AREA);
    return result;
}

/// A 2 x 3 map from the second picture into the first one's frame.
using Map = cv::Matx23d;

double scale_of(const Map& map) {
    return std::hypot(map(0, 0), map(1, 0));
}

/// From matching points; nothing when too few of them agree.
std::optional<Map> by_points(const cv::Mat& first, const cv::Mat& second) {
    const auto finder = cv::ORB::create(kMostPoints);
    std::vector<cv::KeyPoint> of_first, of_second;
    cv::Mat words_of_first, words_of_second;
    finder->detectAndCompute(grey(first), cv::noArray(), of_first, words_of_first);
    finder->detectAndCompute(grey(second), cv::noArray(), of_second, words_of_second);
    if (of_first.size() < kFewestInliers || of_second.size() < kFewestInliers)
        return std::nullopt;
    std::vector<std::vector<cv::DMatch>> pairs;
    cv::BFMatcher(cv::NORM_HAMMING).knnMatch(words_of_second, words_of_first, pairs, 2);
    std::vector<cv::Point2f> from, to;
    for (const auto& pair : pairs) {
        if (pair.size() < 2 || pair[0].distance > kClearlyNearest * pair[1].distance)
            continue;
        from.push_back(of_second[static_cast<std::size_t>(pair[0].queryIdx)].pt);
        to.push_back(of_first[static_cast<std::size_t>(pair[0].trainIdx)].pt);
    }
    if (from.size() < kFewestInliers)
        return std::nullopt;
    std::vector<std::uint8_t> inliers;
    const cv::Mat found =
        cv::estimateAffinePartial2D(from, to, inliers, cv::RANSAC, kInlierDistance, 5000, 0.999);
    if (found.empty() || std::ranges::count(inliers, 1) < kFewestInliers)
        return std::nullopt;
    return Map(found);
}

/// The second stretched to the first one's frame, corner on corner.
Map stretched(const cv::Size& first, const cv::Size& second) {
    const double x = static_cast<double>(first.width) / second.width;
    const double y = static_cast<double>(first.height) / second.height;
    // Centres of pixels, as cv::resize counts.
    return {x, 0, (x - 1) / 2, 0, y, (y - 1) / 2};
}

struct Overlaid {
    Map map;
    cv::Mat second;   ///< in the first one's frame
    cv::Mat covered;  ///< 255 or 0
    double likeness = 0;
};

double correlation(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask) {
    if (cv::countNonZero(mask) < 16)
        return 0;
    cv::Scalar mean_a, mean_b, deviation_a, deviation_b;
    cv::meanStdDev(a, mean_a, deviation_a, mask);
    cv::meanStdDev(b, mean_b, deviation_b, mask);
    const double deviations = deviation_a[0] * deviation_b[0];
    if (deviations < 1e-6)
        return 0;
    cv::Mat product;
    cv::multiply(a, b, product, 1, CV_32F);
    return (cv::mean(product, mask)[0] - mean_a[0] * mean_b[0]) / deviations;
}

Overlaid overlaid(const cv::Mat& first, cv::Mat second, Map map) {
    Overlaid result;
    result.map = map;
    // Interpolation between neighbours skips pixels of a picture that becomes much smaller.
    if (const double scale = scale_of(map); scale < 0.7) {
        const cv::Size before = second.size();
        cv::Mat smaller;
        cv::resize(second, smaller,
                   {std::max(1, static_cast<int>(std::lround(before.width * scale))),
                    std::max(1, static_cast<int>(std::lround(before.height * scale)))},
                   0, 0, cv::INTER_AREA);
        second = smaller;
        const Map back = stretched(before, second.size());
        const cv::Matx33d whole(back(0, 0), back(0, 1), back(0, 2), back(1, 0), back(1, 1),
                                back(1, 2), 0, 0, 1);
        map = map * whole;
    }
    // The borders of the picture are repeated, and cut off by `covered`.
    cv::warpAffine(second, result.second, map, first.size(), cv::INTER_LINEAR,
                   cv::BORDER_REPLICATE);
    cv::warpAffine(cv::Mat(second.size(), CV_8UC1, cv::Scalar(255)), result.covered, map,
                   first.size(), cv::INTER_NEAREST, cv::BORDER_CONSTANT);
    result.likeness = correlation(grey(first), grey(result.second), result.covered);
    return result;
}

}  // namespace

Registration register_pictures(const Pixels& first, const Pixels& second, int longest_side) {
    if (first.empty() || second.empty())
        throw PictureError({failure_codes::kEmpty, to_say("There are no pixels to compare.")});
    try {
        const cv::Mat a = reduced(view(first), longest_side);
        const cv::Mat b = reduced(view(second), longest_side);
        const bool identical =
            first.width == second.width && first.height == second.height && first.rgb == second.rgb;
        const Map corners = stretched(a.size(), b.size());
        Overlaid best = overlaid(a, b, corners);
        const bool same_aspect = std::abs(corners(0, 0) / corners(1, 1) - 1) < kSameAspect;
        Registration result;
        result.laid = identical                                ? Laid::Identical
                      : same_aspect && best.likeness >= kAlike ? Laid::Registered
                                                               : Laid::Stretched;
        if (!identical)
            if (const auto map = by_points(a, b)) {
                Overlaid other = overlaid(a, b, *map);
                // A copy of the whole picture lies exactly by its corners; points are less exact.
                const double needed =
                    result.laid == Laid::Registered ? best.likeness + 0.01 : kAlike;
                if (other.likeness >= needed) {
                    best = std::move(other);
                    result.laid = Laid::Registered;
                }
            }
        best.second.setTo(cv::Scalar(0, 0, 0), ~best.covered);

        const double of_first = static_cast<double>(first.width) / a.cols;
        const double of_second = static_cast<double>(second.width) / b.cols;
        result.scale = scale_of(best.map) * of_first / of_second;
        result.degrees = -std::atan2(best.map(1, 0), best.map(0, 0)) * 180 / std::numbers::pi;
        // Of the corner itself, half a pixel before the centre of the first pixel.
        const cv::Vec2d corner = best.map * cv::Vec3d(-0.5, -0.5, 1);
        result.right = (corner[0] + 0.5) * of_first;
        result.down = (corner[1] + 0.5) * of_first;
        result.likeness = identical ? 1 : best.likeness;

        cv::Mat by_channel;
        cv::absdiff(a, best.second, by_channel);
        std::array<cv::Mat, 3> channels;
        cv::split(by_channel, channels.data());
        cv::Mat difference = cv::max(channels[0], cv::max(channels[1], channels[2]));
        difference.setTo(cv::Scalar(0), ~best.covered);
        const int covered = cv::countNonZero(best.covered);
        result.share_covered = static_cast<double>(covered) / static_cast<double>(a.total());
        if (covered > 0) {
            result.mean_difference = cv::mean(difference, best.covered)[0];
            result.share_differing =
                static_cast<double>(cv::countNonZero(difference > kDiffers)) / covered;
        }
        result.first = to_pixels(a);
        result.second = to_pixels(best.second);
        result.difference.assign(difference.datastart, difference.dataend);
        result.covered.assign(best.covered.datastart, best.covered.dataend);
        return result;
    } catch (const std::bad_alloc&) {
        throw PictureError(
            {failure_codes::kOutOfMemory,
             to_say("There is not enough memory to compare the pictures. Close other "
                    "programs, then try again.")});
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem)
            throw PictureError(
                {failure_codes::kOutOfMemory,
                 to_say("There is not enough memory to compare the pictures. Close other "
                        "programs, then try again.")});
        const InEnglish english;  // as in every failure
        throw PictureError({failure_codes::kInternal,
                            say("The pictures could not be compared: %1", {error.what()})});
    }
}

}  // namespace dfd
