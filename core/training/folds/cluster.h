// Grouping feature vectors without labels: k-means, how well it went, and a map of it. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace dfd {

/// Rows of C numbers, row-major float32.
struct PointsView {
    std::span<const float> values;
    std::int64_t width = 0;  ///< C

    [[nodiscard]] std::int64_t rows() const {
        return width > 0 ? static_cast<std::int64_t>(values.size()) / width : 0;
    }
    [[nodiscard]] const float* row(std::int64_t index) const {
        return values.data() + index * width;
    }
};

/// What is done to features before they are compared. All end with the mean moved to the origin,
/// which changes no distance and keeps float32 exact.
enum class FeatureScale {
    L2,        ///< every row to length 1: distances measure angles (a row of zeros stays)
    Standard,  ///< every column to variance 1 (a constant column becomes 0)
    None,
};
/// In place. Throws TrainingError when a number is not finite, naming its row from 0.
void scale_features(std::vector<float>& values, std::int64_t width, FeatureScale scale);

struct KMeansOptions {
    int clusters = 2;
    int restarts = 10;  ///< the run with the smallest inertia is kept
    int iterations = 300;
    std::uint64_t seed = 1;
};

struct Clustering {
    std::vector<int> cluster;  ///< of every row; 0 is the largest cluster, none is empty
    double inertia = 0;        ///< sum of squared distances to the clusters' means
    int iterations = 0;        ///< of the run that was kept
    bool converged = false;    ///< no row changed its cluster any more
};

/// Lloyd's algorithm from k-means++ starts (Arthur and Vassilvitskii 2007). A cluster that loses
/// its last row takes the row that is farthest from its own mean. The same points, options and
/// machine give the same clusters. Blocks. Throws TrainingError when there are fewer different rows
/// than clusters, or numbers that are not finite; Cancelled when stopped.
[[nodiscard]] Clustering k_means(const PointsView& points, const KMeansOptions& options,
                                 const std::function<void(double)>& progress = {},
                                 std::stop_token stop = {});

/// Rousseeuw's silhouette (1987) with Euclidean distances: (b - a) / max(a, b), where a is the mean
/// distance to the row's own cluster and b to the nearest other one; 0 for a row that is alone.
struct Silhouette {
    double mean = 0;              ///< -1..1; NaN when there is but one cluster
    std::vector<double> cluster;  ///< means; NaN for a cluster without a row in the sample
    std::int64_t rows = 0;        ///< that were compared with each other
    bool sampled = false;         ///< not all of them
};
/// Exact up to `most` rows, else among a seeded sample of so many. Blocks: O(rows^2 C).
[[nodiscard]] Silhouette silhouette(const PointsView& points, const std::vector<int>& cluster,
                                    std::uint64_t seed, std::int64_t most = 4000);

/// The first two principal components. The sign is such that a component's largest loading is
/// positive.
struct Projection {
    std::vector<double> x, y;           ///< of every row
    std::array<double, 2> explained{};  ///< shares of the variance
};
[[nodiscard]] Projection project_onto_plane(const PointsView& points);

/// At most `most` of the rows 0..rows-1, ascending, drawn without replacement.
[[nodiscard]] std::vector<std::int64_t> sample_rows(std::int64_t rows, std::int64_t most,
                                                    std::uint64_t seed);

}  // namespace dfd
