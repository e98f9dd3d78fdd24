#include "core/picture/pixels/veil.h"

#include <algorithm>
#include <cmath>

namespace dfd {
namespace {

constexpr Veil kVeil{64, 0.6F};
constexpr Veil kLine{176, 0.6F};
constexpr int kDistances = 64;  // between lines, along the longer side

}  // namespace

Veil veil_at(int x, int y, int longest) {
    const int distance = std::max(8, longest / kDistances);
    const int thickness = std::max(1, distance / 12);
    return (x + y) % distance < thickness ? kLine : kVeil;
}

void draw_veil(std::uint8_t* rgb, const Veil& veil) {
    for (int channel = 0; channel < 3; ++channel)
        rgb[channel] = static_cast<std::uint8_t>(
            std::lround(static_cast<float>(rgb[channel]) * (1 - veil.strength) +
                        static_cast<float>(veil.grey) * veil.strength));
}

Pixels veiled(Pixels picture) {
    const int longest = std::max(picture.width, picture.height);
    auto* pixel = picture.rgb.data();
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x, pixel += 3)
            draw_veil(pixel, veil_at(x, y, longest));
    return picture;
}

}  // namespace dfd
