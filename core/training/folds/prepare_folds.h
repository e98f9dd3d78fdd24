// `dfd prepare folds`: encode, cluster and split a manifest in one run. Plain C++.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "core/training/folds/cluster_report.h"
#include "core/training/folds/encode.h"
#include "core/training/folds/split.h"

namespace dfd {

/// Options of the three steps. Intermediate files get their names here.
struct FoldsOptions {
    EncodeOptions encode;    ///< except `out` and the shards
    ClusterOptions cluster;  ///< scale, k_means and report
    SplitOptions split;
    int per_group = 0;           ///< encode and cluster only this many pictures per group; 0: all
    std::filesystem::path out;   ///< the manifest with clusters and folds
    std::filesystem::path work;  ///< folder of intermediate files; empty: the folder of `out`
};

/// Where prepare_folds() stores the features, the clustered manifest and, with per_group, the
/// sampled manifest.
[[nodiscard]] std::filesystem::path features_file(const FoldsOptions& options);
[[nodiscard]] std::filesystem::path clustered_file(const FoldsOptions& options);
[[nodiscard]] std::filesystem::path sample_file(const FoldsOptions& options);

/// encode(), cluster_manifest() and split() in sequence; with per_group on few_pictures(), whose
/// folds are then spread to the other rows. `report` receives each step's text when the step ends.
/// A killed or stopped run resumes where encode() was, and existing features are reused, so that
/// other clusters or folds take seconds. Blocks. Throws what the steps throw. `out` is written at
/// the end, atomically.
SplitReport prepare_folds(const FoldsOptions& options, const Progress& progress = {},
                          const std::function<void(const std::string&)>& report = {},
                          std::stop_token stop = {});

}  // namespace dfd
