// A convolution with the BatchNorm behind it folded in.
#pragma once

#include <torch/types.h>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// What the norm behind a convolution makes of its weights and bias, as float32.
struct FoldedNorm {
    torch::Tensor factor;  ///< [O], of every weight of an output channel; undefined without a norm
    torch::Tensor bias;    ///< [O]
};
[[nodiscard]] FoldedNorm fold_norm(const ConvolutionPlan& plan);

/// Weight [O,I/groups,k,k] (or [O,I]) and bias [O] as float32 with the norm folded in, where the
/// plan's tensors are.
struct FoldedConvolution {
    torch::Tensor weight, bias;
};
[[nodiscard]] FoldedConvolution fold(const ConvolutionPlan& plan);

}  // namespace dfd
