#include "core/networks/executor/expanding_depthwise.h"

#include <vector>

#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

/// Runs the 1x1 convolution on the whole picture into `first`, then the depthwise one row by row.
class DepthwiseInRows final : public ExpandingDepthwise {
  public:
    DepthwiseInRows(const ExpandingDepthwisePlan& plan, bool bfloat16)
        : sizes_(without_values(plan.depthwise)), bfloat16_(bfloat16) {
        if (plan.expand)
            expand_.emplace(*plan.expand, bfloat16, PackedConvolution::As::MatrixProduct);
        const auto folded = fold(plan.depthwise);
        // [C,1,k,k] -> [k * k,C]: the channels of a place are contiguous.
        weight_ = folded.weight.flatten(1).t().contiguous();
        bias_ = folded.bias;
        after_ = after_of(plan.depthwise.activation);
    }

    void compile(Program& program, const std::string& name, Slot to) override {
        const SizedDepthwise sized(sizes_, program.height, program.width);
        sized.reserve(program, to, bfloat16_);
        auto source = program.current;
        if (expand_) {
            program.add(name + " expand",
                        expand_->compile(program.height, program.width, source, program.first));
            source = program.first;
        }
        Operation operation{name + " depthwise", "own", sized.flops, {}};
        operation.run = [sized, source, to, weight = weight_, bias = bias_, after = after_,
                         bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, to, bfloat16, [&](auto* out) {
                const auto* const in = static_cast<decltype(out)>(w[source]);
                for_each_range(sized.out_height, [&](std::int64_t begin, std::int64_t end, int) {
                    run(sized, begin, end, in, weight, bias, after, out, channel_sums(w));
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
    template <typename T>
    static void run(const SizedDepthwise& sized, std::int64_t begin, std::int64_t end, const T* in,
                    const torch::Tensor& weight, const torch::Tensor& bias, nhwc::After after,
                    T* out, float* row_sums) {
        const auto& shape = sized.shape;
        std::vector<const T*> rows;
        const auto top = begin * shape.stride - sized.above;
        const auto bottom = (end - 1) * shape.stride - sized.above + shape.kernel;
        for (auto y = top; y < bottom; ++y)
            rows.push_back(y < 0 || y >= sized.height ? nullptr
                                                      : in + y * shape.width * shape.channels);
        nhwc::depthwise_rows(shape, end - begin, rows.data(), weight.data_ptr<float>(),
                             bias.data_ptr<float>(), after,
                             out + begin * shape.out_width * shape.channels,
                             row_sums + begin * shape.channels);
    }

    std::optional<PackedConvolution> expand_;
    ConvolutionPlan sizes_;
    torch::Tensor weight_, bias_;  ///< [k * k,C], [C]
    nhwc::After after_ = nhwc::After::Nothing;
    bool bfloat16_;
};

}  // namespace

SizedDepthwise::SizedDepthwise(const ConvolutionPlan& plan, std::int64_t height, std::int64_t width)
    : height(height) {
    const auto sizes = shape_of(plan, height, width);
    shape = {sizes.kernel, plan.stride, sizes.out, width, sizes.out_width, sizes.columns.before};
    out_height = sizes.out_height;
    above = sizes.rows.before;
    flops = sizes.flops;
}

void SizedDepthwise::reserve(Program& program, Slot to, bool bfloat16) const {
    program.require(Slot::Sums,
                    static_cast<std::size_t>(out_height * shape.channels) * sizeof(float));
    program.require(to, static_cast<std::size_t>(out_height * shape.out_width * shape.channels) *
                            nhwc::value_bytes(bfloat16));
}

void SizedDepthwise::update_sizes(Program& program) const {
    program.channels = shape.channels;
    program.height = out_height;
    program.width = shape.out_width;
}

std::unique_ptr<ExpandingDepthwise> make_depthwise_in_rows(const ExpandingDepthwisePlan& plan,
                                                           bool bfloat16) {
    if (plan.depthwise.activation == Activation::Gelu || !is_depthwise(plan.depthwise) ||
        !nhwc::depthwise_supports(SizedDepthwise(plan.depthwise, 1, 1).shape))
        return nullptr;
    return std::make_unique<DepthwiseInRows>(plan, bfloat16);
}

}  // namespace dfd
