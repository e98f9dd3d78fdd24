#include "core/picture/pixels/map_outline.h"

#include <algorithm>
#include <cstddef>
#include <functional>

#include "core/picture/pixels/enlarged_map.h"

namespace dfd {

float strongest_level(const HeatMap& map) {
    constexpr std::size_t kPart = 9;
    constexpr double kShare = 0.25;
    std::vector<float> values;
    double all = 0;
    for (const float value : map.values)
        if (looked_at(value)) {
            values.push_back(std::max(0.0F, value));
            all += static_cast<double>(values.back());
        }
    if (values.size() < kPart || !(all > 0))
        return 0;
    const std::size_t part = (values.size() + kPart - 1) / kPart;
    const auto last = values.begin() + static_cast<std::ptrdiff_t>(part) - 1;
    std::nth_element(values.begin(), last, values.end(), std::greater<>());
    double strongest = 0;
    for (auto each = values.begin(); each <= last; ++each)
        strongest += static_cast<double>(*each);
    return strongest < kShare * all ? 0 : *last;
}

std::vector<OutlinePart> outline_of(const HeatMap& map, float level, int width, int height,
                                    int thickness) {
    if (!(level > 0) || map.values.empty() || width <= 0 || height <= 0)
        return {};
    const EnlargedMap values(map, width, height);
    const auto size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    const auto place = [width](int x, int y) {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
               static_cast<std::size_t>(x);
    };
    std::vector<char> inside(size);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            inside[place(x, y)] = values.at(x, y) >= level ? 1 : 0;
    std::vector<OutlinePart> parts(size, OutlinePart::None);
    for (const auto part : {OutlinePart::Edge, OutlinePart::Line}) {
        const int wide = part == OutlinePart::Line ? thickness : thickness + 2;
        for (int y = 1; y < height; ++y)
            for (int x = 1; x < width; ++x) {
                const char here = inside[place(x, y)];
                if (here == inside[place(x - 1, y)] && here == inside[place(x, y - 1)])
                    continue;
                const int left = x - wide / 2, top = y - wide / 2;
                for (int row = std::max(top, 0); row < std::min(top + wide, height); ++row)
                    for (int column = std::max(left, 0); column < std::min(left + wide, width);
                         ++column)
                        parts[place(column, row)] = part;
            }
    }
    return parts;
}

void draw_outline(Pixels& picture, const HeatMap& map, int thickness) {
    const auto parts =
        outline_of(map, strongest_level(map), picture.width, picture.height, thickness);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto [grey, alpha] = kOutlineInks[static_cast<std::size_t>(parts[i])];
        for (std::size_t channel = 0; channel < 3; ++channel) {
            auto& level = picture.rgb[3 * i + channel];
            level = static_cast<std::uint8_t>((level * (255 - alpha) + grey * alpha + 127) / 255);
        }
    }
}

}  // namespace dfd
