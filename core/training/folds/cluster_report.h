// The step `dfd prepare cluster`: features and their manifest -> a manifest with clusters, and what
// a reader should know about them. Plain C++.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/training/folds/cluster.h"
#include "core/training/folds/features.h"

namespace dfd {

struct ClusterOptions {
    std::filesystem::path features;
    std::filesystem::path manifest;  ///< that the features were made of
    std::filesystem::path out;       ///< the manifest with its column "cluster" filled
    std::filesystem::path
        report;  ///< folder of clusters.json, clusters.md, projection.svg; or empty
    FeatureScale scale = FeatureScale::L2;
    KMeansOptions k_means;
};

/// Who is in a cluster.
struct ClusterContents {
    std::int64_t real = 0;
    std::int64_t fake = 0;
    std::map<std::string, std::int64_t> operations;  ///< of the fakes; "" when not told
    std::map<std::string, std::int64_t> sources;     ///< of all; "" when not told

    [[nodiscard]] std::int64_t size() const { return real + fake; }
};

struct ClusterReport {
    Clustering clustering;
    Silhouette silhouette;
    std::vector<ClusterContents> contents;  ///< one a cluster
};

[[nodiscard]] const char* scale_name(FeatureScale scale);  ///< "l2", "standard", "none"

/// `rows` in the order of `clustering.cluster`.
[[nodiscard]] std::vector<ClusterContents> cluster_contents(const std::vector<ManifestRow>& rows,
                                                            const Clustering& clustering);

/// A table in Markdown: sizes, real and fake, silhouette, kinds of edit.
[[nodiscard]] std::string cluster_markdown(const ClusterReport& report);

/// Writes `out` (atomically) and the report. Features are scaled in memory, which holds them twice
/// at most. Blocks. Throws TrainingError, Cancelled.
ClusterReport cluster_manifest(const ClusterOptions& options,
                               const std::function<void(double)>& progress = {},
                               std::stop_token stop = {});

}  // namespace dfd
