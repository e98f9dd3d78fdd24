// Every expert against the reference's numbers, with weights filled by formula.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/networks/executor/trunk_executor.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/hardware/card_arithmetic.h"
#include "core/networks/maps/grad_cam.h"
#include "core/networks/trunk/folded_trunk.h"
#include "core/opinion/opinion.h"
#include "tests/golden_data.h"

namespace dfd {
namespace {

using nlohmann::json;

torch::Tensor golden_pixels(const std::string& name) {
    cv::Mat rgb;
    cv::cvtColor(cv::imread(golden_path("images/" + name).string()), rgb, cv::COLOR_BGR2RGB);
    return wrap_rgb(rgb.data, rgb.cols, rgb.rows).clone();
}

torch::Tensor golden_input(const std::string& name, torch::Device device = torch::kCPU) {
    return stretch(normalise(golden_pixels(name).to(device), {0.485f, 0.456f, 0.406f},
                             {0.229f, 0.224f, 0.225f}),
                   512);
}

std::array<double, 2> pair_of(const torch::Tensor& logits) {
    return {logits[0][0].item<double>(), logits[0][1].item<double>()};
}

void expect_logits(const torch::Tensor& got, const json& expected) {
    for (int i = 0; i < 2; ++i) {
        const double want = expected.at("logits").at(static_cast<size_t>(i)).get<double>();
        EXPECT_NEAR(got[0][i].item<double>(), want, 1e-3 + 1e-3 * std::abs(want));
    }
    EXPECT_NEAR(fake_score(pair_of(got)), expected.at("prob_fake").get<double>(), 1e-4);
}

void expect_map(const torch::Tensor& got, const json& rows, double tolerance = 1e-3) {
    const auto expected =
        torch::empty({static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.at(0).size())});
    for (size_t r = 0; r < rows.size(); ++r)
        for (size_t c = 0; c < rows[r].size(); ++c)
            expected[static_cast<int64_t>(r)][static_cast<int64_t>(c)] = rows[r][c].get<float>();
    ASSERT_EQ(got.sizes(), expected.sizes());
    const double norm = expected.norm().item<double>();
    // Where every contribution is negative, the reference's map is zero everywhere, and so is ours.
    EXPECT_LE((got - expected).norm().item<double>(), tolerance * norm);
}

TEST(Goldens, FormulaValuesAreExact) {
    const auto samples = golden("moe.json").at("fill_samples");
    ASSERT_FALSE(samples.empty());
    for (const auto& [name, values] : samples.items())
        for (size_t i = 0; i < values.size(); ++i)
            EXPECT_EQ(formula_value(name, i), values[i].get<float>()) << name << " " << i;
}

TEST(Goldens, TensorsAreThePublishedOnes) {
    const auto published = golden("architectures.json");
    ASSERT_EQ(published.size(), 7u);
    for (const auto& [name, architecture] : published.items()) {
        auto network = make_network(name);
        std::vector<std::string> parameters;
        for (const auto& item : network->named_parameters())
            parameters.push_back("baseline_extractor." + item.key());
        EXPECT_EQ(parameters, architecture.at("parameter_order").get<std::vector<std::string>>());

        std::map<std::string, std::vector<int64_t>> ours, theirs;
        for (const auto& item : network->named_parameters())
            ours["baseline_extractor." + item.key()] = item.value().sizes().vec();
        for (const auto& item : network->named_buffers())
            ours["baseline_extractor." + item.key()] = item.value().sizes().vec();
        for (const auto& tensor : architecture.at("tensors"))
            theirs[tensor.at(0)] = tensor.at(1).get<std::vector<int64_t>>();
        EXPECT_EQ(ours, theirs) << name;

        int64_t count = 0;
        for (const auto& parameter : network->parameters())
            count += parameter.numel();
        EXPECT_EQ(count, architecture.at("parameters").get<int64_t>()) << name;
    }
}

TEST(Goldens, Preprocessing) {
    const auto pictures = golden("preprocess.json");
    ASSERT_EQ(pictures.size(), 5u);
    for (const auto& [name, expected] : pictures.items()) {
        const auto input = golden_input(name);
        for (int c = 0; c < 3; ++c) {
            const auto channel = static_cast<size_t>(c);
            EXPECT_NEAR(input[0][c].mean().item<double>(), expected["mean"][channel].get<double>(),
                        2e-5);
            EXPECT_NEAR(input[0][c].std().item<double>(), expected["std"][channel].get<double>(),
                        2e-5);
        }
        ASSERT_FALSE(expected.at("samples").empty());
        for (const auto& sample : expected.at("samples"))
            for (size_t c = 0; c < 3; ++c)
                EXPECT_NEAR(input[0][static_cast<int64_t>(c)][sample[0].get<int64_t>()]
                                 [sample[1].get<int64_t>()]
                                     .item<double>(),
                            sample[2 + c].get<double>(), 2e-5)
                    << name;
    }
}

enum class By { Modules, Executor, AnysExecutor, Folded };

bool needs_one_dnn(By by) {
    return by == By::Executor || by == By::AnysExecutor;
}

/// A trunk run by its modules, by this processor's executor, by the portable executor or by the
/// folded trunk of the cards.
class Trunk {
  public:
    Trunk(ExpertNetwork& network, By by) : network_(network) {
        if (needs_one_dnn(by))
            executor_ = make_trunk_executor(trunk_plan_of(network), false,
                                            by == By::Executor ? Kernels::Best : Kernels::Portable);
        if (by == By::Folded)
            folded_.emplace(trunk_plan_of(network), torch::kCPU, torch::kFloat32);
    }
    FeatureMap feature_map(const torch::Tensor& input) {
        if (folded_)
            return folded_->run(input);
        return executor_ ? FeatureMap(executor_->run(input)) : network_.feature_map(input);
    }

  private:
    ExpertNetwork& network_;
    std::unique_ptr<TrunkExecutor> executor_;
    std::optional<FoldedTrunk> folded_;
};

class Expert : public testing::TestWithParam<std::tuple<int, By>> {};

TEST_P(Expert, OfTheSevenMatchesTheReference) {
    const auto [index, by] = GetParam();
    if (needs_one_dnn(by) && trunk_executor_name() == "none")
        GTEST_SKIP() << "This build has no oneDNN.";
    const auto architectures = golden("architectures.json");
    std::string architecture;
    for (const auto& [name, entry] : architectures.items())
        for (const auto& used : entry.at("experts"))
            if (used.get<int>() == index)
                architecture = name;
    const torch::NoGradGuard no_gradients;
    auto network = make_network(architecture);
    const auto key = std::to_string(index) + ".baseline_extractor.";
    fill_by_formula(*network, architecture, "ema." + key, key);

    const auto moe = golden("moe.json");
    int maps = 0;
    Trunk trunk(*network, by);
    for (const auto& [name, picture] : moe.at("images").items()) {
        SCOPED_TRACE(name);
        const auto& expected = picture.at("experts").at(static_cast<size_t>(index));
        const auto features = trunk.feature_map(golden_input(name));
        const auto explained = grad_cam(*network, features, kFakeClass);
        expect_logits(explained.logits, expected);
        expect_logits(network->logits(features), expected);
        if (!expected.contains("gradcam"))
            continue;
        ++maps;
        expect_map(explained.maps[0], expected.at("gradcam"));
        const auto shape = expected.at("feature_shape").get<std::vector<int64_t>>();
        EXPECT_EQ(features.map[0].sizes().vec(), shape);
        EXPECT_NEAR(features.map.mean().item<double>(), expected.at("feature_mean").get<double>(),
                    1e-4);
        const auto pooled = network->pool(features);
        for (int64_t c = 0; c < 8; ++c)
            EXPECT_NEAR(pooled[0][c].item<double>(),
                        expected.at("pooled_first8")[static_cast<size_t>(c)].get<double>(), 1e-3);
    }
    EXPECT_GT(maps, 0);

    // Raw parameters give another score, which proves that the EMA is applied.
    fill_by_formula(*network, architecture, key, key);
    const double raw = fake_score(
        pair_of(network->logits(Trunk(*network, by).feature_map(golden_input("square512.png")))));
    EXPECT_NEAR(
        raw, moe.at("square512_raw_weights_prob_fake").at(static_cast<size_t>(index)).get<double>(),
        1e-4);
    const double ema =
        moe["images"]["square512.png"]["experts"][static_cast<size_t>(index)]["prob_fake"];
    EXPECT_GT(std::abs(raw - ema), 1e-3);
}
INSTANTIATE_TEST_SUITE_P(Seven, Expert,
                         testing::Combine(testing::Range(0, 7),
                                          testing::Values(By::Modules, By::Executor)));
// One of each family is enough: the test with modules covers all seven.
INSTANTIATE_TEST_SUITE_P(Families, Expert,
                         testing::Combine(testing::Values(0, 2),
                                          testing::Values(By::AnysExecutor, By::Folded)));

class Small : public testing::TestWithParam<By> {};

TEST_P(Small, NetworksMatchTheReference) {
    if (needs_one_dnn(GetParam()) && trunk_executor_name() == "none")
        GTEST_SKIP() << "This build has no oneDNN.";
    const auto architectures = golden("architectures.json");
    const auto extra = golden("moe.json").at("extra");
    ASSERT_EQ(extra.size(), 3u);
    for (const auto& [name, pictures] : extra.items()) {
        SCOPED_TRACE(name);
        const torch::NoGradGuard no_gradients;
        auto network = make_network(name);
        const auto prefix =
            architectures.at(name).at("key_prefix").get<std::string>() + "baseline_extractor.";
        fill_by_formula(*network, name, prefix, prefix);
        Trunk trunk(*network, GetParam());
        for (const auto& [picture, expected] : pictures.items()) {
            const auto features = trunk.feature_map(golden_input(picture));
            const auto explained = grad_cam(*network, features, kFakeClass);
            expect_logits(explained.logits, expected);
            if (expected.contains("gradcam"))
                expect_map(explained.maps[0], expected.at("gradcam"));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Each, Small,
                         testing::Values(By::Modules, By::Executor, By::AnysExecutor, By::Folded));

TEST(Goldens, ClipMatchesTheReference) {
    const torch::NoGradGuard no_gradients;
    auto network = make_network("clip_vit_b16");
    fill_by_formula(*network, "clip_vit_b16", "clip.", "clip.");
    ASSERT_EQ(network->input_side(), 224);
    const auto pictures = golden("clip.json");
    ASSERT_EQ(pictures.size(), 2u);
    for (const auto& [name, expected] : pictures.items()) {
        SCOPED_TRACE(name);
        const auto input =
            stretch(normalise(golden_pixels(name), {0.48145466f, 0.4578275f, 0.40821073f},
                              {0.26862954f, 0.26130258f, 0.27577711f}),
                    224);
        const auto features = network->feature_map(input);
        const auto explained = grad_cam(*network, features, kFakeClass);
        const auto pooled = network->pool(features);
        EXPECT_EQ(pooled.sizes().vec(), (std::vector<int64_t>{1, 512}));
        for (int64_t i = 0; i < 8; ++i)
            EXPECT_NEAR(pooled[0][i].item<double>(),
                        expected.at("pooled_first8")[static_cast<size_t>(i)].get<double>(), 1e-5);
        for (int64_t i = 0; i < 2; ++i)
            EXPECT_NEAR(explained.logits[0][i].item<double>(),
                        expected.at("logits")[static_cast<size_t>(i)].get<double>(), 1e-5);
        expect_map(explained.maps[0], expected.at("gradcam"));
    }
    EXPECT_THROW(network->feature_map(torch::zeros({1, 3, 64, 64})), c10::Error);
}

/// A precision on a card with its tolerances; scores within replay's tolerance.
struct OnCard {
    const char* name;
    torch::ScalarType type;
    double score, panel, map;
};

class Card : public testing::TestWithParam<OnCard> {};

TEST_P(Card, MatchesTheReference) {
    if (!torch::cuda::is_available())
        GTEST_SKIP() << "There is no NVIDIA card here, or this LibTorch cannot use it.";
    const auto [name, type, score, panel, map] = GetParam();
    use_card_arithmetic(CardArithmetic::Exact);
    const torch::Device card("cuda:0");
    const torch::NoGradGuard no_gradients;
    const auto moe = golden("moe.json"), architectures = golden("architectures.json");
    std::map<int, std::string> architecture_of;
    for (const auto& [architecture, entry] : architectures.items())
        for (const auto& used : entry.at("experts"))
            architecture_of[used.get<int>()] = architecture;
    ASSERT_EQ(architecture_of.size(), 7u);
    std::map<std::string, double> sums;
    for (const auto& [index, architecture] : architecture_of) {
        auto network = make_network(architecture);
        const auto key = std::to_string(index) + ".baseline_extractor.";
        fill_by_formula(*network, architecture, "ema." + key, key);
        network->to(card);
        const FoldedTrunk trunk(trunk_plan_of(*network), card, type);
        for (const auto& [picture, entry] : moe.at("images").items()) {
            SCOPED_TRACE(architecture + " " + picture);
            const auto& expected = entry.at("experts").at(static_cast<size_t>(index));
            const auto input = golden_input(picture, card);
            const auto explained = grad_cam(*network, trunk.run(input), kFakeClass);
            const double got = fake_score(pair_of(explained.logits.cpu()));
            EXPECT_NEAR(got, expected.at("prob_fake").get<double>(), score);
            sums[picture] += got;
            if (expected.contains("gradcam"))
                expect_map(explained.maps[0].cpu(), expected.at("gradcam"), map);
            if (type == torch::kFloat32) {  // the modules themselves, which explanations use
                EXPECT_NEAR(fake_score(pair_of(network->forward(input).cpu())), got, score);
            }
        }
    }
    for (const auto& [picture, sum] : sums)
        EXPECT_NEAR(sum / 7, moe["images"][picture]["prob_fake_mean"].get<double>(), panel)
            << picture;
}

INSTANTIATE_TEST_SUITE_P(Precisions, Card,
                         testing::Values(OnCard{"fp32", torch::kFloat32, 1e-3, 1e-3, 5e-3},
                                         OnCard{"fp16", torch::kFloat16, 0.005, 0.005, 0.05},
                                         OnCard{"bf16", torch::kBFloat16, 0.02, 0.01, 0.2}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Goldens, PanelMean) {
    const auto pictures = golden("moe.json").at("images");
    ASSERT_EQ(pictures.size(), 5u);
    for (const auto& [name, picture] : pictures.items()) {
        PanelOpinion opinion;
        for (const auto& expert : picture.at("experts")) {
            auto& entry = opinion.experts.emplace_back();
            entry.logits = {expert.at("logits")[0], expert.at("logits")[1]};
        }
        combine(opinion);
        EXPECT_NEAR(opinion.score, picture.at("prob_fake_mean").get<double>(), 1e-4) << name;
    }
}

}  // namespace
}  // namespace dfd
