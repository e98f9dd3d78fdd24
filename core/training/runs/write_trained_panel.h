// A training's result as a panel. Sees torch.
#pragma once

#include <cstddef>
#include <string>

#include "core/panel/panel_record.h"
#include "core/training/runs/learning.h"

namespace dfd {

struct TrainingFacts {
    std::string identity;         ///< training_identity()
    std::string manifest_digest;  ///< SHA-256 of the manifest's bytes
    std::size_t fakes = 0;        ///< learned from
    std::size_t reals = 0;
};

/// Writes one safetensors file an expert (float16 for trace experts, float32 for others), then
/// training.json ({"trainings": [one object]}), then panel.json, each atomically. Nothing in them
/// depends on the clock but "minutes" in training.json.
/// Throws TrainingError, CheckpointError or PanelError.
PanelRecord write_trained_panel(const TrainOptions& options, const LearningOptions& learning,
                                const TrainingFacts& facts, const Learned& learned);

}  // namespace dfd
