// Tests that a network's plan names exactly the layers that its feature map executes.
#include "core/networks/trunk/trunk_plan.h"

#include <ATen/record_function.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <map>
#include <sstream>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

/// Describes layers by their names, tensors, sizes and constants.
class Words {
  public:
    explicit Words(ExpertNetwork& network) {
        for (const auto& each : named_tensors(network))
            names_[each.tensor.data_ptr()] = each.name;
    }

    [[nodiscard]] std::string convolution(const torch::Tensor& weight, const torch::Tensor& bias,
                                          std::int64_t stride, std::int64_t groups,
                                          std::int64_t padded_height,
                                          std::int64_t padded_width) const {
        std::ostringstream out;
        out << layer("conv2d", {weight, bias}) << " stride " << stride << " groups " << groups
            << " on " << padded_height << " x " << padded_width;
        return out.str();
    }
    [[nodiscard]] std::string layer(const std::string& kind,
                                    const std::vector<torch::Tensor>& tensors) const {
        auto text = kind;
        for (const auto& tensor : tensors) {
            const auto name = tensor.defined() ? names_.find(tensor.data_ptr()) : names_.end();
            text += " " + (name == names_.end() ? "-" : name->second);
        }
        return text;
    }
    [[nodiscard]] std::string norm(const std::string& kind,
                                   const std::vector<torch::Tensor>& tensors,
                                   double epsilon) const {
        return layer(kind, tensors) + " " + std::to_string(epsilon * 1e9);
    }

  private:
    std::map<const void*, std::string> names_;
};

/// Records the operators that this thread calls, without those that they call in turn.
class Recorder {
  public:
    explicit Recorder(const Words& words) : words_(words) {
        current = this;
        handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(start, end)
                                                 .needsInputs(true)
                                                 .scopes({at::RecordScope::FUNCTION}));
    }
    ~Recorder() {
        at::removeCallback(handle_);
        current = nullptr;
    }
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    std::vector<std::string> layers;

  private:
    static std::unique_ptr<at::ObserverContext> start(const at::RecordFunction& function) {
        if (current->depth_++ == 0)
            current->add(function);
        return nullptr;
    }
    static void end(const at::RecordFunction&, at::ObserverContext*) { --current->depth_; }

    void add(const at::RecordFunction& function) {
        const auto name = std::string(function.name());
        const auto& inputs = function.inputs();
        const auto tensor = [&](std::size_t i) {
            return inputs[i].isTensor() ? inputs[i].toTensor() : torch::Tensor();
        };
        // Other views of the same values, and padding, which shows in a convolution's input.
        for (const auto* quiet : {"permute", "flatten", "to", "constant_pad_nd"})
            if (name == std::string("aten::") + quiet)
                return;
        if (name == "aten::conv2d") {
            const auto padding = inputs[4].toIntVector();
            const auto side = [&](std::int64_t dimension, std::size_t i) {
                return tensor(0).size(dimension) + 2 * padding.at(i < padding.size() ? i : 0);
            };
            layers.push_back(words_.convolution(tensor(1), tensor(2),
                                                inputs[3].toIntVector().front(), inputs[6].toInt(),
                                                side(2, 0), side(3, 1)));
        } else if (name == "aten::batch_norm") {
            layers.push_back(words_.norm("batch_norm", {tensor(1), tensor(2), tensor(3), tensor(4)},
                                         inputs[7].toDouble()));
        } else if (name == "aten::layer_norm") {
            layers.push_back(
                words_.norm("layer_norm", {tensor(2), tensor(3)}, inputs[4].toDouble()));
        } else if (name == "aten::linear") {
            layers.push_back(words_.layer("linear", {tensor(1), tensor(2)}));
        } else if (name == "aten::addcmul") {
            layers.push_back(words_.layer("addcmul", {tensor(0), tensor(1)}));
        } else if (name == "aten::add" && inputs[1].isDouble()) {
            layers.push_back(words_.norm("add", {}, inputs[1].toDouble()));
        } else {
            layers.push_back(name.starts_with("aten::") ? name.substr(6) : name);
        }
    }

    static thread_local Recorder* current;
    const Words& words_;
    at::CallbackHandle handle_;
    int depth_ = 0;
};
thread_local Recorder* Recorder::current = nullptr;

/// What the plan's steps say, each layer with the name of its step.
struct Planned {
    const Words& words;
    std::int64_t height, width, channels = 0;
    std::string step;
    std::vector<std::pair<std::string, std::string>> layers;

    void add(const std::string& layer) { layers.emplace_back(step, layer); }
    void add(Activation activation) {
        if (activation != Activation::None)
            add(activation == Activation::Silu   ? "silu"
                : activation == Activation::Gelu ? "gelu"
                                                 : "clamp");
    }
    void operator()(const ConvolutionPlan& plan) {
        const auto shape = shape_of(plan, height, width);
        add(words.convolution(plan.weight, plan.bias, plan.stride, plan.groups,
                              height + shape.rows.before + shape.rows.after,
                              width + shape.columns.before + shape.columns.after));
        if (plan.norm)
            add(words.norm(
                "batch_norm",
                {plan.norm->weight, plan.norm->bias, plan.norm->mean, plan.norm->variance},
                plan.norm->epsilon));
        add(plan.activation);
        height = shape.out_height;
        width = shape.out_width;
        channels = shape.out;
    }
    void operator()(const ChannelNormPlan& plan) {
        add(words.norm("layer_norm", {plan.weight, plan.bias}, plan.epsilon));
    }
    void operator()(const InvertedResidualPlan& plan) {
        if (plan.expand)
            (*this)(*plan.expand);
        (*this)(plan.depthwise);
        if (plan.gate) {
            add("mean");
            add(words.convolution(plan.gate->reduce_weight, plan.gate->reduce_bias, 1, 1, 1, 1));
            add("silu");
            add(words.convolution(plan.gate->expand_weight, plan.gate->expand_bias, 1, 1, 1, 1));
            add("sigmoid");
            add("mul");
        }
        (*this)(plan.project);
        if (plan.residual)
            add("add");
    }
    void operator()(const ResponseBlockPlan& plan) {
        const auto linear = [&](const ConvolutionPlan& of) {
            add(words.layer("linear", {of.weight, of.bias}));
            add(of.activation);
        };
        (*this)(plan.depthwise);
        (*this)(plan.norm);
        linear(plan.expand);
        add("norm");
        add("mean");
        add(words.norm("add", {}, plan.response_epsilon));
        add("div");
        add("mul");
        add(words.layer("addcmul", {plan.response_bias, plan.response_weight}));
        add("add");
        linear(plan.project);
        add("add");
    }
};

class TrunkPlanOf : public testing::TestWithParam<Architecture> {};
INSTANTIATE_TEST_SUITE_P(Every, TrunkPlanOf, testing::ValuesIn(architectures()),
                         [](const auto& each) { return each.param.name; });

TEST_P(TrunkPlanOf, NamesTheLayersThatRun) {
#ifndef NDEBUG
    GTEST_SKIP() << "LibTorch's headers lay out RecordFunction differently in debug builds.";
#endif
    const auto network = make_network(GetParam().name);
    const auto plan = trunk_plan_of(*network);
    // Only convolutional networks of inputs of a fixed scale have plans.
    ASSERT_EQ(plan.steps.empty(), GetParam().native_resolution || network->input_side() > 0);
    if (plan.steps.empty())
        return;
    const torch::NoGradGuard no_gradients;
    const auto input = torch::randn({1, 3, 96, 75});
    const Words words(*network);
    Planned planned{words, input.size(2), input.size(3), 0, {}, {}};
    for (const auto& step : plan.steps) {
        planned.step = step.name;
        std::visit(planned, step.what);
    }
    Recorder executed(words);
    const auto features = network->feature_map(input).map;
    ASSERT_GT(executed.layers.size(), 20u);
    for (std::size_t i = 0; i < std::max(executed.layers.size(), planned.layers.size()); ++i) {
        ASSERT_LT(i, executed.layers.size()) << "only planned: " << planned.layers[i].second;
        ASSERT_LT(i, planned.layers.size()) << "only executed: " << executed.layers[i];
        ASSERT_EQ(executed.layers[i], planned.layers[i].second) << planned.layers[i].first;
    }
    EXPECT_EQ(features.sizes(),
              (std::vector{std::int64_t{1}, planned.channels, planned.height, planned.width}));
}

}  // namespace
}  // namespace dfd
