// Rows of a manifest that may not be divided.
// Internal to core/training/folds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/training/folds/split.h"

namespace dfd {

/// Rows of one group, rows of one path, and a fake and its twin, grown together where they overlap
/// (by source: also rows of one source).
struct Piece {
    std::vector<std::size_t> rows;  ///< ascending
    FoldSize size;
    std::string source;  ///< of its first row
    bool test = false;   ///< one of its rows is of fold "test"
};

/// Every row is in one piece; pieces by their first row.
[[nodiscard]] std::vector<Piece> pieces_of(const Manifest& manifest, SplitBy by);

}  // namespace dfd
