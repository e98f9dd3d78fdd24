#include "core/training/experts/losses.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <functional>

namespace dfd {
namespace {

torch::Tensor labels(std::initializer_list<int> fake) {
    auto result = torch::zeros({static_cast<std::int64_t>(fake.size())}, torch::kBool);
    std::int64_t i = 0;
    for (const int each : fake)
        result[i++] = each != 0;
    return result;
}

double softplus(double x) {
    return std::log1p(std::exp(x));
}

/// Compares the gradient of `loss` at `at` with central differences in double precision.
void expect_right_gradient(const std::function<torch::Tensor(const torch::Tensor&)>& loss,
                           const torch::Tensor& at) {
    auto x = at.to(torch::kFloat64).clone().requires_grad_(true);
    loss(x).backward();
    const auto gradient = x.grad().flatten();
    const torch::NoGradGuard guard;
    auto moved = x.detach().clone();
    auto flat = moved.view(-1);
    constexpr double kStep = 1e-5;
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        const double here = flat[i].item<double>();
        flat[i] = here + kStep;
        const double above = loss(moved).item<double>();
        flat[i] = here - kStep;
        const double below = loss(moved).item<double>();
        flat[i] = here;
        EXPECT_NEAR(gradient[i].item<double>(), (above - below) / (2 * kStep), 1e-6) << i;
    }
}

TEST(CrossEntropy, ByHand) {
    const auto logits = torch::tensor({{0.0, 0.0}, {-1.0, 1.0}, {3.0, 0.0}});
    // ln 2; ln(1 + e^-2); ln(1 + e^3)
    EXPECT_NEAR(cross_entropy(logits, labels({0, 1, 1})).item<double>(),
                (std::log(2.0) + softplus(-2) + softplus(3)) / 3, 1e-6);
    expect_right_gradient(
        [](const auto& z) {
            return cross_entropy(z, labels({0, 1, 1}));
        },
        logits);
}

TEST(CombinedCrossEntropy, ByHandAndBounded) {
    const auto p = torch::tensor({0.25, 0.9});
    EXPECT_NEAR(combined_cross_entropy(p, labels({0, 1})).item<double>(),
                -(std::log(0.75) + std::log(0.9)) / 2, 1e-6);
    expect_right_gradient(
        [](const auto& x) {
            return combined_cross_entropy(x, labels({0, 1}));
        },
        p);
    const auto certain = torch::tensor({1.0, 0.0});
    EXPECT_LT(combined_cross_entropy(certain, labels({0, 1})).item<double>(), 14.5);
}

TEST(InfoNce, ByHand) {
    // Two orthogonal reals, and one fake parallel to the first; lengths do not matter.
    const auto features = torch::tensor({{2.0, 0.0}, {0.0, 0.5}, {7.0, 0.0}});
    const double t = 0.5;
    // Anchor 1: s(real) = 0, s(fake) = 1. Anchor 2: s(real) = 0, s(fake) = 0.
    const double expected = (softplus((1.0 - 0.0) / t) + softplus(0.0)) / 2;
    EXPECT_NEAR(info_nce(features, labels({0, 0, 1}), t).item<double>(), expected, 1e-6);
}

TEST(InfoNce, ThreeRealsTwoFakesByTheFormula) {
    torch::manual_seed(3);
    const auto features = torch::randn({5, 4}, torch::kFloat64);
    const auto fake = labels({0, 1, 0, 1, 0});
    const auto f = features / features.norm(2, {1}, true);
    const auto s = f.matmul(f.t());
    const double t = 0.2;
    const auto e = [&](int i, int j) { return std::exp(s[i][j].item<double>() / t); };
    double sum = 0;
    for (const int i : {0, 2, 4})
        for (const int j : {0, 2, 4})
            if (i != j)
                sum -= std::log(e(i, j) / (e(i, j) + e(i, 1) + e(i, 3)));
    EXPECT_NEAR(info_nce(features, fake, t).item<double>(), sum / 6, 1e-9);
    expect_right_gradient([&](const auto& x) { return info_nce(x, fake, t); }, features);
}

TEST(InfoNce, FakesDoNotAttractEachOther) {
    auto apart =
        torch::tensor({{1.0, 0.0, 0.0}, {0.9, 0.1, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}});
    auto together = apart.clone();
    together[3] = together[2];  // as far from the first real, nearly as far from the second
    const auto fake = labels({0, 0, 1, 1});
    // Moving one fake onto the other must not be rewarded.
    EXPECT_GE(info_nce(together, fake, 0.1).item<double>() + 1e-7,
              info_nce(apart, fake, 0.1).item<double>());
    // The loss does not depend on similarity between fakes: with equal reals, rotating both fakes
    // around the reals' axis changes nothing.
    apart[1] = apart[0];
    together[1] = together[0];
    EXPECT_NEAR(info_nce(together, fake, 0.1).item<double>(),
                info_nce(apart, fake, 0.1).item<double>(), 1e-6);
}

TEST(InfoNce, IsDefinedWithFewRealsOrNoFakes) {
    for (const auto& fake : {labels({1, 1, 1}), labels({0, 1, 1}), labels({0, 0, 0})}) {
        auto features = torch::randn({3, 4}).requires_grad_(true);
        const auto loss = info_nce(features, fake, 0.1);
        EXPECT_EQ(loss.item<double>(), 0);
        loss.backward();
        EXPECT_EQ(features.grad().abs().max().item<double>(), 0);
    }
    // Features of length zero cause no division by zero.
    const auto loss = info_nce(torch::zeros({3, 4}), labels({0, 0, 1}), 0.1);
    EXPECT_NEAR(loss.item<double>(), std::log(2.0), 1e-6);
}

TEST(InfoNce, IsStableAtSmallTemperatures) {
    auto features = torch::tensor({{1.0, 0.0}, {-1.0, 0.0}, {1.0, 1e-3}}).requires_grad_(true);
    const auto loss = info_nce(features, labels({0, 0, 1}), 1e-3);
    EXPECT_NEAR(loss.item<double>(), 1000, 1);  // (2000 + 0) / 2
    loss.backward();
    EXPECT_TRUE(features.grad().isfinite().all().item<bool>());
}

TEST(SymmetricKl, ByHand) {
    const auto a = torch::tensor({{0.0, std::log(3.0)}});  // 1/4, 3/4
    const auto b = torch::tensor({{0.0, 0.0}});            // 1/2, 1/2
    const double forth = 0.25 * std::log(0.5) + 0.75 * std::log(1.5);
    const double back = 0.5 * std::log(2.0) + 0.5 * std::log(0.5 / 0.75);
    EXPECT_NEAR(symmetric_kl(a, b).item<double>(), (forth + back) / 2, 1e-6);
    EXPECT_NEAR(symmetric_kl(b, a).item<double>(), (forth + back) / 2, 1e-6);
    EXPECT_EQ(symmetric_kl(a, a).item<double>(), 0);
    expect_right_gradient([&](const auto& x) { return symmetric_kl(x, b.to(torch::kFloat64)); }, a);
    const auto far = torch::tensor({{-500.0, 500.0}});
    EXPECT_TRUE(std::isfinite(symmetric_kl(far, -far).item<double>()));
}

TEST(LogitsOf, AreThoseOfTheLogOdds) {
    const auto z = torch::tensor({-3.0, 0.0, 0.7});
    EXPECT_TRUE(torch::allclose(torch::softmax(logits_of(z), 1).select(1, 1), torch::sigmoid(z)));
}

TEST(EvidenceLoss, RewardsEvidenceInTheRightPlaces) {
    auto coverage = torch::zeros({2, 16, 16});
    coverage[0].slice(0, 0, 16).slice(1, 0, 10).fill_(1);
    const auto right = (coverage * 2 - 1) * 6;
    const double good = evidence_loss(right, coverage).item<double>();
    EXPECT_LT(good, 0.6);
    // By hand: of the first patch, 6 of 9 windows are edited and 3 are neither; of the other, all 9
    // are untouched. One patch is edited, one is not. A class of n has weight n / (n + 1), and zero
    // evidence costs ln 2 everywhere.
    const auto none = torch::zeros({2, 16, 16});
    EXPECT_NEAR(evidence_loss(none, coverage).item<double>(),
                std::log(2.0) * ((6.0 / 7 + 9.0 / 10) / 2 + 1.0 / 2) / 2, 1e-6);
    // With only 3 edited windows, fewer than the 4 strongest, the patch is not counted: only
    // windows are.
    auto narrow = torch::zeros({2, 16, 16});
    narrow[0].slice(1, 0, 8).fill_(1);
    EXPECT_NEAR(evidence_loss(none, narrow).item<double>(),
                std::log(2.0) * ((3.0 / 4 + 12.0 / 13) / 2 + 1.0 / 4) / 2, 1e-6);
    // One false alarm is among its patch's strongest windows.
    auto loud = -torch::ones({2, 16, 16}) * 6;
    loud[1].slice(0, 0, 8).slice(1, 0, 8).fill_(6.0);
    EXPECT_GT(evidence_loss(loud, coverage).item<double>(),
              evidence_loss(-torch::ones({2, 16, 16}) * 6, coverage).item<double>() + 0.2);
    EXPECT_GT(evidence_loss(-right, coverage).item<double>(), 2);
}

}  // namespace
}  // namespace dfd
