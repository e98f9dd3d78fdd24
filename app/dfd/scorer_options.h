// Options of every command that scores: --panel, --calibration, --device and --precision.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/dfd/commands.h"
#include "app/dfd/word_option.h"
#include "core/engine/scoring/evaluator.h"

namespace dfd {

inline CLI::Option* add_precision_option(CLI::App& command, Precision& precision) {
    return takes_word(command.add_option("--precision", precision,
                                         "fp32 (reference), bf16 or fp16 (CUDA only)"),
                      std::map<std::string, Precision>{{"fp32", Precision::Float32},
                                                       {"bf16", Precision::BFloat16},
                                                       {"fp16", Precision::Float16}})
        ->default_str("fp32");
}

struct ScorerOptions {
    std::string panel;
    std::string device = "auto";
    Precision precision = Precision::Float32;
    std::string calibration{};  ///< its name; empty: the unnamed one
};

/// The panel, read by the chosen calibration. Throws PanelError.
inline PanelRecord chosen_panel(const ScorerOptions& options) {
    return with_calibration(find_panel(options.panel), options.calibration);
}

inline void add_calibration_option(CLI::App& command, std::string& calibration) {
    command.add_option("--calibration", calibration,
                       "Name of the panel's calibration that says what scores are worth; default: "
                       "the one without a name");
}

/// Adds --panel, --calibration, --device and --precision. `options` must outlive the command.
inline void add_scorer_options(CLI::App& command, ScorerOptions& options) {
    command.add_option("--panel", options.panel, "An installed panel's name, or a path");
    add_calibration_option(command, options.calibration);
    add_device_option(command, options.device);
    add_precision_option(command, options.precision);
}

inline void add_batch_option(CLI::App& command, int& batch, const std::string& description) {
    command.add_option("--batch", batch, description)
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
}

}  // namespace dfd
