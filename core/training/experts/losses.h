// The terms of a training's loss, L = L_ce + nce * L_nce + kl * L_kl. Sees torch.
//
// The reference draws its three terms without ever publishing them. L_ce is what its figure shows;
// L_nce follows its words (reals attract each other, reals and fakes repel, fakes are left alone);
// L_kl, drawn only as noise at the input, is our own reading of it. All take and give float32 and
// are differentiable; none depends on the order of a batch.
#pragma once

#include <torch/types.h>

namespace dfd {

/// Mean over the batch of -log softmax(z)[y]. `logits` [N,2] (class 1 is fake), `fake` [N] bool.
/// N > 0.
[[nodiscard]] torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& fake);

/// Cross entropy of several experts' combined answer: mean of -log(p) for fakes and -log(1 - p) for
/// reals. `probability` [N] is the mean of the experts' softmax(z)[1]; it is kept 1e-6 away from 0
/// and 1.
[[nodiscard]] torch::Tensor combined_cross_entropy(const torch::Tensor& probability,
                                                   const torch::Tensor& fake);

/// InfoNCE on features f_i / |f_i|, s_ij their cosine. For every pair of different reals i, j one
/// attracts the other against all fakes k:
///
///   L = mean over i != j real of  -log( e^(s_ij/t) / (e^(s_ij/t) + sum over k fake e^(s_ik/t)) )
///     = mean of softplus( logsumexp over k of (s_ik/t) - s_ij/t )
///
/// Fakes appear as what reals are pushed from and never attract anything. With fewer than two
/// reals, or no fake, there is nothing to tell apart: the value is 0 and so is its gradient.
/// `features` [N,C], `fake` [N] bool, `temperature` > 0.
[[nodiscard]] torch::Tensor info_nce(const torch::Tensor& features, const torch::Tensor& fake,
                                     double temperature);

/// Symmetric Kullback-Leibler divergence between two predictions p = softmax(a), q = softmax(b):
/// mean over the batch of (KL(p|q) + KL(q|p)) / 2 = sum over classes of (p - q)(log p - log q) / 2.
/// Both [N,C], N > 0. Zero for equal predictions.
[[nodiscard]] torch::Tensor symmetric_kl(const torch::Tensor& a, const torch::Tensor& b);

/// Cross entropy where an expert answers for every place. `evidence` [N,h,w] log-odds of each
/// location having been edited, `coverage` [N,h,w] the share of it that was. The mean of two means:
/// over windows (TraceNetwork::window_means) that are edited by more than 0.6 or less than 0.02,
/// and over whole patches, whose strongest windows answer as they do when a picture is scored:
/// untouched ones, and those with as many edited windows as the strongest that count. Each class
/// weighs n / (n + 1) for n examples.
[[nodiscard]] torch::Tensor evidence_loss(const torch::Tensor& evidence,
                                          const torch::Tensor& coverage);

/// Log-odds [...] as the two logits [...,2] whose softmax they are.
[[nodiscard]] torch::Tensor logits_of(const torch::Tensor& log_odds);

}  // namespace dfd
