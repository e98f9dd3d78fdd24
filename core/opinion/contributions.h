// Signed contribution maps: what each cell adds to an expert's log-odds. Plain C++.
#pragma once

#include <span>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Row-major; row 0 is the top of the picture; `values.size() == rows * columns`. A value is what
/// the cell adds to the explained value, in logits: positive for it, negative against it. The sum
/// is the total contribution of the map. Never rescaled. Cells that no window of the expert looked
/// at are kNotLookedAt: they add nothing.
struct ContributionMap {
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
};

[[nodiscard]] double sum_of(const ContributionMap& map);

/// Each cell's value scaled to the whole picture: value * rows * columns. Cells of different
/// experts cover different areas; the density puts their maps on one scale, in logits. The result
/// is signed.
[[nodiscard]] HeatMap density_of(const ContributionMap& map);

/// Weighted mean of the maps' densities, converted back to contributions. Maps are resampled
/// bilinearly to the largest number of rows and columns. The sum equals the weighted mean of the
/// sums, apart from what resampling changes at the edges. A place counts as 0 for an expert that
/// did not look there, and is kNotLookedAt where none did. One weight per map, all >= 0 and at
/// least one > 0. Returns an empty map when there are no maps.
[[nodiscard]] ContributionMap mean_contributions(std::span<const ContributionMap* const> maps,
                                                 std::span<const double> weights);

}  // namespace dfd
