// What every kind of speed measurement shares. Internal to core/networks; sees torch.
#pragma once

#include <torch/types.h>

#include <vector>

#include "core/networks/speed.h"

namespace dfd::speed_parts {

/// Pictures' values with slopes, edges and grain, the same in every run, as an expert's input
/// [pictures,3,side,side] float32 on the processor.
[[nodiscard]] torch::Tensor input(int pictures, int side);
[[nodiscard]] Timing timing(std::vector<double> seconds);
/// What the device can do at most: a convolution and a matrix product of comfortable sizes.
void ceilings(SpeedReport& report, torch::Device device);

}  // namespace dfd::speed_parts
