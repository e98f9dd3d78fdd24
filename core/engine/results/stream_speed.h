// How much of the engine's speed is left when pictures come from files.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Pictures a second, in each round of both ways.
struct StreamSpeed {
    std::size_t pictures = 0;
    std::size_t failed = 0;      ///< left out of both
    std::vector<double> bare;    ///< the evaluator on pictures that are decoded already
    std::vector<double> stream;  ///< from files to lines of JSON, as `dfd score` does
    /// The middle one of the rounds' quotients stream / bare.
    [[nodiscard]] double share() const;
};

/// Takes both ways in turn, once before it counts. All pictures are in memory, decoded. Blocks;
/// throws Cancelled, DeviceError, and std::invalid_argument where no picture can be read.
[[nodiscard]] StreamSpeed measure_stream(const std::shared_ptr<Evaluator>& evaluator,
                                         const std::vector<std::filesystem::path>& pictures,
                                         int batch, bool maps, int rounds,
                                         const Progress& progress = {}, std::stop_token stop = {});

/// A table, or {pictures, failed, bare_per_second, stream_per_second, share} (medians).
[[nodiscard]] std::string stream_table(const StreamSpeed& speed);
[[nodiscard]] std::string stream_json(const StreamSpeed& speed);

}  // namespace dfd
