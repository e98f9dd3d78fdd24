// Depthwise convolution with optional 1x1 expansion on the AVX-512 kernels, one panel of channels
// at a time.
#include <algorithm>
#include <array>
#include <cstring>

#include "core/networks/executor/expanding_depthwise.h"
#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

using nhwc::kVectorLanes;
constexpr std::int64_t kBand = 16;  ///< output rows of a panel before moving on to the next panel

/// Layout of the ring buffer for a panel's rows: [row][vector][place, with zero padding][16].
struct Ring {
    std::int64_t rows, vector;  ///< `vector`: number of values in one vector's row

    [[nodiscard]] std::int64_t row() const { return nhwc::kPanelVectors * vector; }
    [[nodiscard]] std::size_t bytes() const {
        return static_cast<std::size_t>(rows * row()) * sizeof(float);
    }
    [[nodiscard]] float* cleared(void* memory) const {
        std::memset(memory, 0, bytes());
        return static_cast<float*>(memory);
    }
};

/// Data of one operation. The tensors own the memory that the panels point to.
struct Parts {
    SizedDepthwise sized;
    Ring ring;
    torch::Tensor weight, bias;  ///< [C / 16,k * k,16], [C / 16,16]
    std::int64_t in;             ///< channels of the source, before expansion
    nhwc::After after_expansion, after;
};

/// Computes output rows [begin, end) of a panel. Input rows are produced when they are first
/// needed.
template <typename T>
void run(const Parts& parts, const nhwc::Panel& panel, std::int64_t begin, std::int64_t end,
         const T* source, float* values, T* out, float* row_sums) {
    const auto& [sized, ring, weight, bias, in, after_expansion, after] = parts;
    const auto& shape = sized.shape;
    const auto in_ring = [&, &ring = ring](std::int64_t y) {
        return values + y % ring.rows * ring.row();
    };
    std::array<const float*, nhwc::kLargestWideDepthwise> rows{};
    auto next = std::max<std::int64_t>(begin * shape.stride - sized.above, 0);
    for (auto y = begin; y < end; ++y) {
        const auto top = y * shape.stride - sized.above;
        for (; next < std::min(top + shape.kernel, sized.height); ++next) {
            const auto* const from = source + next * shape.width * in;
            auto* const to = in_ring(next) + shape.before * kVectorLanes;
            if (panel.weights == nullptr)
                nhwc::copy_panel(from, shape.width, in, panel, to, ring.vector);
            else
                nhwc::panel_product(from, shape.width, in, panel, after_expansion, to,
                                    {kVectorLanes, ring.vector, true});
        }
        for (std::int64_t i = 0; i < shape.kernel; ++i)
            rows[static_cast<std::size_t>(i)] =
                top + i < 0 || top + i >= sized.height ? nullptr : in_ring(top + i);
        nhwc::depthwise_row(
            shape, panel, rows.data(), ring.vector,
            weight.template data_ptr<float>() + panel.first * shape.kernel * shape.kernel,
            bias.template data_ptr<float>() + panel.first, after,
            out + y * shape.out_width * shape.channels, row_sums + y * shape.channels);
    }
}

/// Works panel by panel and row by row. Expanded rows stay in the cache, in a ring buffer of as
/// many rows as the kernel has, until the depthwise convolution has read them.
class DepthwiseInPanels final : public ExpandingDepthwise {
  public:
    DepthwiseInPanels(const ExpandingDepthwisePlan& plan, bool bfloat16)
        : sizes_(without_values(plan.depthwise)), bfloat16_(bfloat16) {
        if (plan.expand)
            expand_.emplace(*plan.expand, bfloat16);
        const auto folded = fold(plan.depthwise);
        const auto channels = folded.bias.numel();
        panels_ = expand_ ? expand_->panels() : panels_of(channels);
        const auto padded = panels_.back().first + panels_.back().vectors * kVectorLanes;
        const auto in_vectors = [&](const torch::Tensor& values) {  // [.., C] -> [C / 16, .., 16]
            return torch::constant_pad_nd(values, {0, padded - channels})
                .reshape({-1, padded / kVectorLanes, kVectorLanes})
                .transpose(0, 1)
                .contiguous();
        };
        weight_ = in_vectors(folded.weight.flatten(1).t());
        bias_ = in_vectors(folded.bias);
    }

    void compile(Program& program, const std::string& name, Slot to) override {
        const SizedDepthwise sized(sizes_, program.height, program.width);
        const auto& shape = sized.shape;
        const auto padded = std::max(shape.before + shape.width,
                                     (shape.out_width - 1) * shape.stride + shape.kernel);
        const Parts parts{sized,
                          {shape.kernel, padded * kVectorLanes},
                          weight_,
                          bias_,
                          program.channels,
                          expand_ ? expand_->activation() : nhwc::After::Nothing,
                          after_of(sizes_.activation)};
        sized.reserve(program, to, bfloat16_);
        program.require(Slot::Scratch,
                        static_cast<std::size_t>(loop_threads()) * parts.ring.bytes());
        Operation operation{name + (expand_ ? " expand, depthwise" : " depthwise"),
                            PackedProduct::kKernel,
                            sized.flops + (expand_ ? expand_->flops(program.places()) : 0),
                            {}};
        operation.run = [parts, expands = expand_.has_value(), panels = panels_,
                         from = program.current, to, bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, to, bfloat16, [&](auto* out) {
                const auto* const source = static_cast<decltype(out)>(w[from]);
                const auto rows = [&](const nhwc::Panel& panel, std::int64_t begin,
                                      std::int64_t end, int thread) {
                    auto* const own = static_cast<char*>(w[Slot::Scratch]) +
                                      static_cast<std::size_t>(thread) * parts.ring.bytes();
                    run(parts, panel, begin, end, source, parts.ring.cleared(own), out,
                        channel_sums(w));
                };
                if (expands) {
                    for_each_panel_range(panels, parts.sized.out_height, rows);
                    return;
                }
                // The panels' channels of a place share cache lines, so process all panels of a
                // band of rows together.
                for_each_range(parts.sized.out_height,
                               [&](std::int64_t begin, std::int64_t end, int thread) {
                                   for (auto at = begin; at < end; at += kBand)
                                       for (const auto& panel : panels)
                                           rows(panel, at, std::min(at + kBand, end), thread);
                               });
            });
        };
        program.operations.push_back(std::move(operation));
        sized.update_sizes(program);
    }

    [[nodiscard]] std::int64_t bytes() const override {
        return (expand_ ? expand_->bytes() : 0) + bytes_of(weight_) + bytes_of(bias_);
    }

  private:
    std::optional<PackedProduct> expand_;
    std::vector<nhwc::Panel> panels_;
    ConvolutionPlan sizes_;  ///< sizes only, no values
    torch::Tensor weight_, bias_;
    bool bfloat16_;
};

}  // namespace

std::unique_ptr<ExpandingDepthwise> make_depthwise_in_panels(const ExpandingDepthwisePlan& plan,
                                                             const Arithmetic& arithmetic) {
    const bool supported =
        arithmetic.wide && is_depthwise(plan.depthwise) &&
        plan.depthwise.activation != Activation::Gelu &&
        nhwc::wide_depthwise_supports(SizedDepthwise(plan.depthwise, 1, 1).shape) &&
        (!plan.expand || PackedProduct::supports(*plan.expand, arithmetic));
    return supported ? std::make_unique<DepthwiseInPanels>(plan, arithmetic.bfloat16) : nullptr;
}

}  // namespace dfd
