#include "core/training/measuring/logistic_regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "core/base/dice.h"

namespace dfd {
namespace {

TEST(LogisticRegression, SolvesACountedTable) {
    // One binary column: 1 of 4 is positive at zero, 3 of 4 at one. Without ridge the log-odds are
    // exactly ln(1/3) and ln(3).
    LogisticData data;
    data.columns = 1;
    data.x = {0, 0, 0, 0, 1, 1, 1, 1};
    data.positive = {true, false, false, false, true, true, true, false};
    data.weights.assign(8, 1.0);
    const auto model = fit_logistic(data, 0);
    EXPECT_NEAR(model.bias, -std::log(3), 1e-6);
    EXPECT_NEAR(model.slopes[0], 2 * std::log(3), 1e-6);
    EXPECT_NEAR(model.loss, 2 * (-3 * std::log(0.75) - std::log(0.25)), 1e-9);
    EXPECT_NEAR(model.log_odds(data.row(7)), std::log(3), 1e-6);
    EXPECT_DOUBLE_EQ(model.loss, logistic_loss(data, model, 0));
}

TEST(LogisticRegression, RecoversTheGeneratingPlane) {
    Dice dice(5);
    LogisticData data;
    data.columns = 3;
    for (int i = 0; i < 20000; ++i) {
        const double a = dice.gaussian();
        const double b = dice.gaussian();
        const double c = a + 0.5 * dice.gaussian();  // correlated with a, no information of its own
        data.x.insert(data.x.end(), {a, b, c});
        data.positive.push_back(dice.chance(1 / (1 + std::exp(-(1.5 * a - b + 0.3)))));
    }
    data.weights.assign(data.rows(), 1.0);
    const auto model = fit_logistic(data, 1e-6);
    EXPECT_NEAR(model.slopes[0], 1.5, 0.15);
    EXPECT_NEAR(model.slopes[1], -1, 0.08);
    EXPECT_NEAR(model.slopes[2], 0, 0.12);
    EXPECT_NEAR(model.bias, 0.3, 0.06);
    // It is a minimum: a step in any direction increases the loss.
    for (std::size_t i = 0; i < 3; ++i)
        for (const double step : {-0.01, 0.01}) {
            auto other = model;
            other.slopes[i] += step;
            EXPECT_GT(logistic_loss(data, other, 1e-6), model.loss);
        }
}

TEST(LogisticRegression, HandlesConstantRepeatedAndSeparatingColumns) {
    LogisticData data;
    data.columns = 3;
    for (int i = 0; i < 40; ++i) {
        const double x = i < 20 ? -1 - i : 1 + i;
        data.x.insert(data.x.end(), {x, x, 7});
        data.positive.push_back(i >= 20);
    }
    data.balance();
    const auto model = fit_logistic(data, 1e-3);
    EXPECT_TRUE(std::isfinite(model.bias));
    EXPECT_NEAR(model.slopes[0], model.slopes[1], 1e-9);
    for (std::size_t i = 0; i < data.rows(); ++i)
        EXPECT_EQ(model.log_odds(data.row(i)) > 0, data.positive[i]);
    EXPECT_LT(model.loss, 0.1);
}

TEST(LogisticRegression, BalancesTheClasses) {
    LogisticData data;
    data.columns = 1;
    for (int i = 0; i < 90; ++i) {
        data.x.push_back(0);
        data.positive.push_back(i < 9);
    }
    data.balance();
    EXPECT_NEAR(fit_logistic(data, 1e-3).bias, 0, 1e-9);
    // Weights sum to 1: a zero model costs ln 2, a slope half its square times ridge.
    EXPECT_NEAR(logistic_loss(data, {{0}, 0, 0}, 1e-3), std::log(2), 1e-12);
    EXPECT_NEAR(logistic_loss(data, {{3}, 0, 0}, 0.5), std::log(2) + 0.5 * 9 / 2, 1e-12);
    data.positive.assign(90, true);
    EXPECT_THROW(data.balance(), std::invalid_argument);
}

}  // namespace
}  // namespace dfd
