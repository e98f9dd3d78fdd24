// Helpers shared by the CPU and GPU benchmarks. Depends on torch.
// Internal to core/networks/speed.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "core/networks/speed/speed.h"
#include "core/networks/speed/speed_runner.h"

namespace dfd::speed_parts {

/// Seconds of a monotonic clock.
[[nodiscard]] double now();
/// An expert's input [pictures,3,side,side] float32 on the CPU: normalised values of a picture with
/// gradients, edges and grain, the same in every run.
[[nodiscard]] torch::Tensor input(int pictures, int side);
[[nodiscard]] Timing timing(std::vector<double> seconds);
/// Measures the device's peak rates with a convolution and a matrix product of favourable sizes.
void ceilings(SpeedReport& report, const torch::Device& device);
/// Throws std::invalid_argument for an unknown precision.
[[nodiscard]] torch::ScalarType type_of(const std::string& precision);
/// Updates the largest deviations so far: per expert and of their mean.
void note_deviation(SpeedVariant& variant, const std::vector<double>& scores,
                    const std::vector<double>& expected);
/// Computes timings and rates of every variant from its laps (at least one) and the experts'
/// operation counts (0 if unknown).
void conclude(SpeedReport& report, const std::vector<std::vector<SpeedLap>>& laps,
              const std::vector<double>& flops);

}  // namespace dfd::speed_parts
