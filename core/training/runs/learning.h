// The loop of a training: batches, steps, epochs, checkpoints. Sees torch.
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
    ExpertOptions asked;
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

/// The learning rate at a share of the schedule (0..1): a linear warm-up, then half a cosine to 0.
[[nodiscard]] double rate_at(double progress, const LearningOptions& options);

/// Learns until the schedule ends. `options.experts` have names, `learning` is resolved, `identity`
/// is that of training_identity(). As train() otherwise.
[[nodiscard]] Learned learn(const TrainOptions& options, const LearningOptions& learning,
                            const std::string& identity, const TrainingSet& set,
                            const TrainCallback& progress, const std::stop_token& stop);

}  // namespace dfd
