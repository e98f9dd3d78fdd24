#include "core/training/experts/validation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/networks/experts/trace_network.h"
#include "core/panel/panel_networks.h"
#include "core/training/batches/samples.h"
#include "core/training/measuring/metrics.h"
#include "core/training/photos/picture_reader.h"

namespace dfd {
namespace {

// Class-balanced cross entropy: mean of -log(probability of the true class).
double balanced_loss(const std::array<std::vector<double>, 2>& log_odds) {
    double loss = 0;
    for (const bool fake : {false, true})
        for (const double z : log_odds[fake]) {
            const double against = fake ? -z : z;
            loss += (std::max(against, 0.0) + std::log1p(std::exp(-std::abs(against)))) /
                    (2 * static_cast<double>(log_odds[fake].size()));
        }
    return loss;
}

}  // namespace

Validation validate(ExpertNetwork& network, const InputPolicy& policy, torch::Device device,
                    const std::vector<TrainingPicture>& pictures, int loaders,
                    const std::function<void(double)>& progress, const std::stop_token& stop) {
    const torch::NoGradGuard guard;
    auto* trace = dynamic_cast<TraceNetwork*>(&network);
    std::vector<Evidence> evidence;
    std::array<std::vector<double>, 2> log_odds;
    PictureReader<Pixels> reader(pictures.size(), loaders,
                                 [&](std::uint64_t i, PictureMemory& memory) {
                                     std::string problem;
                                     auto pixels = memory.read(pictures[i].path, problem).pixels;
                                     if (!problem.empty())
                                         refuse_picture(pictures[i].path, problem);
                                     return pixels;
                                 });
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const auto read = reader.next(stop);
        const auto map = network.feature_map(expert_input(read.item, policy, device));
        if (trace) {
            const auto summary = TraceNetwork::summary(trace->evidence(map.map)).cpu();
            evidence.push_back(
                {summary[0][0].item<double>(), summary[0][1].item<double>(), pictures[i].fake});
        } else {
            const auto logits = network.logits(map).to(torch::kFloat64).cpu();
            log_odds[pictures[i].fake].push_back((logits[0][1] - logits[0][0]).item<double>());
        }
        if (progress)
            progress(static_cast<double>(i + 1) / static_cast<double>(pictures.size()));
    }
    Validation result;
    const auto finite = [](const Evidence& each) {
        return std::isfinite(each.strongest) && std::isfinite(each.overall);
    };
    result.auc = result.loss = std::numeric_limits<double>::quiet_NaN();
    if (trace) {
        const auto fakes = std::ranges::count(evidence, true, &Evidence::edited);
        if (fakes == 0 || fakes == std::ssize(evidence) || !std::ranges::all_of(evidence, finite))
            return result;
        result.calibration = fit_calibration(evidence);
        result.calibrated = true;
        for (const auto& each : evidence)
            log_odds[each.edited].push_back(result.calibration.strongest * each.strongest +
                                            result.calibration.overall * each.overall +
                                            result.calibration.bias);
    }
    const auto usable = [](const std::vector<double>& scores) {
        return !scores.empty() &&
               std::ranges::all_of(scores, [](double z) { return std::isfinite(z); });
    };
    if (usable(log_odds[0]) && usable(log_odds[1])) {
        result.auc = roc_auc(log_odds[1], log_odds[0]);
        result.loss = balanced_loss(log_odds);
    }
    result.log_odds = std::move(log_odds);
    return result;
}

}  // namespace dfd
