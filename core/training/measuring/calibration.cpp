#include "core/training/measuring/calibration.h"

#include <limits>

#include "core/training/measuring/logistic_regression.h"

namespace dfd {
namespace {

constexpr double kSmallestScale = 0.01;
constexpr double kRidge = 1e-3;

}  // namespace

Calibration fit_calibration(const std::vector<Evidence>& pictures) {
    LogisticData data;
    data.columns = 1;
    data.x.resize(pictures.size());
    for (const auto& each : pictures)
        data.positive.push_back(each.edited);
    data.balance();
    Calibration best;
    best.loss = std::numeric_limits<double>::infinity();
    for (int step = -10; step <= 20; ++step) {
        const double ratio = step / 20.0;
        for (std::size_t i = 0; i < pictures.size(); ++i)
            data.x[i] = pictures[i].strongest + ratio * pictures[i].overall;
        auto line = fit_logistic(data, kRidge);
        if (line.slopes.front() < kSmallestScale) {
            line.slopes.front() = kSmallestScale;
            line.bias = 0;
            for (std::size_t i = 0; i < data.x.size(); ++i)
                line.bias -= kSmallestScale * data.x[i] * data.weights[i];
            line.loss = logistic_loss(data, line, kRidge);
        }
        if (line.loss < best.loss)
            best = {line.slopes.front(), line.slopes.front() * ratio, line.bias, line.loss};
    }
    return best;
}

}  // namespace dfd
