// A training as it stands, on disk: replaced atomically, read back whole or not at all.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/training/experts/expert_trainer.h"

namespace dfd {

/// Figures of an epoch that is over, of one expert.
struct EpochFigures {
    LossTerms losses;            ///< means over the epoch's steps
    double validation_auc = 0;   ///< NaN without both classes
    double validation_loss = 0;  ///< class-balanced cross entropy of whole pictures
};

/// All but weights. Random numbers are functions of seed and step, so there is no state of them to
/// keep.
struct TrainingState {
    std::int64_t step = 0;        ///< batches learned from
    double seconds = 0;           ///< spent learning, over all sittings
    std::uint64_t log_bytes = 0;  ///< of the log that belong to these steps
    std::vector<LossTerms> sums;  ///< over the steps of the current epoch, one an expert
    double combined = 0;          ///< likewise, of the joint term
    std::int64_t summed = 0;      ///< how many steps
    std::vector<std::vector<EpochFigures>> epochs;  ///< one list an expert
};

/// Writes beside `file`, syncs, renames. `identity` says what must agree for it to be resumed.
/// Throws TrainingError; the previous file then still stands.
void save_checkpoint(const std::filesystem::path& file, const std::string& identity,
                     const TrainingState& state,
                     const std::vector<std::unique_ptr<ExpertTrainer>>& experts);

/// Fills the experts and returns the state. Throws TrainingError: missing, damaged, or of another
/// identity (whose first difference, by lines, it shows).
[[nodiscard]] TrainingState load_checkpoint(
    const std::filesystem::path& file, const std::string& identity,
    const std::vector<std::unique_ptr<ExpertTrainer>>& experts, torch::Device device);

}  // namespace dfd
