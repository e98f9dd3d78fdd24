// Shared parts of the benchmarks. Plain C++.
// Internal to app/bench.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "app/bench/speed.h"
#include "core/base/formatted.h"

namespace dfd {

/// Seconds of a monotonic clock.
[[nodiscard]] inline double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// What differs between kinds of devices. Every variant is measured for every precision and batch.
struct SpeedDevice {
    std::string executor;
    std::vector<int> reference_batches;
    std::vector<std::string> variants;  ///< beside the reference
    bool measures_memory = false;
    bool plain_modules = false;  ///< also the modules in float32, whatever the precisions
};
/// Both throw std::invalid_argument for an unsupported precision. That of a card also runs on the
/// CPU, for tests; all its variants are in memory at once: 4 GB for the full panel in one
/// precision.
[[nodiscard]] SpeedDevice speed_of_processor(const SpeedOptions& options);
[[nodiscard]] SpeedDevice speed_of_card(const SpeedOptions& options);
/// measure_speed with one of the two, whatever options.device is. Throws c10::Error when it fails.
[[nodiscard]] SpeedReport measure_speed_on(SpeedDevice (*device)(const SpeedOptions&),
                                           const SpeedOptions& options,
                                           const SpeedProgress& progress = {},
                                           std::stop_token stop = {});

/// Median and quartiles, interpolated; zeroes without values.
[[nodiscard]] Timing timing_of(std::vector<double> values);

}  // namespace dfd
