#include "core/panel/foreign/view.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <stdexcept>
#include <string>

namespace dfd {
namespace {

constexpr int kChannels = 3;
/// Pillow's fixed point for 8-bit pictures.
constexpr int kPrecisionBits = 32 - 8 - 2;

double sinc(double x) {
    return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double weight_of(Kernel kernel, double x, double cubic) {
    x = std::abs(x);
    switch (kernel) {
        case Kernel::Box:
        case Kernel::Nearest:
            break;
        case Kernel::Bilinear:
            return x < 1 ? 1 - x : 0;
        case Kernel::Bicubic:
            if (x < 1)
                return ((cubic + 2) * x - (cubic + 3)) * x * x + 1;
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * cubic : 0;
        case Kernel::Lanczos:
            return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
    return 0;
}

double support_of(Kernel kernel) {
    switch (kernel) {
        case Kernel::Bilinear:
            return 1;
        case Kernel::Bicubic:
            return 2;
        case Kernel::Lanczos:
            return 3;
        case Kernel::Box:
        case Kernel::Nearest:
            break;
    }
    return 0.5;
}

/// One value of the result: a weighted mean of values from `first` on.
struct Taps {
    int first = 0;
    std::vector<double> weights;
};

/// Kernels that are widened where the picture is reduced, as Pillow and PyTorch's antialias have
/// them: places outside of the picture are left out.
Taps antialiased(int at, int from, int to, Kernel kernel) {
    const double scale = static_cast<double>(from) / to;
    const double filter = std::max(scale, 1.0);
    const double support = support_of(kernel) * filter;
    const double centre = (at + 0.5) * scale;
    Taps taps;
    taps.first = std::max(static_cast<int>(centre - support + 0.5), 0);
    const int end = std::min(static_cast<int>(centre + support + 0.5), from);
    double sum = 0;
    for (int i = taps.first; i < end; ++i) {
        const double x = (i - centre + 0.5) / filter;
        const double weight =
            kernel == Kernel::Box ? (x > -0.5 && x <= 0.5 ? 1 : 0) : weight_of(kernel, x, -0.5);
        taps.weights.push_back(weight);
        sum += weight;
    }
    if (sum != 0)
        for (auto& weight : taps.weights)
            weight /= sum;
    return taps;
}

/// Kernels of one width, whatever the reduction; places outside of the picture repeat its edge.
Taps plain(int at, int from, int to, Kernel kernel, double nearest) {
    const double scale = static_cast<double>(from) / to;
    if (kernel == Kernel::Nearest || kernel == Kernel::Box)
        return {std::min(static_cast<int>(std::floor((at + nearest) * scale)), from - 1), {1.0}};
    double place = (at + 0.5) * scale - 0.5;
    if (kernel == Kernel::Bilinear)
        place = std::max(place, 0.0);
    const int base = static_cast<int>(std::floor(place));
    const int reach = static_cast<int>(support_of(kernel));
    const int first = std::clamp(base - reach + 1, 0, from - 1);
    const int last = std::clamp(base + reach, 0, from - 1);
    Taps taps{first, std::vector<double>(static_cast<std::size_t>(last - first + 1), 0.0)};
    for (int i = base - reach + 1; i <= base + reach; ++i)
        taps.weights[static_cast<std::size_t>(std::clamp(i, 0, from - 1) - first)] +=
            weight_of(kernel, place - i, -0.75);
    return taps;
}

std::vector<Taps> taps_of(int from, int to, Kernel kernel, bool antialias, double nearest) {
    std::vector<Taps> taps;
    taps.reserve(static_cast<std::size_t>(to));
    for (int at = 0; at < to; ++at)
        taps.push_back(antialias && kernel != Kernel::Nearest
                           ? antialiased(at, from, to, kernel)
                           : plain(at, from, to, kernel, nearest));
    return taps;
}

/// How values are rounded after one direction.
enum class Rounding {
    None,
    FixedPoint,  ///< as Pillow does: weights to fixed point, values to 8 bits
    Levels,      ///< values to 8 bits
};

void make_fixed(std::vector<Taps>& all) {
    for (auto& taps : all)
        for (auto& weight : taps.weights)
            weight = std::trunc(weight * (1 << kPrecisionBits) + (weight < 0 ? -0.5 : 0.5));
}

float rounded_value(double sum, Rounding rounding) {
    if (rounding == Rounding::None)
        return static_cast<float>(sum);
    if (rounding == Rounding::FixedPoint)
        sum = std::floor((sum + (1 << (kPrecisionBits - 1))) / (1 << kPrecisionBits));
    return static_cast<float>(std::clamp(std::nearbyint(sum), 0.0, 255.0));
}

/// Resizes along one direction. `values` are `outer` times as many groups as taps look at, of
/// `inner` floats that are done together.
void along(std::span<const float> values, int outer, int from, int inner,
           const std::vector<Taps>& all, Rounding rounding, std::vector<float>& result) {
    const auto width = static_cast<std::size_t>(inner);
    std::vector<double> sums(width);
    for (std::size_t line = 0; line < static_cast<std::size_t>(outer); ++line) {
        const float* const source = values.data() + line * static_cast<std::size_t>(from) * width;
        for (const auto& taps : all) {
            std::ranges::fill(sums, 0.0);
            const float* place = source + static_cast<std::size_t>(taps.first) * width;
            for (const double weight : taps.weights) {
                for (std::size_t i = 0; i < width; ++i)
                    sums[i] += weight * static_cast<double>(place[i]);
                place += width;
            }
            for (const double sum : sums)
                result.push_back(rounded_value(sum, rounding));
        }
    }
}

std::vector<float> levels_of(const Pixels& picture, int left, int top, int width, int height) {
    std::vector<float> levels;
    levels.reserve(std::size_t{kChannels} * static_cast<std::size_t>(width) *
                   static_cast<std::size_t>(height));
    for (int y = top; y < top + height; ++y) {
        const auto* const row =
            picture.rgb.data() +
            std::size_t{kChannels} *
                (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                 static_cast<std::size_t>(left));
        levels.insert(levels.end(), row, row + std::ptrdiff_t{kChannels} * width);
    }
    return levels;
}

int halves_to_even(double value) {
    return static_cast<int>(std::nearbyint(value));
}

View stretched(const Pixels& picture, const ForeignInput& input) {
    return {
        input.width,
        input.height,
        resized(picture, input.width, input.height, input.kernel, input.antialias, input.rounded),
        {0, 0, static_cast<double>(picture.width), static_cast<double>(picture.height)}};
}

View cut_from_centre(const Pixels& picture, const ForeignInput& input) {
    const auto other = [&](int side, int shorter) {
        const double length = static_cast<double>(side) * input.shorter_side / shorter;
        return std::max(input.side_rounded_down ? static_cast<int>(length) : halves_to_even(length),
                        input.shorter_side);
    };
    const int shorter = std::min(picture.width, picture.height);
    const int width =
        picture.width <= picture.height ? input.shorter_side : other(picture.width, shorter);
    const int height =
        picture.height <= picture.width ? input.shorter_side : other(picture.height, shorter);
    const auto corner = [&](int spare) {
        return input.crop_rounded_down ? spare / 2 : halves_to_even(spare / 2.0);
    };
    const int left = corner(width - input.width), top = corner(height - input.height);
    const auto whole =
        resized(picture, width, height, input.kernel, input.antialias, input.rounded);
    View view{input.width, input.height, {}, {}};
    for (int y = top; y < top + input.height; ++y) {
        const auto row =
            whole.begin() + std::ptrdiff_t{kChannels} * (std::ptrdiff_t{width} * y + left);
        view.rgb.insert(view.rgb.end(), row, row + std::ptrdiff_t{kChannels} * input.width);
    }
    const double across = static_cast<double>(picture.width) / width;
    const double down = static_cast<double>(picture.height) / height;
    view.area = {left * across, top * down, (left + input.width) * across,
                 (top + input.height) * down};
    return view;
}

/// Corners of squares at the picture's own resolution.
std::vector<std::pair<int, int>> corners_of(const Pixels& picture, const ForeignInput& input) {
    const int size = input.width;
    const int across = (picture.width + size - 1) / size;
    const int down = (picture.height + size - 1) / size;
    // Spread from edge to edge; they overlap where the picture is no multiple of them.
    const auto place = [](int at, int count, int spare) {
        return count == 1 ? spare / 2 : static_cast<int>(std::int64_t{at} * spare / (count - 1));
    };
    std::vector<std::pair<int, int>> all;
    for (int y = 0; y < down; ++y)
        for (int x = 0; x < across; ++x)
            all.emplace_back(place(x, across, picture.width - size),
                             place(y, down, picture.height - size));
    const auto most = static_cast<std::size_t>(input.most);
    if (all.size() <= most)
        return all;
    std::vector<std::pair<int, int>> some;
    for (std::size_t i = 0; i < most; ++i)
        some.push_back(all[(2 * i + 1) * all.size() / (2 * most)]);
    return some;
}

}  // namespace

std::vector<float> resized(const Pixels& picture, int width, int height, Kernel kernel,
                           bool antialias, bool rounded) {
    const bool pillow = antialias && rounded;
    const double nearest = rounded ? 0.5 : 0;
    const auto last = pillow ? Rounding::FixedPoint : rounded ? Rounding::Levels : Rounding::None;
    const auto taps = [&](int from, int to) {
        auto all = taps_of(from, to, kernel, antialias, nearest);
        if (pillow)
            make_fixed(all);
        return all;
    };
    // A few rows at a time: floats are four times as large as the picture.
    constexpr int kRows = 64;
    std::vector<float> across;
    across.reserve(std::size_t{kChannels} * static_cast<std::size_t>(width) *
                   static_cast<std::size_t>(picture.height));
    const auto horizontal = taps(picture.width, width);
    for (int y = 0; y < picture.height; y += kRows) {
        const int rows = std::min(kRows, picture.height - y);
        const auto levels = levels_of(picture, 0, y, picture.width, rows);
        if (width == picture.width)
            across.insert(across.end(), levels.begin(), levels.end());
        else
            along(levels, rows, picture.width, kChannels, horizontal,
                  pillow || height == picture.height ? last : Rounding::None, across);
    }
    if (height == picture.height)
        return across;
    std::vector<float> result;
    result.reserve(std::size_t{kChannels} * static_cast<std::size_t>(width) *
                   static_cast<std::size_t>(height));
    along(across, 1, picture.height, kChannels * width, taps(picture.height, height), last, result);
    return result;
}

std::vector<View> views_of(const Pixels& picture, const ForeignInput& input) {
    if (input.fit == Fit::Stretch)
        return {stretched(picture, input)};
    if (input.fit == Fit::ShorterSide)
        return {cut_from_centre(picture, input)};
    const int size = input.width;
    if (std::min(picture.width, picture.height) < size)
        throw std::invalid_argument("The picture is smaller than the " + std::to_string(size) +
                                    " x " + std::to_string(size) + " pixels that it reads.");
    std::vector<View> views;
    for (const auto& [x, y] : corners_of(picture, input))
        views.push_back({size,
                         size,
                         levels_of(picture, x, y, size, size),
                         {static_cast<double>(x), static_cast<double>(y),
                          static_cast<double>(x + size), static_cast<double>(y + size)}});
    return views;
}

double share_of(const Pixels& picture, std::span<const View> views) {
    double covered = 0;
    for (const auto& view : views)
        covered += (view.area.right - view.area.left) * (view.area.bottom - view.area.top);
    return std::min(1.0, covered / (static_cast<double>(picture.width) * picture.height));
}

std::vector<float> tensor_of(const View& view, const ForeignInput& input) {
    const auto count = static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height);
    std::vector<float> tensor(count * kChannels);
    const auto scale = static_cast<float>(input.scale);
    for (std::size_t pixel = 0; pixel < count; ++pixel)
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            const float level =
                view.rgb[pixel * kChannels + (input.bgr ? kChannels - 1 - channel : channel)];
            tensor[input.channels_last ? pixel * kChannels + channel : channel * count + pixel] =
                (level * scale - input.mean[channel]) / input.std[channel];
        }
    return tensor;
}

}  // namespace dfd
