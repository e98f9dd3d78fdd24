#include "core/training/measuring/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>

namespace dfd {
namespace {

constexpr int kRounds = 60;
constexpr double kSmallestGain = 1e-12;
constexpr double kSmallestStep = 1e-6;
constexpr double kBiasRidge = 1e-12;  // keeps the system solvable; too small to change the result

// log(1 + exp(x)) without overflow.
double softplus(double x) {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

// Newton step: the inverse Hessian times the gradient, slopes first, then the bias.
bool newton_step(const LogisticData& data, const LogisticModel& model, double ridge,
                 std::vector<double>& step) {
    const auto size = data.columns + 1;
    const auto side = static_cast<int>(size);
    cv::Mat_<double> matrix(side, side, 0.0);
    auto* hessian = matrix.ptr<double>();
    step.assign(size, 0.0);
    for (std::size_t i = 0; i < data.columns; ++i) {
        step[i] = ridge * model.slopes[i];
        hessian[i * size + i] = ridge;
    }
    hessian[size * size - 1] = kBiasRidge;
    for (std::size_t r = 0; r < data.rows(); ++r) {
        const auto row = data.row(r);
        const auto x = [&](std::size_t i) { return i < data.columns ? row[i] : 1.0; };
        const double p = sigmoid(model.log_odds(row));
        const double error = data.weights[r] * (p - (data.positive[r] ? 1 : 0));
        const double curve = data.weights[r] * p * (1 - p);
        for (std::size_t i = 0; i < size; ++i) {
            step[i] += error * x(i);
            for (std::size_t j = 0; j <= i; ++j)
                hessian[i * size + j] += curve * x(i) * x(j);
        }
    }
    cv::completeSymm(matrix, true);
    cv::Mat_<double> vector(side, 1, step.data());
    return cv::solve(matrix, vector, vector, cv::DECOMP_CHOLESKY);
}

}  // namespace

void LogisticData::balance() {
    const auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
    const double negatives = static_cast<double>(rows()) - positives;
    if (positives == 0 || negatives == 0)
        throw std::invalid_argument("A logistic regression needs samples of both classes.");
    weights.resize(rows());
    for (std::size_t i = 0; i < rows(); ++i)
        weights[i] = 0.5 / (positive[i] ? positives : negatives);
}

double LogisticModel::log_odds(std::span<const double> row) const {
    double sum = bias;
    for (std::size_t i = 0; i < slopes.size(); ++i)
        sum += slopes[i] * row[i];
    return sum;
}

double logistic_loss(const LogisticData& data, const LogisticModel& model, double ridge) {
    double loss = 0;
    for (const double slope : model.slopes)
        loss += ridge * slope * slope / 2;
    for (std::size_t i = 0; i < data.rows(); ++i) {
        const double z = model.log_odds(data.row(i));
        loss += data.weights[i] * softplus(data.positive[i] ? -z : z);
    }
    return loss;
}

LogisticModel fit_logistic(const LogisticData& data, double ridge) {
    LogisticModel model{std::vector<double>(data.columns, 0.0), 0, 0};
    model.loss = logistic_loss(data, model, ridge);
    std::vector<double> step;
    for (int round = 0; round < kRounds && newton_step(data, model, ridge, step); ++round) {
        bool better = false;
        for (double length = 1; length > kSmallestStep; length /= 2) {
            auto next = model;
            for (std::size_t i = 0; i < data.columns; ++i)
                next.slopes[i] -= length * step[i];
            next.bias -= length * step.back();
            next.loss = logistic_loss(data, next, ridge);
            if (next.loss < model.loss) {
                better = model.loss - next.loss > kSmallestGain;
                model = std::move(next);
                break;
            }
        }
        if (!better)
            break;
    }
    return model;
}

}  // namespace dfd
