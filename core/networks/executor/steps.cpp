#include "core/networks/executor/steps.h"

#include <stdexcept>
#include <type_traits>

namespace dfd {

ChannelNorm::ChannelNorm(const ChannelNormPlan& plan, bool bfloat16)
    : weight_(float_values(plan.weight)),
      bias_(float_values(plan.bias)),
      epsilon_(static_cast<float>(plan.epsilon)),
      bfloat16_(bfloat16) {
    if (weight_.numel() > nhwc::kMostNormalised)
        throw std::invalid_argument("A layer norm over " + std::to_string(weight_.numel()) +
                                    " channels is wider than the executor's limit of " +
                                    std::to_string(nhwc::kMostNormalised) + ".");
}

void ChannelNorm::compile(Program& program, const std::string& name, Slot slot) const {
    program.add(name, [norm = *this, places = program.places(), slot](const Workspace& w) {
        const auto channels = norm.weight_.numel();
        with_values(w, slot, norm.bfloat16_, [&](auto* x) {
            for_each_part(places, [&](std::int64_t first, std::int64_t count, std::int64_t) {
                norm.run(x + first * channels, count);
            });
        });
    });
}

ScaledConvolution::ScaledConvolution(const ConvolutionPlan& plan, const Arithmetic& arithmetic)
    : bfloat16_(arithmetic.bfloat16) {
    if (PackedProduct::supports(plan, arithmetic))
        product_.emplace(plan, bfloat16_);
    else
        packed_.emplace(plan, bfloat16_, PackedConvolution::As::Convolution);
}

void ScaledConvolution::compile(Program& program, const std::string& name, Slot from, Slot to,
                                bool scaled, bool accumulate) {
    if (product_) {
        product_->compile(program, name, from, to, scaled, accumulate);
        return;
    }
    const auto places = program.places();
    auto convolution = packed_->compile(program.height, program.width, from, to, accumulate);
    if (!scaled)
        program.add(name, std::move(convolution));
    else if (places > 4 * convolution.shape.out)
        add_scaled_weights(program, name, std::move(convolution));
    else
        add_scaled_source(program, name, std::move(convolution));
}

void ScaledConvolution::add_scaled_source(Program& program, const std::string& name,
                                          CompiledConvolution convolution) const {
    program.add(name + " scale", [places = program.places(), from = convolution.from,
                                  channels = convolution.shape.in,
                                  bfloat16 = bfloat16_](const Workspace& w) {
        with_values(w, from, bfloat16, [&](auto* x) {
            for_each_part(places, [&](std::int64_t first, std::int64_t count, std::int64_t) {
                nhwc::scale_channels(x + first * channels, count, channels, channel_sums(w));
            });
        });
    });
    program.add(name, std::move(convolution));
}

void ScaledConvolution::add_scaled_weights(Program& program, const std::string& name,
                                           CompiledConvolution convolution) const {
    program.require(Slot::Weights, convolution.weights.get_desc().get_size());
    program.add(name + " scale", [weights = convolution.weights,
                                  channel = packed_->channel_of_each(convolution.weights),
                                  bfloat16 = bfloat16_](const Workspace& w) {
        with_values(w, Slot::Weights, bfloat16, [&](auto* scaled) {
            using T = std::remove_pointer_t<decltype(scaled)>;
            nhwc::scale_weights(scaled, static_cast<const T*>(weights.get_data_handle()),
                                channel.data(), channel_sums(w),
                                static_cast<std::int64_t>(channel.size()));
        });
    });
    convolution.weights_from = Slot::Weights;
    program.add(name, std::move(convolution));
}

namespace {

class ConvolutionStep final : public PackedStep {
  public:
    ConvolutionStep(std::string name, const ConvolutionPlan& plan, bool bfloat16)
        : name_(std::move(name)), packed_(plan, bfloat16, PackedConvolution::As::Convolution) {}
    void compile(Program& program) override {
        program.add(name_,
                    packed_.compile(program.height, program.width, program.current, program.first));
        program.advance();
    }
    [[nodiscard]] std::int64_t bytes() const override { return packed_.bytes(); }

  private:
    std::string name_;
    PackedConvolution packed_;
};

class ChannelNormStep final : public PackedStep {
  public:
    ChannelNormStep(std::string name, const ChannelNormPlan& plan, bool bfloat16)
        : name_(std::move(name)), norm_(plan, bfloat16) {}
    void compile(Program& program) override { norm_.compile(program, name_, program.current); }
    [[nodiscard]] std::int64_t bytes() const override { return norm_.bytes(); }

  private:
    std::string name_;
    ChannelNorm norm_;
};

struct Packer {
    const std::string& name;
    const Arithmetic& arithmetic;
    std::unique_ptr<PackedStep> operator()(const ConvolutionPlan& plan) const {
        return std::make_unique<ConvolutionStep>(name, plan, arithmetic.bfloat16);
    }
    std::unique_ptr<PackedStep> operator()(const ChannelNormPlan& plan) const {
        return std::make_unique<ChannelNormStep>(name, plan, arithmetic.bfloat16);
    }
    std::unique_ptr<PackedStep> operator()(const InvertedResidualPlan& plan) const {
        return pack(name, plan, arithmetic);
    }
    std::unique_ptr<PackedStep> operator()(const ResponseBlockPlan& plan) const {
        return pack(name, plan, arithmetic);
    }
};

}  // namespace

std::unique_ptr<PackedStep> pack_step(const TrunkStep& step, const Arithmetic& arithmetic) {
    const torch::NoGradGuard no_gradients;
    return std::visit(Packer{step.name, arithmetic}, step.what);
}

}  // namespace dfd
