// Helpers shared by the steps of a compiled trunk.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/networks/executor/nhwc_kernels.h"
#include "core/networks/executor/product.h"
#include "core/networks/executor/program.h"
#include "core/networks/hardware/parallel.h"

namespace dfd {

/// Work on places is divided into this many parts, independent of the number of threads, so that
/// sums over them have the same rounding.
inline constexpr std::int64_t kParts = 16;

/// Calls f(first place, number of places, part) for every part, on all threads.
template <typename F>
void for_each_part(std::int64_t places, const F& f) {
    for_each_range(kParts, [&](std::int64_t begin, std::int64_t end, int) {
        for (auto part = begin; part < end; ++part) {
            const auto from = places * part / kParts, to = places * (part + 1) / kParts;
            f(from, to - from, part);
        }
    });
}

/// Calls f with a typed pointer to the slot's data.
template <typename F>
void with_values(const Workspace& workspace, Slot slot, bool bfloat16, const F& f) {
    if (bfloat16)
        f(static_cast<nhwc::BFloat16*>(workspace[slot]));
    else
        f(static_cast<float*>(workspace[slot]));
}

/// The data of Slot::Sums: sums over the places, later overwritten by the factors made from them.
[[nodiscard]] inline float* channel_sums(const Workspace& workspace) {
    return static_cast<float*>(workspace[Slot::Sums]);
}

[[nodiscard]] inline torch::Tensor float_values(const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kFloat32).contiguous();
}

[[nodiscard]] inline std::int64_t bytes_of(const torch::Tensor& tensor) {
    return static_cast<std::int64_t>(tensor.nbytes());
}

/// LayerNorm over the channels, in place.
class ChannelNorm {
  public:
    /// Throws std::invalid_argument for more channels than the executor supports.
    ChannelNorm(const ChannelNormPlan& plan, bool bfloat16);
    void compile(Program& program, const std::string& name, Slot slot) const;
    template <typename T>
    void run(T* x, std::int64_t places) const {
        nhwc::normalise_channels(x, places, weight_.numel(), weight_.data_ptr<float>(),
                                 bias_.data_ptr<float>(), epsilon_);
    }
    [[nodiscard]] std::int64_t bytes() const { return bytes_of(weight_) + bytes_of(bias_); }

  private:
    torch::Tensor weight_, bias_;
    float epsilon_;
    bool bfloat16_;
};

/// A 1x1 convolution whose source channels may first be multiplied by factors computed for each
/// picture. On oneDNN, the factors are applied to the source or to the weights, whichever is
/// cheaper.
class ScaledConvolution {
  public:
    ScaledConvolution(const ConvolutionPlan& plan, const Arithmetic& arithmetic);
    /// With `scaled`, the factors must be in Slot::Sums when it runs.
    void compile(Program& program, const std::string& name, Slot from, Slot to, bool scaled,
                 bool accumulate);
    [[nodiscard]] std::int64_t bytes() const {
        return product_ ? product_->bytes() : packed_->bytes();
    }

  private:
    void add_scaled_source(Program& program, const std::string& name,
                           CompiledConvolution convolution) const;
    void add_scaled_weights(Program& program, const std::string& name,
                            CompiledConvolution convolution) const;

    std::optional<PackedProduct> product_;  ///< exactly one of the two is set
    std::optional<PackedConvolution> packed_;
    bool bfloat16_;
};

[[nodiscard]] std::unique_ptr<PackedStep> pack(const std::string& name,
                                               const InvertedResidualPlan& plan,
                                               const Arithmetic& arithmetic);
[[nodiscard]] std::unique_ptr<PackedStep> pack(const std::string& name,
                                               const ResponseBlockPlan& plan,
                                               const Arithmetic& arithmetic);

}  // namespace dfd
