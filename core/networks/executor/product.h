// A 1x1 convolution on the AVX-512 kernels: folded and packed into panels of channels.
#pragma once

#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/networks/executor/program.h"
#include "core/networks/executor/wide_kernels.h"
#include "core/networks/hardware/parallel.h"
#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// Calls f(panel, first row, end row, thread) on all threads. Every row of every panel is visited
/// once. The work, rows times the panel's vectors, is divided equally; a thread gets whole panels
/// and parts of others.
template <typename F>
void for_each_panel_range(const std::vector<nhwc::Panel>& panels, std::int64_t rows, const F& f) {
    std::int64_t vectors = 0;
    for (const auto& panel : panels)
        vectors += panel.vectors;
    for_each_range(vectors * rows, [&](std::int64_t begin, std::int64_t end, int thread) {
        std::int64_t before = 0;
        for (const auto& panel : panels) {
            const auto row_of = [&](std::int64_t at) {
                const auto inside = std::clamp(at - before, std::int64_t{0}, panel.vectors * rows);
                return (inside + panel.vectors - 1) / panel.vectors;
            };
            const auto first = row_of(begin), last = row_of(end);
            if (first < last)
                f(panel, first, last, thread);
            before += panel.vectors * rows;
        }
    });
}

[[nodiscard]] nhwc::After after_of(Activation activation);

/// Panels for this number of channels, without weights.
[[nodiscard]] std::vector<nhwc::Panel> panels_of(std::int64_t channels);

class PackedProduct {
  public:
    /// Whether the plan is a dense 1x1 convolution and the kernels are to be used.
    [[nodiscard]] static bool supports(const ConvolutionPlan& plan, const Arithmetic& arithmetic);
    PackedProduct(const ConvolutionPlan& plan, bool bfloat16);

    [[nodiscard]] std::int64_t in() const { return in_; }
    [[nodiscard]] std::int64_t out() const { return out_; }
    [[nodiscard]] nhwc::After activation() const { return activation_; }
    /// The panels point into memory owned by this product.
    [[nodiscard]] const std::vector<nhwc::Panel>& panels() const { return panels_; }
    [[nodiscard]] std::int64_t bytes() const;
    [[nodiscard]] double flops(std::int64_t places) const {
        return 2.0 * static_cast<double>(in_ * out_) * static_cast<double>(places);
    }
    /// Whether all weights fit in a core's L2 cache. If so, it is faster to read each place once,
    /// for all panels; otherwise to read each panel once, for all places.
    [[nodiscard]] bool stays_in_cache() const { return weight_bytes_ <= kCached; }

    /// Appends the product over the whole picture and updates the program's channels. With
    /// `scaled`, the source's channels are multiplied by the factors in Slot::Sums. With
    /// `accumulate`, the result is added to `to`.
    void compile(Program& program, const std::string& name, Slot from, Slot to, bool scaled,
                 bool accumulate) const;

    static constexpr const char* kKernel = "own:avx512";

  private:
    static constexpr std::size_t kCached = std::size_t{640} << 10;

    std::int64_t in_ = 0, out_ = 0;
    nhwc::After activation_ = nhwc::After::Nothing;
    bool bfloat16_;
    std::shared_ptr<void> weights_;
    std::size_t weight_bytes_ = 0;
    torch::Tensor bias_;
    std::vector<nhwc::Panel> panels_;
};

}  // namespace dfd
