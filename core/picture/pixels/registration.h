// Lays one picture over another, so that they can be compared pixel by pixel. Plain C++.
#pragma once

#include <cstdint>
#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// How the second picture came to lie over the first.
enum class Laid {
    Identical,   ///< the same pixels, nothing to do
    Registered,  ///< moved, turned and scaled until what both show lies together
    Stretched,   ///< nothing in common was found: only stretched to the first one's frame
};

struct Registration {
    Laid laid = Laid::Stretched;
    /// How the second lies in the first. For Stretched, `scale` is that of the width.
    double scale = 1;    ///< pixels of the first for one of the second
    double degrees = 0;  ///< counter-clockwise
    double right = 0;    ///< of the second's upper left corner, in pixels of the first
    double down = 0;
    double likeness = 0;  ///< correlation of the grey values where both lie, -1 .. 1

    /// All of one size: the first one's frame, reduced to the wanted longest side.
    Pixels first;
    Pixels second;                         ///< laid over the first; black where it does not reach
    std::vector<std::uint8_t> difference;  ///< largest of the three channels; 0 outside `covered`
    std::vector<std::uint8_t> covered;     ///< 255 where the second reaches, else 0

    double share_covered = 0;    ///< of the first, 0 .. 1
    double mean_difference = 0;  ///< in levels of 255, where covered
    double share_differing = 0;  ///< of the covered pixels: by more than kDiffers levels
};

/// Recompression alone rarely changes a pixel by more.
inline constexpr int kDiffers = 24;

/// Neither picture is changed. Both are reduced to `longest_side` first, never enlarged. Finds
/// copies that were scaled, cropped, moved or turned. Blocks (a second for two photographs);
/// deterministic; thread-safe. Throws PictureError for a picture without pixels, or when memory
/// runs out.
[[nodiscard]] Registration register_pictures(const Pixels& first, const Pixels& second,
                                             int longest_side = 2048);

}  // namespace dfd
