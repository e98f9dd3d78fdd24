// Compiles ConvNeXt V2's block with global response normalisation.
#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "core/networks/executor/expanding_depthwise.h"
#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

/// Folds the bias of the response normalisation, which is the same at every place, into the bias of
/// the projection.
ConvolutionPlan with_response_bias(const ResponseBlockPlan& plan) {
    auto project = plan.project;
    const auto weight = project.weight.flatten(1).to(torch::kFloat64);
    project.bias =
        project.bias.to(torch::kFloat64) + weight.mv(plan.response_bias.to(torch::kFloat64));
    return project;
}

/// The activation is applied later, in the pass that sums the squares.
ConvolutionPlan without_activation(ConvolutionPlan expand) {
    expand.activation = Activation::None;
    return expand;
}

class ResponseBlockStep final : public PackedStep {
  public:
    ResponseBlockStep(std::string name, const ResponseBlockPlan& plan, const Arithmetic& arithmetic)
        : name_(std::move(name)),
          own_depthwise_(make_depthwise_in_panels({std::nullopt, plan.depthwise}, arithmetic)),
          norm_(plan.norm, arithmetic.bfloat16),
          response_weight_(float_values(plan.response_weight)),
          epsilon_(static_cast<float>(plan.response_epsilon)),
          project_(with_response_bias(plan), arithmetic),
          bfloat16_(arithmetic.bfloat16) {
        if (plan.expand.activation != Activation::Gelu)
            throw std::invalid_argument("The block " + name_ +
                                        " has an activation other than GELU.");
        if (!own_depthwise_)
            depthwise_.emplace(plan.depthwise, bfloat16_, PackedConvolution::As::Convolution);
        if (PackedProduct::supports(plan.expand, arithmetic))
            product_.emplace(plan.expand, bfloat16_);
        else
            expand_.emplace(without_activation(plan.expand), bfloat16_,
                            PackedConvolution::As::MatrixProduct);
    }

    void compile(Program& program) override {
        const auto input = program.current;
        if (own_depthwise_)
            own_depthwise_->compile(program, name_, program.first);
        else
            program.add(name_ + " depthwise",
                        depthwise_->compile(program.height, program.width, input, program.first));
        add_response(program, product_ ? expand_by_panels(program) : expand_at_once(program));
        project_.compile(program, name_ + " project", program.second, input, true, true);
    }

    [[nodiscard]] std::int64_t bytes() const override {
        return (own_depthwise_ ? own_depthwise_->bytes() : depthwise_->bytes()) + norm_.bytes() +
               (product_ ? product_->bytes() : expand_->bytes()) + project_.bytes() +
               bytes_of(response_weight_);
    }

  private:
    void require_sums(Program& program, std::int64_t rows, std::int64_t channels) const {
        program.require(Slot::Sums, static_cast<std::size_t>(rows * channels) * sizeof(float));
    }

    /// Expands `first` into `second` and stores rows of sums of squares. Returns the number of
    /// rows.
    std::int64_t expand_at_once(Program& program) {
        norm_.compile(program, name_ + " norm", program.first);
        program.add(name_ + " expand",
                    expand_->compile(program.height, program.width, program.first, program.second));
        const auto channels = program.channels;
        require_sums(program, kParts, channels);
        program.add(name_ + " gelu", [places = program.places(), slot = program.second, channels,
                                      bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, slot, bfloat16, [&](auto* x) {
                for_each_part(places,
                              [&](std::int64_t first, std::int64_t count, std::int64_t part) {
                                  nhwc::gelu_squares(x + first * channels, count, channels,
                                                     channel_sums(w) + part * channels);
                              });
            });
        });
        return kParts;
    }

    /// The same, fused. If the weights fit in the cache: one pass over pieces of places, which are
    /// normalised and expanded while in the cache. Otherwise two passes, the expansion panel by
    /// panel.
    std::int64_t expand_by_panels(Program& program) const {
        const auto places = program.places(), in = product_->in(), out = product_->out();
        const bool by_places = product_->stays_in_cache();
        // Independent of the number of threads, so that the sums have the same rounding.
        constexpr std::int64_t piece = 64;
        const auto pieces = (places + piece - 1) / piece;
        if (!by_places)
            norm_.compile(program, name_ + " norm", program.first);
        program.require(program.second,
                        static_cast<std::size_t>(places * out) * nhwc::value_bytes(bfloat16_));
        require_sums(program, pieces, out);
        Operation operation{name_ + (by_places ? " norm, expand, gelu" : " expand, gelu"),
                            PackedProduct::kKernel,
                            product_->flops(places),
                            {}};
        operation.run = [=, norm = norm_, panels = product_->panels(), from = program.first,
                         to = program.second, bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, from, bfloat16, [&](auto* source) {
                auto* const target = static_cast<decltype(source)>(w[to]);
                const auto count = [&](std::int64_t i) {
                    return std::min(piece, places - i * piece);
                };
                const auto expand = [&](const nhwc::Panel& panel, std::int64_t i) {
                    nhwc::panel_product(source + i * piece * in, count(i), in, panel,
                                        nhwc::After::Gelu, target + i * piece * out + panel.first,
                                        {out}, channel_sums(w) + i * out + panel.first);
                };
                if (by_places)
                    for_each_range(pieces, [&](std::int64_t begin, std::int64_t end, int) {
                        for (auto i = begin; i < end; ++i) {
                            norm.run(source + i * piece * in, count(i));
                            for (const auto& panel : panels)
                                expand(panel, i);
                        }
                    });
                else
                    for_each_panel_range(
                        panels, pieces,
                        [&](const nhwc::Panel& panel, std::int64_t begin, std::int64_t end, int) {
                            for (auto i = begin; i < end; ++i)
                                expand(panel, i);
                        });
            });
        };
        program.operations.push_back(std::move(operation));
        program.channels = out;
        return pieces;
    }

    /// Turns `rows` of sums of squares into the factors 1 + weight * G / (mean(G) + epsilon). The
    /// response's bias is included in the projection's.
    void add_response(Program& program, std::int64_t rows) const {
        program.add(name_ + " response",
                    [channels = program.channels, rows, weight = response_weight_,
                     epsilon = epsilon_](const Workspace& w) {
                        auto* const response = channel_sums(w);
                        nhwc::sum_places(response, rows, channels, response);
                        double total = 0;
                        for (std::int64_t c = 0; c < channels; ++c)
                            total += response[c] = std::sqrt(response[c]);
                        const auto mean = static_cast<float>(total / static_cast<double>(channels));
                        const auto* const factors = weight.data_ptr<float>();
                        for (std::int64_t c = 0; c < channels; ++c)
                            response[c] = 1.0f + factors[c] * (response[c] / (mean + epsilon));
                    });
    }

    std::string name_;
    std::unique_ptr<ExpandingDepthwise> own_depthwise_;  ///< on AVX-512, else `depthwise_`
    std::optional<PackedConvolution> depthwise_;
    ChannelNorm norm_;
    std::optional<PackedProduct> product_;     ///< the expansion on AVX-512, else `expand_`
    std::optional<PackedConvolution> expand_;  ///< without its activation
    torch::Tensor response_weight_;
    float epsilon_;
    ScaledConvolution project_;
    bool bfloat16_;
};

}  // namespace

std::unique_ptr<PackedStep> pack(const std::string& name, const ResponseBlockPlan& plan,
                                 const Arithmetic& arithmetic) {
    return std::make_unique<ResponseBlockStep>(name, plan, arithmetic);
}

}  // namespace dfd
