// Reads training pictures and takes patches or crops (samples) from them.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "core/training/batches/augmentation.h"
#include "core/training/batches/training_set.h"

namespace dfd {

/// Throws the TrainingError for an unreadable picture. `why` is a sentence.
[[noreturn]] void refuse_picture(const std::filesystem::path& file, const std::string& why);

/// The same pixels that experts get when they score (read_picture): upright, not resized, 8-bit
/// BGR. Blocks. Throws a TrainingError that names the file.
[[nodiscard]] cv::Mat read_training_picture(const std::filesystem::path& file);
/// 8-bit, 255 where edited, upright like its picture. An empty path means that everything was
/// edited. Throws TrainingError unless the mask has this size and marks at least one pixel.
[[nodiscard]] cv::Mat read_training_mask(const std::filesystem::path& file, const cv::Size& size);

/// Resizes an 8-bit picture with any number of channels to side x side, as scoring does
/// (preprocess.h), rounded to whole levels.
[[nodiscard]] cv::Mat stretched(const cv::Mat& picture, int side);

/// A sample of a fake and one of a real picture. Twins: same place, same augmentation.
struct SamplePair {
    cv::Mat fake;  ///< side x side, 8-bit BGR
    cv::Mat real;
    cv::Mat mask;  ///< side x side, 255 where the fake was edited
};

struct SampleOptions {
    /// True: patches at native resolution with corners on multiples of 8. False: crops of random
    /// size and proportions (or the whole picture), stretched as scoring stretches pictures.
    bool native = true;
    int side = 96;  ///< of a sample, in pixels; a multiple of 8 for patches
    int count = 4;  ///< samples per pair of pictures
    Augment augment = Augment::Traces;
};

/// Takes `count` pairs. Two thirds of a fake's patches lie well inside the edit, the rest across
/// its border. If there are too few such places, they are used repeatedly; if there is none (a tiny
/// edit), patches cover as much of the edit as possible. Crops keep at least half of the edited
/// area. Pictures smaller than a patch are padded by reflection. Reads the files; blocks.
/// Thread-safe; deterministic for equal dice. Throws TrainingError.
[[nodiscard]] std::vector<SamplePair> take_samples(const FakeAndReal& pictures,
                                                   const SampleOptions& options, Dice dice);

/// Corners of `count` patches on a mask, as chosen by take_samples. Pure geometry.
[[nodiscard]] std::vector<cv::Point> choose_corners(const cv::Mat& mask, int side, int count,
                                                    Dice& dice);

}  // namespace dfd
