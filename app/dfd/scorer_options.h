// Options of every command that scores: --panel, --device and --precision.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

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

/// Adds --panel, --device and --precision. The command owns the variables.
inline void add_scorer_options(CLI::App& command, std::string& panel, std::string& device,
                               Precision& precision) {
    command.add_option("--panel", panel, "An installed panel's name, or a path");
    command.add_option("--device", device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    add_precision_option(command, precision);
}

}  // namespace dfd
