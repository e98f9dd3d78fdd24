#include "core/opinion/deletion.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>
#include <utility>

#include "core/base/language.h"

namespace dfd {
namespace {

constexpr int kMostCells = 16;  // along the longer side
constexpr int kBlock = 8;       // pixels

std::vector<int> edges(int size, double cell) {
    const int most = std::max(1, size / kBlock);
    const int count = std::clamp(static_cast<int>(std::lround(size / cell)), 1, most);
    std::vector<int> result{0};
    for (int i = 1; i < count; ++i)
        result.push_back(
            static_cast<int>(std::lround(static_cast<double>(size) * i / count / kBlock)) * kBlock);
    result.push_back(size);
    return result;
}

/// A Fisher-Yates shuffle: std::shuffle differs between standard libraries, and the test must be
/// reproducible.
template <class Value>
void shuffle(std::vector<Value>& values, std::mt19937& random) {
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[random() % i]);
}

/// For each of `count` equal parts of [0, size], the share of [from, to] that lies in it.
std::vector<double> overlaps(double from, double to, int size, int count) {
    std::vector<double> shares(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double low = static_cast<double>(size) * i / count;
        const double high = static_cast<double>(size) * (i + 1) / count;
        shares[static_cast<std::size_t>(i)] =
            std::max(0.0, std::min(to, high) - std::max(from, low)) / (to - from);
    }
    return shares;
}

/// Indices of the cells of which something was looked at.
std::vector<int> seen_cells(std::span<const double> importance) {
    std::vector<int> seen;
    for (std::size_t i = 0; i < importance.size(); ++i)
        if (!std::isnan(importance[i]))
            seen.push_back(static_cast<int>(i));
    return seen;
}

std::string figure(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

/// The lowest and the highest mean of the displaced copies' curves.
std::pair<double, double> displaced_range(const DeletionTest& test) {
    double below = INFINITY, above = -INFINITY;
    for (const auto& curve : test.displaced) {
        below = std::min(below, mean_of(curve));
        above = std::max(above, mean_of(curve));
    }
    return {below, above};
}

}  // namespace

CellGrid deletion_grid(int width, int height) {
    const double cell = std::max(width, height) / static_cast<double>(kMostCells);
    return {edges(height, cell), edges(width, cell)};
}

CellGrid stacked_grid(int windows, int width, int height) {
    const int along = std::max(1, static_cast<int>(std::lround(kMostCells / std::sqrt(windows))));
    const double cell = std::max(width, height) / static_cast<double>(along);
    CellGrid grid{{0}, edges(width, cell)};
    const auto down = edges(height, cell);
    for (int i = 0; i < windows; ++i)
        for (std::size_t edge = 1; edge < down.size(); ++edge)
            grid.row_edges.push_back(i * height + down[edge]);
    return grid;
}

std::vector<double> cell_importance(const ContributionMap& map, const CellGrid& grid) {
    std::vector<double> importance;
    importance.reserve(static_cast<std::size_t>(grid.count()));
    std::vector<std::vector<double>> across;
    for (int c = 0; c < grid.columns(); ++c) {
        const auto at = static_cast<std::size_t>(c);
        across.push_back(overlaps(grid.column_edges[at], grid.column_edges[at + 1],
                                  grid.column_edges.back(), map.columns));
    }
    for (int r = 0; r < grid.rows(); ++r) {
        const auto at = static_cast<std::size_t>(r);
        const auto down =
            overlaps(grid.row_edges[at], grid.row_edges[at + 1], grid.row_edges.back(), map.rows);
        for (const auto& along : across) {
            double mean = 0, unseen = 0;
            for (std::size_t y = 0; y < down.size(); ++y)
                for (std::size_t x = 0; down[y] > 0 && x < along.size(); ++x) {
                    const float value = map.values[y * along.size() + x];
                    if (looked_at(value))
                        mean += down[y] * along[x] * static_cast<double>(value);
                    else
                        unseen += down[y] * along[x];
                }
            if (unseen > 0)  // the shares add up to 1, apart from rounding
                mean = unseen < 1 - 1e-9 ? mean / (1 - unseen) : NAN;
            importance.push_back(mean);
        }
    }
    return importance;
}

std::vector<int> most_first(std::span<const double> importance, std::uint32_t seed) {
    auto order = seen_cells(importance);
    std::mt19937 random(seed);
    shuffle(order, random);
    std::ranges::stable_sort(order, [&](int one, int other) {
        return importance[static_cast<std::size_t>(one)] >
               importance[static_cast<std::size_t>(other)];
    });
    return order;
}

std::vector<int> least_first(std::span<const double> importance, std::uint32_t seed) {
    std::vector<double> negative(importance.begin(), importance.end());
    for (auto& value : negative)
        value = -value;
    return most_first(negative, seed);
}

std::vector<std::vector<double>> displaced_maps(std::span<const double> importance,
                                                const CellGrid& grid, int count,
                                                std::uint32_t seed) {
    const int rows = grid.rows(), columns = grid.columns();
    const auto seen = seen_cells(importance);
    const bool whole = seen.size() == importance.size();
    std::vector<int> shifts(std::max<std::size_t>(seen.size(), 1) - 1);
    std::iota(shifts.begin(), shifts.end(), 1);  // A shift of 0 would be the map itself.
    std::mt19937 random(seed);
    shuffle(shifts, random);
    shifts.resize(std::min(shifts.size(), static_cast<std::size_t>(count)));
    std::vector<std::vector<double>> moved;
    for (const int shift : shifts) {
        auto& map = moved.emplace_back(importance.size(), NAN);
        for (std::size_t i = 0; !whole && i < seen.size(); ++i)
            map[static_cast<std::size_t>(
                seen[(i + static_cast<std::size_t>(shift)) % seen.size()])] =
                importance[static_cast<std::size_t>(seen[i])];
        for (int r = 0; whole && r < rows; ++r)
            for (int c = 0; c < columns; ++c)
                map[static_cast<std::size_t>((r + shift / columns) % rows * columns +
                                             (c + shift % columns) % columns)] =
                    importance[static_cast<std::size_t>(r * columns + c)];
    }
    return moved;
}

int removed_cells(double share, int count) {
    return std::clamp(static_cast<int>(std::lround(share * count)), std::min(count, 1), count);
}

double mean_of(const DeletionCurve& curve) {
    return std::accumulate(curve.begin(), curve.end(), 0.0) / static_cast<double>(curve.size());
}

const char* support_name(Support support) {
    switch (support) {
        case Support::Supported:
            return to_say("supported");
        case Support::Weak:
            return to_say("weak");
        case Support::Unsupported:
            break;
    }
    return to_say("unsupported");
}

void judge(DeletionTest& test) {
    const double most = mean_of(test.most), least = mean_of(test.least);
    test.separation = least - most;
    double low = test.whole, high = test.whole;
    const auto widen = [&](const DeletionCurve& curve) {
        const auto [lowest, highest] = std::ranges::minmax(curve);
        low = std::min(low, lowest);
        high = std::max(high, highest);
    };
    widen(test.most);
    widen(test.least);
    for (const auto& curve : test.displaced)
        widen(curve);
    test.support = high > low ? test.separation / (high - low) : 0;
    if (test.displaced.size() < kDisplacedMaps) {
        test.verdict = Support::Unsupported;
        return;
    }
    const auto [below, above] = displaced_range(test);
    const bool lowered = most < below;
    const bool kept = least > above;
    const bool wide = test.separation >= kLeastSeparation;
    test.verdict = lowered && kept && wide                            ? Support::Supported
                   : (lowered || kept) && (wide || (lowered && kept)) ? Support::Weak
                                                                      : Support::Unsupported;
}

std::string deletion_sentence(const DeletionTest& test) {
    if (test.displaced.size() < kDisplacedMaps)
        return say("The picture has too few cells for the deletion test; the map was not tested.");
    const auto [below, above] = displaced_range(test);
    return say(
        "Removing what the map marks as important changes the value from %1 to %2 on average, "
        "removing the unimportant to %3, and displaced copies of the map to %4 .. %5.",
        {figure(test.whole), figure(mean_of(test.most)), figure(mean_of(test.least)), figure(below),
         figure(above)});
}

DeletionTest deletion_test(const ContributionMap& map, const CellGrid& grid, double whole,
                           std::uint32_t seed, const CurveScorer& score) {
    DeletionTest test;
    test.whole = whole;
    const auto importance = cell_importance(map, grid);
    test.cells = static_cast<int>(seen_cells(importance).size());
    const auto elsewhere = displaced_maps(importance, grid, kDisplacedMaps, seed);
    std::vector<std::vector<int>> orders{most_first(importance, seed),
                                         least_first(importance, seed)};
    for (const auto& moved : elsewhere)
        orders.push_back(most_first(moved, ++seed));
    auto curves = score(orders);
    test.most = curves.at(0);
    test.least = curves.at(1);
    test.displaced.assign(curves.begin() + 2, curves.end());
    judge(test);
    return test;
}

std::string deletion_rule() {
    return say(
        "Supported: removing the most important places first lowers the value further than any "
        "of five displaced copies of the map, removing the least important first keeps it "
        "higher than all of them, and the two are at least 0.2 apart. Weak: part of that. "
        "Unsupported: neither.");
}

}  // namespace dfd
