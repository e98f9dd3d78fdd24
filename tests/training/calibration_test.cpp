#include "core/training/measuring/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "core/base/dice.h"

namespace dfd {
namespace {

// Pictures whose true log-odds are 2 * strongest + 0.5 * overall - 1.
std::vector<Evidence> drawn_from_a_line(int count) {
    Dice dice(11);
    std::vector<Evidence> pictures;
    for (int i = 0; i < count; ++i) {
        Evidence each;
        each.overall = dice.gaussian();
        each.strongest = 1.5 * dice.gaussian();
        const double z = 2 * each.strongest + 0.5 * each.overall - 1;
        each.edited = dice.chance(1 / (1 + std::exp(-z)));
        pictures.push_back(each);
    }
    return pictures;
}

TEST(Calibration, RecoversTheGeneratingLine) {
    const auto pictures = drawn_from_a_line(20000);
    const auto fit = fit_calibration(pictures);
    EXPECT_NEAR(fit.strongest, 2, 0.15);
    EXPECT_NEAR(fit.overall, 0.5, 0.15);
    EXPECT_LT(fit.loss, std::log(2.0));
    // Balanced classes: both have equal weight, so neither is favoured.
    double fake = 0;
    double real = 0;
    double fakes = 0;
    double reals = 0;
    for (const auto& each : pictures) {
        const double p = 1 / (1 + std::exp(-(fit.strongest * each.strongest +
                                             fit.overall * each.overall + fit.bias)));
        (each.edited ? fake : real) += each.edited ? p : 1 - p;
        (each.edited ? fakes : reals) += 1;
    }
    EXPECT_NEAR(fake / fakes, real / reals, 0.02);
}

TEST(Calibration, DoesNotDependOnTheClassRatio) {
    auto pictures = drawn_from_a_line(4000);
    const auto once = fit_calibration(pictures);
    const auto half = pictures.size();
    for (std::size_t i = 0; i < half; ++i)
        if (pictures[i].edited)
            for (int copy = 0; copy < 9; ++copy)
                pictures.push_back(pictures[i]);
    const auto many = fit_calibration(pictures);
    EXPECT_NEAR(many.strongest, once.strongest, 1e-3);
    EXPECT_NEAR(many.bias, once.bias, 1e-3);
}

TEST(Calibration, KeepsItsSignForAnyEvidence) {
    std::vector<Evidence> backwards;
    Dice dice(2);
    for (int i = 0; i < 500; ++i) {
        const bool edited = dice.chance(0.5);
        backwards.push_back({dice.gaussian() - (edited ? 2 : 0), dice.gaussian(), edited});
    }
    const auto fit = fit_calibration(backwards);
    EXPECT_GT(fit.strongest, 0);
    EXPECT_LT(fit.strongest, 0.05);
    EXPECT_GT(fit.strongest + fit.overall, 0);
    EXPECT_NEAR(fit.loss, std::log(2.0), 0.03);

    std::vector<Evidence> separable;
    for (int i = 0; i < 50; ++i)
        separable.push_back({i < 25 ? -10.0 - i : 10.0 + i, 0.0, i >= 25});
    const auto steep = fit_calibration(separable);
    EXPECT_TRUE(std::isfinite(steep.strongest));
    EXPECT_TRUE(std::isfinite(steep.bias));
    EXPECT_LT(steep.loss, 0.1);
}

TEST(Calibration, NeedsBothClasses) {
    EXPECT_THROW(static_cast<void>(fit_calibration({})), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(fit_calibration({{1, 1, true}})), std::invalid_argument);
}

}  // namespace
}  // namespace dfd
