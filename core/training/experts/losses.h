// The training loss, L = L_ce + nce * L_nce + kl * L_kl. Uses torch.
//
// The reference draws its three terms in a figure but never published them. L_ce follows that
// figure. L_nce follows its text (reals attract each other, reals and fakes repel, fakes do not
// attract). L_kl is drawn only as noise at the input; its form is our own interpretation. All
// functions take and return float32, are differentiable and do not depend on the order of a batch.
#pragma once

#include <torch/types.h>

namespace dfd {

/// Mean over the batch of -log softmax(z)[y]. `logits` [N,2] (class 1 is fake), `fake` [N] bool.
/// N > 0.
[[nodiscard]] torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& fake);

/// Cross entropy of the combined answer of several experts: mean of -log(p) for fakes and
/// -log(1 - p) for reals. `probability` [N] is the mean of the experts' softmax(z)[1], clamped to
/// 1e-6 .. 1 - 1e-6.
[[nodiscard]] torch::Tensor combined_cross_entropy(const torch::Tensor& probability,
                                                   const torch::Tensor& fake);

/// InfoNCE on normalised features f_i / |f_i|, where s_ij is their cosine similarity. Every pair of
/// different reals i, j is positive, all fakes k are negatives:
///
///   L = mean over i != j real of  -log( e^(s_ij/t) / (e^(s_ij/t) + sum over k fake e^(s_ik/t)) )
///     = mean of softplus( logsumexp over k of (s_ik/t) - s_ij/t )
///
/// Fakes are negatives only. With fewer than two reals, or no fake, value and gradient are 0.
/// `features` [N,C], `fake` [N] bool, `temperature` > 0.
[[nodiscard]] torch::Tensor info_nce(const torch::Tensor& features, const torch::Tensor& fake,
                                     double temperature);

/// Symmetric Kullback-Leibler divergence between two predictions p = softmax(a), q = softmax(b):
/// mean over the batch of (KL(p|q) + KL(q|p)) / 2 = sum over classes of (p - q)(log p - log q) / 2.
/// Both [N,C], N > 0. Zero for equal predictions.
[[nodiscard]] torch::Tensor symmetric_kl(const torch::Tensor& a, const torch::Tensor& b);

/// Cross entropy of per-location predictions. `evidence` [N,h,w]: log-odds of each location having
/// been edited; `coverage` [N,h,w]: its edited share. The mean of two means: over windows
/// (TraceNetwork::window_means) with an edited share above 0.6 or below 0.02; and over whole
/// patches, scored as pictures are by their strongest windows: untouched patches, and patches with
/// at least as many edited windows as the strongest that count. A class with n examples has weight
/// n / (n + 1).
[[nodiscard]] torch::Tensor evidence_loss(const torch::Tensor& evidence,
                                          const torch::Tensor& coverage);

/// Log-odds [...] as two logits [...,2] with the same softmax.
[[nodiscard]] torch::Tensor logits_of(const torch::Tensor& log_odds);

}  // namespace dfd
