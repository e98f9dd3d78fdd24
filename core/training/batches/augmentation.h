// Random augmentation of training pictures.
#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/dice.h"

namespace dfd {

enum class Augment {
    None,
    /// For experts that read traces at native resolution: flips (which keep the 8 x 8 grid of
    /// patches of whole blocks in phase), occasional mild JPEG or a little noise.
    Traces,
    /// For experts that see a whole, resized picture: flip, resampling, colour, blur, noise, JPEG
    /// or WebP, cut-out.
    Full,
};
[[nodiscard]] const char* augment_name(Augment augment);  ///< "none", "traces", "full"
[[nodiscard]] std::optional<Augment> find_augment(const std::string& name);

/// One draw of random parameters. Applied to a fake and its untouched twin, it changes both in
/// exactly the same way, noise included, so that the edit is their only difference. Keeps the
/// size. Thread-safe.
class Augmentation {
  public:
    Augmentation(Augment augment, Dice& dice);
    /// 8-bit BGR in and out. Does not write to the input, and may return it unchanged.
    [[nodiscard]] cv::Mat apply(const cv::Mat& bgr) const;
    /// The same geometry for a mask: flipped, and 0 where the cut-out was applied.
    [[nodiscard]] cv::Mat apply_to_mask(const cv::Mat& mask) const;

    enum class Step { Flip, Resample, Colour, Blur, Noise, Jpeg, WebP, CutOut };
    [[nodiscard]] std::vector<Step> steps() const;  ///< in the order of application

  private:
    struct Drawn {
        Step step;
        int choice = 0;       ///< flip direction, interpolation or quality
        double strength = 0;  ///< of blur or noise, or a scale factor
        std::uint64_t seed = 0;
    };
    std::vector<Drawn> drawn_;
};

}  // namespace dfd
