// What every kind of speed measurement shares. Sees torch.
// Internal to core/networks/speed.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "core/networks/speed/speed.h"
#include "core/networks/speed/speed_runner.h"

namespace dfd::speed_parts {

/// Seconds of a clock that never goes back.
[[nodiscard]] double now();
/// Pictures' values with slopes, edges and grain, the same in every run, as an expert's input
/// [pictures,3,side,side] float32 on the processor.
[[nodiscard]] torch::Tensor input(int pictures, int side);
[[nodiscard]] Timing timing(std::vector<double> seconds);
/// What the device can do at most: a convolution and a matrix product of comfortable sizes.
void ceilings(SpeedReport& report, const torch::Device& device);
/// Throws std::invalid_argument, a sentence, for one that is not known.
[[nodiscard]] torch::ScalarType type_of(const std::string& precision);
/// The largest so far: of an expert, and of their mean.
void note_deviation(SpeedVariant& variant, const std::vector<double>& scores,
                    const std::vector<double>& expected);
/// Timings and arithmetic a second of every variant, from its laps (at least one) and the
/// experts' operations, 0 where one is not known.
void conclude(SpeedReport& report, const std::vector<std::vector<SpeedLap>>& laps,
              const std::vector<double>& flops);

}  // namespace dfd::speed_parts
