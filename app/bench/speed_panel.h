// A panel loaded for one scoring method of the benchmark. Depends on torch.
// Internal to app/bench.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/bench/speed.h"
#include "core/networks/executor/trunk_executor.h"
#include "core/networks/hardware/device_lanes.h"
#include "core/networks/trunk/side_by_side.h"

namespace dfd {

inline constexpr const char* kReference = "reference";
inline constexpr const char* kModules = "modules";
inline constexpr const char* kExecutor = "executor";
inline constexpr const char* kSideBySide = "side by side";
inline constexpr const char* kFolded = "folded";
inline constexpr const char* kTogether = "together";

/// How a variant's experts are loaded, which variants may share.
[[nodiscard]] std::string loaded_as(const SpeedVariant& variant);

/// Throws std::invalid_argument for an unknown precision.
[[nodiscard]] torch::ScalarType type_of(const std::string& precision);

/// One run of all experts.
struct SpeedLap {
    double seconds = 0;           ///< whole panel
    std::vector<double> experts;  ///< seconds; empty when they ran concurrently
    std::vector<double> scores;   ///< per expert, for the first picture
};

/// Experts with weights made by formula.
class SpeedPanel {
  public:
    /// For all variants that are loaded as this one.
    SpeedPanel(const SpeedVariant& variant, const std::vector<SpeedExpert>& experts, int side);
    ~SpeedPanel();
    SpeedPanel(const SpeedPanel&) = delete;
    SpeedPanel& operator=(const SpeedPanel&) = delete;

    /// Runs [N,3,H,W] float32 as the variant does: one expert after the other, several executors
    /// side by side, or each expert in its own lane. Returns when all is computed. The input is
    /// moved to the device before the time is taken.
    [[nodiscard]] SpeedLap lap(const SpeedVariant& variant, const torch::Tensor& input, bool maps);
    void profile();  ///< for executors
    [[nodiscard]] std::vector<OperationTime> times(std::size_t expert) const;
    [[nodiscard]] std::vector<double> flops() const;  ///< per expert and picture; 0 without a plan
    [[nodiscard]] std::int64_t weight_bytes() const;

  private:
    class Runner;

    torch::Device device_;
    std::vector<std::unique_ptr<Runner>> runners_;
    Shares shares_;
    std::vector<std::shared_ptr<Workspace>> workspaces_;  // per worker; the first for all in turn
    std::unique_ptr<DeviceLanes> lanes_;                  // made when first needed
};

}  // namespace dfd
