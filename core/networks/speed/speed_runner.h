// Experts and panels loaded for one scoring method of the benchmark.
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

/// One expert with weights made by formula, loaded for one scoring method.
class SpeedRunner {
  public:
    /// `how` is "reference", "modules", "executor" or "folded" (modules if there is no plan).
    SpeedRunner(const std::string& how, const std::string& device, const std::string& precision,
                const SpeedExpert& expert, int side);

    /// [N,3,H,W] float32 on the CPU -> logits [N,2] float32 on the CPU. Returns after everything
    /// has been computed, including the maps.
    torch::Tensor run(const torch::Tensor& input, bool maps);
    void use(std::shared_ptr<Workspace> workspace);  ///< for an executor
    void profile();                                  ///< for an executor

    [[nodiscard]] std::int64_t weight_bytes() const;
    [[nodiscard]] double flops() const { return flops_; }  ///< per picture; 0 without a plan
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

/// One run of all experts.
struct SpeedLap {
    double seconds = 0;           ///< whole panel
    std::vector<double> experts;  ///< seconds; empty when they ran concurrently
    std::vector<double> scores;   ///< per expert, for the first picture
};

/// A whole panel, loaded for one scoring method.
class SpeedPanel {
  public:
    SpeedPanel(const std::string& how, const std::string& device, const std::string& precision,
               const std::vector<SpeedExpert>& experts, int side);

    [[nodiscard]] SpeedLap one_after_the_other(const torch::Tensor& input, bool maps);
    [[nodiscard]] SpeedLap side_by_side(const torch::Tensor& input, bool maps);  ///< executors only
    /// Each expert in its own lane; needs as many lanes as experts.
    [[nodiscard]] SpeedLap together(DeviceLanes& lanes, const torch::Tensor& input, bool maps);

    [[nodiscard]] SpeedRunner& operator[](std::size_t expert) { return *runners_[expert]; }
    [[nodiscard]] std::size_t size() const { return runners_.size(); }
    [[nodiscard]] std::int64_t weight_bytes() const;

  private:
    std::vector<std::unique_ptr<SpeedRunner>> runners_;
    Shares shares_;
    std::vector<std::shared_ptr<Workspace>> workspaces_;  // per worker; the first for all in turn
};

}  // namespace dfd
