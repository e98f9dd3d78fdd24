// A depthwise convolution with an optional 1x1 expansion before it: the first half of an inverted
// residual, or the first layer of a ConvNeXt block.
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
    /// Reads the program's current slot, writes `to` and updates the program's sizes. Stores the
    /// sums over the places of each output row, [output row][channel], in Slot::Sums. May use
    /// `first` for the expanded data; `to` must not be `first` then.
    virtual void compile(Program& program, const std::string& name, Slot to) = 0;
    [[nodiscard]] virtual std::int64_t bytes() const = 0;
};

/// A depthwise convolution for one input size.
struct SizedDepthwise {
    nhwc::DepthwiseShape shape;
    std::int64_t height = 0, out_height = 0;
    std::int64_t above = 0;  ///< rows of zero padding at the top
    double flops = 0;

    SizedDepthwise(const ConvolutionPlan& plan, std::int64_t height, std::int64_t width);
    /// Reserves memory for the output and the row sums / sets the sizes for the next step.
    void reserve(Program& program, Slot to, bool bfloat16) const;
    void update_sizes(Program& program) const;
};

/// Uses the AVX-512 kernels. nullptr when they are not to be used or do not support the shape.
[[nodiscard]] std::unique_ptr<ExpandingDepthwise> make_depthwise_in_panels(
    const ExpandingDepthwisePlan& plan, const Arithmetic& arithmetic);
/// Uses oneDNN for the 1x1 convolution and portable kernels for the depthwise one. nullptr when the
/// depthwise shape is not supported.
[[nodiscard]] std::unique_ptr<ExpandingDepthwise> make_depthwise_in_rows(
    const ExpandingDepthwisePlan& plan, bool bfloat16);

}  // namespace dfd
