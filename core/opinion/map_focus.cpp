#include "core/opinion/map_focus.h"

#include <algorithm>
#include <cmath>

namespace dfd {
namespace {

int third_of(double place) {
    return std::clamp(static_cast<int>(place * 3), 0, 2);
}

}  // namespace

std::optional<MapFocus> focus_of(const HeatMap& map) {
    if (map.rows < 3 || map.columns < 3)
        return std::nullopt;
    // Summed-area table: sums[r][c] is the sum above row r and left of column c.
    const auto width = static_cast<size_t>(map.columns) + 1;
    std::vector<double> sums((static_cast<size_t>(map.rows) + 1) * width, 0.0);
    const auto at = [&](int r, int c) -> double& {
        return sums[static_cast<size_t>(r) * width + static_cast<size_t>(c)];
    };
    const auto* value = map.values.data();
    for (int r = 0; r < map.rows; ++r)
        for (int c = 0; c < map.columns; ++c)
            at(r + 1, c + 1) = *value++ + at(r, c + 1) + at(r + 1, c) - at(r, c);
    const double total = at(map.rows, map.columns);
    if (!(total > 0))
        return std::nullopt;

    const int high = static_cast<int>(std::lround(map.rows / 3.0));
    const int wide = static_cast<int>(std::lround(map.columns / 3.0));
    MapFocus best;
    for (int r = 0; r + high <= map.rows; ++r)
        for (int c = 0; c + wide <= map.columns; ++c) {
            const double share =
                (at(r + high, c + wide) - at(r, c + wide) - at(r + high, c) + at(r, c)) / total;
            // Tolerance: summation order can change the last digits of equal sums.
            if (share > best.share + 1e-12)
                best = {share, (r + high / 2.0) / map.rows, (c + wide / 2.0) / map.columns};
        }
    best.share = std::min(best.share, 1.0);
    return best;
}

const char* place_name(const MapFocus& focus) {
    static constexpr const char* kNames[3][3] = {{"upper left", "top", "upper right"},
                                                 {"left", "centre", "right"},
                                                 {"lower left", "bottom", "lower right"}};
    return kNames[third_of(focus.row)][third_of(focus.column)];
}

bool overlap(const MapFocus& one, const MapFocus& other) {
    constexpr double kThird = 1.0 / 3;
    return std::abs(one.row - other.row) < kThird && std::abs(one.column - other.column) < kThird;
}

}  // namespace dfd
