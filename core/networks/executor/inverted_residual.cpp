// Compiles EfficientNet's inverted residual block.
#include <stdexcept>

#include "core/networks/executor/expanding_depthwise.h"
#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

class InvertedResidualStep final : public PackedStep {
  public:
    InvertedResidualStep(std::string name, const InvertedResidualPlan& plan, bool bfloat16)
        : name_(std::move(name)),
          depthwise_(make_depthwise_in_panels({plan.expand, plan.depthwise}, bfloat16)),
          reduce_weight_(float_values(plan.gate.reduce_weight)),
          reduce_bias_(float_values(plan.gate.reduce_bias)),
          expand_weight_(float_values(plan.gate.expand_weight)),
          expand_bias_(float_values(plan.gate.expand_bias)),
          project_(plan.project, bfloat16),
          residual_(plan.residual) {
        if (!depthwise_)
            depthwise_ = make_depthwise_in_rows({plan.expand, plan.depthwise}, bfloat16);
        if (!depthwise_)
            throw std::invalid_argument(
                "The block " + name_ +
                " has a depthwise convolution that the executor does not support.");
    }

    void compile(Program& program) override {
        const auto input = program.current;
        depthwise_->compile(program, name_, program.second);
        add_gate(program);
        project_.compile(program, name_ + " project", program.second,
                         residual_ ? input : program.first, residual_);
        if (!residual_)
            program.advance();
    }

    [[nodiscard]] std::int64_t bytes() const override {
        return depthwise_->bytes() + project_.bytes() + bytes_of(reduce_weight_) +
               bytes_of(reduce_bias_) + bytes_of(expand_weight_) + bytes_of(expand_bias_);
    }

  private:
    /// Turns the row sums in Slot::Sums into the gate's factors, in place.
    void add_gate(Program& program) const {
        program.require(Slot::Sums, static_cast<std::size_t>(program.height * program.channels +
                                                             reduce_bias_.numel()) *
                                        sizeof(float));
        program.add(name_ + " gate", [rows = program.height, channels = program.channels,
                                      places = program.places(), reduce_weight = reduce_weight_,
                                      reduce_bias = reduce_bias_, expand_weight = expand_weight_,
                                      expand_bias = expand_bias_](const Workspace& w) {
            auto* const mean = channel_sums(w);
            auto* const squeezed = mean + rows * channels;
            nhwc::sum_places(mean, rows, channels, mean);
            for (std::int64_t c = 0; c < channels; ++c)
                mean[c] /= static_cast<float>(places);
            const auto reduced = reduce_bias.numel();
            nhwc::multiply_rows(reduce_weight.data_ptr<float>(), reduce_bias.data_ptr<float>(),
                                mean, reduced, channels, squeezed);
            nhwc::silu(squeezed, reduced);
            // The mean is no longer needed; the factors overwrite it.
            nhwc::multiply_rows(expand_weight.data_ptr<float>(), expand_bias.data_ptr<float>(),
                                squeezed, channels, reduced, mean);
            nhwc::sigmoid(mean, channels);
        });
    }

    std::string name_;
    std::unique_ptr<ExpandingDepthwise> depthwise_;
    torch::Tensor reduce_weight_, reduce_bias_, expand_weight_, expand_bias_;
    ScaledConvolution project_;
    bool residual_;
};

}  // namespace

std::unique_ptr<PackedStep> pack(const std::string& name, const InvertedResidualPlan& plan,
                                 bool bfloat16) {
    return std::make_unique<InvertedResidualStep>(name, plan, bfloat16);
}

}  // namespace dfd
