// Pictures read for training, and the pieces of them that experts learn from.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "core/training/batches/augmentation.h"
#include "core/training/batches/training_set.h"

namespace dfd {

/// Throws the TrainingError for a picture that cannot be read; `why` is a sentence.
[[noreturn]] void refuse_picture(const std::filesystem::path& file, const std::string& why);

/// Exactly the pixels that experts are given when they score (read_picture): upright, never
/// resized; 8-bit BGR. Blocks. Throws TrainingError that names the file.
[[nodiscard]] cv::Mat read_training_picture(const std::filesystem::path& file);
/// 8-bit, 255 where edited; all of it without a file. Upright as its picture. Throws TrainingError
/// unless it is `size` and marks something.
[[nodiscard]] cv::Mat read_training_mask(const std::filesystem::path& file, const cv::Size& size);

/// 8-bit, any channels, to side x side as scoring resizes (preprocess.h), rounded to whole levels.
[[nodiscard]] cv::Mat stretched(const cv::Mat& picture, int side);

/// A piece of a fake beside one of a real picture: the same place of twins, augmented alike.
struct SamplePair {
    cv::Mat fake;  ///< side x side, 8-bit BGR
    cv::Mat real;
    cv::Mat mask;  ///< side x side, 255 where the fake was edited
};

struct SampleOptions {
    /// Patches at the picture's own resolution, corners on multiples of 8; else crops of random
    /// size and proportions (or the whole picture), stretched as scoring stretches pictures.
    bool native = true;
    int side = 96;  ///< of a sample; a multiple of 8 for patches
    int count = 4;  ///< samples taken from a pair of pictures
    Augment augment = Augment::Traces;
};

/// `count` pairs. Patches of a fake lie two in three well inside its edited part, else across its
/// border; when there are too few such places they are taken again, and when there is none (a tiny
/// edit) they cover as much of it as possible. Crops keep at least half of what was edited.
/// Pictures smaller than a patch are continued by their mirror image. Reads the files; blocks.
/// Thread-safe; the same dice give the same samples. Throws TrainingError.
[[nodiscard]] std::vector<SamplePair> take_samples(const FakeAndReal& pictures,
                                                   const SampleOptions& options, Dice dice);

/// Corners of `count` patches on a mask as take_samples chooses them. Plain geometry.
[[nodiscard]] std::vector<cv::Point> choose_corners(const cv::Mat& mask, int side, int count,
                                                    Dice& dice);

}  // namespace dfd
