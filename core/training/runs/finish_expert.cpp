#include "core/training/runs/finish_expert.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/networks/experts/head_tensors.h"
#include "core/networks/experts/trace_network.h"
#include "core/opinion/bands.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "core/training/batches/training_set.h"
#include "core/training/experts/validation.h"
#include "core/training/measuring/logistic_regression.h"
#include "core/training/photos/picture_reader.h"
#include "core/training/runs/write_trained_panel.h"

namespace dfd {
namespace {

constexpr double kRidge = 1e-6;

/// The last linear layer of a network with two logits; undefined tensors when it has none.
struct Head {
    torch::Tensor weight;  ///< [2,C]
    torch::Tensor bias;    ///< [2]
    [[nodiscard]] bool found() const { return weight.defined() && bias.defined(); }
};

Head head_of(ExpertNetwork& network) {
    Head head;
    for (const auto& each : network.named_parameters()) {
        if (!in_head(each.key()) || each.value().size(0) != 2)
            continue;
        if (each.key().ends_with(".weight") && each.value().dim() == 2)
            head.weight = each.value();
        else if (each.key().ends_with(".bias"))
            head.bias = each.value();
    }
    return head;
}

/// `calibration` is the one that the validation fitted to a trace expert.
void shift_log_odds(ExpertNetwork& network, const Calibration& calibration, double shift) {
    if (auto* trace = dynamic_cast<TraceNetwork*>(&network)) {
        trace->set_calibration(calibration.strongest, calibration.overall,
                               calibration.bias + shift);
        return;
    }
    auto head = head_of(network);
    if (!head.found())
        throw TrainingError(
            "The plan limits false alarms, but this architecture has no linear layer with two "
            "outputs and a bias.");
    const torch::NoGradGuard guard;
    head.bias[1] += shift;
}

}  // namespace

double shift_for_alarms(std::vector<double> real_log_odds, double share) {
    if (real_log_odds.empty())
        return 0;
    std::ranges::sort(real_log_odds);
    const auto count = real_log_odds.size();
    const auto allowed = static_cast<std::size_t>(share * static_cast<double>(count));
    if (allowed >= count)
        return 0;
    const double from = BandThresholds{}.fake_from;
    // The highest picture that must stay below.
    const double highest = real_log_odds[count - allowed - 1];
    const double shift = std::log(from / (1 - from)) - highest;
    return std::min(0.0, shift - 1e-6);
}

HeadCalibration calibrate_head(ExpertNetwork& network,
                               const std::array<std::vector<double>, 2>& log_odds) {
    auto head = head_of(network);
    if (!head.found())
        throw TrainingError(
            "The plan calibrates its experts, but this architecture has no linear layer with two "
            "outputs and a bias.");
    LogisticData data;
    data.columns = 1;
    for (const bool fake : {false, true})
        for (const double each : log_odds[fake ? 1 : 0]) {
            data.x.push_back(each);
            data.positive.push_back(fake);
        }
    if (log_odds[0].empty() || log_odds[1].empty() ||
        !std::ranges::all_of(data.x, [](double z) { return std::isfinite(z); }))
        throw TrainingError(
            "An expert cannot be calibrated: its validation pictures lack a class, or a score is "
            "not a number.");
    data.balance();
    const auto model = fit_logistic(data, kRidge);
    HeadCalibration found{model.slopes[0], model.bias, logistic_loss(data, {{1}, 0, 0}, 0),
                          logistic_loss(data, model, 0)};
    if (found.slope <= 0)
        throw TrainingError(
            "An expert cannot be calibrated: it learned nothing that holds on its "
            "validation pictures.");
    const torch::NoGradGuard guard;
    head.weight.mul_(found.slope);
    head.bias.mul_(found.slope);
    head.bias[1] += found.bias;
    return found;
}

ExpertRecord finish_expert(const PanelRecord& panel, const TrainingPlan& plan, std::size_t index,
                           const PlanOptions& options, Finish& finish, std::stop_token stop) {
    auto record = panel.experts.front();
    const auto& planned = plan.experts[index];
    auto network = load_expert(panel, record);
    const bool native = record.input.resize == Resize::Native;
    if ((plan.calibrate && !native) || plan.alarms > 0) {
        const TrainingSet set(
            read_manifest(options.calibrate_on.empty() ? options.manifest : options.calibrate_on),
            {planned.requested.fold}, planned.learning.hold_out, planned.learning.seed);
        const auto pictures = set.validation(
            0, options.calibrate_on.empty() ? static_cast<std::size_t>(planned.learning.validation)
                                            : std::numeric_limits<std::size_t>::max());
        const auto loaders = options.run.loaders > 0 ? options.run.loaders : picture_readers();
        const auto found =
            validate(*network, record.input, torch::kCPU, pictures, loaders, {}, stop);
        auto reals = found.log_odds[0];
        if (plan.calibrate && !native) {
            finish.calibration = calibrate_head(*network, found.log_odds);
            for (double& each : reals)
                each = finish.calibration->slope * each + finish.calibration->bias;
        }
        if (plan.alarms > 0) {
            finish.alarm_shift = shift_for_alarms(std::move(reals), plan.alarms);
            shift_log_odds(*network, found.calibration, *finish.alarm_shift);
        }
    }
    record.sha256 = write_safetensors(options.out / record.file,
                                      weights_of(*network, plan.half, !record.encoder.empty()));
    return record;
}

}  // namespace dfd
