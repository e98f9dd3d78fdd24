#include "core/training/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace dfd {
namespace {

constexpr double kSmallestScale = 0.01;
constexpr double kRidge = 1e-3;

struct Line {
    double scale = 0;
    double bias = 0;
    double loss = 0;
};

// log(1 + exp(x)) without overflow.
double softplus(double x) {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double loss_of(const std::vector<double>& x, const std::vector<Evidence>& pictures,
               const std::pair<double, double>& weights, double scale, double bias) {
    double loss = kRidge * scale * scale / 2;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double z = scale * x[i] + bias;
        loss += pictures[i].edited ? weights.first * softplus(-z) : weights.second * softplus(z);
    }
    return loss;
}

// Newton's method on two unknowns, halving any step that would not help.
Line fit_line(const std::vector<double>& x, const std::vector<Evidence>& pictures,
              const std::pair<double, double>& weights) {
    Line line{0, 0, loss_of(x, pictures, weights, 0, 0)};
    for (int round = 0; round < 60; ++round) {
        double gs = kRidge * line.scale;
        double gb = 0;
        double hss = kRidge;
        double hsb = 0;
        double hbb = 1e-12;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double p = 1 / (1 + std::exp(-(line.scale * x[i] + line.bias)));
            const double weight = pictures[i].edited ? weights.first : weights.second;
            const double error = weight * (p - (pictures[i].edited ? 1 : 0));
            const double curve = weight * p * (1 - p);
            gs += error * x[i];
            gb += error;
            hss += curve * x[i] * x[i];
            hsb += curve * x[i];
            hbb += curve;
        }
        const double determinant = hss * hbb - hsb * hsb;
        if (!(determinant > 0))
            break;
        const double ds = (hbb * gs - hsb * gb) / determinant;
        const double db = (hss * gb - hsb * gs) / determinant;
        bool better = false;
        for (double step = 1; step > 1e-6; step /= 2) {
            const double loss =
                loss_of(x, pictures, weights, line.scale - step * ds, line.bias - step * db);
            if (loss < line.loss) {
                better = line.loss - loss > 1e-12;
                line = {line.scale - step * ds, line.bias - step * db, loss};
                break;
            }
        }
        if (!better)
            break;
    }
    return line;
}

}  // namespace

Calibration fit_calibration(const std::vector<Evidence>& pictures) {
    const auto edited = static_cast<double>(std::count_if(
        pictures.begin(), pictures.end(), [](const auto& each) { return each.edited; }));
    const double untouched = static_cast<double>(pictures.size()) - edited;
    if (edited == 0 || untouched == 0)
        throw std::invalid_argument("A calibration needs edited and untouched pictures.");
    const std::pair weights{0.5 / edited, 0.5 / untouched};
    Calibration best;
    best.loss = std::numeric_limits<double>::infinity();
    std::vector<double> x(pictures.size());
    for (int step = -10; step <= 20; ++step) {
        const double ratio = step / 20.0;
        for (std::size_t i = 0; i < pictures.size(); ++i)
            x[i] = pictures[i].strongest + ratio * pictures[i].overall;
        auto line = fit_line(x, pictures, weights);
        if (line.scale < kSmallestScale) {
            line.scale = kSmallestScale;
            double mean = 0;
            for (std::size_t i = 0; i < x.size(); ++i)
                mean += x[i] * (pictures[i].edited ? weights.first : weights.second);
            line.bias = -line.scale * mean;
            line.loss = loss_of(x, pictures, weights, line.scale, line.bias);
        }
        if (line.loss < best.loss)
            best = {line.scale, line.scale * ratio, line.bias, line.loss};
    }
    return best;
}

double roc_auc(const std::vector<double>& edited, const std::vector<double>& untouched) {
    if (edited.empty() || untouched.empty())
        return std::numeric_limits<double>::quiet_NaN();
    std::vector<std::pair<double, bool>> all;
    for (const double score : edited)
        all.emplace_back(score, true);
    for (const double score : untouched)
        all.emplace_back(score, false);
    std::sort(all.begin(), all.end());
    double wins = 0;
    double below = 0;
    for (std::size_t i = 0; i < all.size();) {
        double ties = 0;
        double edited_here = 0;
        std::size_t j = i;
        for (; j < all.size() && all[j].first == all[i].first; ++j)
            (all[j].second ? edited_here : ties) += 1;
        wins += edited_here * (below + ties / 2);
        below += ties;
        i = j;
    }
    return wins / (static_cast<double>(edited.size()) * static_cast<double>(untouched.size()));
}

}  // namespace dfd
