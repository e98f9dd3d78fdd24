// The GPU part of the benchmark: scoring speed compared with the reference on the same GPU.
#pragma once

#include "core/networks/speed/speed.h"

namespace dfd {

/// Called by measure_speed for every device except the CPU. Variants: "reference" (float32, for
/// every batch, timed with LibTorch's default arithmetic: TF32 in convolutions); and per precision
/// and batch "modules"; "folded" (core/networks/trunk/folded_trunk.h), one expert after the other;
/// and "together", the same with each expert in its own lane
/// (core/networks/hardware/device_lanes.h), as the engine scores. "together" has no times per
/// expert. Scores are compared in exact arithmetic. All variants are in GPU memory at once: 4 GB
/// for the full panel in one precision. GPU memory is not measured. Throws std::invalid_argument as
/// measure_speed does and when GPU memory runs out; std::runtime_error when the device fails.
[[nodiscard]] SpeedReport measure_card_speed(const SpeedOptions& options,
                                             const SpeedProgress& progress = {},
                                             std::stop_token stop = {});

/// Gain over the reference, each at its own best batch, and for single pictures. 0 where a figure
/// was not measured.
struct SpeedGain {
    double throughput = 0;  ///< pictures per second relative to the reference
    double latency = 0;     ///< seconds relative to the reference
    int reference_batch = 0, batch = 0;
};
[[nodiscard]] SpeedGain speed_gain(const SpeedReport& report);

}  // namespace dfd
