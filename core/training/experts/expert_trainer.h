// Trains one expert: network, losses, optimiser, moving average. Uses torch.
#pragma once

#include <torch/optim/adamw.h>
#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_record.h"
#include "core/training/batches/batch_stream.h"
#include "core/training/experts/training_options.h"

namespace dfd {

/// The input policy for training and scoring this architecture.
[[nodiscard]] InputPolicy input_policy(const Architecture& architecture,
                                       const LearningOptions& options);

/// Unweighted values of the loss terms; NaN for a term that was not computed.
struct LossTerms {
    double total = 0;
    double ce = 0;
    double nce = 0;
    double kl = 0;
};

/// The loss of a batch, with its autograd graph.
struct ExpertLoss {
    torch::Tensor total;  ///< scalar, float32
    torch::Tensor ce;     ///< the terms, detached from the graph
    torch::Tensor nce;
    torch::Tensor kl;
    torch::Tensor probability;  ///< [N] probability of being fake, with the graph
};

class ExpertTrainer {
  public:
    /// `options` must be resolved. Initial weights and all random numbers of a step are functions
    /// of `seed`: dropout, stochastic depth and noise of step n do not depend on earlier draws, so
    /// that a resumed training draws the same numbers.
    ExpertTrainer(const std::string& architecture, const LearningOptions& options,
                  std::uint64_t seed, torch::Device device = torch::kCPU);

    /// Loads starting weights; call it before the first step. The moving average starts from them
    /// too.
    void start_from(const std::function<void(ExpertNetwork&)>& load);

    /// Loss of a batch (on the CPU or on the device). If `counts` [N] bool is given, only its set
    /// samples count, at least one; `probability` then has one row for each of them. `mixed` runs
    /// convolutions in bfloat16 (weights, losses and updates stay float32).
    [[nodiscard]] ExpertLoss loss(const TrainingBatch& batch, bool mixed,
                                  const torch::Tensor& counts = {});

    /// One AdamW step with the current gradients, and an update of the moving average. Returns
    /// false and changes nothing when a gradient is not finite (possible even with a finite loss).
    [[nodiscard]] bool update(double learning_rate);

    /// loss(), backward and update(). Updates nothing when the loss is not finite.
    LossTerms step(const TrainingBatch& batch, double learning_rate, bool mixed);

    /// A copy of the network with averaged parameters (BatchNorm statistics are not averaged), in
    /// eval mode, on the same device. Shares no memory with the network that is trained.
    [[nodiscard]] std::shared_ptr<ExpertNetwork> averaged() const;

    void save(torch::serialize::OutputArchive& archive) const;
    /// Throws c10::Error when the archive belongs to another network.
    void load(torch::serialize::InputArchive& archive);

    [[nodiscard]] const std::string& architecture() const { return architecture_; }
    [[nodiscard]] std::int64_t updates() const { return updates_; }

  private:
    struct Answer {
        torch::Tensor features;  ///< [N,C]
        torch::Tensor logits;    ///< [N,2] of the whole sample
        torch::Tensor places;    ///< [M,2] of every location; the same as `logits` for experts
                                 ///< without locations
        torch::Tensor evidence;  ///< [N,h,w] of a trace expert
    };
    [[nodiscard]] Answer answer(const torch::Tensor& pixels, bool mixed);

    std::string architecture_;
    LearningOptions options_;
    std::uint64_t seed_;
    torch::Device device_;
    InputPolicy policy_;
    std::shared_ptr<ExpertNetwork> network_;
    std::unique_ptr<torch::optim::AdamW> optimiser_;
    std::vector<torch::Tensor> average_;
    std::int64_t updates_ = 0;
};

/// The values of a loss. Waits for the device.
[[nodiscard]] LossTerms values_of(const ExpertLoss& loss);

}  // namespace dfd
