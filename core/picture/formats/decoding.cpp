#include "core/picture/formats/decoding.h"

#include <algorithm>
#include <climits>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/pixels/orientation.h"

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

void fail(const char* code, std::string_view sentence,
          std::initializer_list<std::string_view> values) {
    const InEnglish english;
    throw PictureError(Failure{code, say(sentence, values)});
}

void check_size(Format format, std::uint64_t width, std::uint64_t height,
                const DecodeLimits& limits) {
    if (width == 0 || height == 0) {
        fail(failure_codes::kDamaged,
             to_say("The %1 header says the picture has %2 × %3 pixels, so it is damaged; get the "
                    "original file again."),
             {format_name(format), std::to_string(width), std::to_string(height)});
    }
    if (width > kLongestSide || height > kLongestSide || width > limits.pixels / height) {
        const InEnglish english;  // as in fail()
        throw OverLimits(
            {failure_codes::kTooLarge,
             say("The %1 header gives a size of %2 × %3 pixels, more than the limit of %4 million "
                 "pixels; export a smaller copy.",
                 {format_name(format), std::to_string(width), std::to_string(height),
                  std::to_string(limits.pixels / 1'000'000)})},
            format, width, height);
    }
}

void fail_truncated(Format format) {
    fail(failure_codes::kDamaged,
         to_say("The %1 file ends before the picture does (an interrupted download or copy); get "
                "the original file again."),
         {format_name(format)});
}

void fail_corrupt(Format format, std::string_view why) {
    fail(failure_codes::kDamaged,
         to_say("The %1 file is damaged, because %2; get the original file again."),
         {format_name(format), why});
}

std::string opencv_version() {
    return std::string("OpenCV ") + CV_VERSION;
}

Pixels decode_with_opencv(Bytes bytes, Format format, std::uint64_t width, std::uint64_t height) {
    silence_opencv();
    if (bytes.size() > static_cast<std::size_t>(INT_MAX)) {
        fail(failure_codes::kTooLarge,
             to_say("The file is larger than 2 GiB, which OpenCV cannot decode; export a smaller "
                    "copy."));
    }
    try {
        const cv::Mat source(1, static_cast<int>(bytes.size()), CV_8UC1,
                             const_cast<std::uint8_t*>(bytes.data()));
        // OpenCV decodes into these pixels where they have the size it finds. At a header that it
        // refuses it leaves them alone without a word, so that one value throughout is tried twice.
        Pixels pixels;
        cv::Mat bgr;
        for (const std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{255}}) {
            pixels.rgb.assign(std::size_t{3} * width * height, fill);
            bgr = cv::Mat(static_cast<int>(height), static_cast<int>(width), CV_8UC3,
                          pixels.rgb.data());
            cv::imdecode(source, cv::IMREAD_COLOR, &bgr);
            if (bgr.empty() || bgr.type() != CV_8UC3)
                fail_corrupt(format, to_say("its decoder returned no pixels"));
            if (bgr.data != pixels.rgb.data() ||
                std::ranges::any_of(pixels.rgb, [&](auto level) { return level != fill; }))
                break;
            if (fill != 0)
                fail_corrupt(format, to_say("OpenCV does not read its header"));
        }
        pixels.width = bgr.cols;
        pixels.height = bgr.rows;
        pixels.rgb.resize(std::size_t{3} * static_cast<std::size_t>(bgr.cols) *
                          static_cast<std::size_t>(bgr.rows));
        cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, pixels.rgb.data());
        constexpr int kRows = 64;  // of a copy, because OpenCV converts between two pictures only
        for (int y = 0; y < bgr.rows; y += kRows) {
            const cv::Range band(y, std::min(y + kRows, bgr.rows));
            cv::Mat converted;
            cv::cvtColor(bgr.rowRange(band), converted, cv::COLOR_BGR2RGB);
            converted.copyTo(rgb.rowRange(band));
        }
        return pixels;
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem)
            throw std::bad_alloc();
        fail(
            failure_codes::kDamaged,
            to_say("The %1 file is damaged, because OpenCV cannot decode it (%2); get the original "
                   "file again."),
            {format_name(format), printable(error.err, 160)});
    }
}

std::optional<Plane> alpha_by_opencv(Bytes bytes) {
    silence_opencv();
    if (bytes.size() > static_cast<std::size_t>(INT_MAX))
        return std::nullopt;
    try {
        const cv::Mat source(1, static_cast<int>(bytes.size()), CV_8UC1,
                             const_cast<std::uint8_t*>(bytes.data()));
        const cv::Mat stored = cv::imdecode(source, cv::IMREAD_UNCHANGED);
        if (stored.type() != CV_8UC4)
            return std::nullopt;
        Plane plane{stored.cols, stored.rows, std::vector<std::uint8_t>(stored.total())};
        cv::Mat alpha(stored.rows, stored.cols, CV_8UC1, plane.samples.data());
        cv::extractChannel(stored, alpha, 3);
        return plane;
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem)
            throw std::bad_alloc();
        return std::nullopt;
    }
}

int orientation_by_opencv(Bytes metadata, Format format) {
    silence_opencv();
    // Four quarters of different brightness tell all eight orientations apart.
    cv::Mat scene(32, 48, CV_8UC1, cv::Scalar(0));
    scene(cv::Rect(24, 0, 24, 16)).setTo(80);
    scene(cv::Rect(0, 16, 24, 16)).setTo(160);
    scene(cv::Rect(24, 16, 24, 16)).setTo(240);
    const bool jpeg = format == Format::Jpeg;
    const std::size_t start = jpeg ? 2 : 33;  // after the start marker, or the PNG's header
    try {
        std::vector<std::uint8_t> probe;
        cv::imencode(jpeg ? ".jpg" : ".png", scene, probe);
        probe.insert(probe.begin() + static_cast<std::ptrdiff_t>(start), metadata.begin(),
                     metadata.end());
        const cv::Mat turned = cv::imdecode(probe, cv::IMREAD_GRAYSCALE);
        int best = 1;
        double least = 20 * static_cast<double>(scene.total());
        for (int orientation = 1; orientation <= 8; ++orientation) {
            const cv::Mat expected = oriented(scene, orientation);
            if (expected.size() != turned.size())
                continue;
            const double difference = cv::norm(expected, turned, cv::NORM_L1);
            if (difference < least) {
                least = difference;
                best = orientation;
            }
        }
        return best;
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem)
            throw std::bad_alloc();
        return 1;
    }
}

std::string high_range_warning(int transfer_characteristics) {
    constexpr int kPq = 16;
    constexpr int kHlg = 18;
    if (transfer_characteristics != kPq && transfer_characteristics != kHlg)
        return {};
    return to_say(
        "The picture has a high dynamic range, which is not tone-mapped, so experts see "
        "less contrast than a viewer shows.");
}

}  // namespace dfd::picture_detail
