// Writes the result of a training as a panel. Uses torch.
#pragma once

#include <cstddef>
#include <string>

#include "core/checkpoint/torch_checkpoint.h"
#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_record.h"
#include "core/training/runs/learning.h"

namespace dfd {

struct TrainingFacts {
    std::string identity;         ///< training_identity()
    std::string manifest_digest;  ///< SHA-256 of the manifest's bytes
    std::size_t fakes = 0;        ///< number of training fakes
    std::size_t reals = 0;
};

/// A network's tensors, or only its head's, as float32, or with `half` as float16 where its range
/// allows.
[[nodiscard]] StateDict weights_of(ExpertNetwork& network, bool half, bool only_head = false);

/// Writes a safetensors file per expert (float16 for trace experts, float32 for others; only the
/// head of an expert whose other tensors are those of an installed encoder file), then
/// training.json ({"trainings": [one object]}), then panel.json, each atomically. Reproducible,
/// except for "minutes" in training.json. Throws TrainingError, CheckpointError or PanelError.
PanelRecord write_trained_panel(const TrainOptions& options, const LearningOptions& learning,
                                const TrainingFacts& facts, const Learned& learned);

}  // namespace dfd
