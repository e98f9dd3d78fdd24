#include "core/training/runs/finish_expert.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "core/networks/experts/formula_weights.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "core/training/runs/write_trained_panel.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/training/test_manifest.h"

namespace dfd {
namespace {

using testing::Folder;

constexpr const char* kArchitecture = "tf_efficientnet_lite0";

std::shared_ptr<ExpertNetwork> network() {
    auto made = make_network(kArchitecture);
    fill_by_formula(*made, kArchitecture, "x.", "x.");
    return made;
}

double log_odds_of(ExpertNetwork& expert, const torch::Tensor& input) {
    const torch::NoGradGuard guard;
    const auto logits = expert.forward(input).to(torch::kFloat64);
    return (logits[0][1] - logits[0][0]).item<double>();
}

TEST(HeadCalibration, TheLastLayerGivesTheFittedLogOdds) {
    auto expert = network();
    torch::manual_seed(3);
    const auto input = torch::rand({1, 3, 64, 64});
    const double before = log_odds_of(*expert, input);
    // Overconfident and shifted: 3 of 4 reals lie below 6, 3 of 4 fakes above.
    const auto found = calibrate_head(*expert, {{{0, 2, 4, 9}, {3, 8, 10, 12}}});
    EXPECT_GT(found.slope, 0);
    EXPECT_LT(found.slope, 1);
    EXPECT_NEAR(-found.bias / found.slope, 6, 1.5);  // where the odds are even
    EXPECT_LT(found.loss_after, found.loss_before);
    EXPECT_NEAR(log_odds_of(*expert, input), found.slope * before + found.bias,
                1e-3 * (1 + std::abs(before)));
}

TEST(HeadCalibration, EveryHeadOnAnEncoderCanBeCalibrated) {
    auto expert = make_network("clip_vit_b16");
    const auto found = calibrate_head(*expert, {{{0, 2, 4, 9}, {3, 8, 10, 12}}});
    const auto tensors = named_tensors(*expert);
    const auto bias = std::ranges::find(tensors, "classifier.bias", &NamedTensor::name);
    ASSERT_NE(bias, tensors.end());
    EXPECT_NEAR((bias->tensor[1] - bias->tensor[0]).item<double>(), found.bias, 1e-5);
    EXPECT_LT(found.bias, -1);
}

TEST(HeadCalibration, RefusesWhatHasNoAnswer) {
    auto expert = network();
    EXPECT_THROW(calibrate_head(*expert, {{{}, {1, 2}}}), TrainingError);
    EXPECT_THROW(calibrate_head(*expert, {{{4, 5, 7}, {1, 2, 6}}}), TrainingError);
    EXPECT_THROW(calibrate_head(*expert, {{{std::nan(""), 1}, {1, 2}}}), TrainingError);
    auto trace = make_network("trace_luma");
    EXPECT_THROW(calibrate_head(*trace, {{{0, 1}, {1, 2}}}), TrainingError);
}

TEST(FinishExpert, CalibratesOnTheHeldOutPicturesAndHalvesTheWeights) {
    const Folder folder;
    testing::make_manifest(folder.path(), {.pairs = 6});
    PanelRecord panel;
    panel.name = "one";
    ExpertRecord record;
    record.name = "lite0";
    record.architecture = kArchitecture;
    record.file = "lite0.safetensors";
    record.input.size = 64;
    record.gradcam_layer = find_architecture(kArchitecture).gradcam_layer;
    auto expert = network();
    TrainingPlan plan;
    plan.calibrate = plan.half = true;
    plan.experts.resize(1);
    plan.experts[0].requested.fold = 0;
    PlanOptions options;
    options.manifest = folder / "manifest.csv";
    options.out = folder / "out";
    std::filesystem::create_directories(options.out);
    std::filesystem::create_directories(folder / "one");

    const auto finish = [&](Finish& done) {
        record.sha256 = write_safetensors(folder / "one" / record.file, weights_of(*expert, false));
        panel.experts = {record};
        panel = write_panel(folder / "one", panel);
        return finish_expert(panel, plan, 0, options, done, {});
    };
    // A network that learned nothing may lean either way; one of the two must be fitted.
    Finish done;
    ExpertRecord finished;
    try {
        finished = finish(done);
    } catch (const TrainingError&) {
        const torch::NoGradGuard guard;
        for (auto& parameter : expert->named_parameters())
            if (parameter.key().starts_with("classifier."))
                parameter.value().neg_();
        finished = finish(done);
    }
    const auto& calibration = done.calibration;
    ASSERT_TRUE(calibration.has_value());
    EXPECT_FALSE(done.alarm_shift);
    EXPECT_LE(calibration->loss_after, calibration->loss_before);
    EXPECT_NE(finished.sha256, record.sha256);
    const auto stored = read_safetensors(options.out / finished.file);
    ASSERT_FALSE(stored.tensors.empty());
    for (const auto& [name, tensor] : stored.tensors)
        EXPECT_EQ(tensor.scalar_type(), torch::kFloat16) << name;

    auto read = panel;
    read.folder = options.out;
    const auto loaded = load_expert(read, finished);
    const auto input = torch::rand({1, 3, 64, 64});
    const double before = log_odds_of(*expert, input);
    EXPECT_NEAR(log_odds_of(*loaded, input), calibration->slope * before + calibration->bias,
                0.02 * (1 + std::abs(before)));
}

TEST(AlarmShift, LeavesAtMostTheShareAboveTheBand) {
    std::vector<double> reals;
    for (int i = 0; i < 40; ++i)
        reals.push_back(0.1 * i);  // 0 .. 3.9
    const double from = std::log(0.65 / 0.35);
    const double shift = shift_for_alarms(reals, 0.05);
    EXPECT_LT(shift, 0);
    EXPECT_EQ(std::ranges::count_if(reals, [&](double z) { return z + shift >= from; }), 2);
    EXPECT_NEAR(shift, from - 3.7, 1e-5);
    // Scores are never raised.
    EXPECT_EQ(shift_for_alarms({-5, -4, -3}, 0.05), 0);
    EXPECT_EQ(shift_for_alarms({}, 0.05), 0);
}

}  // namespace
}  // namespace dfd
