// Validates an expert on held-out whole pictures and fits its calibration. Uses torch.
#pragma once

#include <torch/types.h>

#include <array>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_record.h"
#include "core/training/batches/training_set.h"
#include "core/training/measuring/calibration.h"

namespace dfd {

struct Validation {
    double auc = 0;  ///< of the expert's scores; NaN if a class is missing or a score is not finite
    double loss = 0;          ///< class-balanced cross entropy; NaN in the same cases
    Calibration calibration;  ///< of a trace expert; not applied to the network
    bool calibrated = false;
    /// Of the real and of the fake pictures; calibrated for a trace expert.
    std::array<std::vector<double>, 2> log_odds;
};

/// Scores every picture as scoring does (the expert's input policy on the whole picture) with a
/// network in eval mode on `device`. A trace expert's figures are computed after fitting its
/// calibration (three numbers) to the same pictures. `loaders` other threads read pictures a few
/// ahead. Blocks. Throws TrainingError (unreadable picture) and Cancelled.
[[nodiscard]] Validation validate(ExpertNetwork& network, const InputPolicy& policy,
                                  torch::Device device,
                                  const std::vector<TrainingPicture>& pictures, int loaders,
                                  const std::function<void(double)>& progress = {},
                                  const std::stop_token& stop = {});

}  // namespace dfd
