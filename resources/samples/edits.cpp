#include "resources/samples/edits.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>

namespace dfd::samples {
namespace {

/// Alpha-blends `over` onto `under` with the 8-bit mask.
cv::Mat blended(const cv::Mat& under, const cv::Mat& over, const cv::Mat& mask) {
    cv::Mat weight;
    cv::cvtColor(mask, weight, cv::COLOR_GRAY2BGR);
    weight.convertTo(weight, CV_32FC3, 1 / 255.0);
    cv::Mat a;
    cv::Mat b;
    under.convertTo(a, CV_32FC3);
    over.convertTo(b, CV_32FC3);
    cv::Mat result;
    cv::Mat(a + (b - a).mul(weight)).convertTo(result, CV_8UC3);
    return result;
}

cv::Mat moved(const cv::Mat& picture, cv::Point shift, double scale = 1,
              int border = cv::BORDER_CONSTANT) {
    const cv::Matx23d move(scale, 0, shift.x, 0, scale, shift.y);
    cv::Mat result;
    cv::warpAffine(picture, result, move, picture.size(), cv::INTER_CUBIC, border);
    return result;
}

/// Darkens a soft ellipse below an object.
cv::Mat with_shadow(const cv::Mat& picture, const cv::Mat& mask) {
    const cv::Rect box = cv::boundingRect(mask);
    cv::Mat shade = cv::Mat::zeros(picture.size(), CV_8UC1);
    cv::ellipse(shade, {box.x + box.width * 6 / 10, box.y + box.height - box.height / 12},
                {box.width * 55 / 100, std::max(box.height / 9, 3)}, 0, 0, 360,
                cv::Scalar::all(150), cv::FILLED, cv::LINE_AA);
    cv::GaussianBlur(shade, shade, {}, std::max(box.height / 22.0, 1.0));
    return blended(picture, cv::Mat::zeros(picture.size(), CV_8UC3), shade);
}

cv::Mat softened(const cv::Mat& mask) {
    cv::Mat soft;
    cv::morphologyEx(mask, soft, cv::MORPH_CLOSE, cv::Mat::ones(5, 5, CV_8U));
    cv::erode(soft, soft, cv::Mat::ones(3, 3, CV_8U));
    cv::GaussianBlur(soft, soft, {}, 1.0);
    return soft;
}

}  // namespace

cv::Mat mask_of(const Scene& scene, const Rendering& rendering, const std::string& object) {
    const std::vector<int>& shaders = scene.objects.at(object);
    cv::Mat mask(rendering.height, rendering.width, CV_8UC1);
    for (int y = 0; y < mask.rows; ++y) {
        for (int x = 0; x < mask.cols; ++x) {
            const int shader = rendering.shaders[static_cast<std::size_t>(y * rendering.width + x)];
            mask.at<std::uint8_t>(y, x) =
                std::find(shaders.begin(), shaders.end(), shader) != shaders.end() ? 255 : 0;
        }
    }
    return mask;
}

cv::Mat copy_move(const cv::Mat& picture, const cv::Mat& mask, cv::Point shift) {
    const cv::Mat target = moved(softened(mask), shift);
    return blended(with_shadow(picture, target), moved(picture, shift), target);
}

cv::Mat removed(const cv::Mat& picture, const cv::Mat& mask, cv::Point from) {
    cv::Mat hole;
    cv::morphologyEx(mask, hole, cv::MORPH_CLOSE, cv::Mat::ones(7, 7, CV_8U));
    const int reach = picture.rows / 70 + 4;  // seamlessClone erodes the mask by three pixels
    cv::dilate(hole, hole,
               cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * reach + 1, 2 * reach + 1}));
    for (const int divisor : {60, 40}) {  // also covers the shadow; the light comes from the left
        hole |= moved(hole, {picture.cols / divisor, picture.rows / (2 * divisor)});
    }
    const int margin = 3;  // seamlessClone needs pixels outside of the mask
    hole.colRange(hole.cols - margin, hole.cols).setTo(0);
    hole.rowRange(hole.rows - margin, hole.rows).setTo(0);
    const cv::Rect box = cv::boundingRect(hole);
    cv::Mat result;
    cv::seamlessClone(moved(picture, -from, 1, cv::BORDER_REFLECT), picture, hole,
                      {box.x + box.width / 2, box.y + box.height / 2}, result, cv::NORMAL_CLONE);
    return result;
}

cv::Mat spliced(const cv::Mat& picture, const cv::Mat& other, const cv::Mat& mask, double scale,
                cv::Point at) {
    const cv::Rect box = cv::boundingRect(mask);
    const cv::Point shift(static_cast<int>(at.x - scale * (box.x + box.width / 2.0)),
                          static_cast<int>(at.y - scale * (box.y + box.height / 2.0)));
    const cv::Mat target = moved(softened(mask), shift, scale);
    // Evening light for an object photographed by day.
    cv::Mat toned;
    cv::multiply(moved(other, shift, scale), cv::Scalar(0.5, 0.72, 0.92), toned);
    return blended(with_shadow(picture, target), toned, target);
}

cv::Mat face_swapped(const cv::Mat& picture, const cv::Mat& other, cv::Point middle,
                     cv::Size radii) {
    cv::Mat mask = cv::Mat::zeros(picture.size(), CV_8UC1);
    cv::ellipse(mask, middle, radii, 0, 0, 360, cv::Scalar::all(255), cv::FILLED);
    const cv::Rect box = cv::boundingRect(mask);
    cv::Mat result;
    cv::seamlessClone(other, picture, mask, {box.x + box.width / 2, box.y + box.height / 2}, result,
                      cv::NORMAL_CLONE);
    return result;
}

cv::Mat blurred(const cv::Mat& picture, const cv::Mat& shapes, double sigma, double feather) {
    cv::Mat soft;
    cv::GaussianBlur(picture, soft, {}, sigma);
    cv::Mat mask;
    cv::GaussianBlur(shapes, mask, {}, feather);
    return blended(picture, soft, mask);
}

cv::Mat reopened(const cv::Mat& picture, int quality) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
    return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

cv::Mat resynthesised(const cv::Mat& picture, cv::Rect region, double fraction) {
    cv::Mat small;
    cv::resize(picture, small, {}, fraction, fraction, cv::INTER_AREA);
    cv::Mat large;
    cv::bilateralFilter(small, large, 7, 22, 3);
    cv::resize(large, large, picture.size(), 0, 0, cv::INTER_CUBIC);
    cv::Mat soft;
    cv::GaussianBlur(large, soft, {}, 2);
    cv::addWeighted(large, 1.7, soft, -0.7, 0, large);
    cv::Mat mask = cv::Mat::zeros(picture.size(), CV_8UC1);
    cv::rectangle(mask, region, cv::Scalar::all(255), cv::FILLED);
    cv::GaussianBlur(mask, mask, {}, picture.cols / 90.0);
    return blended(picture, large, mask);
}

}  // namespace dfd::samples
