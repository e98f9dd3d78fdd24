// Everyday processing: what sites, messengers and phones do to pictures before anybody sees them.
// Internal to core/training/processing.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "core/base/dice.h"

namespace dfd {

enum class Processing {
    /// A random life: crop, sizes, tone, sharpening, denoising, border, one to three saves.
    Everyday,
    /// Half the size, then JPEG of quality 75. For measuring.
    HalfJpeg75,
};

struct ProcessedPicture {
    std::string extension;             ///< ".jpg", ".webp" or ".png": format of the last save
    std::vector<unsigned char> bytes;  ///< the encoded file
    cv::Mat mask;                      ///< 8-bit, 0 or 255, the file's size; empty if none came in
    std::vector<std::string> operations;  ///< in order, for example "scale 0.42 area", "jpeg 71"
};

/// `bgr`: 8-bit BGR, at least 32 x 32. `mask`: empty, or 8-bit of the same size. The random draws
/// depend only on the dice and the size, not on the content or the mask: pictures of equal size
/// are processed alike, and all others by the same distribution, so that processing does not
/// reveal the label. Long sides of results of Everyday are 256 to 1280 pixels, log-uniform, unless
/// the picture is smaller than half of that. Thread-safe. Blocks.
[[nodiscard]] ProcessedPicture process(Processing processing, const cv::Mat& bgr,
                                       const cv::Mat& mask, Dice dice);

}  // namespace dfd
