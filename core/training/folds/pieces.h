// Indivisible pieces of a manifest: rows that must stay in one fold.
// Internal to core/training/folds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/training/folds/split.h"

namespace dfd {

/// A connected component of rows that share a group or a path, or are a fake and its twin (split by
/// source: also rows of one source).
struct Piece {
    std::vector<std::size_t> rows;  ///< ascending
    FoldSize size;
    std::string source;  ///< of its first row
    bool test = false;   ///< one of its rows has the fold "test"
};

/// Every row is in exactly one piece. Pieces are sorted by their first row.
[[nodiscard]] std::vector<Piece> pieces_of(const Manifest& manifest, SplitBy by);

}  // namespace dfd
