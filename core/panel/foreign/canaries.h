// Whether an expert gives what its author's own code gave: run when it is added and when its panel
// is verified. Plain C++.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/foreign/foreign_expert.h"

namespace dfd {

struct CanaryResult {
    std::string file;
    double expected = 0;  ///< probability of "fake", before the calibration
    double found = 0;
    std::string problem;  ///< a sentence; empty: as expected
};

/// Asks the expert about its canaries, which lie in `folder`. Blocks. Throws PanelError when a
/// canary's file is missing or another one, and Cancelled.
[[nodiscard]] std::vector<CanaryResult> run_canaries(ForeignExpert& expert,
                                                     const std::filesystem::path& folder,
                                                     const std::stop_token& stop);

/// One sentence for canaries that failed, with what would make them pass where that is known: the
/// other class, another kernel, the other order of colours. Empty when all are as expected. Asks
/// the expert again.
[[nodiscard]] std::string canaries_problem(ForeignExpert& expert,
                                           const std::vector<CanaryResult>& results,
                                           const std::filesystem::path& folder,
                                           const std::stop_token& stop);

/// What is wrong with an expert's files or its canaries, a sentence; empty when nothing is.
/// `folder` holds the manifest and its files. Throws Cancelled.
[[nodiscard]] std::string expert_problem(const ForeignManifest& manifest,
                                         const std::filesystem::path& folder,
                                         const std::stop_token& stop);

}  // namespace dfd
