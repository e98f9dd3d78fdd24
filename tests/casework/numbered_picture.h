// Generated pictures that differ from each other in content and perceptual hash.
#pragma once

#include "core/picture/pixels/pixels.h"

namespace dfd::test {

/// A picture unique to its number: patches of colour around a tint, derived from the number.
inline Pixels numbered_picture(unsigned number, int side = 72) {
    constexpr int kPatches = 8;
    Pixels pixels{side, side, {}};
    unsigned state = 2654435761u * (number + 1);
    const auto next = [&state] {
        state = state * 1664525u + 1013904223u;
        return state >> 24;
    };
    unsigned tint[3], patches[kPatches * kPatches][3];
    for (auto& channel : tint)
        channel = next();
    for (auto& patch : patches)
        for (auto& channel : patch)
            channel = next();
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            for (int channel = 0; channel < 3; ++channel)
                pixels.rgb.push_back(static_cast<std::uint8_t>(
                    (tint[channel] +
                     patches[kPatches * y / side * kPatches + kPatches * x / side][channel]) /
                    2));
    return pixels;
}

}  // namespace dfd::test
