// Simulates publication (crop, scale, compression) of an edited picture and its twin.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "core/base/dice.h"

namespace dfd {

/// What happens to a picture between editing and viewing. Applied identically to the edited picture
/// and its twin, so that neither size nor compression reveals the fake.
struct Publication {
    int shift_x = 0;  ///< columns cropped at the left, 0..15; 0 keeps the block grid in phase
    int shift_y = 0;  ///< rows cropped at the top
    double scale = 1;
    int interpolation = 0;  ///< OpenCV's constant
    int quality = 0;        ///< of a JPEG with subsampled chroma; 0: lossless
};

/// 66 % JPEG of quality 80-98; 14 % scaled by 0.6-1.3 first; 8 % cropped off the grid first; 12 %
/// lossless.
[[nodiscard]] Publication random_publication(Dice& dice);
/// 8-bit BGR in and out.
[[nodiscard]] cv::Mat publish(const cv::Mat& picture, const Publication& publication);
/// The encoded file of `publish`: a JPEG, or a PNG when lossless.
struct PublishedFile {
    const char* extension = "";  ///< ".jpg" or ".png"
    std::vector<unsigned char> bytes;
};
[[nodiscard]] PublishedFile publish_file(const cv::Mat& picture, const Publication& publication);
/// The same for a mask: cropped and scaled, never compressed; values stay 0 or 255.
[[nodiscard]] cv::Mat publish_mask(const cv::Mat& mask, const Publication& publication);

/// A random crop with its corner on multiples of 16, at most `side` x `side`, sides multiples of
/// 16. Shares the photograph's memory.
[[nodiscard]] cv::Mat random_crop(const cv::Mat& photo, int side, Dice& dice);

}  // namespace dfd
