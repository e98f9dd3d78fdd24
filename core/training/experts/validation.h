// An expert measured, and calibrated, on whole pictures it did not learn from. Sees torch.
#pragma once

#include <torch/types.h>

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
    double auc = 0;   ///< of the expert's scores; NaN unless both classes are there, and finite
    double loss = 0;  ///< cross entropy, both classes weighing the same; NaN likewise
    Calibration calibration;  ///< of a trace expert; not put into the network
    bool calibrated = false;
};

/// Scores every picture as scoring does (the expert's input policy on the whole picture) with a
/// network in eval mode on `device`. A trace expert's figures are those after fitting its
/// calibration to these very pictures (three numbers). Pictures are read by `loaders` other
/// threads, a few ahead. Blocks. Throws TrainingError (an unreadable picture) and Cancelled.
[[nodiscard]] Validation validate(ExpertNetwork& network, const InputPolicy& policy,
                                  torch::Device device,
                                  const std::vector<TrainingPicture>& pictures, int loaders,
                                  const std::function<void(double)>& progress = {},
                                  const std::stop_token& stop = {});

}  // namespace dfd
