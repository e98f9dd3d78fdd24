// Folds of many pictures from a few of every group: edits of one photograph look alike to an
// expert, so that encoding all of them tells k-means little more. Plain C++.
#pragma once

#include <cstdint>

#include "core/training/folds/split.h"

namespace dfd {

/// The same manifest with at most `per_group` rows, drawn, of what may not be divided (see
/// split()); rows keep their order. Depends on the rows, `per_group` and `seed` only. Throws
/// TrainingError when per_group is below 1.
[[nodiscard]] Manifest few_pictures(const Manifest& manifest, int per_group, std::uint64_t seed);

/// Gives every row of `manifest` the fold that the rows of its piece have in `few`, and its own
/// row's cluster where `few` lists it; rows are matched by their absolute paths. A piece whose rows
/// in `few` lie in several folds goes whole to "test" if one of them does, else to the fold of most
/// (the smallest number of equals). Throws TrainingError when a piece has no row in `few`, or only
/// such without a fold.
///
/// `report` is what split() said of `few`; its sizes, and the warnings on them, become those
/// of `manifest`.
void spread_folds(const Manifest& few, Manifest& manifest, SplitReport& report);

}  // namespace dfd
