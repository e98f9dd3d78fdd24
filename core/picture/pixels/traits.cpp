#include "core/picture/pixels/traits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "core/picture/pixels/faces.h"

namespace dfd {
namespace {

constexpr std::size_t kPlaces = 400'000;
constexpr int kBlock = 8;
constexpr int kColours = 1 << 12;

/// Sums along the sampled rows. Steps are differences of brightness in levels of 255.
struct Sums {
    std::size_t steps = 0;
    std::size_t equal = 0;
    double one = 0;  ///< across one pixel
    double two = 0;  ///< across two pixels
    std::size_t twos = 0;
    double borders = 0;  ///< across the borders of blocks
    std::size_t border_steps = 0;
    std::array<std::size_t, kColours> colours{};
    std::size_t pixels = 0;
};

/// Brightness as ITU-R BT.601 weighs it, in 1/256 of a level.
int brightness(const std::uint8_t* rgb) {
    return 77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2];
}

/// One row or column: `stride` bytes from one pixel to the next.
void add_line(const std::uint8_t* first, int count, std::size_t stride, Sums& sums) {
    int before = 0, last = 0;
    for (int i = 0; i < count; ++i, first += stride) {
        const int now = brightness(first);
        ++sums.colours[static_cast<std::size_t>((first[0] >> 4) << 8 | (first[1] >> 4) << 4 |
                                                first[2] >> 4)];
        ++sums.pixels;
        if (i > 0) {
            const int step = std::abs(now - last);
            ++sums.steps;
            sums.equal += step < 128 ? 1 : 0;
            sums.one += step;
            if (i % kBlock == 0) {
                sums.borders += step;
                ++sums.border_steps;
            }
        }
        if (i > 1) {
            sums.two += std::abs(now - before);
            ++sums.twos;
        }
        before = last;
        last = now;
    }
}

double entropy(const Sums& sums) {
    double bits = 0;
    for (const auto count : sums.colours)
        if (count > 0) {
            const double share = static_cast<double>(count) / static_cast<double>(sums.pixels);
            bits -= share * std::log2(share);
        }
    return bits;
}

}  // namespace

PictureTraits measure_traits(const Pixels& pixels) {
    PictureTraits traits;
    traits.shorter_side = std::min(pixels.width, pixels.height);
    traits.quality = pixels.jpeg_quality;
    traits.alpha = pixels.alpha ? 1 : 0;
    if (traits.shorter_side < 3)
        return traits;
    Sums sums;
    const auto row_bytes = 3 * static_cast<std::size_t>(pixels.width);
    const auto lines = [](int count, int length) {
        const auto wanted =
            std::max<std::size_t>(kPlaces / 2 / static_cast<std::size_t>(length), 8);
        return std::min(static_cast<std::size_t>(count), wanted);
    };
    const auto rows = lines(pixels.height, pixels.width);
    for (std::size_t i = 0; i < rows; ++i) {
        const auto row = (2 * i + 1) * static_cast<std::size_t>(pixels.height) / (2 * rows);
        add_line(pixels.rgb.data() + row * row_bytes, pixels.width, 3, sums);
    }
    const auto columns = lines(pixels.width, pixels.height);
    for (std::size_t i = 0; i < columns; ++i) {
        const auto column = (2 * i + 1) * static_cast<std::size_t>(pixels.width) / (2 * columns);
        add_line(pixels.rgb.data() + 3 * column, pixels.height, row_bytes, sums);
    }
    traits.flat = static_cast<double>(sums.equal) / static_cast<double>(sums.steps);
    traits.colours = entropy(sums);
    const double one = sums.one / static_cast<double>(sums.steps);
    const double two = sums.two / static_cast<double>(sums.twos);
    traits.softness = one > 0 ? two / one : 2;
    const auto inner = sums.steps - sums.border_steps;
    const double inside = inner > 0 ? (sums.one - sums.borders) / static_cast<double>(inner) : 0.0;
    const double across =
        sums.border_steps > 0 ? sums.borders / static_cast<double>(sums.border_steps) : 0.0;
    traits.blocks = inside > 0 ? across / inside : 1;
    return traits;
}

double measure_face(const Pixels& pixels) {
    const auto faces = find_faces(pixels);
    return !faces ? kNotChecked : faces->empty() ? 0 : 1;
}

}  // namespace dfd
