// What a picture may go through before it is learned from, drawn at random.
#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/dice.h"

namespace dfd {

enum class Augment {
    None,
    /// For experts that read traces at their own resolution: flips (which keep the 8 x 8 grid of
    /// patches of whole blocks in phase), now and then a mild JPEG or a little noise.
    Traces,
    /// For experts that see a whole, resized picture: flip, resampling, colour, blur, noise, JPEG
    /// or WebP, cut-out.
    Full,
};
[[nodiscard]] const char* augment_name(Augment augment);  ///< "none", "traces", "full"
[[nodiscard]] std::optional<Augment> find_augment(const std::string& name);

/// One draw. Applied to a fake and to its untouched twin it does exactly the same to both, noise
/// included, so that nothing but the edit tells them apart. Sizes do not change. Thread-safe.
class Augmentation {
  public:
    Augmentation(Augment augment, Dice& dice);
    /// 8-bit BGR in and out; the input is not written to and may be returned as it is.
    [[nodiscard]] cv::Mat apply(const cv::Mat& bgr) const;
    /// The same geometry for a mask: flipped, and 0 where the picture was cut out.
    [[nodiscard]] cv::Mat apply_to_mask(const cv::Mat& mask) const;

    enum class Step { Flip, Resample, Colour, Blur, Noise, Jpeg, WebP, CutOut };
    [[nodiscard]] std::vector<Step> steps() const;  ///< in the order they are applied

  private:
    struct Drawn {
        Step step;
        int choice = 0;       ///< way of flipping, interpolation or quality
        double strength = 0;  ///< of blur or noise, scale
        std::uint64_t seed = 0;
    };
    std::vector<Drawn> drawn_;
};

}  // namespace dfd
