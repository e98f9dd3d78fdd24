#include "core/opinion/deletion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/opinion/contributions.h"
#include "tests/says.h"

namespace dfd {
namespace {

ContributionMap map_of(int rows, int columns, std::vector<float> values) {
    return {rows, columns, std::move(values)};
}

TEST(Contributions, DensitiesAndSums) {
    const auto map = map_of(1, 2, {0.5f, -0.25f});
    EXPECT_DOUBLE_EQ(sum_of(map), 0.25);
    const auto density = density_of(map);  // a picture like its left half would sum to 1
    EXPECT_EQ(density.values, (std::vector<float>{1, -0.5f}));
}

TEST(Contributions, MeanIsOfDensitiesNotOfCells) {
    // The first expert's whole picture sums to 2, the other's four quarters to 4: mean 3.
    const auto coarse = map_of(1, 1, {2});
    const auto fine = map_of(2, 2, {1, 1, 1, 1});
    const ContributionMap* const maps[] = {&coarse, &fine};
    const double alike[] = {1.0, 1.0};
    const auto mean = mean_contributions(maps, alike);
    EXPECT_EQ(mean.rows, 2);
    EXPECT_NEAR(sum_of(mean), 3, 1e-6);
    const double first[] = {1.0, 0.0};
    EXPECT_NEAR(sum_of(mean_contributions(maps, first)), 2, 1e-6);
    EXPECT_TRUE(mean_contributions({}, {}).values.empty());
}

TEST(Contributions, PlacesThatWereNotLookedAtAddNothing) {
    const auto part = map_of(1, 2, {0.5f, kNotLookedAt});
    EXPECT_DOUBLE_EQ(sum_of(part), 0.5);
    EXPECT_EQ(density_of(part).values[0], 1);
    EXPECT_FALSE(looked_at(density_of(part).values[1]));
    // The sum of the mean stays the mean of the sums.
    const auto other = map_of(1, 2, {1, 2});
    const ContributionMap* const maps[] = {&part, &other};
    const double alike[] = {1.0, 1.0};
    EXPECT_NEAR(sum_of(mean_contributions(maps, alike)), (0.5 + 3) / 2, 1e-6);
    const ContributionMap* const alone[] = {&part};
    EXPECT_FALSE(looked_at(mean_contributions(alone, std::span(alike, 1)).values[1]));
}

TEST(Deletion, OnlyCellsThatWereLookedAtAreRemoved) {
    const CellGrid grid{{0, 8, 16}, {0, 8, 16, 24}};
    // Two columns of the map per cell. Of the first cell one half was looked at, of the last none.
    std::vector<float> values(12, 1);
    values[0] = kNotLookedAt;
    values[1] = 7;
    values[10] = values[11] = kNotLookedAt;
    const auto importance = cell_importance(map_of(2, 6, values), grid);
    EXPECT_NEAR(importance[0], 7, 1e-9);
    EXPECT_NEAR(importance[1], 1, 1e-9);
    EXPECT_TRUE(std::isnan(importance[5]));
    EXPECT_EQ(most_first(importance, 3).size(), 5u);
    EXPECT_EQ(most_first(importance, 3).front(), 0);
    EXPECT_EQ(least_first(importance, 3).back(), 0);
    const auto moved = displaced_maps(importance, grid, 99, 3);
    EXPECT_EQ(moved.size(), 4u);
    for (const auto& map : moved) {
        EXPECT_TRUE(std::isnan(map[5]));
        EXPECT_NE(map[0], 7);
        EXPECT_EQ(std::ranges::count(map, 1.0), 4);
    }
    const auto test = deletion_test(map_of(2, 6, values), grid, 1, 3, [](const auto& orders) {
        for (const auto& order : orders)
            EXPECT_EQ(std::ranges::count(order, 5), 0);
        return std::vector<DeletionCurve>(orders.size());
    });
    EXPECT_EQ(test.cells, 5);
}

TEST(Deletion, CellsOfStackedWindowsLieInOneWindowEach) {
    const auto grid = stacked_grid(4, 128, 128);
    EXPECT_EQ(grid.rows(), 4 * 8);
    EXPECT_EQ(grid.columns(), 8);
    for (const int edge : {128, 256, 384, 512})
        EXPECT_EQ(std::ranges::count(grid.row_edges, edge), 1);
    EXPECT_EQ(grid.row_edges.back(), 512);
    EXPECT_EQ(stacked_grid(256, 64, 64).count(), 256);
    const auto narrow = stacked_grid(2, 64, 20);
    EXPECT_EQ(narrow.row_edges.back(), 40);
    EXPECT_EQ(std::ranges::count(narrow.row_edges, 20), 1);
}

TEST(Deletion, CellsAreSquareAndAlignedToJpegBlocks) {
    const auto grid = deletion_grid(512, 512);
    EXPECT_EQ(grid.rows(), 16);
    EXPECT_EQ(grid.columns(), 16);
    const auto wide = deletion_grid(1000, 250);
    EXPECT_EQ(wide.columns(), 16);
    EXPECT_EQ(wide.rows(), 4);
    for (const auto* edges : {&wide.row_edges, &wide.column_edges}) {
        EXPECT_TRUE(std::ranges::is_sorted(*edges));
        EXPECT_EQ(edges->front(), 0);
        for (std::size_t i = 0; i + 1 < edges->size(); ++i) {
            EXPECT_EQ((*edges)[i] % 8, 0);
            EXPECT_LT((*edges)[i], (*edges)[i + 1]);
        }
    }
    EXPECT_EQ(wide.column_edges.back(), 1000);
    EXPECT_EQ(wide.row_edges.back(), 250);
    EXPECT_EQ(deletion_grid(1, 1).count(), 1);
    EXPECT_EQ(deletion_grid(20, 9).count(), 2);
    for (int width = 1; width < 300; ++width) {  // no empty cell at any size
        const auto any = deletion_grid(width, 40);
        EXPECT_TRUE(std::ranges::adjacent_find(any.column_edges, std::greater_equal<>()) ==
                    any.column_edges.end())
            << width;
    }
}

TEST(Deletion, ImportanceIsTheMeanOfTheMapOverACell) {
    // A map of 3 columns over 2 cells: half of the middle column lies in each.
    const CellGrid grid{{0, 8}, {0, 8, 16}};
    const auto importance = cell_importance(map_of(1, 3, {3, 6, 9}), grid);
    ASSERT_EQ(importance.size(), 2u);
    EXPECT_NEAR(importance[0], (3 * 2 + 6) / 3.0, 1e-9);
    EXPECT_NEAR(importance[1], (6 + 9 * 2) / 3.0, 1e-9);
}

TEST(Deletion, OrdersBreakTiesBySeed) {
    const std::vector<double> importance{0, 5, 0, -1};
    const auto most = most_first(importance, 7);
    EXPECT_EQ(most.front(), 1);
    EXPECT_EQ(most.back(), 3);
    EXPECT_EQ(most, most_first(importance, 7));
    EXPECT_EQ(least_first(importance, 7).front(), 3);
    EXPECT_EQ(least_first(importance, 7).back(), 1);
    std::set<std::vector<int>> ties;
    for (std::uint32_t seed = 0; seed < 20; ++seed)
        ties.insert(most_first(std::vector<double>(8, 1.0), seed));
    EXPECT_GT(ties.size(), 1u);
}

TEST(Deletion, DisplacedMapsKeepTheirShapeAndMove) {
    const CellGrid grid{{0, 8, 16}, {0, 8, 16, 24}};
    const std::vector<double> importance{1, 2, 3, 4, 5, 6};
    const auto all = displaced_maps(importance, grid, 99, 3);
    ASSERT_EQ(all.size(), 5u);
    std::set<std::vector<double>> distinct(all.begin(), all.end());
    EXPECT_EQ(distinct.size(), 5u);
    EXPECT_FALSE(distinct.contains(importance));
    for (auto map : all) {
        const int at = static_cast<int>(std::ranges::find(map, 1.0) - map.begin());
        // Its right neighbour, wrapping around, is still 2.
        EXPECT_EQ(map[static_cast<std::size_t>(at / 3 * 3 + (at + 1) % 3)], 2);
        std::ranges::sort(map);
        EXPECT_EQ(map, importance);
    }
    EXPECT_TRUE(displaced_maps(std::vector<double>{1}, {{0, 8}, {0, 8}}, 5, 3).empty());
}

/// A score that is the sum of the remaining cells of a known evidence map.
class KnownEvidence {
  public:
    KnownEvidence() : grid_(deletion_grid(256, 256)), left_(256, 0.0) {
        for (int r = 5; r < 9; ++r)
            for (int c = 9; c < 13; ++c)
                left_[static_cast<std::size_t>(r * 16 + c)] = 0.25;
        for (int r = 12; r < 15; ++r)
            for (int c = 1; c < 4; ++c)
                left_[static_cast<std::size_t>(r * 16 + c)] = -0.25;
    }
    [[nodiscard]] ContributionMap truth() const { return {16, 16, {left_.begin(), left_.end()}}; }
    /// `harm`: constant cost of removing a cell.
    [[nodiscard]] DeletionTest test(const ContributionMap& map, double harm = 0,
                                    double scale = 1) const {
        return deletion_test(map, grid_, scale * value({}), 1, [&](const auto& orders) {
            std::vector<DeletionCurve> curves;
            for (const auto& order : orders) {
                auto& curve = curves.emplace_back();
                for (std::size_t i = 0; i < curve.size(); ++i) {
                    const auto cells = removed_cells(kRemovedShares[i], grid_.count());
                    curve[i] = scale * value({order.begin(), order.begin() + cells}) - harm * cells;
                }
            }
            return curves;
        });
    }

  private:
    [[nodiscard]] double value(const std::vector<int>& removed) const {
        auto left = left_;
        for (const int cell : removed)
            left[static_cast<std::size_t>(cell)] = 0;
        double sum = 0;
        for (const double evidence : left)
            sum += evidence;
        return sum;
    }
    CellGrid grid_;
    std::vector<double> left_;
};

TEST(Deletion, ACorrectMapIsSupported) {
    const KnownEvidence known;
    const auto test = known.test(known.truth());
    EXPECT_EQ(test.verdict, Support::Supported) << deletion_sentence(test);
    EXPECT_DOUBLE_EQ(test.whole, 4 - 2.25);
    // A 32nd of 256 removes 8 of the 16 positive cells, a 16th removes all: 1.75 - 2, then 1.75 -
    // 4.
    EXPECT_NEAR(test.most[0], -0.25, 1e-9);
    EXPECT_NEAR(test.most[1], -2.25, 1e-9);
    EXPECT_NEAR(test.least[0], 1.75 + 2, 1e-9);
    EXPECT_GT(test.support, 0.5);
    // The cost of blurring itself affects every order equally.
    EXPECT_EQ(known.test(known.truth(), 0.05).verdict, Support::Supported);
}

TEST(Deletion, ShuffledReversedFlatAndFaintMapsAreNotSupported) {
    const KnownEvidence known;
    auto shuffled = known.truth();
    // A permutation with one full cycle: cells change their values, patches lose their shape.
    for (std::size_t i = 0; i < 256; ++i)
        shuffled.values[i * 77 % 256] = known.truth().values[i];
    EXPECT_NE(known.test(shuffled).verdict, Support::Supported);
    auto reversed = known.truth();
    for (auto& value : reversed.values)
        value = -value;
    const auto against = known.test(reversed);
    EXPECT_EQ(against.verdict, Support::Unsupported);
    EXPECT_LT(against.support, -0.5);
    EXPECT_NE(known.test({16, 16, std::vector<float>(256, 1.0f)}).verdict, Support::Supported);
    // Correct, but the change of the score is too small to matter.
    EXPECT_EQ(known.test(known.truth(), 0, 0.01).verdict, Support::Weak);
}

TEST(Deletion, VerdictsByTheRule) {
    const auto flat = [](double value) {
        DeletionCurve curve;
        curve.fill(value);
        return curve;
    };
    DeletionTest test;
    test.whole = 1;
    test.displaced = {flat(0.5), flat(0.6), flat(0.4), flat(0.5), flat(0.55)};
    const auto verdict = [&](double most, double least) {
        test.most = flat(most);
        test.least = flat(least);
        judge(test);
        return test.verdict;
    };
    EXPECT_EQ(verdict(0.2, 0.9), Support::Supported);
    EXPECT_NEAR(test.separation, 0.7, 1e-12);
    EXPECT_NEAR(test.support, 0.7 / 0.8, 1e-12);
    EXPECT_EQ(verdict(0.2, 0.6), Support::Weak);          // not above every displaced map
    EXPECT_EQ(verdict(0.4, 0.9), Support::Weak);          // not below
    EXPECT_EQ(verdict(0.39, 0.5), Support::Unsupported);  // below, but 0.11 apart
    EXPECT_EQ(verdict(0.45, 0.55), Support::Unsupported);
    EXPECT_EQ(verdict(0.9, 0.2), Support::Unsupported);
    test.displaced.pop_back();
    EXPECT_EQ(verdict(0.2, 0.9), Support::Unsupported);  // too few displaced maps to compare with
    EXPECT_SAYS(deletion_sentence(test), "not tested");
}

}  // namespace
}  // namespace dfd
