// The deletion test: whether a map's important places are important to the score. Plain C++.
//
// A picture is cut into cells, and its cells are made unrecognisable in the order that the map
// gives them. If the map is right, taking the most important first lowers the explained number
// early, and taking the least important first lowers it late or raises it. Whatever blurring does
// to a network by itself, it does in every order; so both orders are compared with those of the
// same map laid over the picture in a wrong place (moved by whole cells, wrapped around), which
// removes patches of the same shapes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/opinion/contributions.h"

namespace dfd {

/// Cells over the picture that is scored, in pixels: edges.front() is 0, edges.back() the size,
/// inner ones are multiples of 8 so that the blocks of an earlier JPEG are removed whole.
struct CellGrid {
    std::vector<int> row_edges;
    std::vector<int> column_edges;

    [[nodiscard]] int rows() const { return static_cast<int>(row_edges.size()) - 1; }
    [[nodiscard]] int columns() const { return static_cast<int>(column_edges.size()) - 1; }
    [[nodiscard]] int count() const { return rows() * columns(); }
};

/// At most 16 cells along the longer side, about square, none smaller than 8 pixels where the
/// picture is not.
[[nodiscard]] CellGrid deletion_grid(int width, int height);

/// The map's mean over each cell, row-major: the density of importance. The map covers the picture.
[[nodiscard]] std::vector<double> cell_importance(const ContributionMap& map, const CellGrid& grid);

/// Cells from the largest value to the smallest. Equal ones come in an order that `seed` decides.
[[nodiscard]] std::vector<int> most_first(std::span<const double> importance, std::uint32_t seed);
[[nodiscard]] std::vector<int> least_first(std::span<const double> importance, std::uint32_t seed);

/// The same importance moved by whole cells both ways, wrapped around: never by nothing, and each
/// time by something else. Fewer than `count` where the grid has no more places.
[[nodiscard]] std::vector<std::vector<double>> displaced(std::span<const double> importance,
                                                         const CellGrid& grid, int count,
                                                         std::uint32_t seed);

/// How many displaced maps a test compares with. Among seven orders of which none means anything,
/// one given order comes first and another last once in 42 cases.
inline constexpr int kDisplacedMaps = 5;

/// Shares of the cells that are removed, each twice the one before: evidence may be small or wide,
/// and the mean over them weighs every order of size alike.
inline constexpr std::array<double, 5> kRemovedShares{1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4,
                                                      1.0 / 2};

/// Number of cells that a share removes, at least one.
[[nodiscard]] int removed_cells(double share, int count);

/// The explained number after removing each of kRemovedShares.
using DeletionCurve = std::array<double, kRemovedShares.size()>;
[[nodiscard]] double mean_of(const DeletionCurve& curve);

enum class Support { Supported, Weak, Unsupported };
[[nodiscard]] const char* support_name(Support support);  ///< "supported", "weak", "unsupported"

/// Below this separation, in logits, a map is at most weak: at the middle of the scale it moves a
/// score by 0.05, one unit of what two decimals let a reader tell apart by eye.
inline constexpr double kLeastSeparation = 0.2;

struct DeletionTest {
    double whole = 0;  ///< the explained number with nothing removed
    DeletionCurve most{};
    DeletionCurve least{};
    std::vector<DeletionCurve> displaced;
    int cells = 0;

    double separation = 0;  ///< mean of `least` - mean of `most`, in logits
    /// The separation as a share of the whole range that the number went through, -1 .. 1.
    double support = 0;
    Support verdict = Support::Unsupported;
    std::string sentence;  ///< why, for people
};

/// Fills separation, support, verdict and sentence. The rule:
///   supported    most important first lies below every displaced map's curve, least important
///                first above every one (means over the shares), and they are at least
///                kLeastSeparation apart;
///   weak         one of the two holds and they are at least that far apart, or both hold and they
///                are less far apart;
///   unsupported  otherwise, and where fewer than kDisplacedMaps could be tried.
void judge(DeletionTest& test);

/// The curves of many orders of removal, one an order: the explained number with the first
/// removed_cells(kRemovedShares[i]) of its cells taken away.
using CurveScorer =
    std::function<std::vector<DeletionCurve>(const std::vector<std::vector<int>>& orders)>;

/// The whole test of a map: orders, curves by `score` (called once), judgement. `whole` is the
/// explained number of the untouched picture. Passes on what `score` throws.
[[nodiscard]] DeletionTest deletion_test(const ContributionMap& map, const CellGrid& grid,
                                         double whole, std::uint32_t seed,
                                         const CurveScorer& score);

/// The rule in one sentence, for screens and reports.
[[nodiscard]] const char* deletion_rule();

}  // namespace dfd
