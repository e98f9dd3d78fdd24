#include "core/picture/pixels/window_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace dfd {
namespace {

constexpr int kBlock = 8;
constexpr std::int64_t kMostRead = 16'000'000;  // pixels whose texture is measured

/// Upper or left edges of the slots along a side.
std::vector<int> edges(int side, int size) {
    const int count = side / size;
    if (count <= 1)
        return {std::max(0, side - size) / 2 / kBlock * kBlock};
    std::vector<int> result;
    const std::int64_t room = side - size;
    for (std::int64_t i = 0; i < count; ++i)
        result.push_back(static_cast<int>(i * room / (count - 1) / kBlock * kBlock));
    return result;
}

/// `count` places in [0, slots), at the centres of equal parts. They differ if count <= slots.
int place(std::int64_t index, std::int64_t count, std::int64_t slots) {
    return static_cast<int>((2 * index + 1) * slots / (2 * count));
}

/// Marks `count` of rows x columns slots, spread evenly: rows of equal distance, each with about
/// the same number of slots.
std::vector<bool> spread(int rows, int columns, int count, const WindowChoice& slots) {
    const double shape = static_cast<double>(slots.picture_height) / slots.picture_width;
    const int least = (count + columns - 1) / columns;
    const int lines = std::clamp(static_cast<int>(std::lround(std::sqrt(count * shape))), least,
                                 std::min(rows, count));
    std::vector<bool> marked(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    for (int line = 0; line < lines; ++line) {
        const auto before = [&](int lines_before) {
            return static_cast<int>(std::int64_t{lines_before} * count / lines);
        };
        const int along = before(line + 1) - before(line);
        for (int i = 0; i < along; ++i)
            marked[static_cast<std::size_t>(place(line, lines, rows)) *
                       static_cast<std::size_t>(columns) +
                   static_cast<std::size_t>(place(i, along, columns))] = true;
    }
    return marked;
}

/// The brightness of one row of a slot, times 1000.
void read_brightness(const Pixels& pixels, int x, int y, std::vector<std::int32_t>& row) {
    const auto* rgb = pixels.rgb.data() +
                      3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) +
                           static_cast<std::size_t>(x));
    for (auto& value : row) {
        value = 299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2];
        rgb += 3;
    }
}

/// Sum over a slot's inner pixels of |Laplacian|; of every `step`-th row.
std::int64_t texture(const Pixels& pixels, const WindowChoice& slots, std::size_t slot, int step) {
    std::array<std::vector<std::int32_t>, 3> rows;
    std::array<int, 3> known{-1, -1, -1};
    rows.fill(std::vector<std::int32_t>(static_cast<std::size_t>(slots.width)));
    const auto& corner = slots.corners[slot];
    const auto row = [&](int y) -> const std::vector<std::int32_t>& {
        const auto at = static_cast<std::size_t>(y % 3);
        if (known[at] != y)
            read_brightness(pixels, corner.x, corner.y + y, rows[at]);
        known[at] = y;
        return rows[at];
    };
    std::int64_t sum = 0;
    for (int y = 1; y < slots.height - 1; y += step) {
        const auto &above = row(y - 1), &here = row(y), &below = row(y + 1);
        for (std::size_t x = 1; x + 1 < here.size(); ++x)
            sum += std::abs(4 * here[x] - here[x - 1] - here[x + 1] - above[x] - below[x]);
    }
    return sum;
}

}  // namespace

double WindowChoice::share() const {
    if (whole())
        return 1;
    return static_cast<double>(corners.size()) * width * height /
           (static_cast<double>(picture_width) * picture_height);
}

WindowChoice window_slots(int width, int height, int size, int most) {
    WindowChoice slots{width, height, std::min(width, size), std::min(height, size), {}};
    if (std::int64_t{width} * height <= std::int64_t{most} * size * size)
        return slots;
    for (const int y : edges(height, size))
        for (const int x : edges(width, size))
            slots.corners.push_back({x, y});
    return slots;
}

int window_count(int width, int height, int size, int most) {
    if (std::int64_t{width} * height <= std::int64_t{most} * size * size)
        return 0;
    const std::int64_t slots = std::int64_t{std::max(1, width / size)} * std::max(1, height / size);
    return static_cast<int>(std::min<std::int64_t>(slots, most));
}

WindowChoice choose_windows(const Pixels& pixels, int size, int most) {
    auto slots = window_slots(pixels.width, pixels.height, size, most);
    const auto count = slots.corners.size();
    const auto wanted = static_cast<std::size_t>(most);
    if (count <= wanted)
        return slots;
    const auto rows = std::max(1, pixels.height / size), columns = std::max(1, pixels.width / size);
    auto chosen = spread(rows, columns, (most + 1) / 2, slots);

    std::vector<std::size_t> rest;
    for (std::size_t slot = 0; slot < count; ++slot)
        if (!chosen[slot])
            rest.push_back(slot);
    const auto step = static_cast<int>(1 + static_cast<std::int64_t>(rest.size()) * slots.width *
                                               slots.height / kMostRead);
    std::vector<std::int64_t> textures(count);
    for (const auto slot : rest)
        textures[slot] = texture(pixels, slots, slot, step);
    std::ranges::stable_sort(
        rest, [&](std::size_t a, std::size_t b) { return textures[a] > textures[b]; });
    for (std::size_t i = 0; i < wanted / 2; ++i)
        chosen[rest[i]] = true;

    auto result = slots;
    result.corners.clear();
    for (std::size_t slot = 0; slot < count; ++slot)
        if (chosen[slot])
            result.corners.push_back(slots.corners[slot]);
    return result;
}

Pixels stacked_windows(const Pixels& pixels, const WindowChoice& choice) {
    Pixels result{choice.width, choice.height * static_cast<int>(choice.corners.size()), {}};
    const auto line = std::ptrdiff_t{3} * choice.width;
    result.rgb.reserve(static_cast<std::size_t>(line) * static_cast<std::size_t>(result.height));
    for (const auto& corner : choice.corners)
        for (int y = corner.y; y < corner.y + choice.height; ++y) {
            const auto first =
                pixels.rgb.begin() + 3 * (std::ptrdiff_t{pixels.width} * y + corner.x);
            result.rgb.insert(result.rgb.end(), first, first + line);
        }
    return result;
}

}  // namespace dfd
