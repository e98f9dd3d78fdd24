// Tests of the executor against the modules that define a network.
#include "core/networks/executor/trunk_executor.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/networks/executor/wide_kernels.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

std::shared_ptr<ExpertNetwork> filled(const std::string& architecture) {
    auto network = make_network(architecture);
    fill_by_formula(*network, architecture, "test.", "test.");
    return network;
}

torch::Tensor noise(int64_t pictures, int64_t height, int64_t width) {
    torch::manual_seed(7);
    return torch::randn({pictures, 3, height, width});
}

/// The largest difference, relative to the largest expected value.
double difference(const torch::Tensor& got, const torch::Tensor& expected) {
    EXPECT_EQ(got.sizes(), expected.sizes());
    return ((got - expected).abs().max() / expected.abs().max()).item<double>();
}

class Executor : public testing::TestWithParam<std::tuple<const char*, Kernels>> {
  protected:
    void SetUp() override {
        if (trunk_executor_name() == "none")
            GTEST_SKIP() << "This build has no oneDNN.";
        network = filled(std::get<0>(GetParam()));
        executor = make(false);
        ASSERT_NE(executor, nullptr);
    }
    [[nodiscard]] std::unique_ptr<TrunkExecutor> make(bool bfloat16) const {
        return make_trunk_executor(trunk_plan_of(*network), bfloat16, std::get<1>(GetParam()));
    }
    [[nodiscard]] static bool wide() {
        return std::get<1>(GetParam()) == Kernels::Best && nhwc::wide_kernels_support(false);
    }

    torch::NoGradGuard no_gradients;
    std::shared_ptr<ExpertNetwork> network;
    std::unique_ptr<TrunkExecutor> executor;
};
INSTANTIATE_TEST_SUITE_P(Small, Executor,
                         testing::Combine(testing::Values("convnextv2_atto", "tf_efficientnet_b0",
                                                          "tf_efficientnet_lite0"),
                                          testing::Values(Kernels::Best, Kernels::Portable)));

TEST_P(Executor, ReportsItsKernels) {
    executor->profile();
    (void)executor->run(noise(1, 64, 64));
    bool own = false;
    for (const auto& operation : executor->times())
        own = own || operation.kernel == "own:avx512";
    EXPECT_EQ(own, wide());
}

TEST_P(Executor, AgreesWithTheModulesAtAnySize) {
    for (const auto& [height, width] : {std::pair{64, 64}, {97, 131}, {33, 200}, {32, 32}}) {
        const auto input = noise(1, height, width);
        const auto got = executor->run(input);
        EXPECT_EQ(got.scalar_type(), torch::kFloat32);
        EXPECT_FALSE(got.requires_grad());
        EXPECT_LT(difference(got, network->feature_map(input).map), 1e-4)
            << height << " x " << width;
    }
}

TEST_P(Executor, NeighboursInABatchDoNotMatter) {
    const auto input = noise(3, 64, 96);
    const auto together = executor->run(input);
    for (int64_t i = 0; i < 3; ++i)
        EXPECT_TRUE(
            torch::equal(together.slice(0, i, i + 1), executor->run(input.slice(0, i, i + 1))));
    EXPECT_FALSE(torch::equal(together[0], together[1]));
}

TEST_P(Executor, ThreadsDoNotMatter) {
    const int threads = at::get_num_threads();
    const auto input = noise(1, 96, 96);
    const auto expected = executor->run(input);
    for (const int other : {1, 2, 3}) {
        at::set_num_threads(other);
        const auto got = executor->run(input);
        EXPECT_LT(difference(got, expected), 1e-5) << other;
        // Our own kernels do not split a sum across threads.
        if (wide()) {
            EXPECT_TRUE(torch::equal(got, expected)) << other;
        }
    }
    at::set_num_threads(threads);
}

TEST_P(Executor, EvictedSizesAreCompiledAgain) {
    const auto first = noise(1, 64, 64);
    const auto expected = executor->run(first);
    for (int64_t side = 72; side < 120; side += 8)
        (void)executor->run(noise(1, side, side));
    EXPECT_TRUE(torch::equal(executor->run(first), expected));
}

TEST_P(Executor, NeedsThePlansTensorsOnlyOnce) {
    const auto small = noise(1, 64, 64), large = noise(1, 160, 128);
    const auto expected_small = network->feature_map(small).map;
    const auto expected_large = network->feature_map(large).map;
    executor->prepare(64, 64);
    const auto tensors = tensors_of(trunk_plan_of(*network));
    ASSERT_FALSE(tensors.empty());
    release_tensors(trunk_plan_of(*network));
    for (const auto& tensor : tensors)
        EXPECT_EQ(tensor.numel(), 0);
    EXPECT_LT(difference(executor->run(small), expected_small), 1e-4);
    EXPECT_LT(difference(executor->run(large), expected_large), 1e-4);
    EXPECT_EQ(network->logits(executor->run(small)).sizes(), (std::vector<int64_t>{1, 2}));
}

TEST_P(Executor, SharesItsBuffersWithOthers) {
    const auto workspace = make_workspace();
    const auto one = make(false), other = make(false);
    one->use(workspace);
    other->use(workspace);
    const auto small = noise(1, 64, 64), large = noise(1, 128, 128);
    const auto expected = one->run(small);
    const auto of_large = other->run(large);
    EXPECT_TRUE(torch::equal(one->run(small), expected));
    EXPECT_TRUE(torch::equal(other->run(large), of_large));
}

TEST_P(Executor, ReportsTheTimesOfItsOperations) {
    const auto plan = trunk_plan_of(*network);
    EXPECT_TRUE(executor->times().empty());
    executor->profile();
    (void)executor->run(noise(2, 64, 64));
    double flops = 0;
    for (const auto& operation : executor->times()) {
        EXPECT_EQ(operation.runs, 2) << operation.name;
        EXPECT_FALSE(operation.kernel.empty()) << operation.name;
        flops += operation.flops;
    }
    // The small products of the gates are counted only in the plan.
    EXPECT_NEAR(flops / trunk_flops(plan, 64, 64), 1.0, 0.05);
    EXPECT_GT(executor->weight_bytes(), 0);
}

TEST_P(Executor, InBFloat16StaysNear) {
    if (!bfloat16_is_native())
        GTEST_SKIP() << "This processor has no bfloat16 products.";
    const auto input = noise(1, 128, 128);
    const auto narrow = make(true);
    const auto got = narrow->run(input), expected = network->feature_map(input).map;
    executor->prepare(128, 128);
    EXPECT_EQ(got.scalar_type(), torch::kFloat32);
    // ReLU6 does not damp rounding as SiLU and GELU do.
    const bool lite = std::string(std::get<0>(GetParam())).ends_with("lite0");
    EXPECT_LT(((got - expected).norm() / expected.norm()).item<double>(), lite ? 0.2 : 0.1);
    EXPECT_GT(difference(got, expected), 1e-6);  // it really computed in bfloat16
    // The gates stay float32, and narrow layers are padded.
    EXPECT_LT(narrow->weight_bytes(), 0.7 * static_cast<double>(executor->weight_bytes()) + 65536);
}

TEST(TrunkPlan, OfANetworkWithoutOneIsEmpty) {
    const auto network = make_network("trace_luma");
    EXPECT_TRUE(trunk_plan_of(*network).steps.empty());
    EXPECT_EQ(make_trunk_executor(trunk_plan_of(*network), false), nullptr);
    EXPECT_EQ(trunk_flops(trunk_plan_of(*network), 64, 64), 0);
}

TEST(TrunkPlan, CostsWhatThePapersSay) {
    // Multiply-adds: Woo et al. 2023 (ConvNeXt V2, 224 pixels), Tan and Le 2019 (EfficientNet).
    const auto giga = [](const char* name, int64_t side) {
        return trunk_flops(trunk_plan_of(*make_network(name)), side, side) / 2e9;
    };
    EXPECT_NEAR(giga("convnextv2_tiny", 224), 4.47, 0.05);
    EXPECT_NEAR(giga("convnextv2_atto", 224), 0.55, 0.01);
    EXPECT_NEAR(giga("tf_efficientnet_b0", 224), 0.39, 0.02);
    EXPECT_NEAR(giga("tf_efficientnet_lite0", 224), 0.39, 0.02);
    EXPECT_NEAR(giga("tf_efficientnet_b4", 380), 4.4, 0.2);
}

TEST(TrunkPlan, NamesEveryTensorOfTheTrunk) {
    for (const auto* name : {"convnextv2_atto", "tf_efficientnet_b0"}) {
        auto network = make_network(name);
        size_t head = 0;
        for (const auto& each : named_tensors(*network))
            if (each.name.starts_with("head.") || each.name.starts_with("classifier."))
                ++head;
        EXPECT_GT(head, 0u);
        EXPECT_EQ(tensors_of(trunk_plan_of(*network)).size() + head, named_tensors(*network).size())
            << name;
    }
}

}  // namespace
}  // namespace dfd
