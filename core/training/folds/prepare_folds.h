// From a manifest to folds in one go: encode, cluster, split. Plain C++.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "core/training/folds/cluster_report.h"
#include "core/training/folds/encode.h"
#include "core/training/folds/split.h"

namespace dfd {

/// What the single steps are asked for; their files in between are named here.
struct FoldsOptions {
    EncodeOptions encode;    ///< all but `out` and the shards
    ClusterOptions cluster;  ///< scale, k_means and report
    SplitOptions split;
    int per_group = 0;           ///< encode and cluster so many pictures of every group; 0: all
    std::filesystem::path out;   ///< the manifest with clusters and folds
    std::filesystem::path work;  ///< folder of what lies in between; empty: that of `out`
};

/// Where prepare_folds() keeps the pictures' features, the clustered manifest and, with per_group,
/// the manifest of the few.
[[nodiscard]] std::filesystem::path features_file(const FoldsOptions& options);
[[nodiscard]] std::filesystem::path clustered_file(const FoldsOptions& options);
[[nodiscard]] std::filesystem::path few_file(const FoldsOptions& options);

/// encode(), cluster_manifest() and split(), one after the other; with per_group of few_pictures(),
/// whose folds the others then take. `report` gets a step's text for
/// people as soon as the step is over. Killed or stopped, it goes on where encode() was, and
/// features that are there already are made use of, so that other clusters or folds take seconds.
/// Blocks. Throws what the steps throw; `out` is written at the end, atomically.
SplitReport prepare_folds(const FoldsOptions& options, const Progress& progress = {},
                          const std::function<void(const std::string&)>& report = {},
                          std::stop_token stop = {});

}  // namespace dfd
