// Calibration of trained networks on photographs they did not learn from. Sees torch.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/networks/expert_network.h"
#include "core/training/calibration.h"
#include "core/training/photo_library.h"

namespace dfd {

struct TrainedExpert {
    std::string architecture;
    std::shared_ptr<ExpertNetwork> network;
    Calibration calibration;
    double auc = 0;  ///< on the photographs it was calibrated with
};

/// Fits and stores the calibration of every trace network; other architectures are left as they
/// learned. Blocks for minutes; throws Cancelled, and TrainingError without photographs.
void calibrate(std::vector<TrainedExpert>& experts, const std::vector<const Photo*>& photos,
               std::uint64_t seed, const std::function<void(double)>& progress,
               std::stop_token stop, int side = 640);

}  // namespace dfd
