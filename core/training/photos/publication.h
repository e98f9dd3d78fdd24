// How an edited picture and its untouched twin are cut and published: both the same way.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "core/base/dice.h"

namespace dfd {

/// What happens to a picture between the editor and the viewer. The same for the edited picture and
/// its twin, so that neither size nor compression says which is which.
struct Publication {
    int shift_x = 0;  ///< columns cut off at the left, 0..15; else the block grid stays in phase
    int shift_y = 0;  ///< rows cut off at the top
    double scale = 1;
    int interpolation = 0;  ///< OpenCV's constant
    int quality = 0;        ///< of a JPEG with halved colour; 0 saves without loss
};

/// 66 % JPEG of quality 80-98; 14 % scaled by 0.6-1.3 first; 8 % cropped off the grid first; 12 %
/// without loss.
[[nodiscard]] Publication random_publication(Dice& dice);
/// 8-bit BGR in and out.
[[nodiscard]] cv::Mat publish(const cv::Mat& picture, const Publication& publication);
/// The file that `publish` shows: a JPEG, or a PNG when nothing may be lost.
struct PublishedFile {
    const char* extension = "";  ///< ".jpg" or ".png"
    std::vector<unsigned char> bytes;
};
[[nodiscard]] PublishedFile publish_file(const cv::Mat& picture, const Publication& publication);
/// The same for a mask: shifted and scaled, never compressed; values stay 0 or 255.
[[nodiscard]] cv::Mat publish_mask(const cv::Mat& mask, const Publication& publication);

/// A part of a photograph, corner on multiples of 16, at most `side` x `side` and in whole 16s.
/// Shares the photograph's memory.
[[nodiscard]] cv::Mat random_crop(const cv::Mat& photo, int side, Dice& dice);

}  // namespace dfd
