// Dividing a manifest into folds. Groups and twins never straddle a border; what a splice took from
// a donor may, because joining donors would join nearly everything. Plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

enum class SplitBy {
    Cluster,  ///< the reference's: fold k holds what looks like cluster k, so it validates on a
              ///< kind of picture that its expert has not seen
    Random,   ///< the baseline: folds alike in size and in real and fake
    Source,   ///< whole publishers
};

struct SplitOptions {
    SplitBy by = SplitBy::Cluster;
    int folds = 0;    ///< 0: as many as there are clusters (5 for the others)
    double test = 0;  ///< share of the rows set aside as fold "test", 0 to below 1
    std::vector<std::string> test_sources;  ///< and these whole
    std::uint64_t seed = 1;
};

/// Real and fake rows of a fold, and how many pieces that may not be divided it consists of.
struct FoldSize {
    std::int64_t real = 0;
    std::int64_t fake = 0;
    std::int64_t pieces = 0;

    [[nodiscard]] std::int64_t size() const { return real + fake; }
};

struct SplitReport {
    std::vector<FoldSize> folds;
    FoldSize test;
    std::int64_t moved = 0;  ///< rows that keeping pieces whole put into a fold of another cluster
    std::vector<std::string> warnings;  ///< full sentences
};

/// Fills the rows' folds. Fold k validates the expert that learns from all other folds; "test" is
/// for neither.
///
/// Never divided are: rows of one group, rows of one path, and a fake and its twin; these pieces
/// grow together where they overlap (by source: also rows of one source). A piece's fold is that of
/// the cluster most of its rows are in, the smallest number of equals; with fewer folds than
/// clusters, whole clusters are put together, largest first, each into the smallest fold.
///
/// Rows of fold "test" stay there, with their pieces. Of the share that is still missing, up to
/// half are whole rare sources (each less than a twentieth of the rows), so that the test shows
/// what is published by others, too; the rest are pieces of every other source in proportion.
///
/// Depends on the rows and options only. Throws TrainingError: no rows, rows without a cluster,
/// fewer pieces (clusters, sources) than folds, an unknown test source, nothing left to train on.
SplitReport split(Manifest& manifest, const SplitOptions& options);

/// Full sentences on folds that are empty, lack one label, or leave little to learn from.
[[nodiscard]] std::vector<std::string> size_warnings(const SplitReport& report);

/// The report as lines of text for people, warnings included.
[[nodiscard]] std::string split_text(const SplitReport& report);

}  // namespace dfd
