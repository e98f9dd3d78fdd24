#include "core/picture/pixels/orientation.h"

#include <opencv2/core.hpp>

namespace dfd::picture_detail {

cv::Mat oriented(const cv::Mat& stored, int orientation) {
    cv::Mat turned = stored;
    if (orientation >= 5)
        cv::transpose(stored, turned);
    constexpr int kNone = 2;
    constexpr int kFlips[] = {kNone, kNone, 1, -1, 0, kNone, 1, -1, 0};  // flip codes of cv::flip
    if (kFlips[orientation] != kNone) {
        cv::Mat flipped;
        cv::flip(turned, flipped, kFlips[orientation]);
        return flipped;
    }
    return turned;
}

}  // namespace dfd::picture_detail
