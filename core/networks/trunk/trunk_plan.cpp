#include "core/networks/trunk/trunk_plan.h"

#include <algorithm>
#include <initializer_list>

#include "core/networks/trunk/side_by_side.h"

namespace dfd {
namespace {

/// Sums up costs while tracking the sizes from step to step.
struct Cost {
    std::int64_t height, width;
    double of_depthwise = 1;  ///< weight of one operation of a depthwise convolution
    double flops = 0;

    void operator()(const ConvolutionPlan& plan) {
        const auto shape = shape_of(plan, height, width);
        flops += plan.groups > 1 ? of_depthwise * shape.flops : shape.flops;
        height = shape.out_height;
        width = shape.out_width;
    }
    void operator()(const ChannelNormPlan&) {}
    void operator()(const InvertedResidualPlan& plan) {
        if (plan.expand)
            (*this)(*plan.expand);
        (*this)(plan.depthwise);
        if (plan.gate)
            flops += 2.0 * static_cast<double>(plan.gate->reduce_weight.numel() +
                                               plan.gate->expand_weight.numel());
        (*this)(plan.project);
    }
    void operator()(const ResponseBlockPlan& plan) {
        (*this)(plan.depthwise);
        (*this)(plan.expand);
        (*this)(plan.project);
    }
};

double cost_of(const TrunkPlan& plan, Cost cost) {
    for (const auto& step : plan.steps)
        std::visit(cost, step.what);
    return cost.flops;
}

/// Chosen so that the cost is proportional to single-thread time, within 5 %, for the published
/// experts on the AVX-512 kernels. On other CPUs depthwise convolutions cost more.
constexpr double kDepthwiseCost = 3;

struct Collector {
    std::vector<torch::Tensor> tensors;

    void add(std::initializer_list<torch::Tensor> some) {
        for (const auto& tensor : some)
            if (tensor.defined())
                tensors.push_back(tensor);
    }
    void operator()(const ConvolutionPlan& plan) {
        add({plan.weight, plan.bias});
        if (plan.norm)
            add({plan.norm->weight, plan.norm->bias, plan.norm->mean, plan.norm->variance});
    }
    void operator()(const ChannelNormPlan& plan) { add({plan.weight, plan.bias}); }
    void operator()(const InvertedResidualPlan& plan) {
        if (plan.expand)
            (*this)(*plan.expand);
        (*this)(plan.depthwise);
        if (plan.gate)
            add({plan.gate->reduce_weight, plan.gate->reduce_bias, plan.gate->expand_weight,
                 plan.gate->expand_bias});
        (*this)(plan.project);
    }
    void operator()(const ResponseBlockPlan& plan) {
        (*this)(plan.depthwise);
        (*this)(plan.norm);
        (*this)(plan.expand);
        add({plan.response_weight, plan.response_bias});
        (*this)(plan.project);
    }
};

}  // namespace

std::vector<torch::Tensor> tensors_of(const TrunkPlan& plan) {
    Collector collector;
    for (const auto& step : plan.steps)
        std::visit(collector, step.what);
    return collector.tensors;
}

void release_tensors(const TrunkPlan& plan) {
    const torch::NoGradGuard no_gradients;
    for (auto& tensor : tensors_of(plan))
        tensor.set_data(torch::empty({0}, tensor.options()));
}

bool is_depthwise(const ConvolutionPlan& plan) {
    return plan.weight.dim() == 4 && plan.weight.size(1) == 1 &&
           plan.groups == plan.weight.size(0) && plan.groups > 1;
}

ConvolutionPlan without_values(ConvolutionPlan plan) {
    return {.weight = torch::empty(plan.weight.sizes(), torch::device(torch::kMeta)),
            .bias = {},
            .norm = {},
            .stride = plan.stride,
            .groups = plan.groups,
            .padding = plan.padding,
            .activation = plan.activation};
}

Padding same_padding(std::int64_t input, std::int64_t kernel, std::int64_t stride) {
    const auto total =
        std::max<std::int64_t>(((input + stride - 1) / stride - 1) * stride + kernel - input, 0);
    return {total / 2, total - total / 2};
}

ConvolutionShape shape_of(const ConvolutionPlan& plan, std::int64_t height, std::int64_t width) {
    ConvolutionShape shape;
    shape.out = plan.weight.size(0);
    shape.in = plan.weight.size(1) * plan.groups;
    shape.kernel = plan.weight.dim() == 4 ? plan.weight.size(2) : 1;
    shape.height = height;
    shape.width = width;
    const auto side = [&](std::int64_t input, Padding& padding) {
        padding = plan.padding ? Padding{*plan.padding, *plan.padding}
                               : same_padding(input, shape.kernel, plan.stride);
        return (input + padding.before + padding.after - shape.kernel) / plan.stride + 1;
    };
    shape.out_height = side(height, shape.rows);
    shape.out_width = side(width, shape.columns);
    shape.flops = 2.0 * static_cast<double>(plan.weight.numel()) *
                  static_cast<double>(shape.out_height * shape.out_width);
    return shape;
}

double trunk_flops(const TrunkPlan& plan, std::int64_t height, std::int64_t width) {
    return cost_of(plan, {height, width});
}

double trunk_cost(const TrunkPlan& plan, std::int64_t height, std::int64_t width) {
    return cost_of(plan, {height, width, kDepthwiseCost});
}

}  // namespace dfd
