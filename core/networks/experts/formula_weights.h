// Deterministic weights computed by a formula, so that goldens and benchmarks need no download.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// A value in [-1, 1): FNV-1a 64 of the tensor's name plus the flat index, through splitmix64's
/// finaliser.
[[nodiscard]] float formula_value(const std::string& tensor_name, std::uint64_t flat_index);

/// Fills `tensor` according to the kind implied by its name (kernel, scale, grn, bias, mean, var);
/// the table is in formula_weights.cpp. `full_name` seeds the formula; `kernel_gain` scales
/// kernels.
void fill_by_formula(torch::Tensor tensor, const std::string& full_name, double kernel_gain);

/// Fills a whole network: parameters are named `parameter_prefix` + name, buffers `buffer_prefix` +
/// name. Uses the architecture's own gain.
void fill_by_formula(ExpertNetwork& network, const std::string& architecture,
                     const std::string& parameter_prefix, const std::string& buffer_prefix);

}  // namespace dfd
