// `dfd prepare cluster`: clusters the features of a manifest and writes a report. Plain C++.
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
    std::filesystem::path manifest;  ///< the manifest of the features
    std::filesystem::path out;       ///< the manifest with the column "cluster" filled
    std::filesystem::path
        report;  ///< folder for clusters.json, clusters.md, projection.svg; empty: no report
    FeatureScale scale = FeatureScale::L2;
    KMeansOptions k_means;
};

/// Composition of a cluster.
struct ClusterContents {
    std::int64_t real = 0;
    std::int64_t fake = 0;
    std::map<std::string, std::int64_t> operations;  ///< of the fakes; "" when unknown
    std::map<std::string, std::int64_t> sources;     ///< of all; "" when unknown

    [[nodiscard]] std::int64_t size() const { return real + fake; }
};

struct ClusterReport {
    Clustering clustering;
    Silhouette silhouette;
    std::vector<ClusterContents> contents;  ///< one per cluster
};

[[nodiscard]] const char* scale_name(FeatureScale scale);  ///< "l2", "standard", "none"

/// `rows` must be in the order of `clustering.cluster`.
[[nodiscard]] std::vector<ClusterContents> cluster_contents(const std::vector<ManifestRow>& rows,
                                                            const Clustering& clustering);

/// A Markdown table: sizes, real and fake, silhouette, operations.
[[nodiscard]] std::string cluster_markdown(const ClusterReport& report);

/// Writes `out` (atomically) and the report. Holds the features in memory at most twice. Blocks.
/// Throws TrainingError, Cancelled.
ClusterReport cluster_manifest(const ClusterOptions& options,
                               const std::function<void(double)>& progress = {},
                               std::stop_token stop = {});

}  // namespace dfd
