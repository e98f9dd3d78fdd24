// Finishes a trained expert for its panel: calibrates its head and halves its weights. Uses torch.
// Internal to core/training/runs.
#pragma once

#include <array>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/networks/experts/expert_network.h"
#include "core/training/runs/training_plan.h"

namespace dfd {

/// Slope and bias that were folded into the last linear layer, so that its log-odds z1 - z0 became
/// slope * (z1 - z0) + bias.
struct HeadCalibration {
    double slope = 1;
    double bias = 0;
    double loss_before = 0;  ///< class-balanced cross entropy on the validation pictures
    double loss_after = 0;
};

/// Class-balanced logistic regression of the labels on the log-odds of validation pictures of one
/// class each (reals first), folded into the network's only linear layer with two outputs. A score
/// of 0.5 then means that a fake and a real picture are equally likely among those pictures.
/// Throws TrainingError without such a layer, without pictures of both classes, or when more
/// evidence would lower the score.
HeadCalibration calibrate_head(ExpertNetwork& network,
                               const std::array<std::vector<double>, 2>& log_odds);

/// How far all log-odds must move, 0 or less, so that at most this share of the real pictures
/// scores BandThresholds::fake_from or more. 0 without pictures.
[[nodiscard]] double shift_for_alarms(std::vector<double> real_log_odds, double share);

/// What was done to an expert.
struct Finish {
    std::optional<HeadCalibration> calibration;
    std::optional<double> alarm_shift;  ///< added to all log-odds
};

/// Reads the finished expert in `folder`, applies what the plan asks for, writes the weights to
/// `out` and returns its record. `finish` is filled with what the plan asks for. Blocks while the
/// validation pictures are scored. Throws TrainingError, PanelError, CheckpointError, Cancelled.
ExpertRecord finish_expert(const PanelRecord& panel, const TrainingPlan& plan, std::size_t index,
                           const PlanOptions& options, Finish& finish, std::stop_token stop);

}  // namespace dfd
