#include "core/training/folds/cluster.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <opencv2/core.hpp>
#include <set>

#include "core/base/cancelled.h"
#include "core/base/dice.h"
#include "core/training/manifest/training_error.h"
#include "core/training/photos/one_opencv_thread.h"

namespace dfd {
namespace {

constexpr std::int64_t kBlock = 1024;  // rows per matrix product

std::size_t place(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

// cv::Mat wants a mutable pointer; nothing here writes through it.
cv::Mat matrix_of(const PointsView& points) {
    return {static_cast<int>(points.rows()), static_cast<int>(points.width), CV_32F,
            const_cast<float*>(points.values.data())};
}

void require_finite(std::span<const float> values, std::int64_t width) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            throw TrainingError("The features of row " + std::to_string(i / place(width)) +
                                " (from 0) are not all finite numbers; encode the manifest again.");
}

void require_distinct(const PointsView& points, int clusters) {
    std::set<std::vector<float>> different;
    for (std::int64_t i = 0; i < points.rows(); ++i) {
        different.emplace(points.row(i), points.row(i) + points.width);
        if (different.size() == static_cast<std::size_t>(clusters))
            return;
    }
    throw TrainingError(std::to_string(clusters) + " clusters cannot be made of " +
                        std::to_string(points.rows()) + " rows with " +
                        std::to_string(different.size()) +
                        " different features; ask for fewer clusters.");
}

/// Clusters numbered by size, then by their first row.
std::vector<int> numbered(const std::vector<int>& labels, int clusters) {
    std::vector<int> sizes(place(clusters)), order, number(place(clusters)), result;
    for (const int label : labels)
        if (sizes[place(label)]++ == 0)
            order.push_back(label);
    std::ranges::stable_sort(order, std::greater(), [&](int label) { return sizes[place(label)]; });
    for (std::size_t i = 0; i < order.size(); ++i)
        number[place(order[i])] = static_cast<int>(i);
    for (const int label : labels)
        result.push_back(number[place(label)]);
    return result;
}

}  // namespace

void scale_features(std::vector<float>& values, std::int64_t width, FeatureScale scale) {
    require_finite(values, width);
    const auto rows = static_cast<std::int64_t>(values.size()) / width;
    if (scale == FeatureScale::L2)
        for (std::int64_t i = 0; i < rows; ++i) {
            const auto row = std::span(values).subspan(place(i * width), place(width));
            double squares = 0;
            for (const double value : row)
                squares += value * value;
            for (auto& value : row)
                value = squares > 0 ? static_cast<float>(value / std::sqrt(squares)) : 0;
        }
    std::vector<double> mean(place(width)), variance(place(width));
    for (std::int64_t i = 0; i < rows * width; ++i)
        mean[place(i % width)] += static_cast<double>(values[place(i)]) / static_cast<double>(rows);
    for (std::int64_t i = 0; i < rows * width; ++i) {
        const double difference = static_cast<double>(values[place(i)]) - mean[place(i % width)];
        variance[place(i % width)] += difference * difference / static_cast<double>(rows);
    }
    for (std::int64_t i = 0; i < rows * width; ++i) {
        const auto column = place(i % width);
        double value = static_cast<double>(values[place(i)]) - mean[column];
        if (scale == FeatureScale::Standard) {
            // Rounding leaves a constant column with a variance slightly above zero.
            const bool constant = variance[column] <= 1e-14 * mean[column] * mean[column];
            value = constant ? 0 : value / std::sqrt(variance[column]);
        }
        values[place(i)] = static_cast<float>(value);
    }
}

Clustering k_means(const PointsView& points, const KMeansOptions& options,
                   const std::function<void(double)>& progress, std::stop_token stop) {
    if (options.clusters < 1 || options.restarts < 1 || options.iterations < 1)
        throw TrainingError("The numbers of clusters, restarts and iterations must be at least 1.");
    require_finite(points.values, points.width);
    if (options.clusters > points.rows())
        throw TrainingError(std::to_string(options.clusters) + " clusters cannot be made of " +
                            std::to_string(points.rows()) + " rows; ask for fewer clusters.");
    require_distinct(points, options.clusters);
    if (points.rows() == 1)  // cv::kmeans takes a single row for many points with one coordinate
        return {{0}, 0, 1, true};
    const OneOpenCvThread one_thread;
    Clustering best;
    for (int restart = 0; restart < options.restarts; ++restart) {
        cv::theRNG() = cv::RNG(Dice(options.seed, static_cast<std::uint64_t>(restart)).bits());
        Clustering run{std::vector<int>(place(points.rows()), -1), 0, 0, false};
        const cv::Mat labels(run.cluster);  // a column: OpenCV would not write to the vector itself
        int flags = cv::KMEANS_PP_CENTERS;
        while (!run.converged && run.iterations < options.iterations) {
            check_stop(stop);
            const auto before = run.cluster;
            // Two rounds, the fewest OpenCV accepts, assign each row once.
            run.inertia = cv::kmeans(matrix_of(points), options.clusters, labels,
                                     {cv::TermCriteria::COUNT, 2, 0}, 1, flags);
            flags = cv::KMEANS_USE_INITIAL_LABELS;
            run.converged = run.cluster == before;
            ++run.iterations;
        }
        if (best.cluster.empty() || run.inertia < best.inertia)
            best = std::move(run);
        if (progress)
            progress((restart + 1.0) / options.restarts);
    }
    best.cluster = numbered(best.cluster, options.clusters);
    return best;
}

Silhouette silhouette(const PointsView& points, const std::vector<int>& cluster, std::uint64_t seed,
                      std::int64_t most) {
    const int clusters =
        cluster.empty() ? 0 : *std::max_element(cluster.begin(), cluster.end()) + 1;
    const auto sample = sample_rows(points.rows(), most, seed);
    const auto rows = static_cast<std::int64_t>(sample.size());
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    Silhouette result{kNone, std::vector<double>(place(clusters), kNone), rows,
                      rows < points.rows()};
    if (clusters < 2)
        return result;

    auto chosen = torch::empty({rows, points.width}, torch::kFloat64);
    auto members = torch::zeros({rows, clusters}, torch::kFloat64);
    for (std::int64_t i = 0; i < rows; ++i) {
        std::copy_n(points.row(sample[place(i)]), points.width,
                    chosen.data_ptr<double>() + i * points.width);
        members.data_ptr<double>()[i * clusters + cluster[place(sample[place(i)])]] = 1;
    }
    const auto lengths = chosen.square().sum(1);
    std::vector<double> sizes(place(clusters)), sums(place(clusters));
    for (const auto row : sample)
        ++sizes[place(cluster[place(row)])];

    for (std::int64_t begin = 0; begin < rows; begin += kBlock) {
        const auto end = std::min(begin + kBlock, rows);
        auto distances = lengths.slice(0, begin, end).unsqueeze(1) + lengths -
                         2 * chosen.slice(0, begin, end).mm(chosen.t());
        distances.clamp_min_(0).sqrt_();
        for (auto i = begin; i < end; ++i)
            distances.data_ptr<double>()[(i - begin) * rows + i] = 0;
        const auto to_clusters = distances.mm(members);
        const auto* to = to_clusters.data_ptr<double>();
        for (auto i = begin; i < end; ++i, to += clusters) {
            const int own = cluster[place(sample[place(i)])];
            double other = std::numeric_limits<double>::infinity();
            for (int c = 0; c < clusters; ++c)
                if (c != own && sizes[place(c)] > 0)
                    other = std::min(other, to[c] / sizes[place(c)]);
            if (sizes[place(own)] < 2 || !std::isfinite(other))
                continue;
            const double within = to[own] / (sizes[place(own)] - 1);
            const double larger = std::max(within, other);
            sums[place(own)] += larger > 0 ? (other - within) / larger : 0;
        }
    }
    result.mean = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(rows);
    for (int c = 0; c < clusters; ++c)
        if (sizes[place(c)] > 0)
            result.cluster[place(c)] = sums[place(c)] / sizes[place(c)];
    return result;
}

Projection project_onto_plane(const PointsView& points) {
    const auto rows = points.rows();
    Projection result{std::vector<double>(place(rows)), std::vector<double>(place(rows)), {}};
    if (rows == 0)
        return result;
    const auto data = matrix_of(points);
    cv::PCA pca(data, cv::noArray(), cv::PCA::DATA_AS_ROW);
    const double variance = cv::sum(pca.eigenvalues)[0];
    if (variance <= 0)
        return result;
    pca.eigenvectors = pca.eigenvectors.rowRange(0, std::min(2, pca.eigenvectors.rows));
    for (int component = 0; component < pca.eigenvectors.rows; ++component) {
        cv::Mat loading = pca.eigenvectors.row(component);
        double smallest = 0, largest = 0;
        cv::minMaxIdx(loading, &smallest, &largest);
        if (-smallest > largest)
            loading *= -1;
        result.explained[place(component)] =
            std::max(0.0, pca.eigenvalues.at<float>(component) / variance);
    }
    const cv::Mat_<float> plane = pca.project(data);
    for (int i = 0; i < plane.rows; ++i) {
        result.x[place(i)] = plane(i, 0);
        result.y[place(i)] = plane.cols > 1 ? plane(i, 1) : 0;
    }
    return result;
}

std::vector<std::int64_t> sample_rows(std::int64_t rows, std::int64_t most, std::uint64_t seed) {
    std::vector<std::int64_t> all(place(rows));
    std::iota(all.begin(), all.end(), 0);
    if (rows <= most)
        return all;
    Dice dice(seed, 0x5A3B1E);
    for (std::int64_t i = 0; i < most; ++i)
        std::swap(all[place(i)],
                  all[place(i) + static_cast<std::size_t>(dice.bits() %
                                                          static_cast<std::uint64_t>(rows - i))]);
    all.resize(place(most));
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace dfd
