// Tests the threshold that separates matching embedded thumbnails from differing ones, on the
// project's samples: every way of making a thumbnail stays below it, and edits that are visible at
// thumbnail size lie above it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>

#include "core/picture/picture.h"
#include "core/picture/provenance/origin.h"
#include "tests/picture/provenance_files.h"

namespace dfd {
namespace {

using namespace corpus;
using picture_detail::kThumbnailTolerance;
using picture_detail::thumbnail_difference;

const Pixels& sample(std::string_view name) {
    static std::map<std::string, Pixels, std::less<>> read;
    const auto known = read.find(name);
    if (known != read.end())
        return known->second;
    const std::string path = DFD_SOURCE_DIR "/resources/samples/" + std::string(name) + ".jpg";
    return read.emplace(name, read_picture(path).pixels).first->second;
}

cv::Mat view(const Pixels& pixels) {
    return {pixels.height, pixels.width, CV_8UC3, const_cast<std::uint8_t*>(pixels.rgb.data())};
}

/// A JPEG thumbnail as a camera or a program stores it.
File encoded(const cv::Mat& rgb, int quality) {
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    File file;
    cv::imencode(".jpg", bgr, file, {cv::IMWRITE_JPEG_QUALITY, quality});
    return file;
}

Pixels stored_and_read(const cv::Mat& rgb, int quality) {
    return decode_picture(encoded(rgb, quality)).pixels;
}

cv::Mat scaled(const cv::Mat& picture, int longest, int how) {
    const double scale = static_cast<double>(longest) / std::max(picture.cols, picture.rows);
    cv::Mat small;
    cv::resize(picture, small, {cvRound(picture.cols * scale), cvRound(picture.rows * scale)}, 0, 0,
               how);
    return small;
}

TEST(Thumbnail, EveryScalingMethodIsRecognised) {
    double most = 0;  // measured 11.1: 96 pixels with linear interpolation, quality 40
    for (const char* name : {"desk", "portrait", "landscape", "still-life"}) {
        const cv::Mat picture = view(sample(name));
        cv::Mat half;  // programs often reduce in steps
        cv::pyrDown(picture, half);
        for (const int longest : {96, 160, 320}) {
            for (const int how :
                 {cv::INTER_AREA, cv::INTER_LINEAR, cv::INTER_CUBIC, cv::INTER_LANCZOS4}) {
                const cv::Mat small = scaled(half, longest, how);
                for (const int quality : {40, 75, 95}) {
                    const double difference =
                        thumbnail_difference(stored_and_read(small, quality), sample(name), 1);
                    most = std::max(most, difference);
                    EXPECT_LT(difference, kThumbnailTolerance)
                        << name << ", " << longest << " pixels, way " << how << ", quality "
                        << quality;
                }
            }
        }
    }
    RecordProperty("largest_difference", std::to_string(most));
    EXPECT_LT(most, 0.75 * kThumbnailTolerance);  // leaves a margin below the threshold
}

TEST(Thumbnail, LayoutsAndTonesOfCamerasAreRecognised) {
    const Pixels& picture = sample("desk");
    const cv::Mat small = scaled(view(picture), 160, cv::INTER_AREA);
    cv::Mat barred(120, 160, CV_8UC3, cv::Scalar::all(0));
    const cv::Rect middle(0, (120 - small.rows) / 2, small.cols, small.rows);
    small.copyTo(barred(middle));
    EXPECT_LT(thumbnail_difference(stored_and_read(barred, 70), picture, 1), kThumbnailTolerance);
    const cv::Mat square =
        small.colRange((small.cols - small.rows) / 2, (small.cols + small.rows) / 2);
    EXPECT_LT(thumbnail_difference(stored_and_read(square, 70), picture, 1), kThumbnailTolerance);
    cv::Mat brighter;
    small.convertTo(brighter, -1, 1.1, 8);
    EXPECT_LT(thumbnail_difference(stored_and_read(brighter, 70), picture, 1), kThumbnailTolerance);
}

TEST(Thumbnail, MayBeStoredRotatedOrUpright) {
    const Pixels& picture = sample("portrait");
    const cv::Mat small = scaled(view(picture), 160, cv::INTER_AREA);
    // Orientation 6 asks a viewer to turn the stored picture clockwise, so it is stored on its
    // side.
    cv::Mat stored;
    cv::rotate(small, stored, cv::ROTATE_90_COUNTERCLOCKWISE);
    const Pixels lying = stored_and_read(stored, 80);
    EXPECT_LT(thumbnail_difference(lying, picture, 6), kThumbnailTolerance);
    EXPECT_GT(thumbnail_difference(lying, picture, 8), kThumbnailTolerance);
    EXPECT_GT(thumbnail_difference(lying, picture, 1), kThumbnailTolerance);
    EXPECT_LT(thumbnail_difference(stored_and_read(small, 80), picture, 6), kThumbnailTolerance);
    cv::Mat mirrored;
    cv::flip(small, mirrored, 1);
    EXPECT_LT(thumbnail_difference(stored_and_read(mirrored, 80), picture, 2), kThumbnailTolerance);
    EXPECT_GT(thumbnail_difference(stored_and_read(mirrored, 80), picture, 1), kThumbnailTolerance);
}

TEST(Thumbnail, VisibleEditsAreFound) {
    const auto between = [](const std::string& original, const std::string& edited) {
        const cv::Mat small = scaled(view(sample(original)), 160, cv::INTER_AREA);
        return thumbnail_difference(stored_and_read(small, 75), sample(edited), 1);
    };
    // Measured 59, 105 and 103 levels.
    EXPECT_GT(between("desk", "desk-edited-splice"), 2 * kThumbnailTolerance);
    EXPECT_GT(between("still-life", "still-life-edited-removal"), 2 * kThumbnailTolerance);
    EXPECT_GT(between("still-life", "still-life-edited-copy-move"), 2 * kThumbnailTolerance);
    EXPECT_GT(between("landscape", "desk"), 2 * kThumbnailTolerance);
    // Edits that only smooth or redraw details are invisible at this size and must not be reported.
    EXPECT_LT(between("portrait", "portrait-edited-retouch"), kThumbnailTolerance);
    EXPECT_LT(between("landscape", "landscape-edited-resynthesis"), kThumbnailTolerance);
}

TEST(Thumbnail, OfTheUncroppedPictureDoesNotMatch) {
    const Pixels& picture = sample("still-life");
    const cv::Mat small = scaled(view(picture), 160, cv::INTER_AREA);
    const cv::Mat all = view(picture);
    const Pixels cropped =
        decode_picture(encoded(all(cv::Rect(0, 0, all.cols * 3 / 4, all.rows * 3 / 4)), 92)).pixels;
    EXPECT_GT(thumbnail_difference(stored_and_read(small, 75), cropped, 1), kThumbnailTolerance);
}

TEST(Thumbnail, FlatOnesMatchOnlyFlatPictures) {
    const Pixels grey =
        decode_picture(encoded(cv::Mat(90, 120, CV_8UC3, cv::Scalar::all(128)), 90)).pixels;
    EXPECT_GT(thumbnail_difference(grey, sample("desk"), 1), kThumbnailTolerance);
    EXPECT_LT(thumbnail_difference(grey, grey, 1), 1);
}

std::string sentence_about(const cv::Mat& picture, const File& thumbnail) {
    const File file =
        with_segment(encoded(picture, 90), 0xE1,
                     exif_app1(exif_block({exif_text(0x010F, "Maker")}, {}, thumbnail)));
    for (const ProvenanceHint& hint :
         decode_picture(file, {}, Provenance::Sought).facts.provenance) {
        if (hint.kind == ProvenanceKind::Thumbnail) {
            EXPECT_FALSE(hint.declares_generated);
            return hint.sentence;
        }
    }
    return "nothing";
}

TEST(Thumbnail, IsDescribedInSentences) {
    const cv::Mat picture = scaled(view(sample("still-life")), 640, cv::INTER_AREA);
    const cv::Mat other = scaled(view(sample("still-life-edited-removal")), 160, cv::INTER_AREA);
    const cv::Mat same = scaled(picture, 160, cv::INTER_AREA);
    const auto starts = [](const std::string& text, const char* start) {
        EXPECT_TRUE(text.starts_with(start)) << text;
    };
    starts(sentence_about(picture, encoded(same, 75)),
           "The embedded thumbnail matches the picture");
    starts(sentence_about(picture, encoded(other, 75)),
           "The embedded thumbnail does not match the picture");
    File broken = encoded(same, 75);
    broken.resize(broken.size() / 2);
    starts(sentence_about(picture, broken), "The file has an embedded thumbnail, but it cannot be");
    starts(sentence_about(picture, encoded(scaled(picture, 20, cv::INTER_AREA), 75)),
           "The file has an embedded thumbnail, too small");
}

}  // namespace
}  // namespace dfd
