#include "core/training/measuring/gate_fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "core/base/dice.h"
#include "core/training/measuring/likelihood_ratios.h"

namespace dfd {
namespace {

using Row = std::vector<double>;
using Rows = std::vector<const std::vector<float>*>;
using Pictures = std::vector<GatePicture>;

constexpr double kTail = 0.01;
constexpr double kTimesMore = 2;
constexpr int kIterations = 25;
/// The variance across the components is at least this share of the mean variance, so that
/// distances stay finite when the features lie in a plane.
constexpr double kLeastShare = 1e-6;

double dot(const Row& a, const Row& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

/// Gram-Schmidt, twice for accuracy. Directions without length are dropped.
void make_orthonormal(std::vector<Row>& directions) {
    std::vector<Row> kept;
    for (auto& direction : directions) {
        const double before = std::sqrt(dot(direction, direction));
        for (int round = 0; round < 2; ++round)
            for (const auto& other : kept) {
                const double along = dot(direction, other);
                for (std::size_t i = 0; i < direction.size(); ++i)
                    direction[i] -= along * other[i];
            }
        const double length = std::sqrt(dot(direction, direction));
        if (!(length > 1e-9 * before) || length == 0)
            continue;
        for (auto& value : direction)
            value /= length;
        kept.push_back(std::move(direction));
    }
    directions = std::move(kept);
}

/// Covariance times each direction, without the covariance: by the centred rows.
void multiply(const std::vector<Row>& centred, std::vector<Row>& directions) {
    for (auto& direction : directions) {
        Row product(direction.size(), 0.0);
        for (const auto& row : centred) {
            const double along = dot(row, direction);
            for (std::size_t i = 0; i < row.size(); ++i)
                product[i] += along * row[i];
        }
        for (auto& value : product)
            value /= static_cast<double>(centred.size());
        direction = std::move(product);
    }
}

double variance_along(const std::vector<Row>& centred, const Row& direction) {
    double sum = 0;
    for (const auto& row : centred) {
        const double along = dot(row, direction);
        sum += along * along;
    }
    return sum / static_cast<double>(centred.size());
}

bool beyond(double distance, double limit) {
    return distance > limit;
}

bool is_misleading(const GatePicture& picture, const std::vector<std::string>& experts,
                   const std::vector<ExpertGate>& gates, const AnswerCalibration& calibration) {
    const auto found = gated_score(picture, experts, gates);
    if (!picture.assessed || found.none_remains)
        return false;
    const double ratio = log_ratio(found.score, calibration);
    return picture.fake ? ratio < 0 : ratio > 0;
}

Rows rows_of(const Pictures& pictures, std::size_t expert, const auto& belongs) {
    Rows rows;
    for (const auto& picture : pictures)
        if (belongs(picture))
            rows.push_back(&picture.features.at(expert));
    return rows;
}

/// Each picture's distance by a model of the other folds' groups.
void measure_inside(Pictures& pictures, std::size_t expert, std::uint64_t seed) {
    std::vector<Labelled> labelled;
    for (const auto& picture : pictures)
        labelled.push_back({0, picture.fake, picture.group, 0});
    const auto fold_of = deal_groups(labelled, seed);
    for (int fold = 0; fold < kCalibrationFolds; ++fold) {
        const auto model =
            as_stored(fit_features(rows_of(pictures, expert, [&](const GatePicture& picture) {
                return fold_of.at(picture.group) != fold;
            })));
        for (auto& picture : pictures)
            if (fold_of.at(picture.group) == fold)
                picture.distances[expert] = model.distance(picture.features[expert]);
    }
}

double share_beyond(const Pictures& pictures, std::size_t expert, double limit) {
    const auto count = std::ranges::count_if(pictures, [&](const GatePicture& picture) {
        return beyond(picture.distances[expert], limit);
    });
    return static_cast<double>(count) / static_cast<double>(pictures.size());
}

double limit_of(const Pictures& pictures, std::size_t expert) {
    std::vector<double> distances;
    for (const auto& picture : pictures)
        distances.push_back(picture.distances[expert]);
    std::ranges::sort(distances);
    const auto most = static_cast<std::size_t>(kTail * static_cast<double>(distances.size()));
    return distances[distances.size() - 1 - most];
}

}  // namespace

FeatureModel fit_features(const std::vector<const std::vector<float>*>& rows, int components) {
    if (rows.size() < 2)
        throw std::invalid_argument("A model of features needs at least two pictures.");
    const auto width = rows.front()->size();
    Row mean(width, 0.0);
    for (const auto* row : rows)
        for (std::size_t i = 0; i < width; ++i)
            mean[i] += static_cast<double>(row->at(i)) / static_cast<double>(rows.size());
    std::vector<Row> centred;
    double total = 0;  // variance
    for (const auto* row : rows) {
        auto& each = centred.emplace_back(width);
        for (std::size_t i = 0; i < width; ++i)
            each[i] = static_cast<double>((*row)[i]) - mean[i];
        total += dot(each, each) / static_cast<double>(rows.size());
    }
    if (!(total > 0))
        throw std::invalid_argument("The features do not differ between pictures.");
    // More directions than rows or columns have no variance; one column is left for the residual.
    const auto count = std::min({static_cast<std::size_t>(components), rows.size() - 1, width - 1});
    Dice dice(1);
    std::vector<Row> directions(count, Row(width));
    for (auto& direction : directions)
        for (auto& value : direction)
            value = dice.gaussian();
    make_orthonormal(directions);
    for (int i = 0; i < kIterations; ++i) {
        multiply(centred, directions);
        make_orthonormal(directions);
    }
    FeatureModel model;
    model.mean.assign(mean.begin(), mean.end());
    double left = total;
    const double least = kLeastShare * total / static_cast<double>(width);
    for (const auto& direction : directions) {
        const double variance = variance_along(centred, direction);
        left -= variance;
        model.variances.push_back(static_cast<float>(std::max(variance, least)));
        model.components.insert(model.components.end(), direction.begin(), direction.end());
    }
    const auto others = static_cast<double>(width - directions.size());
    model.residual = static_cast<float>(std::max(left / std::max(others, 1.0), least));
    return model;
}

GatedScore gated_score(const GatePicture& picture, const std::vector<std::string>& experts,
                       const std::vector<ExpertGate>& gates) {
    GatedScore found;
    double all = 0, within = 0;
    std::size_t remaining = 0;
    for (std::size_t e = 0; e < experts.size(); ++e) {
        const auto gate = std::ranges::find(gates, experts[e], &ExpertGate::expert);
        all += picture.scores[e];
        if (gate != gates.end() && beyond(picture.distances[e], gate->limit)) {
            found.any_left = true;
            continue;
        }
        within += picture.scores[e];
        ++remaining;
    }
    found.none_remains = remaining == 0;
    found.score = found.none_remains ? all / static_cast<double>(experts.size())
                                     : within / static_cast<double>(remaining);
    return found;
}

FittedGates fit_gates(Pictures& inside, Pictures& outside, const std::vector<std::string>& experts,
                      const AnswerCalibration& calibration, std::uint64_t seed) {
    FittedGates fitted;
    if (inside.empty() || outside.empty())
        return fitted;
    for (auto* pictures : {&inside, &outside})
        for (auto& picture : *pictures)
            picture.distances.assign(experts.size(), 0.0);
    for (std::size_t e = 0; e < experts.size(); ++e) {
        const auto blind = [&](const GatePicture& picture) {
            return picture.features.at(e).empty();
        };
        if (std::ranges::any_of(inside, blind) || std::ranges::any_of(outside, blind))
            continue;  // it gives no features
        measure_inside(inside, e, seed);
        const auto model =
            as_stored(fit_features(rows_of(inside, e, [](const auto&) { return true; })));
        for (auto& picture : outside)
            picture.distances[e] = model.distance(picture.features[e]);
        const ExpertGate gate{experts[e], limit_of(inside, e)};
        auto tried = fitted.gates;
        tried.push_back(gate);
        std::size_t saved = 0, caused = 0;
        for (const auto& picture : outside) {
            const bool before = is_misleading(picture, experts, fitted.gates, calibration);
            const bool after = is_misleading(picture, experts, tried, calibration);
            saved += before && !after ? 1 : 0;
            caused += !before && after ? 1 : 0;
        }
        const LimitCost cost{share_beyond(inside, e, gate.limit),
                             share_beyond(outside, e, gate.limit),
                             saved > caused ? saved - caused : 0};
        if (cost.saved == 0 || cost.outside_withheld < kTimesMore * cost.withheld)
            continue;
        fitted.gates = std::move(tried);
        fitted.costs.push_back(cost);
        fitted.models.emplace(experts[e], model);
    }
    return fitted;
}

}  // namespace dfd
