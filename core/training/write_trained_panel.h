// A training's result as a panel. Sees torch.
#pragma once

#include <vector>

#include "core/training/calibrate_networks.h"
#include "core/training/trainer.h"
#include "core/training/training_checkpoint.h"

namespace dfd {

/// Writes one float16 safetensors file an expert, panel.json, and training.json: how it was trained
/// and which photographs were used for what (names and source only), which `evaluate` reads.
/// Throws TrainingError, CheckpointError or PanelError.
PanelRecord write_trained_panel(const TrainOptions& options, const PhotoLibrary& library,
                                const TrainingState& state,
                                const std::vector<TrainedExpert>& experts);

}  // namespace dfd
