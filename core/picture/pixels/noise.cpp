#include "core/picture/pixels/noise.h"

#include <opencv2/core.hpp>

namespace dfd {

// OpenCV's generator is much faster than drawing single values, and just as reproducible.
void add_noise(std::span<std::uint8_t> values, double sigma, std::uint64_t seed) {
    cv::Mat line(1, static_cast<int>(values.size()), CV_8UC1, values.data());
    cv::RNG random(seed);
    cv::Mat noise(line.size(), CV_16SC1);
    random.fill(noise, cv::RNG::NORMAL, 0, sigma * 16);
    cv::Mat wide;
    line.convertTo(wide, CV_16SC1, 16);
    wide += noise;
    wide.convertTo(line, CV_8UC1, 1.0 / 16);
}

}  // namespace dfd
