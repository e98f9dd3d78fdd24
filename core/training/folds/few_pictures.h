// Folds from a sample of each group: edits of one photograph look alike to an expert, so
// that encoding all of them adds little to k-means. Plain C++.
#pragma once

#include <cstdint>

#include "core/training/folds/split.h"

namespace dfd {

/// The same manifest with at most `per_group` random rows of each indivisible piece (see split()).
/// Rows keep their order. Depends only on the rows, `per_group` and `seed`. Throws TrainingError
/// when per_group is below 1.
[[nodiscard]] Manifest few_pictures(const Manifest& manifest, int per_group, std::uint64_t seed);

/// Gives every row of `manifest` the fold of its piece's rows in `few`, and its own cluster if
/// `few` contains the row; rows are matched by absolute path. A piece whose rows in `few` lie in
/// several folds goes to "test" if one of them is "test", else to the most frequent fold (the
/// smallest number if tied). Throws TrainingError when a piece has no row with a fold in `few`.
///
/// `report` is the result of split() for `few`; its sizes and size warnings are replaced by those
/// of `manifest`.
void spread_folds(const Manifest& few, Manifest& manifest, SplitReport& report);

}  // namespace dfd
