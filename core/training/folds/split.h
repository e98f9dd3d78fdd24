// Splits a manifest into folds. Groups and twins always stay in one fold. The donor of a splice may
// lie in another fold, because joining donors would join nearly everything. Plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

enum class SplitBy {
    Cluster,  ///< the reference's method: fold k holds cluster k, so it validates on a kind of
              ///< picture that its expert has not seen
    Random,   ///< the baseline: folds of similar size and label balance
    Source,   ///< whole sources (publishers)
};

struct SplitOptions {
    SplitBy by = SplitBy::Cluster;
    int folds = 0;                          ///< 0: as many as clusters (5 for the other methods)
    double test = 0;                        ///< share of the rows for the fold "test", 0 to below 1
    std::vector<std::string> test_sources;  ///< sources that go to "test" completely
    std::uint64_t seed = 1;
};

/// Real and fake rows of a fold, and its number of indivisible pieces.
struct FoldSize {
    std::int64_t real = 0;
    std::int64_t fake = 0;
    std::int64_t pieces = 0;

    [[nodiscard]] std::int64_t size() const { return real + fake; }
};

struct SplitReport {
    std::vector<FoldSize> folds;
    FoldSize test;
    std::int64_t moved = 0;  ///< rows whose fold differs from their cluster's fold, because their
                             ///< piece was kept whole
    std::vector<std::string> warnings;  ///< full sentences
};

/// Sets the folds of all rows. Fold k validates the expert that learns from all other folds; "test"
/// is used by neither.
///
/// Pieces are indivisible: rows of one group, rows of one path, and a fake and its twin are joined
/// into connected components (by source: also rows of one source). A piece gets the fold of the
/// cluster that most of its rows are in (the smallest number if tied). With fewer folds than
/// clusters, whole clusters are merged, largest first, each into the fold with the fewest rows of
/// the same labels.
///
/// Rows of the fold "test" stay there, with their pieces. The missing share is filled up to half
/// with whole rare sources (each less than a twentieth of the rows), so that the test also covers
/// unseen sources; the rest are pieces of all other sources in proportion.
///
/// Depends only on the rows and options. Throws TrainingError: no rows, rows without a cluster,
/// fewer pieces (clusters, sources) than folds, an unknown test source, no rows left to train on.
SplitReport split(Manifest& manifest, const SplitOptions& options);

/// Warnings, as full sentences, about folds that are empty, lack a label or leave little to learn
/// from.
[[nodiscard]] std::vector<std::string> size_warnings(const SplitReport& report);

/// The report as lines of text, including warnings.
[[nodiscard]] std::string split_text(const SplitReport& report);

}  // namespace dfd
