// Tests of attribution maps: small networks computed by hand, finite differences and goldens.
#include "core/networks/maps/attribution.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <ostream>
#include <stdexcept>

#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/trace_network.h"
#include "core/networks/maps/grad_cam.h"

namespace dfd {
namespace {

using Method = AttributionMethod;
using Target = AttributionTarget;

/// Layer "first" doubles red and green of the input; the last map adds 1 to the first channel.
/// Average pooling. Logits: real = -a, fake = 3 a - b + 0.5, with a and b the channels' means.
class TwoChannels : public ExpertNetwork {
  public:
    TwoChannels() { register_parameter("unused", torch::zeros({1})); }
    FeatureMap feature_map(const torch::Tensor& input) override {
        const auto first = tapped("first", input.narrow(1, 0, 2) * 2);
        return first + torch::tensor({1.0f, 0.0f}).view({1, 2, 1, 1});
    }
    torch::Tensor pool(const FeatureMap& features) override { return features.map.mean({2, 3}); }
    torch::Tensor logits(const FeatureMap& features) override {
        const auto pooled = pool(features);
        const auto a = pooled.select(1, 0), b = pooled.select(1, 1);
        return torch::stack({-a, 3 * a - b + 0.5}, 1);
    }
};

torch::Tensor small_picture() {
    return torch::tensor({1.0f, 2.0f, 0.0f, 4.0f, 5.0f, 0.0f, 1.0f, 0.0f, 9.0f, 9.0f, 9.0f, 9.0f})
        .view({1, 3, 2, 2});
}

torch::Tensor formula_picture(std::int64_t side) {
    const auto place = torch::arange(3 * side * side, torch::kFloat32);
    return (0.5 + 0.4 * (place * 0.37).sin() * (place * 0.011).cos()).view({1, 3, side, side});
}

std::shared_ptr<ExpertNetwork> formula_network(const std::string& architecture) {
    const torch::NoGradGuard no_gradients;
    auto network = make_network(architecture);
    if (architecture.starts_with("trace_")) {
        torch::manual_seed(5);  // also for the batch norms, which start as identities
        for (auto& parameter : network->parameters())
            parameter.add_(torch::randn_like(parameter) * 0.05);
        std::dynamic_pointer_cast<TraceNetwork>(network)->set_calibration(0.8, 0.3, -0.2);
    } else {
        fill_by_formula(*network, architecture, "a.", "a.");
    }
    return network;
}

double at(const torch::Tensor& map, std::int64_t row, std::int64_t column) {
    return map[row][column].item<double>();
}

TEST(Attribution, ByHandAtTheLastLayer) {
    // a = 2 red + 1: 3 5 1 9, b = 2 green: 10 0 2 0. d log-odds / da = 4 / 4, / db = -1 / 4.
    TwoChannels network;
    for (const auto method :
         {Method::GradCam, Method::GradCamPlusPlus, Method::LayerCam, Method::Exact}) {
        SCOPED_TRACE(method_name(method));
        const auto found = attribute(network, small_picture(), method, Target::LogOdds);
        EXPECT_NEAR(at(found.map, 0, 0), 3 - 2.5, 1e-6);
        EXPECT_NEAR(at(found.map, 0, 1), 5, 1e-6);
        EXPECT_NEAR(at(found.map, 1, 0), 1 - 0.5, 1e-6);
        EXPECT_NEAR(at(found.map, 1, 1), 9, 1e-6);
        EXPECT_NEAR(found.value, 4 * 4.5 - 3 + 0.5, 1e-6);
        EXPECT_NEAR(found.rest, 0.5, 1e-5);  // the bias
        EXPECT_FALSE(found.divisor_held);
    }
    const auto real = attribute(network, small_picture(), Method::Exact, Target::Real);
    EXPECT_NEAR(at(real.map, 1, 1), -9.0 / 4, 1e-6);
    EXPECT_NEAR(real.rest, 0, 1e-6);
}

TEST(Attribution, ByHandAtAnEarlierLayer) {
    // a = 2 red here: the 1 that is added later does not come from the picture.
    TwoChannels network;
    const auto found =
        attribute(network, small_picture(), Method::GradCam, Target::LogOdds, "first");
    EXPECT_FALSE(found.last_layer);
    EXPECT_NEAR(at(found.map, 0, 0), 2 - 2.5, 1e-6);
    EXPECT_NEAR(at(found.map, 1, 1), 8, 1e-6);
    EXPECT_NEAR(found.rest, 4.5, 1e-5);
}

/// One channel and one logit with weights 1, 2, -1 and 4 for its locations, so g is not uniform.
class UnevenHead : public TwoChannels {
  public:
    FeatureMap feature_map(const torch::Tensor& input) override { return input.narrow(1, 0, 1); }
    torch::Tensor logits(const FeatureMap& features) override {
        const auto weights = torch::tensor({1.0f, 2.0f, -1.0f, 4.0f}).view({1, 1, 2, 2});
        const auto fake = (features.map * weights).sum({1, 2, 3});
        return torch::stack({torch::zeros_like(fake), fake}, 1);
    }
};

TEST(Attribution, MethodsDifferWhereTheGradientIsUneven) {
    UnevenHead network;
    const auto picture = small_picture();  // A = 1 2 0 4, sum 7
    const auto mean =
        attribute(network, picture, Method::GradCam, Target::Fake).map;  // mean g = 1.5
    EXPECT_NEAR(at(mean, 1, 1), 6, 1e-6);
    const auto layer = attribute(network, picture, Method::LayerCam, Target::Fake).map;
    EXPECT_NEAR(at(layer, 0, 1), 4, 1e-6);
    EXPECT_NEAR(at(layer, 1, 1), 16, 1e-6);
    // a = 1 / (2 + 7 g) for g = 1, 2, 4: 1/9, 1/16, 1/30. Towards the other class, the only
    // location with a gradient has weight 1.
    const double a = 1.0 / 9, b = 1.0 / 16, c = 1.0 / 30;
    const double weight = (a * 1 + b * 2 + c * 4) / (a + b + c) - 1;
    const auto plus = attribute(network, picture, Method::GradCamPlusPlus, Target::Fake).map;
    EXPECT_NEAR(at(plus, 0, 0), weight, 1e-6);
    EXPECT_NEAR(at(plus, 1, 1), 4 * weight, 1e-5);
}

TEST(Attribution, RefusesWhatItCannotExplain) {
    TwoChannels network;
    EXPECT_THROW((void)attribute(network, small_picture(), Method::GradCam, Target::Fake, "second"),
                 std::invalid_argument);
    EXPECT_THROW((void)attribute(network, small_picture(), Method::Exact, Target::Fake, "first"),
                 std::invalid_argument);
    EXPECT_TRUE(torch::GradMode::is_enabled());  // restored even after an exception
    EXPECT_EQ(method_of("gradcam++"), Method::GradCamPlusPlus);
    EXPECT_EQ(method_of("grad"), std::nullopt);
    EXPECT_EQ(target_of("log-odds"), Target::LogOdds);
}

class Attributed : public testing::TestWithParam<const char*> {};

TEST_P(Attributed, GradCamOfTheLastLayerMatchesGradCamToTheBit) {
    auto network = formula_network(GetParam());
    const auto input = formula_picture(96);
    const auto features = [&] {
        const torch::NoGradGuard no_gradients;
        return network->feature_map(input);
    }();
    const auto today = grad_cam(*network, features, 1);
    const auto found = attribute(*network, input, Method::GradCam, Target::Fake);
    EXPECT_TRUE(torch::equal(today.maps[0], found.map.relu()));
    EXPECT_TRUE(torch::equal(today.logits, found.logits));
}

TEST_P(Attributed, ExactPartsAndAConstantSumToTheValue) {
    auto network = formula_network(GetParam());
    const auto one = attribute(*network, formula_picture(96), Method::Exact, Target::LogOdds);
    const auto other =
        attribute(*network, formula_picture(96).flip(3) * 0.7, Method::Exact, Target::LogOdds);
    // `rest` does not depend on the picture, but the map does.
    EXPECT_GT((one.map - other.map).abs().max().item<double>(), 1e-4);
    EXPECT_NEAR(one.rest, other.rest, 2e-4 * (1 + std::abs(one.rest)));
    EXPECT_EQ(one.divisor_held, std::string(GetParam()).starts_with("convnext"));
    // Holding a divisor constant must not change the value.
    const auto plain = attribute(*network, formula_picture(96), Method::LayerCam, Target::LogOdds);
    EXPECT_NEAR(one.value, plain.value, 1e-4 * (1 + std::abs(plain.value)));
}

/// The layer's output, the target's gradient there, and the target's value.
struct Opened {
    torch::Tensor activation, gradient;
    double value = 0;
};
Opened open_at(ExpertNetwork& network, const torch::Tensor& input, const std::string& layer) {
    const torch::NoGradGuard trunk;
    ActivationTap tap(layer);
    const auto value =
        target_value(network.logits(network.feature_map(input)), Target::LogOdds).sum();
    return {tap.activation().detach(), torch::autograd::grad({value}, {tap.activation()}).front(),
            value.item<double>()};
}

/// An architecture, the size of the picture's change, and the tolerance.
struct Follows {
    const char* architecture;
    double change;
    double share;  ///< tolerated error as a share of the change in value
};
void PrintTo(const Follows& follows, std::ostream* out) {
    *out << follows.architecture;
}
class AttributedSmoothly : public testing::TestWithParam<Follows> {};

TEST_P(AttributedSmoothly, EarlierLayersFollowFiniteDifferences) {
    // A small change of the picture changes the layer by dA and the value by dv, with dv = sum g
    // dA, unless something behind the layer is missing from the gradient or counted twice. Trace
    // networks have kinks at every ReLU and every grey level, and prepare their pictures in
    // float32. A single direction may cross a kink, so several are tested together.
    const auto [architecture, size, share] = GetParam();
    auto network = formula_network(architecture);
    network->to(torch::kFloat64);
    const auto input = formula_picture(64).to(torch::kFloat64);
    const auto layers = earlier_layers(*network);
    ASSERT_FALSE(layers.empty());
    for (const auto& layer : {layers.front(), layers.at(layers.size() / 2), layers.back()}) {
        SCOPED_TRACE(layer.name);
        const auto here = open_at(*network, input, layer.name);
        EXPECT_EQ(here.activation.size(2), layer.rows);
        double changed = 0, missed = 0;
        for (int direction = 0; direction < 6; ++direction) {
            torch::manual_seed(static_cast<std::uint64_t>(direction) + 1);
            const auto change = torch::randn_like(input) * size;
            const auto ahead = open_at(*network, input + change, layer.name);
            const auto behind = open_at(*network, input - change, layer.name);
            const double expected = ahead.value - behind.value;
            const double predicted =
                (here.gradient * (ahead.activation - behind.activation)).sum().item<double>();
            changed += std::abs(expected);
            missed += std::abs(predicted - expected);
        }
        EXPECT_GT(changed, 0);
        EXPECT_LT(missed, share * changed);
    }
    EXPECT_TRUE(torch::GradMode::is_enabled());
}
INSTANTIATE_TEST_SUITE_P(Networks, AttributedSmoothly,
                         testing::Values(Follows{"tf_efficientnet_b0", 1e-3, 1e-3},
                                         Follows{"convnextv2_atto", 1e-3, 1e-3},
                                         Follows{"trace_luma", 3e-6, 0.1},
                                         Follows{"trace_blocks", 1e-6, 0.1},
                                         Follows{"trace_joint", 1e-6, 0.1}));
INSTANTIATE_TEST_SUITE_P(Networks, Attributed,
                         testing::Values("tf_efficientnet_b0", "convnextv2_atto", "trace_luma",
                                         "trace_blocks"));

}  // namespace
}  // namespace dfd
