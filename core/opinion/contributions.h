// Signed maps on one physical scale: what every place adds to an expert's log-odds. Plain C++.
#pragma once

#include <span>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Row-major, row 0 is the picture's top, `values.size() == rows * columns`. A value is what its
/// cell adds to the explained number, in logits: above 0 towards it, below 0 against it. The sum is
/// what the whole map adds. Never rescaled.
struct ContributionMap {
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
};

[[nodiscard]] double sum_of(const ContributionMap& map);

/// What the whole picture would add if it were all like this place: value * rows * columns. Cells
/// of different experts cover different areas; by this their maps share one scale, in logits.
/// `values` are signed.
[[nodiscard]] HeatMap density_of(const ContributionMap& map);

/// The part of a density above 0, or of its negative: evidence towards and against, each >= 0.
[[nodiscard]] HeatMap towards(HeatMap density);
[[nodiscard]] HeatMap against(HeatMap density);

/// Mean of the maps by their densities, weighted; resampled bilinearly to the largest. Its sum is
/// the mean of the sums but for what resampling moves over the edge. One weight a map, all >= 0 and
/// one of them above 0; no map gives an empty one.
[[nodiscard]] ContributionMap mean_contributions(std::span<const ContributionMap* const> maps,
                                                 std::span<const double> weights);

}  // namespace dfd
