// One expert while it learns: network, optimiser, moving average. Sees torch.
#pragma once

#include <torch/optim/adamw.h>
#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/networks/expert_network.h"
#include "core/training/patch_stream.h"
#include "core/training/trainer.h"

namespace dfd {

/// Patches as every expert gets them; edited and untouched ones take turns.
struct PatchBatch {
    torch::Tensor rgb;       ///< [N,S,S,3] uint8 RGB
    torch::Tensor coverage;  ///< [N,S/8,S/8] float32, share of each 8 x 8 block that was edited
};
/// Flips each pair at random (both members alike) on the way.
[[nodiscard]] PatchBatch make_batch(const std::vector<PatchPair>& pairs, Dice& dice);

/// The input policy an architecture is trained and scored with here.
[[nodiscard]] InputPolicy input_policy(const Architecture& architecture, int patch);

class ExpertTrainer {
  public:
    ExpertTrainer(const std::string& architecture, const TrainOptions& options, std::uint64_t seed);

    /// One step of AdamW and of the moving average; returns the loss. `mixed` runs convolutions in
    /// bfloat16 (weights and their updates stay float32). Throws TrainingError when the loss is not
    /// finite; the weights are then still those before the step.
    double step(const PatchBatch& batch, double learning_rate, bool mixed);

    /// The network with its averaged parameters (BatchNorm statistics are the raw ones), in eval
    /// mode, sharing nothing with the one that learns.
    [[nodiscard]] std::shared_ptr<ExpertNetwork> averaged() const;

    void save(torch::serialize::OutputArchive& archive) const;
    /// Throws c10::Error when the archive holds another network.
    void load(torch::serialize::InputArchive& archive);

    [[nodiscard]] const std::string& architecture() const { return architecture_; }

  private:
    [[nodiscard]] torch::Tensor loss(const PatchBatch& batch) const;

    std::string architecture_;
    int patch_;
    double ema_decay_;
    std::shared_ptr<ExpertNetwork> network_;
    std::unique_ptr<torch::optim::AdamW> optimiser_;
    std::vector<torch::Tensor> average_;
    std::int64_t updates_ = 0;
};

/// Cross entropy of windows and patches against what was edited. `evidence` [N,h,w] log-odds a
/// location, `coverage` [N,h,w]. Windows and patches that are edited in part only do not count.
[[nodiscard]] torch::Tensor evidence_loss(const torch::Tensor& evidence,
                                          const torch::Tensor& coverage);

}  // namespace dfd
