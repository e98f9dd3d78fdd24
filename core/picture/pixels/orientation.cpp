#include "core/picture/pixels/orientation.h"

#include <opencv2/core.hpp>

namespace dfd::picture_detail {
namespace {

constexpr int kNone = 2;
constexpr int kFlips[] = {kNone, kNone, 1, -1, 0, kNone, 1, -1, 0};  // flip codes of cv::flip

}  // namespace

cv::Mat oriented(const cv::Mat& stored, int orientation) {
    if (orientation == 1)
        return stored;
    cv::Mat result;
    orient(stored, orientation, result);
    return result;
}

void orient(const cv::Mat& stored, int orientation, cv::Mat& result) {
    const int flip = kFlips[orientation];
    if (orientation >= 5) {
        cv::transpose(stored, result);
        if (flip != kNone)
            cv::flip(result, result, flip);
    } else if (flip != kNone) {
        cv::flip(stored, result, flip);
    } else {
        stored.copyTo(result);
    }
}

cv::Mat oriented_rows(const cv::Mat& result, int orientation, int from, int to) {
    const bool turned = orientation >= 5;
    const int length = turned ? result.cols : result.rows;
    // The first stored row comes last: 3 and 4 at the bottom, 6 and 7 at the right.
    const bool last_first =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const cv::Range range =
        last_first ? cv::Range(length - to, length - from) : cv::Range(from, to);
    return turned ? result.colRange(range) : result.rowRange(range);
}

}  // namespace dfd::picture_detail
