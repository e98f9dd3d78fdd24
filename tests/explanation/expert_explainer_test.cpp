// Tests of explanations, on networks whose true evidence is known.
#include "core/engine/scoring/expert_explainer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/networks/executor/trunk_executor.h"
#include "core/networks/experts/activation_tap.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

constexpr int kSide = 128;

/// Log-odds: 60 * mean of (red - green) over cells of 8 x 8 pixels, minus 1. Red places look fake,
/// green ones real. With `turned`, the feature map is shifted to wrong places, which does not
/// change the logits: its maps are wrong.
class RedAgainstGreen : public ExpertNetwork {
  public:
    explicit RedAgainstGreen(bool turned = false) : turned_(turned) {
        register_parameter("unused", torch::zeros({1}));
    }
    FeatureMap feature_map(const torch::Tensor& input) override {
        ++runs;
        auto places = torch::avg_pool2d(input.narrow(1, 0, 2), 8);
        places = tapped("places", places);
        return turned_ ? places.roll({5, 6}, {2, 3}) : places;
    }
    torch::Tensor pool(const FeatureMap& features) override { return features.map.mean({2, 3}); }
    torch::Tensor logits(const FeatureMap& features) override {
        const auto pooled = pool(features);
        const auto odds = 60 * (pooled.select(1, 0) - pooled.select(1, 1)) - 1;
        return torch::stack({odds * -0.5, odds * 0.5}, 1);
    }

    std::atomic<int> runs = 0;  // pictures are scored in parallel

  private:
    bool turned_;
};

/// Grey, with a red patch above and left of the centre and a green one at the lower right.
Pixels patched() {
    Pixels pixels{kSide, kSide, std::vector<std::uint8_t>(3 * kSide * kSide, 100)};
    const auto paint = [&](int from, int to, std::size_t channel) {
        for (int y = from; y < to; ++y)
            for (int x = from; x < to; ++x)
                pixels.rgb[3 * static_cast<std::size_t>(y * kSide + x) + channel] = 250;
    };
    paint(24, 56, 0);
    paint(88, 112, 1);
    return pixels;
}

ExpertRecord native() {
    ExpertRecord record;
    record.name = "red";
    record.architecture = "red_against_green";
    record.gradcam_layer = "places";
    record.input = {Resize::Native, 0, {0, 0, 0}, {1, 1, 1}};
    return record;
}

ExpertExplanation explained(ExpertNetwork& network, const ExplainOptions& options = {},
                            const std::stop_token& stop = {}, const ExpertProgress& progress = {}) {
    return explain_expert(network, native(), patched(), torch::kCPU, options, stop, progress);
}

TEST(ExpertExplainer, CorrectEvidenceIsSupportedAndMeasuredInLogits) {
    RedAgainstGreen network;
    const auto found = explained(network);
    ASSERT_TRUE(found.test);
    EXPECT_EQ(found.test->verdict, Support::Supported) << deletion_sentence(*found.test);
    EXPECT_EQ(found.map.rows, 16);
    // The patches cover 16 and 9 of 256 cells with 150 / 255 each; the log-odds are 60 times the
    // mean.
    const double place = 60 * 150.0 / 255 / 256;
    EXPECT_NEAR(found.value, (16 - 9) * place - 1, 1e-4);
    EXPECT_NEAR(found.rest, -1, 1e-4);  // the bias, which belongs to no place
    EXPECT_NEAR(sum_of(found.map), (16 - 9) * place, 1e-4);
    EXPECT_NEAR(found.test->whole, found.value, 1e-6);
    EXPECT_DOUBLE_EQ(found.logits[1] - found.logits[0], found.value);
    const auto at = [&](int row, int column) {
        return static_cast<double>(found.map.values[static_cast<std::size_t>(row * 16 + column)]);
    };
    EXPECT_NEAR(at(4, 4) - at(0, 0), place, 1e-5);
    EXPECT_LT(at(12, 12), 0);
}

TEST(ExpertExplainer, EvidenceInWindowsIsTestedInTheWindowsAlone) {
    RedAgainstGreen network;
    auto record = native();
    record.input.windows = WindowPolicy{64, 3};  // of 4 slots, without a gap
    const auto whole = explained(network);
    const auto found = explain_expert(network, record, patched(), torch::kCPU, {}, {}, {});
    ASSERT_TRUE(found.test);
    EXPECT_EQ(found.test->verdict, Support::Supported) << deletion_sentence(*found.test);
    ASSERT_EQ(found.map.rows, 16);
    ASSERT_EQ(found.map.columns, 16);
    // The head is a mean over what was looked at: 3 quarters of the picture.
    int looked = 0;
    for (std::size_t i = 0; i < 256; ++i)
        if (looked_at(found.map.values[i])) {
            EXPECT_NEAR(found.map.values[i], whole.map.values[i] * 4 / 3, 1e-4);
            ++looked;
        }
    EXPECT_EQ(looked, 192);
    EXPECT_NEAR(sum_of(found.map) - 1, found.value, 1e-4);
    ExplainOptions everywhere;
    everywhere.everywhere = true;
    EXPECT_EQ(
        explain_expert(network, record, patched(), torch::kCPU, everywhere, {}, {}).map.values,
        whole.map.values);
    ExplainOptions earlier;
    earlier.layer = "places";
    earlier.method = AttributionMethod::GradCam;
    earlier.test = false;
    const auto places = explain_expert(network, record, patched(), torch::kCPU, earlier, {}, {});
    EXPECT_EQ(places.layer, "places");
    for (std::size_t i = 0; i < 256; ++i)
        if (looked_at(found.map.values[i])) {
            EXPECT_NEAR(places.map.values[i], found.map.values[i], 1e-4);
        }
}

TEST(ExpertExplainer, AMapInTheWrongPlacesIsNotSupported) {
    RedAgainstGreen network(true);
    const auto found = explained(network);
    EXPECT_NE(found.test.value().verdict, Support::Supported) << deletion_sentence(*found.test);
    // An earlier layer, before the shift, has the right places.
    ExplainOptions earlier;
    earlier.layer = "places";
    const auto true_map = explained(network, earlier);
    EXPECT_EQ(true_map.test.value().verdict, Support::Supported)
        << deletion_sentence(*true_map.test);
    EXPECT_EQ(true_map.method, AttributionMethod::LayerCam);  // no method is exact at this layer
    EXPECT_EQ(true_map.layer, "places");
    EXPECT_FALSE(true_map.last_layer);
}

TEST(ExpertExplainer, TheTargetRealNegatesTheMap) {
    RedAgainstGreen network;
    ExplainOptions options;
    options.test = false;
    const auto odds = explained(network, options);
    options.target = AttributionTarget::Real;
    const auto real = explained(network, options);
    EXPECT_FALSE(real.test);
    EXPECT_NEAR(real.value, -odds.value / 2, 1e-5);
    for (std::size_t i = 0; i < odds.map.values.size(); i += 17)
        EXPECT_NEAR(real.map.values[i], -odds.map.values[i] / 2, 1e-5);
}

TEST(ExpertExplainer, StopsBetweenBatches) {
    RedAgainstGreen network;
    std::stop_source stopping;
    double reached = 0;
    EXPECT_THROW((void)explained(network, {}, stopping.get_token(),
                                 [&](double done) {
                                     reached = done;
                                     stopping.request_stop();
                                 }),
                 Cancelled);
    EXPECT_GT(reached, 0);
    EXPECT_LT(reached, 1);
    const int runs = network.runs;
    EXPECT_THROW((void)explained(network, {}, stopping.get_token()), Cancelled);
    EXPECT_EQ(network.runs, runs);  // nothing is computed for a request that was already stopped
}

TEST(ExpertExplainer, ProgressEndsAtOneAndTinyPicturesAreNotTested) {
    RedAgainstGreen network;
    double reached = 0;
    (void)explained(network, {}, {}, [&](double done) {
        EXPECT_GT(done, reached);
        reached = done;
    });
    EXPECT_EQ(reached, 1);
    const Pixels tiny{16, 16, std::vector<std::uint8_t>(3 * 16 * 16, 9)};
    const auto found = explain_expert(network, native(), tiny, torch::kCPU, {}, {}, {});
    EXPECT_EQ(found.test.value().verdict, Support::Unsupported);
}

TEST(ExpertExplainer, ScoresThroughTheExecutorAsThroughTheModules) {
    const auto network = make_network("tf_efficientnet_b0");
    fill_by_formula(*network, "tf_efficientnet_b0", "a.", "a.");
    const auto executor = make_trunk_executor(trunk_plan_of(*network), false);
    if (!executor)
        GTEST_SKIP() << "This build has no executor";
    ExpertRecord record;
    record.name = "b0";
    record.architecture = "tf_efficientnet_b0";
    record.input = {Resize::Stretch, 96, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};
    std::int64_t scored = 0;
    const auto quick = explain_expert(*network, record, patched(), torch::kCPU, {}, {}, {},
                                      [&](const torch::Tensor& input) {
                                          scored += input.size(0);
                                          return executor->run(input);
                                      });
    EXPECT_EQ(scored, 35);
    const auto slow = explain_expert(*network, record, patched(), torch::kCPU, {}, {}, {});
    const auto& one = quick.test.value();
    const auto& other = slow.test.value();
    for (std::size_t i = 0; i < kRemovedShares.size(); ++i) {
        EXPECT_NEAR(one.most[i], other.most[i], 1e-4);
        EXPECT_NEAR(one.displaced.back()[i], other.displaced.back()[i], 1e-4);
    }
    EXPECT_EQ(one.verdict, other.verdict);
}

TEST(ExpertExplainer, LayerNamesResolveForEveryArchitecture) {
    const auto convnext = make_network("convnextv2_atto");
    EXPECT_EQ(layer_for(*convnext, "last"), "");
    EXPECT_EQ(layer_for(*convnext, "finer"), "stages.2");
    EXPECT_EQ(layer_for(*convnext, "finest"), "stages.1");
    EXPECT_EQ(layer_for(*convnext, "stages.0"), "stages.0");
    EXPECT_EQ(layer_for(*convnext, "layers.5"), "");
    const auto efficient = make_network("tf_efficientnet_b0");
    EXPECT_EQ(layer_for(*efficient, "finer"), "blocks.4");
    const auto luma = make_network("trace_luma");
    EXPECT_EQ(layer_for(*luma, "finer"), "layers.11");
    EXPECT_EQ(layer_for(*luma, "finest"), "layers.5");
    EXPECT_EQ(layer_for(*make_network("trace_blocks"), "finer"), "");
}

}  // namespace
}  // namespace dfd
