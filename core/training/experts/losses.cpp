#include "core/training/experts/losses.h"

#include <torch/nn/functional.h>

#include "core/networks/experts/trace_network.h"

namespace dfd {
namespace {

constexpr double kEdited = 0.6;      // windows with a larger edited share count as edited
constexpr double kUntouched = 0.02;  // windows with a smaller edited share count as untouched
constexpr double kCertain = 1e-6;

// Cross entropy of log-odds against labels where `counts` is set, with equal weight for edited and
// untouched.
torch::Tensor balanced(const torch::Tensor& log_odds, const torch::Tensor& edited,
                       const torch::Tensor& counts) {
    const auto fake = edited.to(torch::kFloat32) * counts;
    const auto real = (1 - edited.to(torch::kFloat32)) * counts;
    const auto of_fake = torch::softplus(-log_odds) * fake / (fake.sum() + 1);
    const auto of_real = torch::softplus(log_odds) * real / (real.sum() + 1);
    return (of_fake.sum() + of_real.sum()) / 2;
}

}  // namespace

torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& fake) {
    return torch::nn::functional::cross_entropy(logits, fake.to(torch::kLong));
}

torch::Tensor combined_cross_entropy(const torch::Tensor& probability, const torch::Tensor& fake) {
    const auto p = probability.clamp(kCertain, 1 - kCertain);
    return -torch::where(fake, p, 1 - p).log().mean();
}

torch::Tensor info_nce(const torch::Tensor& features, const torch::Tensor& fake,
                       double temperature) {
    TORCH_CHECK(features.dim() == 2 && fake.dim() == 1 && fake.size(0) == features.size(0),
                "info_nce expects [N,C] features and [N] labels");
    TORCH_CHECK(temperature > 0, "The temperature must be positive.");
    const auto normal = torch::nn::functional::normalize(
        features, torch::nn::functional::NormalizeFuncOptions().dim(1));
    const auto reals = normal.index({fake.logical_not()});
    const auto fakes = normal.index({fake});
    const auto count = reals.size(0);
    if (count < 2 || fakes.size(0) == 0)
        return normal.sum() * 0;
    const auto attraction = reals.matmul(reals.t()) / temperature;
    const auto repulsion = torch::logsumexp(reals.matmul(fakes.t()) / temperature, 1, true);
    const auto terms = torch::softplus(repulsion - attraction);
    return (terms.sum() - terms.diagonal().sum()) / static_cast<double>(count * (count - 1));
}

torch::Tensor symmetric_kl(const torch::Tensor& a, const torch::Tensor& b) {
    const auto p = torch::log_softmax(a, 1);
    const auto q = torch::log_softmax(b, 1);
    return ((p.exp() - q.exp()) * (p - q)).sum(1).mean() / 2;
}

torch::Tensor evidence_loss(const torch::Tensor& evidence, const torch::Tensor& coverage) {
    const auto windows = TraceNetwork::window_means(evidence);
    const auto covered = TraceNetwork::window_means(coverage);
    const auto each = covered.size(1) * covered.size(2);
    const auto of_windows =
        balanced(windows, covered > kEdited, ((covered > kEdited) | (covered < kUntouched)));
    const auto edited =
        (covered > kEdited).sum({1, 2}) >= std::min<std::int64_t>(kStrongestWindows, each);
    const auto untouched = coverage.amax({1, 2}) == 0;
    const auto of_patches =
        balanced(TraceNetwork::summary(evidence).select(1, 0), edited, edited | untouched);
    return (of_windows + of_patches) / 2;
}

torch::Tensor logits_of(const torch::Tensor& log_odds) {
    return torch::stack({log_odds * -0.5, log_odds * 0.5}, -1);
}

}  // namespace dfd
