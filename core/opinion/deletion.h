// The deletion test: whether the places a map marks as important affect the score. Plain C++.
//
// The picture is divided into cells, which are made unrecognisable in the order of the map's
// values. If the map is right, removing the most important cells first lowers the explained value
// early, and removing the least important first lowers it late or raises it. Blurring affects a
// network in any order. Both orders are therefore compared with those of the same map displaced
// over the picture (moved by whole cells, wrapped around), which removes patches of the same
// shapes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/opinion/contributions.h"

namespace dfd {

/// The cell boundaries in the scored picture, in pixels. The first edge is 0, the last is the
/// picture's size. Inner edges are multiples of 8, so that blocks of an earlier JPEG are removed
/// whole.
struct CellGrid {
    std::vector<int> row_edges;
    std::vector<int> column_edges;

    [[nodiscard]] int rows() const { return static_cast<int>(row_edges.size()) - 1; }
    [[nodiscard]] int columns() const { return static_cast<int>(column_edges.size()) - 1; }
    [[nodiscard]] int count() const { return rows() * columns(); }
};

/// At most 16 cells along the longer side, roughly square, and at least 8 pixels in size unless the
/// picture is smaller.
[[nodiscard]] CellGrid deletion_grid(int width, int height);

/// The same for windows that are read one below the other: a grid of the stacked windows whose
/// cells lie in one window each.
[[nodiscard]] CellGrid stacked_grid(int windows, int width, int height);

/// The mean of the map over each cell, row-major: the density of importance. The map covers the
/// whole picture. NaN for a cell of which nothing was looked at; else the mean of what was.
[[nodiscard]] std::vector<double> cell_importance(const ContributionMap& map, const CellGrid& grid);

/// Indices of the cells that were looked at, sorted by value, highest first (or lowest first).
/// `seed` determines the order of equal values.
[[nodiscard]] std::vector<int> most_first(std::span<const double> importance, std::uint32_t seed);
[[nodiscard]] std::vector<int> least_first(std::span<const double> importance, std::uint32_t seed);

/// Up to `count` copies of the importance, each shifted by a different non-zero number of whole
/// cells, with wrap-around. Fewer when the grid has fewer distinct shifts. If some cells were not
/// looked at, values are shifted along the others, in reading order.
[[nodiscard]] std::vector<std::vector<double>> displaced_maps(std::span<const double> importance,
                                                              const CellGrid& grid, int count,
                                                              std::uint32_t seed);

/// Number of displaced maps per test. For seven meaningless orders, the chance that one given order
/// ranks first and another last is 1 in 42.
inline constexpr int kDisplacedMaps = 5;

/// Shares of cells that are removed, each twice the previous. Evidence may be small or large; the
/// mean over these shares gives each size the same weight.
inline constexpr std::array<double, 5> kRemovedShares{1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4,
                                                      1.0 / 2};

/// Number of cells for a share, at least one where there is any.
[[nodiscard]] int removed_cells(double share, int count);

/// The explained value after removing each of kRemovedShares.
using DeletionCurve = std::array<double, kRemovedShares.size()>;
[[nodiscard]] double mean_of(const DeletionCurve& curve);

enum class Support { Supported, Weak, Unsupported };
/// "supported", "weak", "unsupported": English always, as files have it.
[[nodiscard]] const char* support_name(Support support);

/// Below this separation, in logits, a map is at most weakly supported. In the middle of the scale
/// it changes a score by 0.05, a small but visible difference at two decimals.
inline constexpr double kLeastSeparation = 0.2;

struct DeletionTest {
    double whole = 0;  ///< explained value with nothing removed
    DeletionCurve most{};
    DeletionCurve least{};
    std::vector<DeletionCurve> displaced;
    int cells = 0;  ///< that were looked at: only these are removed

    double separation = 0;  ///< mean of `least` minus mean of `most`, in logits
    /// The separation divided by the range of all values seen in the test, -1 .. 1.
    double support = 0;
    Support verdict = Support::Unsupported;
};

/// Sets separation, support and verdict. Curves are compared by their means over the
/// shares. Rule:
///  - supported: `most` is below and `least` is above every displaced curve, and their separation
///    is at least kLeastSeparation;
///  - weak: one of the two holds and the separation is at least kLeastSeparation, or both hold and
///    it is smaller;
///  - unsupported: otherwise, or when there are fewer than kDisplacedMaps displaced curves.
void judge(DeletionTest& test);

/// What a judged test found, for people.
[[nodiscard]] std::string deletion_sentence(const DeletionTest& test);

/// Returns one curve per order of removal: the explained value with the first
/// removed_cells(kRemovedShares[i], cells) cells removed.
using CurveScorer =
    std::function<std::vector<DeletionCurve>(const std::vector<std::vector<int>>& orders)>;

/// Runs the whole test of a map: builds the orders, gets the curves from `score` (called once) and
/// judges them. `whole` is the explained value of the unaltered picture. Exceptions from `score`
/// propagate.
[[nodiscard]] DeletionTest deletion_test(const ContributionMap& map, const CellGrid& grid,
                                         double whole, std::uint32_t seed,
                                         const CurveScorer& score);

/// The rule in prose, for the window and reports.
[[nodiscard]] std::string deletion_rule();

}  // namespace dfd
