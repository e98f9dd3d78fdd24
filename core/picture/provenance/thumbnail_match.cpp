// Compares the thumbnail in a file's EXIF block with the file's picture.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "core/base/language.h"
#include "core/picture/pixels/mat_view.h"
#include "core/picture/pixels/orientation.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

constexpr int kBlocks = 12;  // along the longer side
constexpr int kSmallestThumbnail = 3 * kBlocks;
constexpr double kDarkBar = 24;  // mean brightness of a bar beside a letterboxed picture
constexpr double kLeastContrast = 0.7;
constexpr double kMostContrast = 1.4;
constexpr DecodeLimits kLimits{std::uint64_t{1} << 20, 4'000'000};

/// Maximum difference over all blocks and channels, after a fit of brightness and contrast.
double block_difference(const cv::Mat& thumbnail, const cv::Mat& picture) {
    const double scale = static_cast<double>(kBlocks) / std::max(thumbnail.cols, thumbnail.rows);
    const cv::Size grid(std::max(1, cvRound(thumbnail.cols * scale)),
                        std::max(1, cvRound(thumbnail.rows * scale)));
    cv::Mat small, large;
    thumbnail.convertTo(small, CV_32F);
    cv::resize(small, small, grid, 0, 0, cv::INTER_AREA);
    cv::resize(picture, large, grid, 0, 0, cv::INTER_AREA);
    large.convertTo(large, CV_32F);
    std::array<cv::Mat, 3> from, to;
    cv::split(large, from.data());
    cv::split(small, to.data());
    double most = 0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const double from_mean = cv::mean(from[channel])[0];
        const double to_mean = cv::mean(to[channel])[0];
        const cv::Mat x = from[channel] - from_mean;
        const cv::Mat y = to[channel] - to_mean;
        const double variance = x.dot(x);
        const double contrast =
            variance > 0 ? std::clamp(x.dot(y) / variance, kLeastContrast, kMostContrast) : 1.0;
        most = std::max(most, cv::norm(y, contrast * x, cv::NORM_INF));
    }
    return most;
}

/// The largest centred part of `outer` with the aspect ratio of `inner`.
cv::Rect fitted(const cv::Size& inner, const cv::Size& outer) {
    const double scale = std::min(static_cast<double>(outer.width) / inner.width,
                                  static_cast<double>(outer.height) / inner.height);
    const int width = std::clamp(cvRound(inner.width * scale), 1, outer.width);
    const int height = std::clamp(cvRound(inner.height * scale), 1, outer.height);
    return {(outer.width - width) / 2, (outer.height - height) / 2, width, height};
}

double brightness_sum(const cv::Mat& picture) {
    const cv::Scalar sum = cv::sum(picture);
    return (sum[0] + sum[1] + sum[2]) / 3;
}

bool dark_outside(const cv::Mat& thumbnail, const cv::Rect& inside) {
    const double outside = static_cast<double>(thumbnail.total()) - inside.area();
    return outside > 0 &&
           (brightness_sum(thumbnail) - brightness_sum(thumbnail(inside))) < kDarkBar * outside;
}

/// The smallest difference over the ways in which cameras fit a picture into a thumbnail.
double layout_difference(const cv::Mat& thumbnail, const cv::Mat& picture) {
    double least = block_difference(thumbnail, picture);
    const cv::Rect inside = fitted(picture.size(), thumbnail.size());
    if (dark_outside(thumbnail, inside))
        least = std::min(least, block_difference(thumbnail(inside), picture));
    const cv::Rect middle = fitted(thumbnail.size(), picture.size());
    return std::min(least, block_difference(thumbnail, picture(middle)));
}

std::string levels(double difference) {
    return std::to_string(static_cast<int>(std::ceil(difference)));
}

}  // namespace

double thumbnail_difference(const Pixels& thumbnail, const Pixels& picture, int orientation) {
    const cv::Mat stored = view(thumbnail);
    // Reduce once, instead of using the whole picture for every layout.
    const Pixels reduced = dfd::thumbnail(picture, 4 * std::max(thumbnail.width, thumbnail.height));
    double least = layout_difference(stored, view(reduced));
    if (orientation >= 2 && orientation <= 8)
        least = std::min(least, layout_difference(oriented(stored, orientation), view(reduced)));
    return least;
}

std::optional<ProvenanceHint> thumbnail_hint(Bytes thumbnail, const Pixels& picture,
                                             int orientation) {
    if (thumbnail.empty() || picture.empty())
        return std::nullopt;
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::Thumbnail;
    const auto bytes = std::to_string(thumbnail.size());
    hint.evidence = say("EXIF thumbnail of %1 bytes", {bytes});
    Pixels small;
    try {
        small = decode_jpeg(thumbnail, kLimits).pixels;
    } catch (const PictureError&) {
        hint.sentence = say("The file has an embedded thumbnail, but it cannot be decoded.");
        return hint;
    }
    const std::string size = std::to_string(small.width) + " × " + std::to_string(small.height);
    hint.evidence = say("EXIF thumbnail of %1 bytes, %2 pixels", {bytes, size});
    hint.details.emplace_back(to_say("Thumbnail"), size);
    if (std::max(small.width, small.height) < kSmallestThumbnail) {
        hint.sentence =
            say("The file has an embedded thumbnail, too small (%1 pixels) to be "
                "compared with the picture.",
                {size});
        return hint;
    }
    const double difference = thumbnail_difference(small, picture, orientation);
    const std::string usual = levels(kThumbnailTolerance);
    hint.details.emplace_back(to_say("Largest difference"),
                              say("%1 of 255 levels", {levels(difference)}));
    if (difference > kThumbnailTolerance) {
        hint.sentence =
            say("The embedded thumbnail does not match the picture: one place differs by %1 of 255 "
                "brightness levels, where up to %2 can come from scaling and compression. The "
                "picture was edited or cropped after its thumbnail was made, or the thumbnail is "
                "from another picture.",
                {levels(difference), usual});
    } else {
        hint.sentence =
            say("The embedded thumbnail matches the picture: no place differs by more than %1 of "
                "255 brightness levels (up to %2 are usual). Small edits do not show at this size, "
                "and many programs renew the thumbnail.",
                {levels(difference), usual});
    }
    return hint;
}

}  // namespace dfd::picture_detail
