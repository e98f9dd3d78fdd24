#include <algorithm>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "core/networks/executor/depthwise.h"
#include "core/networks/executor/steps.h"

namespace dfd {
namespace {

/// From this many bytes on, what `expand` makes of a whole picture is not kept: each row is made
/// when the depthwise convolution reaches it, in a ring of as many rows as its kernel has.
constexpr std::size_t kTooLarge = std::size_t{6} << 20;

/// The depthwise convolution of one size, on all threads or row by row.
struct Depthwise {
    nhwc::DepthwiseShape shape;
    torch::Tensor weight, bias;  ///< [kernel * kernel, channels], [channels]
    std::int64_t height = 0, out_height = 0;
    std::int64_t above = 0;  ///< rows of zeroes

    /// Rows [begin, end); row_at(y) gives the input's row y, which lies inside the picture.
    template <typename T, typename RowAt>
    void run(std::int64_t begin, std::int64_t end, const RowAt& row_at, T* out,
             float* row_sums) const {
        std::vector<const T*> rows;
        const auto top = begin * shape.stride - above;
        const auto bottom = (end - 1) * shape.stride - above + shape.kernel;
        for (auto y = top; y < bottom; ++y)
            rows.push_back(y < 0 || y >= height ? nullptr : row_at(y));
        nhwc::depthwise_rows(shape, end - begin, rows.data(), weight.data_ptr<float>(),
                             bias.data_ptr<float>(), out + begin * shape.out_width * shape.channels,
                             row_sums + begin * shape.channels);
    }
    [[nodiscard]] std::size_t out_values() const {
        return static_cast<std::size_t>(out_height * shape.out_width * shape.channels);
    }
};

class InvertedResidualStep final : public PackedStep {
  public:
    InvertedResidualStep(std::string name, const InvertedResidualPlan& plan, bool bfloat16)
        : name_(std::move(name)),
          depthwise_plan_(plan.depthwise),
          depthwise_(fold(plan.depthwise)),
          reduce_weight_(plain(plan.gate.reduce_weight)),
          reduce_bias_(plain(plan.gate.reduce_bias)),
          expand_weight_(plain(plan.gate.expand_weight)),
          expand_bias_(plain(plan.gate.expand_bias)),
          project_(plan.project, bfloat16),
          residual_(plan.residual),
          bfloat16_(bfloat16) {
        if (plan.expand)
            expand_.emplace(*plan.expand, bfloat16, PackedConvolution::As::MatrixProduct);
        if (depthwise_plan_.activation != Activation::Silu || depthwise_plan_.groups == 1)
            throw std::invalid_argument("The block " + name_ +
                                        " has another depthwise convolution than the executor's.");
        // [C,1,k,k] -> [k * k,C]: a place's channels lie side by side.
        depthwise_.weight = depthwise_.weight.flatten(1).t().contiguous();
        depthwise_plan_.weight =
            torch::empty(plan.depthwise.weight.sizes(), torch::device(torch::kMeta));
        depthwise_plan_.bias = torch::Tensor();
        depthwise_plan_.norm.reset();
    }

    void compile(Program& program) override {
        const auto input = program.current;
        const auto depthwise = depthwise_for(program.height, program.width);
        program.need(Slot::Sums, static_cast<std::size_t>((depthwise.out_height + 1) *
                                                          depthwise.shape.channels) *
                                     sizeof(float));
        program.need(program.second, depthwise.out_values() * value_bytes());
        const auto expanded =
            static_cast<std::size_t>(program.places() * depthwise.shape.channels) * value_bytes();
        if (expand_ && expanded >= kTooLarge)
            add_expanding_depthwise(program, depthwise, input);
        else
            add_depthwise(program, depthwise, input);
        program.channels = depthwise.shape.channels;
        program.height = depthwise.out_height;
        program.width = depthwise.shape.out_width;
        add_gate(program);
        project_.compile(program, name_ + " project", program.second,
                         residual_ ? input : program.first, residual_);
        if (!residual_)
            program.keep_first();
    }

    [[nodiscard]] std::int64_t bytes() const override {
        return (expand_ ? expand_->bytes() : 0) + bytes_of(depthwise_.weight) +
               bytes_of(depthwise_.bias) + project_.bytes() + bytes_of(reduce_weight_) +
               bytes_of(reduce_bias_) + bytes_of(expand_weight_) + bytes_of(expand_bias_);
    }

  private:
    [[nodiscard]] std::size_t value_bytes() const { return bfloat16_ ? 2 : 4; }

    [[nodiscard]] Depthwise depthwise_for(std::int64_t height, std::int64_t width) const {
        const auto shape = shape_of(depthwise_plan_, height, width);
        Depthwise depthwise;
        depthwise.shape = {shape.kernel, depthwise_plan_.stride, shape.out,
                           width,        shape.out_width,        shape.columns.before};
        depthwise.weight = depthwise_.weight;
        depthwise.bias = depthwise_.bias;
        depthwise.height = height;
        depthwise.out_height = shape.out_height;
        depthwise.above = shape.rows.before;
        if (!nhwc::depthwise_supports(depthwise.shape))
            throw std::invalid_argument("The depthwise convolution of " + name_ +
                                        " is beyond the executor.");
        return depthwise;
    }

    /// Expands the whole picture into `first`, if at all; then row by row into `second`.
    void add_depthwise(Program& program, const Depthwise& depthwise, Slot input) {
        auto source = input;
        if (expand_) {
            program.add(name_ + " expand",
                        expand_->compile(program.height, program.width, source, program.first));
            source = program.first;
        }
        Operation operation{name_ + " depthwise", "own", flops_of(depthwise), {}};
        operation.run = [depthwise, source, to = program.second,
                         bfloat16 = bfloat16_](const Workspace& w) {
            const auto row = depthwise.shape.width * depthwise.shape.channels;
            with_values(w, to, bfloat16, [&](auto* out) {
                const auto* const in = static_cast<decltype(out)>(w[source]);
                for_each_range(depthwise.out_height, [&](std::int64_t begin, std::int64_t end,
                                                         int) {
                    depthwise.run(
                        begin, end, [&](std::int64_t at) { return in + at * row; }, out, sums(w));
                });
            });
        };
        program.operations.push_back(std::move(operation));
    }

    void add_expanding_depthwise(Program& program, const Depthwise& depthwise, Slot input) {
        const auto piece = expand_->compile_piece(program.width);
        const auto ring_bytes =
            static_cast<std::size_t>(depthwise.shape.kernel) * piece.target_bytes;
        const auto threads = static_cast<std::size_t>(loop_threads());
        program.need(program.first, threads * ring_bytes);
        program.need(Slot::Scratch, threads * piece.scratch_bytes);
        Operation operation{
            name_ + " expand, depthwise",
            piece.kernel + ", own",
            flops_of(depthwise) + piece.shape.flops * static_cast<double>(program.height),
            {}};
        operation.run = [depthwise, piece, ring_bytes, input, ring = program.first,
                         to = program.second, bfloat16 = bfloat16_](const Workspace& w) {
            with_values(w, to, bfloat16, [&](auto* out) {
                const auto* const in = static_cast<decltype(out)>(w[input]);
                for_each_range(depthwise.out_height, [&](std::int64_t begin, std::int64_t end,
                                                         int thread) {
                    const auto own = static_cast<std::size_t>(thread);
                    expand_rows(depthwise, piece, begin, end, in, out,
                                reinterpret_cast<decltype(out)>(static_cast<char*>(w[ring]) +
                                                                own * ring_bytes),
                                static_cast<char*>(w[Slot::Scratch]) + own * piece.scratch_bytes,
                                sums(w));
                });
            });
        };
        program.operations.push_back(std::move(operation));
    }

    /// Output rows [begin, end): the input's rows are expanded into the ring as they are reached.
    template <typename T>
    static void expand_rows(const Depthwise& depthwise, const CompiledConvolution& piece,
                            std::int64_t begin, std::int64_t end, const T* in, T* out, T* ring,
                            void* spare, float* row_sums) {
        const auto& shape = depthwise.shape;
        const auto in_row = shape.width * piece.shape.in, row = shape.width * shape.channels;
        const auto in_ring = [&](std::int64_t y) { return ring + y % shape.kernel * row; };
        auto next = std::max<std::int64_t>(begin * shape.stride - depthwise.above, 0);
        for (auto y = begin; y < end; ++y) {
            const auto last =
                std::min(y * shape.stride - depthwise.above + shape.kernel, depthwise.height);
            for (; next < last; ++next)
                piece.run_at(in + next * in_row, in_ring(next), spare);
            depthwise.run(y, y + 1, in_ring, out, row_sums);
        }
    }

    [[nodiscard]] static double flops_of(const Depthwise& depthwise) {
        return 2.0 * static_cast<double>(depthwise.out_values()) *
               static_cast<double>(depthwise.shape.kernel * depthwise.shape.kernel);
    }

    /// From the rows of sums to the factors at Slot::Sums.
    void add_gate(Program& program) const {
        program.add(name_ + " gate", [rows = program.height, channels = program.channels,
                                      places = program.places(), reduce_weight = reduce_weight_,
                                      reduce_bias = reduce_bias_, expand_weight = expand_weight_,
                                      expand_bias = expand_bias_](const Workspace& w) {
            auto* const mean = sums(w);
            auto* const squeezed = mean + rows * channels;
            nhwc::sum_places(mean, rows, channels, mean);
            for (std::int64_t c = 0; c < channels; ++c)
                mean[c] /= static_cast<float>(places);
            const auto reduced = reduce_bias.numel();
            nhwc::multiply_rows(reduce_weight.data_ptr<float>(), reduce_bias.data_ptr<float>(),
                                mean, reduced, channels, squeezed);
            nhwc::silu(squeezed, reduced);
            // The mean has been read: the factors take its place.
            nhwc::multiply_rows(expand_weight.data_ptr<float>(), expand_bias.data_ptr<float>(),
                                squeezed, channels, reduced, mean);
            nhwc::sigmoid(mean, channels);
        });
    }

    std::string name_;
    std::optional<PackedConvolution> expand_;
    ConvolutionPlan depthwise_plan_;  ///< for its sizes: its weight is [k * k,C] below
    FoldedConvolution depthwise_;
    torch::Tensor reduce_weight_, reduce_bias_, expand_weight_, expand_bias_;
    ScaledConvolution project_;
    bool residual_;
    bool bfloat16_;
};

}  // namespace

std::unique_ptr<PackedStep> pack(const std::string& name, const InvertedResidualPlan& plan,
                                 bool bfloat16) {
    return std::make_unique<InvertedResidualStep>(name, plan, bfloat16);
}

}  // namespace dfd
