// One convolution of a trunk plan on oneDNN: folded, packed and compiled for a picture size.
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

/// The CPU as a oneDNN engine; one per process.
[[nodiscard]] const dnnl::engine& processor();

/// A convolution compiled for one size: handles only, no data.
struct CompiledConvolution {
    dnnl::primitive primitive;
    dnnl::memory::desc source, target, scratch;
    dnnl::memory weights, bias;
    std::size_t scratch_bytes = 0, source_bytes = 0, target_bytes = 0;
    std::string kernel;
    ConvolutionShape shape;
    Slot from = Slot::Input, to = Slot::A;
    /// If set, the weights are read from this slot instead of `weights`, in the same layout.
    std::optional<Slot> weights_from;

    void run(const Workspace& workspace) const;  ///< blocks
};

/// The weights of one convolution, in each layout that its compiled sizes need (nearly always one).
/// Uses the plan's tensors until the first size is compiled, then releases them.
class PackedConvolution {
  public:
    /// How a 1x1 convolution is computed. A matrix product is a tenth to a third faster when it
    /// increases the number of channels, and equally fast when it reduces it.
    enum class As { Convolution, MatrixProduct };

    PackedConvolution(ConvolutionPlan plan, bool bfloat16, As as);

    /// With `accumulate`, adds the result to the target (As::Convolution only).
    [[nodiscard]] CompiledConvolution compile(std::int64_t height, std::int64_t width, Slot from,
                                              Slot to, bool accumulate = false);
    [[nodiscard]] std::int64_t bytes() const;

    /// The source channel of each value in packed weights, in memory order; 0 for padding.
    [[nodiscard]] std::vector<std::int32_t> channel_of_each(const dnnl::memory& weights) const;

  private:
    void pack(const torch::Tensor& values, dnnl::memory& packed) const;
    [[nodiscard]] dnnl::memory allocate(const dnnl::memory::desc& layout);
    [[nodiscard]] dnnl::memory::desc plain_layout() const;
    [[nodiscard]] dnnl::memory::desc bias_layout() const;
    template <class Chosen>
    void store(CompiledConvolution& compiled, const Chosen& chosen);
    void choose_convolution(CompiledConvolution& compiled, bool accumulate);
    void choose_product(CompiledConvolution& compiled);
    [[nodiscard]] dnnl::memory packed_as(const dnnl::memory::desc& layout);

    ConvolutionPlan plan_;  ///< after packing, its weight has only sizes
    dnnl::memory::data_type type_;
    As as_;
    std::vector<dnnl::memory> packed_;
    std::vector<std::shared_ptr<void>> pages_;  ///< memory of `packed_`
    dnnl::memory bias_;
    torch::Tensor bias_values_;
};

}  // namespace dfd
