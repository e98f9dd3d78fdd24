// Stage I: copies of all pictures of a manifest with everyday processing, reals and fakes alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/manifest/training_error.h"

namespace dfd {

/// Valid values of `processing`: "everyday" (a random crop, sizes, tone, sharpening, denoising,
/// border, one to three saves) and "half-jpeg75" (half the size, JPEG of quality 75).
[[nodiscard]] std::vector<std::string> processing_names();

struct PrepareProcessOptions {
    std::filesystem::path manifest;
    std::filesystem::path out;  ///< output folder: pictures/, mask/ and manifest.csv
    std::string processing = "everyday";
    int copies = 1;  ///< per picture, each with draws of its own
    std::uint64_t seed = 1;
    int threads = 0;  ///< 0: one per processor; the result does not depend on it
};

struct ProcessReport {
    int made = 0;    ///< files written in this run
    int reused = 0;  ///< files that already existed
    std::vector<std::pair<std::filesystem::path, std::string>> unread;  ///< and why, a sentence
};

/// Writes pictures/I-C.EXT for row I and copy C, with its mask, and a manifest whose rows keep
/// label, source, group, operation, cluster and fold. A row's parameters get "processing", a list
/// of the operations in order. A fake and its twin are processed alike and stay twins. Pictures
/// are read as scoring reads them. A stopped or killed run resumes. Blocks for seconds to hours.
/// Throws TrainingError, Cancelled.
ProcessReport prepare_process(const PrepareProcessOptions& options, const Progress& progress = {},
                              std::stop_token stop = {});

}  // namespace dfd
