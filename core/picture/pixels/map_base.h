// The picture under a heatmap: grey and dim, so that the map has the only colours and nobody takes
// it for a photograph. Plain C++.
#pragma once

#include <cstdint>

namespace dfd {

/// The level, 0 to 175, of all three channels where the picture has this colour.
[[nodiscard]] constexpr std::uint8_t map_base(std::uint8_t red, std::uint8_t green,
                                              std::uint8_t blue) {
    constexpr int kBrightest = 175;
    const int grey = (11 * red + 16 * green + 5 * blue) / 32;
    return static_cast<std::uint8_t>((grey * kBrightest + 127) / 255);
}

}  // namespace dfd
