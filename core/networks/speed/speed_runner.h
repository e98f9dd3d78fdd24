// What `measure_speed` measures: experts ready to score, in one way of scoring.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/networks/executor/trunk_executor.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/hardware/device_lanes.h"
#include "core/networks/speed/speed.h"
#include "core/networks/trunk/folded_trunk.h"
#include "core/networks/trunk/side_by_side.h"

namespace dfd {

/// One expert with weights made by formula, as a variant scores it.
class SpeedRunner {
  public:
    /// `how` is a variant's name: reference, modules, executor, folded (modules where no plan is
    /// told).
    SpeedRunner(const std::string& how, const std::string& device, const std::string& precision,
                const SpeedExpert& expert, int side);

    /// [N,3,H,W] float32 on the processor -> float32 logits [N,2] there, after everything has been
    /// computed, the maps included.
    torch::Tensor run(const torch::Tensor& input, bool maps);
    void use(std::shared_ptr<Workspace> workspace);  ///< of an executor
    void profile();                                  ///< of an executor

    [[nodiscard]] std::int64_t weight_bytes() const;
    [[nodiscard]] double flops() const { return flops_; }  ///< of one picture; 0: no plan
    [[nodiscard]] double cost() const { return cost_; }    ///< trunk_cost
    [[nodiscard]] std::vector<OperationTime> times() const;

  private:
    torch::Device device_;
    torch::ScalarType type_ = torch::kFloat32;
    std::shared_ptr<ExpertNetwork> network_;
    std::vector<torch::Tensor> averages_;
    std::unique_ptr<TrunkExecutor> executor_;
    std::optional<FoldedTrunk> folded_;
    double flops_ = 0, cost_ = 0;
};

/// The experts once.
struct SpeedLap {
    double seconds = 0;           ///< of the whole panel
    std::vector<double> experts;  ///< seconds; empty where they ran at once
    std::vector<double> scores;   ///< of the first picture, by expert
};

/// A whole panel, loaded in one way of scoring.
class SpeedPanel {
  public:
    SpeedPanel(const std::string& how, const std::string& device, const std::string& precision,
               const std::vector<SpeedExpert>& experts, int side);

    [[nodiscard]] SpeedLap one_after_the_other(const torch::Tensor& input, bool maps);
    [[nodiscard]] SpeedLap side_by_side(const torch::Tensor& input, bool maps);  ///< executors
    /// Each in its lane; as many lanes as experts.
    [[nodiscard]] SpeedLap together(DeviceLanes& lanes, const torch::Tensor& input, bool maps);

    [[nodiscard]] SpeedRunner& operator[](std::size_t expert) { return *runners_[expert]; }
    [[nodiscard]] std::size_t size() const { return runners_.size(); }
    [[nodiscard]] std::int64_t weight_bytes() const;

  private:
    std::vector<std::unique_ptr<SpeedRunner>> runners_;
    Shares shares_;
    std::vector<std::shared_ptr<Workspace>> workspaces_;  // a worker's; the first one's for all
};

}  // namespace dfd
