#include "core/picture/formats/decoding.h"

#include <climits>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/text.h"

namespace dfd::picture_detail {
namespace {

// OpenCV's limit for a side (CV_IO_MAX_IMAGE_WIDTH); imdecode throws beyond it.
constexpr std::uint64_t kLongestSide = std::uint64_t{1} << 20;

void silence_opencv() {
    static const auto previous =
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    (void)previous;
}

}  // namespace

void fail(const char* code, const std::string& message) {
    throw PictureError(Failure{code, message});
}

void check_size(Format format, std::uint64_t width, std::uint64_t height,
                const DecodeLimits& limits) {
    const std::string size = std::to_string(width) + " × " + std::to_string(height) + " pixels";
    if (width == 0 || height == 0) {
        fail(failure_codes::kDamaged, std::string("The ") + format_name(format) +
                                          " header says the picture has " + size +
                                          ", so it is damaged; get the original file again.");
    }
    if (width > kLongestSide || height > kLongestSide || width > limits.pixels / height) {
        throw OverLimits(
            {failure_codes::kTooLarge,
             std::string("The ") + format_name(format) + " header gives a size of " + size +
                 ", more than the limit of " + std::to_string(limits.pixels / 1'000'000) +
                 " million pixels; export a smaller copy."},
            format, width, height);
    }
}

void fail_truncated(Format format) {
    fail(failure_codes::kDamaged, std::string("The ") + format_name(format) +
                                      " file ends before the picture does (an interrupted "
                                      "download or copy); get the original file again.");
}

void fail_corrupt(Format format, const std::string& what) {
    fail(failure_codes::kDamaged, std::string("The ") + format_name(format) +
                                      " file is damaged, because " + what +
                                      "; get the original file again.");
}

std::string opencv_version() {
    return std::string("OpenCV ") + CV_VERSION;
}

Pixels decode_with_opencv(Bytes bytes, Format format) {
    silence_opencv();
    if (bytes.size() > static_cast<std::size_t>(INT_MAX)) {
        fail(failure_codes::kTooLarge,
             "The file is larger than 2 GiB, which OpenCV cannot decode; export a smaller copy.");
    }
    try {
        const cv::Mat source(1, static_cast<int>(bytes.size()), CV_8UC1,
                             const_cast<std::uint8_t*>(bytes.data()));
        const cv::Mat bgr = cv::imdecode(source, cv::IMREAD_COLOR);
        if (bgr.empty() || bgr.type() != CV_8UC3)
            fail_corrupt(format, "its decoder returned no pixels");
        Pixels pixels;
        pixels.width = bgr.cols;
        pixels.height = bgr.rows;
        pixels.rgb.resize(std::size_t{3} * static_cast<std::size_t>(bgr.cols) *
                          static_cast<std::size_t>(bgr.rows));
        cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, pixels.rgb.data());
        cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
        return pixels;
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem)
            throw std::bad_alloc();
        fail_corrupt(format, "OpenCV cannot decode it (" + printable(error.err, 160) + ")");
    }
}

}  // namespace dfd::picture_detail
