#include "core/picture/pixels/pixels.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/atomic_file.h"
#include "core/base/text.h"

namespace dfd {
namespace {

/// A view; cv::Mat is never const, but callers only read from it.
cv::Mat view(const Pixels& pixels) {
    return {pixels.height, pixels.width, CV_8UC3, const_cast<std::uint8_t*>(pixels.rgb.data())};
}

}  // namespace

Pixels thumbnail(const Pixels& pixels, int longest_side) {
    const int longest = std::max(pixels.width, pixels.height);
    if (pixels.empty() || longest <= std::max(longest_side, 1))
        return pixels;
    const double ratio = static_cast<double>(std::max(longest_side, 1)) / longest;
    Pixels small;
    small.width = std::max(1, static_cast<int>(std::lround(pixels.width * ratio)));
    small.height = std::max(1, static_cast<int>(std::lround(pixels.height * ratio)));
    small.rgb.resize(std::size_t{3} * static_cast<std::size_t>(small.width) *
                     static_cast<std::size_t>(small.height));
    cv::Mat target(small.height, small.width, CV_8UC3, small.rgb.data());
    cv::resize(view(pixels), target, target.size(), 0, 0, cv::INTER_AREA);
    return small;
}

std::vector<std::uint8_t> encode_png(const Pixels& pixels) {
    if (pixels.empty()) {
        throw PictureError({failure_codes::kInternal,
                            "There are no pixels to write as PNG; decode a picture first."});
    }
    std::vector<std::uint8_t> bytes;
    try {
        cv::Mat bgr;
        cv::cvtColor(view(pixels), bgr, cv::COLOR_RGB2BGR);
        if (!cv::imencode(".png", bgr, bytes))
            throw PictureError({failure_codes::kInternal, "OpenCV could not encode the PNG."});
    } catch (const cv::Exception& error) {
        throw PictureError({error.code == cv::Error::StsNoMem ? failure_codes::kOutOfMemory
                                                              : failure_codes::kInternal,
                            "OpenCV could not encode the PNG: " + printable(error.err, 200)});
    }
    return bytes;
}

void write_png(const std::filesystem::path& path, const Pixels& pixels) {
    write_file_atomically(path, encode_png(pixels));
}

}  // namespace dfd
