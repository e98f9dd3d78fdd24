// The option --precision, the same for every command that scores. The command owns the option.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "core/engine/evaluator.h"

namespace dfd {

inline CLI::Option* add_precision_option(CLI::App& command, Precision& precision) {
    return command.add_option("--precision", precision, "fp32 (reference), bf16, fp16 (CUDA only)")
        ->transform(
            CLI::Transformer(std::map<std::string, Precision>{{"fp32", Precision::Float32},
                                                              {"bf16", Precision::BFloat16},
                                                              {"fp16", Precision::Float16}}))
        ->default_str("fp32");
}

}  // namespace dfd
