#include "core/opinion/map_focus.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/language.h"

namespace dfd {
namespace {

int third_of(double place) {
    return std::clamp(static_cast<int>(place * 3), 0, 2);
}

/// Summed-area table of a function of a map's values.
class SumTable {
  public:
    template <class Used>
    SumTable(const HeatMap& map, const Used& used)
        : width_(static_cast<size_t>(map.columns) + 1),
          sums_((static_cast<size_t>(map.rows) + 1) * width_, 0.0) {
        const auto* value = map.values.data();
        for (int r = 0; r < map.rows; ++r)
            for (int c = 0; c < map.columns; ++c)
                sums_[place(r + 1, c + 1)] =
                    static_cast<double>(used(*value++)) + at(r, c + 1) + at(r + 1, c) - at(r, c);
    }
    [[nodiscard]] double all() const { return sums_.back(); }
    [[nodiscard]] double inside(int r, int c, int high, int wide) const {
        return at(r + high, c + wide) - at(r, c + wide) - at(r + high, c) + at(r, c);
    }

  private:
    [[nodiscard]] size_t place(int r, int c) const {
        return static_cast<size_t>(r) * width_ + static_cast<size_t>(c);
    }
    [[nodiscard]] double at(int r, int c) const { return sums_[place(r, c)]; }

    size_t width_;
    std::vector<double> sums_;  ///< above row r and left of column c
};

}  // namespace

bool is_concentrated(const MapFocus& focus) {
    return focus.share >= kConcentratedShare && focus.share >= kConcentratedTimes * focus.looked_at;
}

std::optional<MapFocus> focus_of(const HeatMap& map) {
    if (map.rows < 3 || map.columns < 3)
        return std::nullopt;
    const SumTable values(map, [](float value) { return looked_at(value) ? value : 0.0f; });
    const double total = values.all();
    if (!(total > 0))
        return std::nullopt;

    const int high = static_cast<int>(std::lround(map.rows / 3.0));
    const int wide = static_cast<int>(std::lround(map.columns / 3.0));
    MapFocus best;
    int row = 0, column = 0;
    for (int r = 0; r + high <= map.rows; ++r)
        for (int c = 0; c + wide <= map.columns; ++c) {
            const double share = values.inside(r, c, high, wide) / total;
            // Tolerance: summation order can change the last digits of equal sums.
            if (share > best.share + 1e-12) {
                best.share = share;
                row = r;
                column = c;
            }
        }
    const SumTable cells(map, [](float value) { return looked_at(value) ? 1.0f : 0.0f; });
    best.share = std::min(best.share, 1.0);
    best.looked_at = cells.inside(row, column, high, wide) / cells.all();
    best.row = (row + high / 2.0) / map.rows;
    best.column = (column + wide / 2.0) / map.columns;
    return best;
}

std::string place_name(const MapFocus& focus) {
    static constexpr const char* kNames[3][3] = {
        {to_say("upper left"), to_say("top"), to_say("upper right")},
        {to_say("left"), to_say("centre"), to_say("right")},
        {to_say("lower left"), to_say("bottom"), to_say("lower right")}};
    return say(kNames[third_of(focus.row)][third_of(focus.column)]);
}

bool overlap(const MapFocus& one, const MapFocus& other) {
    constexpr double kThird = 1.0 / 3;
    return std::abs(one.row - other.row) < kThird && std::abs(one.column - other.column) < kThird;
}

}  // namespace dfd
