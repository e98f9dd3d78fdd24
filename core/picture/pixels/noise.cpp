#include "core/picture/pixels/noise.h"

#include <algorithm>
#include <opencv2/core.hpp>

namespace dfd {

// OpenCV's generator is much faster than drawing single values, and just as reproducible.
void add_noise(std::span<std::uint8_t> values, double sigma, std::uint64_t seed) {
    constexpr std::size_t kPart = std::size_t{1} << 20;
    cv::RNG random(seed);
    cv::Mat noise, wide;
    while (!values.empty()) {
        const auto part = values.first(std::min(kPart, values.size()));
        cv::Mat line(1, static_cast<int>(part.size()), CV_8UC1, part.data());
        noise.create(line.size(), CV_16SC1);
        random.fill(noise, cv::RNG::NORMAL, 0, sigma * 16);
        line.convertTo(wide, CV_16SC1, 16);
        wide += noise;
        wide.convertTo(line, CV_8UC1, 1.0 / 16);
        values = values.subspan(part.size());
    }
}

}  // namespace dfd
