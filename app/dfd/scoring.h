// Shared code of the commands that score pictures: options, input files and evaluator.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/dfd/scorer_options.h"
#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"

namespace dfd {

struct ScoringOptions : ScorerOptions {
    std::vector<std::string> paths;
    bool recursive = false;
    int batch = 1;
};

/// Adds paths, --panel, --device, --precision, --recursive and --batch. `options` must outlive the
/// command.
void add_scoring_options(CLI::App& command, ScoringOptions& options);

/// The pictures of all paths, in order. Folders without pictures are reported on standard error.
[[nodiscard]] std::vector<std::filesystem::path> pictures_of(const ScoringOptions& options);

/// Loads the panel with a progress line, and notes on standard error when it is the starter panel.
/// Throws like open_evaluator.
[[nodiscard]] std::shared_ptr<Evaluator> open_for_scoring(const PanelRecord& panel,
                                                          const ScorerOptions& options,
                                                          const std::stop_token& stop);

/// Tells on standard error which pictures were left out of folders, and why.
void report_left_out(const LeftOutPictures& left_out);
/// Prints "The folder PATH contains no pictures" and a hint on standard error.
void report_empty_folder(const std::filesystem::path& folder, bool recursive);

[[nodiscard]] ScoredBy scored_by(const Evaluator& evaluator);

/// Prints "dfd: PATH: reason" on standard error.
void print_failure(const Examination& examination);

}  // namespace dfd
