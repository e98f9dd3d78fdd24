// Folds the BatchNorm after a convolution into its weights and bias.
#pragma once

#include <torch/types.h>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// The effect of the norm on the weights and bias, as float32.
struct FoldedNorm {
    torch::Tensor factor;  ///< [O], multiplier per output channel; undefined without a norm
    torch::Tensor bias;    ///< [O]
};
[[nodiscard]] FoldedNorm fold_norm(const ConvolutionPlan& plan);

/// Weight [O,I/groups,k,k] (or [O,I]) and bias [O] as float32 with the norm folded in, on the
/// device of the plan's tensors.
struct FoldedConvolution {
    torch::Tensor weight, bias;
};
[[nodiscard]] FoldedConvolution fold(const ConvolutionPlan& plan);

}  // namespace dfd
