#include "core/casework/exhibits/perceptual_hash.h"

#include <bit>
#include <opencv2/img_hash/phash.hpp>
#include <opencv2/imgproc.hpp>

namespace dfd {

std::optional<std::uint64_t> perceptual_hash(const Pixels& pixels) {
    constexpr double kPlain = 2;  // standard deviation, of 255 levels
    if (pixels.empty())
        return std::nullopt;
    const cv::Mat rgb(pixels.height, pixels.width, CV_8UC3,
                      const_cast<std::uint8_t*>(pixels.rgb.data()));
    cv::Mat grey, mean, deviation, hash;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    cv::meanStdDev(grey, mean, deviation);
    if (deviation.at<double>(0) < kPlain)
        return std::nullopt;
    cv::img_hash::pHash(grey, hash);
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i)
        bits = bits << 8 | hash.at<std::uint8_t>(0, i);
    return bits;
}

}  // namespace dfd
