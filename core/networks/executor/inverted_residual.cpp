// Compiles EfficientNet's inverted residual block.
#include <stdexcept>

#include "core/networks/executor/expanding_depthwise.h"
#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

/// Squeeze-and-excitation: turns the row sums in Slot::Sums into each channel's factor, in place.
class Gate {
  public:
    explicit Gate(const SqueezeExcitePlan& plan)
        : reduce_weight_(float_values(plan.reduce_weight)),
          reduce_bias_(float_values(plan.reduce_bias)),
          expand_weight_(float_values(plan.expand_weight)),
          expand_bias_(float_values(plan.expand_bias)) {}

    void compile(Program& program, const std::string& name) const {
        program.require(Slot::Sums, static_cast<std::size_t>(program.height * program.channels +
                                                             reduce_bias_.numel()) *
                                        sizeof(float));
        program.add(name, [gate = *this, rows = program.height, channels = program.channels,
                           places = program.places()](const Workspace& w) {
            gate.run(channel_sums(w), rows, channels, places);
        });
    }
    [[nodiscard]] std::int64_t bytes() const {
        return bytes_of(reduce_weight_) + bytes_of(reduce_bias_) + bytes_of(expand_weight_) +
               bytes_of(expand_bias_);
    }

  private:
    void run(float* mean, std::int64_t rows, std::int64_t channels, std::int64_t places) const {
        auto* const squeezed = mean + rows * channels;
        nhwc::sum_places(mean, rows, channels, mean);
        for (std::int64_t c = 0; c < channels; ++c)
            mean[c] /= static_cast<float>(places);
        const auto reduced = reduce_bias_.numel();
        nhwc::multiply_rows(reduce_weight_.data_ptr<float>(), reduce_bias_.data_ptr<float>(), mean,
                            reduced, channels, squeezed);
        nhwc::silu(squeezed, reduced);
        // The mean is no longer needed; the factors overwrite it.
        nhwc::multiply_rows(expand_weight_.data_ptr<float>(), expand_bias_.data_ptr<float>(),
                            squeezed, channels, reduced, mean);
        nhwc::sigmoid(mean, channels);
    }

    torch::Tensor reduce_weight_, reduce_bias_, expand_weight_, expand_bias_;
};

class InvertedResidualStep final : public PackedStep {
  public:
    InvertedResidualStep(std::string name, const InvertedResidualPlan& plan,
                         const Arithmetic& arithmetic)
        : name_(std::move(name)),
          depthwise_(make_depthwise_in_panels({plan.expand, plan.depthwise}, arithmetic)),
          project_(plan.project, arithmetic),
          residual_(plan.residual) {
        if (!depthwise_)
            depthwise_ = make_depthwise_in_rows({plan.expand, plan.depthwise}, arithmetic.bfloat16);
        if (plan.gate)
            gate_.emplace(*plan.gate);
        if (!depthwise_)
            throw std::invalid_argument(
                "The block " + name_ +
                " has a depthwise convolution that the executor does not support.");
    }

    void compile(Program& program) override {
        const auto input = program.current;
        depthwise_->compile(program, name_, program.second);
        if (gate_)
            gate_->compile(program, name_ + " gate");
        project_.compile(program, name_ + " project", program.second,
                         residual_ ? input : program.first, gate_.has_value(), residual_);
        if (!residual_)
            program.advance();
    }

    [[nodiscard]] std::int64_t bytes() const override {
        return depthwise_->bytes() + (gate_ ? gate_->bytes() : 0) + project_.bytes();
    }

  private:
    std::string name_;
    std::unique_ptr<ExpandingDepthwise> depthwise_;
    std::optional<Gate> gate_;
    ScaledConvolution project_;
    bool residual_;
};

}  // namespace

std::unique_ptr<PackedStep> pack(const std::string& name, const InvertedResidualPlan& plan,
                                 const Arithmetic& arithmetic) {
    return std::make_unique<InvertedResidualStep>(name, plan, arithmetic);
}

}  // namespace dfd
