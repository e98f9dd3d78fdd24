// Measures how much of the engine's speed remains when pictures are read from files.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Pictures per second, in each round, for the evaluator alone and for the whole stream.
struct StreamSpeed {
    std::size_t pictures = 0;
    std::size_t failed = 0;      ///< could not be read; excluded from both
    std::vector<double> bare;    ///< the evaluator on pictures that are already decoded
    std::vector<double> stream;  ///< from files to lines of JSON, as `dfd score` does
    /// The median over the rounds of stream / bare.
    [[nodiscard]] double share() const;
};

/// Alternates between the two, with one round to warm up. All decoded pictures are kept in memory.
/// Blocks. Throws Cancelled, DeviceError, and std::invalid_argument when no picture can be read.
[[nodiscard]] StreamSpeed measure_stream(const std::shared_ptr<Evaluator>& evaluator,
                                         const std::vector<std::filesystem::path>& pictures,
                                         int batch, bool maps, int rounds,
                                         const Progress& progress = {}, std::stop_token stop = {});

/// A table, or {pictures, failed, bare_per_second, stream_per_second, share} (medians).
[[nodiscard]] std::string stream_table(const StreamSpeed& speed);
[[nodiscard]] std::string stream_json(const StreamSpeed& speed);

}  // namespace dfd
