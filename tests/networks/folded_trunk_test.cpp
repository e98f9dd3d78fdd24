// Tests of FoldedTrunk on the processor, against the modules that define a network.
#include "core/networks/trunk/folded_trunk.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

/// Norm of the difference, relative to the expected value.
double difference(const torch::Tensor& got, const torch::Tensor& expected) {
    EXPECT_EQ(got.sizes(), expected.sizes());
    return ((got - expected).norm() / expected.norm()).item<double>();
}

class Folded : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        network = make_network(GetParam());
        fill_by_formula(*network, GetParam(), "test.", "test.");
        torch::manual_seed(3);
    }
    [[nodiscard]] FoldedTrunk trunk(torch::ScalarType type) const {
        return FoldedTrunk(trunk_plan_of(*network), torch::kCPU, type);
    }

    torch::NoGradGuard no_gradients;
    std::shared_ptr<ExpertNetwork> network;
};
INSTANTIATE_TEST_SUITE_P(Small, Folded,
                         testing::Values("convnextv2_atto", "tf_efficientnet_b0",
                                         "tf_efficientnet_lite0"));

TEST_P(Folded, AgreesWithTheModulesAtAnySizeAndBatch) {
    const auto folded = trunk(torch::kFloat32);
    for (const auto& [pictures, height, width] :
         {std::tuple{1, 64, 64}, {2, 97, 131}, {3, 33, 200}, {1, 32, 32}}) {
        const auto input = torch::randn({pictures, 3, height, width});
        const auto before = input.clone();
        const auto got = folded.run(input);
        EXPECT_EQ(got.scalar_type(), torch::kFloat32);
        EXPECT_LT(difference(got, network->feature_map(input).map), 2e-5)
            << height << " x " << width;
        EXPECT_TRUE(torch::equal(input, before));
    }
}

TEST_P(Folded, InBFloat16StaysNear) {
    const auto input = torch::randn({1, 3, 96, 96});
    const auto got = trunk(torch::kBFloat16).run(input);
    const auto expected = network->feature_map(input).map;
    EXPECT_EQ(got.scalar_type(), torch::kFloat32);
    // ReLU6 does not damp rounding as SiLU and GELU do.
    const bool lite = std::string(GetParam()).ends_with("lite0");
    EXPECT_LT(difference(got, expected), lite ? 0.2 : 0.1);
    EXPECT_GT(difference(got, expected), 1e-4);  // it really computed in bfloat16
    EXPECT_LT(trunk(torch::kBFloat16).weight_bytes(),
              0.55 * static_cast<double>(trunk(torch::kFloat32).weight_bytes()));
}

TEST_P(Folded, KeepsWeightsOfItsOwn) {
    const auto input = torch::randn({1, 3, 64, 64});
    const auto expected = network->feature_map(input).map;
    const auto folded = trunk(torch::kFloat32);
    for (auto& tensor : tensors_of(trunk_plan_of(*network)))
        tensor.zero_();
    release_tensors(trunk_plan_of(*network));
    EXPECT_LT(difference(folded.run(input), expected), 1e-5);
}

}  // namespace
}  // namespace dfd
