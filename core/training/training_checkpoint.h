// A training as it stands, on disk: replaced atomically, read back whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/training/expert_trainer.h"

namespace dfd {

struct TrainingState {
    std::int64_t batches = 0;
    double seconds = 0;          ///< spent learning, over all sittings
    std::uint64_t scenes = 0;    ///< position in the sequence of edited pictures
    std::vector<double> losses;  ///< running means
};

/// What must agree for a checkpoint to be resumed: seed, patch, batch, architectures.
[[nodiscard]] std::string training_identity(const TrainOptions& options);

/// Writes beside `file`, syncs, renames. Throws TrainingError; the previous file then still stands.
void save_checkpoint(const std::filesystem::path& file, const TrainOptions& options,
                     const TrainingState& state,
                     const std::vector<std::unique_ptr<ExpertTrainer>>& experts);

/// Fills the experts and returns the state. Throws TrainingError (missing, damaged, or made with
/// other options).
[[nodiscard]] TrainingState load_checkpoint(
    const std::filesystem::path& file, const TrainOptions& options,
    const std::vector<std::unique_ptr<ExpertTrainer>>& experts);

}  // namespace dfd
