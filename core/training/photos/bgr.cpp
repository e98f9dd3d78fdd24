#include "core/training/photos/bgr.h"

#include <opencv2/imgproc.hpp>

namespace dfd {

cv::Mat to_bgr(const Pixels& pixels) {
    // cv::Mat cannot wrap const memory; this one is only read.
    const cv::Mat rgb(pixels.height, pixels.width, CV_8UC3,
                      const_cast<std::uint8_t*>(pixels.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    return bgr;
}

Pixels to_pixels(const cv::Mat& bgr) {
    Pixels pixels{bgr.cols, bgr.rows, std::vector<std::uint8_t>(bgr.total() * 3)};
    cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, pixels.rgb.data());
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return pixels;
}

}  // namespace dfd
