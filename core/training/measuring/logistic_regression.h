// Binary logistic regression. Plain C++.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dfd {

/// Cases to learn from, a row each.
struct LogisticData {
    std::size_t columns = 0;
    std::vector<double> x;        ///< rows() x columns, row-major, finite
    std::vector<bool> positive;   ///< the truth, a row each
    std::vector<double> weights;  ///< what a row counts, >= 0

    [[nodiscard]] std::size_t rows() const { return positive.size(); }
    [[nodiscard]] std::span<const double> row(std::size_t index) const {
        return std::span(x).subspan(index * columns, columns);
    }
    /// Weights with which both classes count 0.5 in sum, so that a log-odds of 0 means equally
    /// likely whatever the mix. Throws std::invalid_argument without both classes.
    void balance();
};

struct LogisticModel {
    std::vector<double> slopes;
    double bias = 0;
    double loss = 0;  ///< logistic_loss on the data it was fitted to

    /// Of the positive class, for one row.
    [[nodiscard]] double log_odds(std::span<const double> row) const;
};

/// Weighted cross entropy of the model's log-odds plus ridge / 2 times the sum of squared slopes.
[[nodiscard]] double logistic_loss(const LogisticData& data, const LogisticModel& model,
                                   double ridge);

/// Minimises logistic_loss by Newton's method (iteratively reweighted least squares), halving a
/// step that would not help. The bias is not penalised. With ridge > 0 it has one answer even when
/// columns are constant or repeat each other, or a column tells the classes apart without fault.
[[nodiscard]] LogisticModel fit_logistic(const LogisticData& data, double ridge);

}  // namespace dfd
