// Binary logistic regression with sample weights and ridge. Plain C++.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dfd {

/// Training samples, one per row.
struct LogisticData {
    std::size_t columns = 0;
    std::vector<double> x;        ///< rows() x columns, row-major, finite
    std::vector<bool> positive;   ///< label of each row
    std::vector<double> weights;  ///< weight of each row, >= 0

    [[nodiscard]] std::size_t rows() const { return positive.size(); }
    [[nodiscard]] std::span<const double> row(std::size_t index) const {
        return std::span(x).subspan(index * columns, columns);
    }
    /// Sets weights that sum to 0.5 for each class, so that a log-odds of 0 means equally likely
    /// whatever the class ratio. Throws std::invalid_argument unless both classes are present.
    void balance();
};

struct LogisticModel {
    std::vector<double> slopes;
    double bias = 0;
    double loss = 0;  ///< logistic_loss on the data it was fitted to

    /// Log-odds of the positive class for one row.
    [[nodiscard]] double log_odds(std::span<const double> row) const;
};

/// Weighted cross entropy of the model's log-odds, plus ridge / 2 times the sum of squared slopes.
[[nodiscard]] double logistic_loss(const LogisticData& data, const LogisticModel& model,
                                   double ridge);

/// Minimises logistic_loss by Newton's method (iteratively reweighted least squares), halving steps
/// that do not improve it. The bias is not penalised. With ridge > 0 the solution is unique even
/// with constant or duplicate columns, or when a column separates the classes perfectly.
[[nodiscard]] LogisticModel fit_logistic(const LogisticData& data, double ridge);

}  // namespace dfd
