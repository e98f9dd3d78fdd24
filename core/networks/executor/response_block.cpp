#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

/// Places whose normalised and expanded values are made and summed while they are in the cache.
constexpr std::int64_t kPiece = 256;

/// The response normalisation's bias, which every place has alike, as what the projection makes of
/// it.
ConvolutionPlan with_response_bias(const ResponseBlockPlan& plan) {
    auto project = plan.project;
    const auto weight = project.weight.flatten(1).to(torch::kFloat64);
    project.bias =
        project.bias.to(torch::kFloat64) + weight.mv(plan.response_bias.to(torch::kFloat64));
    return project;
}

/// Its activation is applied by ourselves, in the pass that sums the squares.
ConvolutionPlan without_activation(const ResponseBlockPlan& plan, const std::string& name) {
    if (plan.expand.activation != Activation::Gelu)
        throw std::invalid_argument("The block " + name + " has another activation than GELU.");
    auto expand = plan.expand;
    expand.activation = Activation::None;
    return expand;
}

class ResponseBlockStep final : public PackedStep {
  public:
    ResponseBlockStep(std::string name, const ResponseBlockPlan& plan, bool bfloat16)
        : name_(std::move(name)),
          depthwise_(plan.depthwise, bfloat16, PackedConvolution::As::Convolution),
          norm_(plan.norm, bfloat16),
          expand_(without_activation(plan, name_), bfloat16, PackedConvolution::As::MatrixProduct),
          response_weight_(plain(plan.response_weight)),
          epsilon_(static_cast<float>(plan.response_epsilon)),
          project_(with_response_bias(plan), bfloat16),
          bfloat16_(bfloat16) {}

    void compile(Program& program) override {
        const auto input = program.current;
        program.add(name_ + " depthwise",
                    depthwise_.compile(program.height, program.width, input, program.first));
        const auto pieces = program.places() / kPiece;
        const bool in_pieces = program.places() % kPiece == 0 && pieces >= 4 * loop_threads();
        if (in_pieces)
            expand_in_pieces(program, pieces);
        else
            expand_at_once(program);
        add_response(program, in_pieces ? pieces : kParts);
        project_.compile(program, name_ + " project", program.second, input, true);
    }

    [[nodiscard]] std::int64_t bytes() const override {
        return depthwise_.bytes() + norm_.bytes() + expand_.bytes() + project_.bytes() +
               bytes_of(response_weight_);
    }

  private:
    void need_sums(Program& program, std::int64_t rows, std::int64_t channels) const {
        program.need(Slot::Sums, static_cast<std::size_t>(rows * channels) * sizeof(float));
    }

    /// From `first` to `second`, and rows of sums of squares.
    void expand_at_once(Program& program) {
        norm_.compile(program, name_ + " norm", program.first);
        program.add(name_ + " expand",
                    expand_.compile(program.height, program.width, program.first, program.second));
        const auto channels = program.channels;
        need_sums(program, kParts, channels);
        program.add(name_ + " gelu", [places = program.places(), slot = program.second, channels,
                                      bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, slot, bfloat16, [&](auto* x) {
                for_each_part(places,
                              [&](std::int64_t first, std::int64_t count, std::int64_t part) {
                                  nhwc::gelu_squares(x + first * channels, count, channels,
                                                     sums(w) + part * channels);
                              });
            });
        });
    }

    void expand_in_pieces(Program& program, std::int64_t pieces) {
        auto piece = expand_.compile_piece(kPiece);
        const auto in = piece.shape.in, out = piece.shape.out;
        const auto threads = static_cast<std::size_t>(loop_threads());
        program.need(program.second, static_cast<std::size_t>(pieces) * piece.target_bytes);
        program.need(Slot::Scratch, threads * piece.scratch_bytes);
        need_sums(program, pieces, out);
        Operation operation{name_ + " norm, expand, gelu",
                            piece.kernel + ", own",
                            static_cast<double>(pieces) * piece.shape.flops,
                            {}};
        operation.run = [=, norm = norm_, from = program.first, to = program.second,
                         bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, from, bfloat16, [&](auto* source) {
                auto* const target = static_cast<decltype(source)>(w[to]);
                for_each_range(pieces, [&](std::int64_t begin, std::int64_t end, int thread) {
                    auto* const spare = static_cast<char*>(w[Slot::Scratch]) +
                                        static_cast<std::size_t>(thread) * piece.scratch_bytes;
                    for (auto i = begin; i < end; ++i) {
                        auto* const x = source + i * kPiece * in;
                        auto* const y = target + i * kPiece * out;
                        norm.run(x, kPiece);
                        piece.run_at(x, y, spare);
                        nhwc::gelu_squares(y, kPiece, out, sums(w) + i * out);
                    }
                });
            });
        };
        program.operations.push_back(std::move(operation));
        program.channels = out;
    }

    /// From `rows` of sums of squares to the factors 1 + weight * G / (mean(G) + epsilon). (The
    /// response's bias is part of the projection's.)
    void add_response(Program& program, std::int64_t rows) const {
        program.add(name_ + " response",
                    [channels = program.channels, rows, weight = response_weight_,
                     epsilon = epsilon_](const Workspace& w) {
                        auto* const response = sums(w);
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
    PackedConvolution depthwise_;
    ChannelNorm norm_;
    PackedConvolution expand_;
    torch::Tensor response_weight_;
    float epsilon_;
    ScaledConvolution project_;
    bool bfloat16_;
};

}  // namespace

std::unique_ptr<PackedStep> pack(const std::string& name, const ResponseBlockPlan& plan,
                                 bool bfloat16) {
    return std::make_unique<ResponseBlockStep>(name, plan, bfloat16);
}

}  // namespace dfd
