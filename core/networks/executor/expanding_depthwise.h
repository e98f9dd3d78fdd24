// A depthwise convolution of what a 1x1 convolution makes, or of the picture itself: the first half
// of an inverted residual, or the first layer of a ConvNeXt block.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/networks/executor/depthwise.h"
#include "core/networks/executor/program.h"
#include "core/networks/trunk/folded_convolution.h"

namespace dfd {

struct ExpandingDepthwisePlan {
    std::optional<ConvolutionPlan> expand;
    ConvolutionPlan depthwise;
};

class ExpandingDepthwise {
  public:
    virtual ~ExpandingDepthwise() = default;
    /// Reads the program's current slot, writes `to` and takes over its sizes; leaves the sums over
    /// each output row's places, [output row][channel], at Slot::Sums. What is expanded may pass
    /// through `first`, which is not `to` then.
    virtual void compile(Program& program, const std::string& name, Slot to) = 0;
    [[nodiscard]] virtual std::int64_t bytes() const = 0;
};

/// A depthwise convolution of one input size.
struct SizedDepthwise {
    nhwc::DepthwiseShape shape;
    std::int64_t height = 0, out_height = 0;
    std::int64_t above = 0;  ///< rows of zeroes
    double flops = 0;

    SizedDepthwise(const ConvolutionPlan& plan, std::int64_t height, std::int64_t width);
    /// What the output and its rows' sums need, and the sizes that the next step sees.
    void reserve(Program& program, Slot to, bool bfloat16) const;
    void take_over(Program& program) const;
};

/// On our own wide kernels; nullptr where the processor has them not, or they are none for it.
[[nodiscard]] std::unique_ptr<ExpandingDepthwise> make_depthwise_in_panels(
    const ExpandingDepthwisePlan& plan, bool bfloat16);
/// The 1x1 convolution on oneDNN, then our own for any processor; nullptr where the depthwise one
/// is none for it.
[[nodiscard]] std::unique_ptr<ExpandingDepthwise> make_depthwise_in_rows(
    const ExpandingDepthwisePlan& plan, bool bfloat16);

}  // namespace dfd
