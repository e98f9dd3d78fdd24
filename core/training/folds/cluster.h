// Clustering of feature vectors: k-means, silhouette and a projection to two dimensions. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace dfd {

/// Non-owning view of rows of C numbers, row-major float32.
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

/// Normalisation of features before clustering. Every kind also moves the mean to the origin, which
/// changes no distance and preserves float32 precision.
enum class FeatureScale {
    L2,        ///< every row to length 1: distances measure angles (rows of zeros stay)
    Standard,  ///< every column to variance 1 (a constant column becomes 0)
    None,
};
/// In place. Throws a TrainingError with the row number (from 0) when a number is not finite.
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
    int iterations = 0;        ///< of the best run
    bool converged = false;    ///< no row changed its cluster in the last iteration
};

/// Lloyd's algorithm with k-means++ initialisation (Arthur and Vassilvitskii 2007), by cv::kmeans.
/// The same points, options and machine give the same clusters. Blocks. Throws TrainingError when
/// there are fewer distinct rows than clusters, or when numbers are not finite; Cancelled when
/// stopped.
[[nodiscard]] Clustering k_means(const PointsView& points, const KMeansOptions& options,
                                 const std::function<void(double)>& progress = {},
                                 std::stop_token stop = {});

/// Rousseeuw's silhouette (1987) with Euclidean distances: (b - a) / max(a, b), where a is the mean
/// distance to the row's own cluster and b that to the nearest other cluster; 0 for a row that is
/// alone.
struct Silhouette {
    double mean = 0;              ///< -1..1; NaN when there is only one cluster
    std::vector<double> cluster;  ///< mean per cluster; NaN for one without a row in the sample
    std::int64_t rows = 0;        ///< number of rows compared
    bool sampled = false;         ///< not all rows were compared
};
/// Exact up to `most` rows, else on a seeded sample of that size. Blocks: O(rows^2 C).
[[nodiscard]] Silhouette silhouette(const PointsView& points, const std::vector<int>& cluster,
                                    std::uint64_t seed, std::int64_t most = 4000);

/// The first two principal components. The sign is such that a component's largest loading is
/// positive.
struct Projection {
    std::vector<double> x, y;           ///< of every row
    std::array<double, 2> explained{};  ///< shares of the variance
};
[[nodiscard]] Projection project_onto_plane(const PointsView& points);

/// At most `most` of the rows 0..rows-1, ascending, sampled without replacement.
[[nodiscard]] std::vector<std::int64_t> sample_rows(std::int64_t rows, std::int64_t most,
                                                    std::uint64_t seed);

}  // namespace dfd
