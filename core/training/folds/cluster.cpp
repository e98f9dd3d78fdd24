#include "core/training/folds/cluster.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/base/dice.h"
#include "core/engine/scoring/evaluator.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

constexpr std::int64_t kBlock = 1024;  // rows per matrix product

std::size_t place(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

// from_blob wants a mutable pointer; nothing here writes through it.
torch::Tensor rows_of(const PointsView& points, std::int64_t begin, std::int64_t end) {
    return torch::from_blob(const_cast<float*>(points.row(begin)), {end - begin, points.width});
}

void require_finite(std::span<const float> values, std::int64_t width) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            throw TrainingError("The features of row " + std::to_string(i / place(width)) +
                                " (from 0) are not all finite numbers; encode the manifest again.");
}

double squared_distance(const float* row, const double* centre, std::int64_t width) {
    double sum = 0;
    for (std::int64_t i = 0; i < width; ++i) {
        const double difference = static_cast<double>(row[i]) - centre[i];
        sum += difference * difference;
    }
    return sum;
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

/// One run of Lloyd's algorithm from one start.
class Run {
  public:
    Run(const PointsView& points, int clusters, Dice dice)
        : points_(points),
          clusters_(clusters),
          dice_(dice),
          centres_(place(clusters * points.width)),
          cluster_(place(points.rows()), -1),
          sizes_(place(clusters)) {
        start();
    }

    /// True when no row changed its cluster.
    bool step() {
        const auto before = cluster_;
        assign();
        fill_empty();
        move_centres();
        return cluster_ == before;
    }

    [[nodiscard]] double inertia() const {
        const auto distances = own_distances();
        return std::accumulate(distances.begin(), distances.end(), 0.0);
    }

    /// Clusters numbered by size, then by their first row.
    [[nodiscard]] std::vector<int> numbered() const {
        std::vector<int> order, first(place(clusters_), std::numeric_limits<int>::max());
        for (std::size_t i = cluster_.size(); i-- > 0;)
            first[place(cluster_[i])] = static_cast<int>(i);
        order.resize(place(clusters_));
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(), [&](int a, int b) {
            return std::pair(-sizes_[place(a)], first[place(a)]) <
                   std::pair(-sizes_[place(b)], first[place(b)]);
        });
        std::vector<int> number(place(clusters_));
        for (int i = 0; i < clusters_; ++i)
            number[place(order[place(i)])] = i;
        auto result = cluster_;
        for (auto& each : result)
            each = number[place(each)];
        return result;
    }

  private:
    [[nodiscard]] double* centre(int index) { return &centres_[place(index * points_.width)]; }
    [[nodiscard]] const double* centre(int index) const {
        return &centres_[place(index * points_.width)];
    }

    // k-means++: the first centre at random, every further one with a probability proportional to
    // its squared distance from the nearest centre so far. Rows equal to a centre are never chosen.
    void start() {
        std::vector<double> nearest(place(points_.rows()), std::numeric_limits<double>::infinity());
        for (int c = 0; c < clusters_; ++c) {
            std::int64_t chosen = 0;
            if (c == 0) {
                chosen =
                    static_cast<std::int64_t>(dice_.unit() * static_cast<double>(points_.rows()));
            } else {
                double left = dice_.unit() * std::accumulate(nearest.begin(), nearest.end(), 0.0);
                for (std::int64_t i = 0; i < points_.rows(); ++i) {
                    if (nearest[place(i)] <= 0)
                        continue;
                    chosen = i;
                    left -= nearest[place(i)];
                    if (left < 0)
                        break;
                }
            }
            std::copy_n(points_.row(chosen), points_.width, centre(c));
            at::parallel_for(0, points_.rows(), 64, [&](std::int64_t begin, std::int64_t end) {
                for (auto i = begin; i < end; ++i)
                    nearest[place(i)] =
                        std::min(nearest[place(i)],
                                 squared_distance(points_.row(i), centre(c), points_.width));
            });
        }
    }

    // |x - c|^2 = |x|^2 + |c|^2 - 2 x c, and |x|^2 does not matter. Ties go to the smaller number.
    void assign() {
        const auto centres =
            torch::from_blob(centres_.data(), {clusters_, points_.width}, torch::kFloat64)
                .to(torch::kFloat32);
        const auto lengths = centres.square().sum(1);
        std::fill(sizes_.begin(), sizes_.end(), 0);
        for (std::int64_t begin = 0; begin < points_.rows(); begin += kBlock) {
            const auto end = std::min(begin + kBlock, points_.rows());
            const auto scores = lengths - 2 * rows_of(points_, begin, end).mm(centres.t());
            const auto* score = scores.data_ptr<float>();
            for (auto i = begin; i < end; ++i, score += clusters_) {
                cluster_[place(i)] =
                    static_cast<int>(std::min_element(score, score + clusters_) - score);
                ++sizes_[place(cluster_[place(i)])];
            }
        }
    }

    void fill_empty() {
        if (std::find(sizes_.begin(), sizes_.end(), 0) == sizes_.end())
            return;
        auto distances = own_distances();
        for (int c = 0; c < clusters_; ++c) {
            if (sizes_[place(c)] > 0)
                continue;
            std::int64_t farthest = -1;
            for (std::int64_t i = 0; i < points_.rows(); ++i)
                if (sizes_[place(cluster_[place(i)])] > 1 &&
                    (farthest < 0 || distances[place(i)] > distances[place(farthest)]))
                    farthest = i;
            --sizes_[place(cluster_[place(farthest)])];
            cluster_[place(farthest)] = c;
            sizes_[place(c)] = 1;
            distances[place(farthest)] = 0;
        }
    }

    void move_centres() {
        std::fill(centres_.begin(), centres_.end(), 0.0);
        for (std::int64_t i = 0; i < points_.rows(); ++i) {
            auto* sum = centre(cluster_[place(i)]);
            const auto* row = points_.row(i);
            for (std::int64_t j = 0; j < points_.width; ++j)
                sum[j] += static_cast<double>(row[j]);
        }
        for (int c = 0; c < clusters_; ++c)
            for (std::int64_t j = 0; j < points_.width; ++j)
                centre(c)[j] /= static_cast<double>(sizes_[place(c)]);
    }

    [[nodiscard]] std::vector<double> own_distances() const {
        std::vector<double> distances(place(points_.rows()));
        at::parallel_for(0, points_.rows(), 64, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = begin; i < end; ++i)
                distances[place(i)] =
                    squared_distance(points_.row(i), centre(cluster_[place(i)]), points_.width);
        });
        return distances;
    }

    PointsView points_;
    int clusters_;
    Dice dice_;
    std::vector<double> centres_;
    std::vector<int> cluster_;
    std::vector<std::int64_t> sizes_;
};

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
    Clustering best;
    for (int restart = 0; restart < options.restarts; ++restart) {
        Run run(points, options.clusters, Dice(options.seed, static_cast<std::uint64_t>(restart)));
        int iterations = 0;
        bool converged = false;
        while (!converged && iterations < options.iterations) {
            if (stop.stop_requested())
                throw Cancelled();
            converged = run.step();
            ++iterations;
        }
        const double inertia = run.inertia();
        if (best.cluster.empty() || inertia < best.inertia)
            best = {run.numbered(), inertia, iterations, converged};
        if (progress)
            progress((restart + 1.0) / options.restarts);
    }
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
    auto mean = torch::zeros({points.width}, torch::kFloat64);
    auto covariance = torch::zeros({points.width, points.width}, torch::kFloat64);
    const auto blocks = [&](const auto& each) {
        for (std::int64_t begin = 0; begin < rows; begin += kBlock) {
            const auto end = std::min(begin + kBlock, rows);
            each(begin, rows_of(points, begin, end).to(torch::kFloat64) - mean);
        }
    };
    auto sum = mean.clone();
    blocks([&](std::int64_t, const torch::Tensor& block) { sum += block.sum(0); });
    mean = sum / static_cast<double>(rows);
    blocks([&](std::int64_t, const torch::Tensor& block) { covariance += block.t().mm(block); });
    const double variance = covariance.trace().item<double>();
    if (variance <= 0)
        return result;
    const auto [values, vectors] = torch::linalg_eigh(covariance, "L");
    for (std::int64_t component = 0; component < std::min<std::int64_t>(2, points.width);
         ++component) {
        const auto index = points.width - 1 - component;
        auto loading = vectors.select(1, index).contiguous();
        if (loading[loading.abs().argmax().item<std::int64_t>()].item<double>() < 0)
            loading = -loading;
        auto& coordinates = component == 0 ? result.x : result.y;
        blocks([&](std::int64_t begin, const torch::Tensor& block) {
            const auto projected = block.mv(loading);
            std::copy_n(projected.data_ptr<double>(), projected.numel(),
                        coordinates.begin() + begin);
        });
        result.explained[place(component)] = std::max(0.0, values[index].item<double>() / variance);
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
