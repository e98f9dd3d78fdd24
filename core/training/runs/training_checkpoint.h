// Training checkpoints: saved atomically, loaded completely or not at all.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/training/experts/expert_trainer.h"

namespace dfd {

/// Figures of one expert for a finished epoch.
struct EpochFigures {
    LossTerms losses;            ///< means over the steps of the epoch
    double validation_auc = 0;   ///< NaN unless both classes are present
    double validation_loss = 0;  ///< class-balanced cross entropy on whole pictures
};

/// Everything except weights. Random numbers are functions of seed and step, so no generator state
/// is stored.
struct TrainingState {
    std::int64_t step = 0;        ///< batches so far
    double seconds = 0;           ///< of learning, over all sessions
    std::uint64_t log_bytes = 0;  ///< size of the log at this step
    std::vector<LossTerms> sums;  ///< over the steps of the current epoch, one per expert
    double combined = 0;          ///< the same for the joint term
    std::int64_t summed = 0;      ///< number of steps in the sums
    std::vector<std::vector<EpochFigures>> epochs;  ///< one list per expert
};

/// Writes a temporary file, syncs and renames. `identity` must match on resume. Throws
/// TrainingError; the previous file is then unchanged.
void save_checkpoint(const std::filesystem::path& file, const std::string& identity,
                     const TrainingState& state,
                     const std::vector<std::unique_ptr<ExpertTrainer>>& experts);

/// Loads the experts and returns the state. Throws TrainingError when the file is missing, damaged
/// or of another identity (with the first line that differs).
[[nodiscard]] TrainingState load_checkpoint(
    const std::filesystem::path& file, const std::string& identity,
    const std::vector<std::unique_ptr<ExpertTrainer>>& experts, torch::Device device);

}  // namespace dfd
