// One expert while it learns: network, losses, optimiser, moving average. Sees torch.
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

/// The input policy an architecture is trained and scored with here.
[[nodiscard]] InputPolicy input_policy(const Architecture& architecture,
                                       const LearningOptions& options);

/// Values of the terms before they are weighed; NaN for one that was not computed.
struct LossTerms {
    double total = 0;
    double ce = 0;
    double nce = 0;
    double kl = 0;
};

/// What a batch came to, with the graph that leads back to the weights.
struct ExpertLoss {
    torch::Tensor total;  ///< scalar, float32
    torch::Tensor ce;     ///< the terms without a graph
    torch::Tensor nce;
    torch::Tensor kl;
    torch::Tensor probability;  ///< [N] of being fake, with the graph
};

class ExpertTrainer {
  public:
    /// `options` are resolved ones. Initial weights and everything random in a step are functions
    /// of `seed`: dropout, stochastic depth and noise of step n do not depend on what was drawn
    /// before, so that a resumed training draws the same.
    ExpertTrainer(const std::string& architecture, const LearningOptions& options,
                  std::uint64_t seed, torch::Device device = torch::kCPU);

    /// To put starting weights into, before the first step; the moving average begins with them.
    void start_from(const std::function<void(ExpertNetwork&)>& load);

    /// Loss on a batch (on the CPU or on the device), counting only samples where `counts` [N] bool
    /// is set, if it is given; `probability` then has as many rows as count. At least one must.
    /// `mixed` runs convolutions in bfloat16 (weights, losses and updates stay float32).
    [[nodiscard]] ExpertLoss loss(const TrainingBatch& batch, bool mixed,
                                  const torch::Tensor& counts = {});

    /// One step of AdamW with the gradients that are there, and of the moving average. False, and
    /// nothing is changed, when a gradient is not finite (a finite loss may have such).
    [[nodiscard]] bool update(double learning_rate);

    /// loss(), backward and update(). Nothing is updated when the loss is not finite.
    LossTerms step(const TrainingBatch& batch, double learning_rate, bool mixed);

    /// The network with its averaged parameters (BatchNorm statistics are the raw ones), in eval
    /// mode, on the same device, sharing nothing with the one that learns.
    [[nodiscard]] std::shared_ptr<ExpertNetwork> averaged() const;

    void save(torch::serialize::OutputArchive& archive) const;
    /// Throws c10::Error when the archive holds another network.
    void load(torch::serialize::InputArchive& archive);

    [[nodiscard]] const std::string& architecture() const { return architecture_; }
    [[nodiscard]] std::int64_t updates() const { return updates_; }

  private:
    struct Answer {
        torch::Tensor features;  ///< [N,C]
        torch::Tensor logits;    ///< [N,2] of the whole sample
        torch::Tensor places;    ///< [M,2] of every place it answers for; the same without places
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

/// The numbers of a loss; waits for the device.
[[nodiscard]] LossTerms values_of(const ExpertLoss& loss);

}  // namespace dfd
