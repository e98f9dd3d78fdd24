// How fast a graphics card scores, measured against the reference's own way on the same card.
#pragma once

#include "core/networks/speed/speed.h"

namespace dfd {

/// As measure_speed, which calls this for every device but the processor. Variants: "reference"
/// (float32, at every batch, timed with what LibTorch allows itself unless told otherwise: TF32 in
/// convolutions); per precision and batch "modules"; "folded" (core/networks/trunk/folded_trunk.h),
/// one expert after the other; and "together", the same with all experts in lanes of their own
/// (core/networks/hardware/device_lanes.h), which is how the engine scores. Its experts have no
/// times of their own. Scores are compared in exact arithmetic. Every way is in the card's memory
/// at once, 4 GB with the full panel in one precision; the card's memory itself is not measured.
/// Throws std::invalid_argument where it runs out, too, and std::runtime_error where the device
/// fails.
[[nodiscard]] SpeedReport measure_card_speed(const SpeedOptions& options,
                                             const SpeedProgress& progress = {},
                                             std::stop_token stop = {});

/// What is gained over the reference, each at its own best batch, and for one picture alone. Zero
/// where nothing else, or not one picture alone, was measured.
struct SpeedGain {
    double throughput = 0;  ///< pictures a second, in the reference's
    double latency = 0;     ///< seconds, as a share of the reference's
    int reference_batch = 0, batch = 0;
};
[[nodiscard]] SpeedGain speed_gain(const SpeedReport& report);

}  // namespace dfd
