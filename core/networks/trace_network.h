// Experts that read a picture at its own resolution, from traces that editing leaves.
#pragma once

#include "core/networks/expert_network.h"

namespace dfd {

/// The architectures "trace_luma", "trace_colour" and "trace_blocks": a fixed residual front end, a
/// small plain convolutional trunk, and a head that gives every location its own two logits and
/// pools the strongest evidence.
[[nodiscard]] std::vector<Architecture> trace_architectures();

}  // namespace dfd
