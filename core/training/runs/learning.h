// The training loop: batches, steps, epochs, checkpoints. Uses torch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/training/batches/batch_stream.h"
#include "core/training/experts/expert_trainer.h"
#include "core/training/experts/validation.h"
#include "core/training/runs/trainer.h"
#include "core/training/runs/training_checkpoint.h"
#include "core/training/runs/training_log.h"

namespace dfd {

struct LearnedExpert {
    ExpertOptions requested;
    InputPolicy input;
    std::shared_ptr<ExpertNetwork> network;  ///< averaged, calibrated, on the CPU
    Validation validation;                   ///< of that network
    std::vector<EpochFigures> epochs;
};

struct Learned {
    std::vector<LearnedExpert> experts;
    std::int64_t steps = 0;
    double seconds = 0;
};

/// The learning rate at a point of the schedule (0..1): linear warm-up, then cosine decay to 0.
[[nodiscard]] double rate_at(double progress, const LearningOptions& options);

/// Trains until the schedule ends. `options.experts` must have names, `learning` must be resolved,
/// `identity` comes from training_identity(). Blocks and throws like train().
[[nodiscard]] Learned learn(const TrainOptions& options, const LearningOptions& learning,
                            const std::string& identity, const TrainingSet& set,
                            const TrainCallback& progress, const std::stop_token& stop);

}  // namespace dfd
