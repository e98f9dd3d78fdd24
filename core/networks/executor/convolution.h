// One convolution of a plan on oneDNN: folded, packed, compiled for a size.
#pragma once

#include <torch/types.h>

#include <dnnl.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/networks/executor/workspace.h"
#include "core/networks/trunk/folded_convolution.h"
#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// The processor as oneDNN's engine, one a process.
[[nodiscard]] const dnnl::engine& processor();

/// A convolution compiled for one size: handles, no data.
struct CompiledConvolution {
    dnnl::primitive primitive;
    dnnl::memory::desc source, target, scratch;
    dnnl::memory weights, bias;
    std::size_t scratch_bytes = 0, source_bytes = 0, target_bytes = 0;
    std::string kernel;
    ConvolutionShape shape;
    Slot from = Slot::Input, to = Slot::A;
    std::optional<Slot> weights_from;  ///< if not the packed ones: in the same layout there

    void run(const Workspace& workspace) const;  ///< blocks
};

/// Weights of one convolution in the layouts that its compiled sizes want (nearly always one). The
/// plan's tensors are read until the first size has been compiled, and let go then.
class PackedConvolution {
  public:
    /// What a 1x1 convolution is computed as: products of matrices are the faster by a tenth to a
    /// third where they widen, and equal where they narrow.
    enum class As { Convolution, MatrixProduct };

    PackedConvolution(ConvolutionPlan plan, bool bfloat16, As as);

    /// `accumulate` adds the result to what the target holds (of an As::Convolution).
    [[nodiscard]] CompiledConvolution compile(std::int64_t height, std::int64_t width, Slot from,
                                              Slot to, bool accumulate = false);
    [[nodiscard]] std::int64_t bytes() const;

    /// The source channel of each value of a packed weight, in its order; padding has channel 0.
    [[nodiscard]] std::vector<std::int32_t> channel_of_each(const dnnl::memory& weights) const;

  private:
    void pack(const torch::Tensor& values, dnnl::memory& packed) const;
    [[nodiscard]] dnnl::memory kept(const dnnl::memory::desc& layout);
    [[nodiscard]] dnnl::memory::desc plain_layout() const;
    [[nodiscard]] dnnl::memory::desc bias_layout() const;
    template <class Chosen>
    void take(CompiledConvolution& compiled, const Chosen& chosen);
    void choose_convolution(CompiledConvolution& compiled, bool accumulate);
    void choose_product(CompiledConvolution& compiled);
    [[nodiscard]] dnnl::memory packed_as(const dnnl::memory::desc& layout);

    ConvolutionPlan plan_;  ///< once packed, its weight has sizes only
    dnnl::memory::data_type type_;
    As as_;
    std::vector<dnnl::memory> packed_;
    std::vector<std::shared_ptr<void>> pages_;  ///< what `packed_` lies in
    dnnl::memory bias_;
    torch::Tensor bias_values_;
};

}  // namespace dfd
