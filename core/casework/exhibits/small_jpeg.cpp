#include "core/casework/exhibits/small_jpeg.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/language.h"

namespace dfd {

std::vector<std::uint8_t> small_jpeg(const Pixels& pixels, int side) {
    constexpr int kQuality = 80;
    auto small = thumbnail(pixels, side);
    std::vector<std::uint8_t> bytes;
    try {
        const cv::Mat rgb(small.height, small.width, CV_8UC3, small.rgb.data());
        cv::Mat bgr;
        cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
        if (!cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, kQuality}))
            bytes.clear();
    } catch (const cv::Exception&) {
        bytes.clear();
    }
    if (bytes.empty())
        throw PictureError(
            {failure_codes::kInternal, to_say("OpenCV could not encode the picture as JPEG.")});
    return bytes;
}

}  // namespace dfd
