// Networks built without initial values equal those built with them, once filled.
#include "core/networks/experts/initial_values.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"

namespace dfd {
namespace {

TEST(InitialValues, AreSkippedWhileTheGuardLives) {
    EXPECT_FALSE(WithoutInitialValues::active());
    {
        const WithoutInitialValues outer;
        { const WithoutInitialValues inner; }
        EXPECT_TRUE(WithoutInitialValues::active());
    }
    EXPECT_FALSE(WithoutInitialValues::active());
}

TEST(InitialValues, AreDrawnAsAsked) {
    torch::manual_seed(1);
    const auto layer = normal_convolution(torch::nn::Conv2dOptions(40, 60, 3).bias(true), 0.5);
    EXPECT_NEAR(layer->weight.std().item<double>(), 0.5, 0.02);
    EXPECT_EQ(layer->bias.abs().max().item<double>(), 0);
}

TEST(InitialValues, ANetworkWithoutThemIsTheSameOnceItIsFilled) {
    const torch::NoGradGuard no_gradients;
    for (const auto& architecture : architectures()) {
        if (architecture.name.find("_b") != std::string::npos && architecture.name.back() > '0')
            continue;  // b4 to b6 are larger versions of b0
        const auto drawn = make_network(architecture.name);
        const auto side = drawn->input_side();
        const auto input = torch::rand({1, 3, side > 0 ? side : 96, side > 0 ? side : 64});
        std::shared_ptr<ExpertNetwork> undrawn;
        {
            const WithoutInitialValues none;
            undrawn = make_network(architecture.name);
        }
        const auto wanted = named_tensors(*drawn), got = named_tensors(*undrawn);
        ASSERT_EQ(wanted.size(), got.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(wanted[i].name, got[i].name);
            EXPECT_EQ(wanted[i].tensor.sizes(), got[i].tensor.sizes()) << wanted[i].name;
            EXPECT_EQ(wanted[i].tensor.requires_grad(), got[i].tensor.requires_grad());
        }
        for (const auto& network : {drawn, undrawn})
            fill_by_formula(*network, architecture.name, "test.", "test.");
        EXPECT_TRUE(torch::equal(drawn->forward(input), undrawn->forward(input)))
            << architecture.name;
    }
}

}  // namespace
}  // namespace dfd
