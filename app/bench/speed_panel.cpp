#include "app/bench/speed_panel.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cmath>
#include <optional>
#include <stdexcept>

#include "app/bench/parts.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/maps/grad_cam.h"
#include "core/networks/trunk/folded_trunk.h"

namespace dfd {
namespace {

constexpr int kFake = 1;

double score_of(const torch::Tensor& logits) {
    return 1.0 / (1.0 + std::exp(logits[0][0].item<double>() - logits[0][1].item<double>()));
}

}  // namespace

std::string loaded_as(const SpeedVariant& variant) {
    return variant.name == kSideBySide ? kExecutor
           : variant.name == kTogether ? kFolded
                                       : variant.name;
}

torch::ScalarType type_of(const std::string& precision) {
    if (precision == "fp32")
        return torch::kFloat32;
    if (precision == "bf16")
        return torch::kBFloat16;
    if (precision == "fp16")
        return torch::kFloat16;
    throw std::invalid_argument("The precision " + precision +
                                " is not known: fp32, bf16 and fp16 are.");
}

/// One expert.
class SpeedPanel::Runner {
  public:
    Runner(const SpeedVariant& variant, const SpeedExpert& expert, int side)
        : device_(variant.device) {
        const WithoutInitialValues filled_below;
        network_ = make_network(expert.architecture);
        const auto plan = trunk_plan_of(*network_);
        flops_ = trunk_flops(plan, side, side);
        cost_ = trunk_cost(plan, side, side);
        for (auto& parameter : network_->parameters())
            parameter.set_requires_grad(false);
        const auto raw = expert.name + ".", averaged = "ema." + raw;
        fill_by_formula(*network_, expert.architecture, averaged, raw);
        const auto how = loaded_as(variant);
        if (how == kReference) {
            for (const auto& parameter : network_->parameters())
                averages_.push_back(parameter.clone());
            fill_by_formula(*network_, expert.architecture, raw, raw);
            network_->to(device_);
            for (auto& average : averages_)
                average = average.to(device_);
        } else if (how == kExecutor) {
            executor_ = make_trunk_executor(plan, variant.precision == "bf16");
            executor_->prepare(side, side);
            release_tensors(plan);
        } else if (how == kFolded && !plan.steps.empty()) {
            folded_.emplace(plan, device_, type_of(variant.precision));
            release_tensors(plan);
            network_->to(device_);
        } else {
            type_ = type_of(variant.precision);
            network_->to(device_, type_);
        }
    }

    /// The first picture's score, when everything is computed, including the maps.
    double run(const torch::Tensor& input, bool maps) {
        std::vector<torch::Tensor> kept;
        const auto parameters =
            averages_.empty() ? std::vector<torch::Tensor>{} : network_->parameters();
        for (std::size_t i = 0; i < averages_.size(); ++i) {
            kept.push_back(parameters[i].clone());
            parameters[i].copy_(averages_[i]);
        }
        const auto features = executor_ ? executor_->run(input)
                              : folded_ ? folded_->run(input)
                                        : network_->feature_map(input.to(device_, type_));
        torch::Tensor logits;
        if (maps) {
            const auto explained = grad_cam(*network_, features, kFake);
            logits = explained.logits;
            (void)explained.maps.to(torch::kCPU);
        } else {
            logits = network_->logits(features);
        }
        logits = logits.to(torch::kCPU, torch::kFloat32);
        for (std::size_t i = 0; i < kept.size(); ++i)
            parameters[i].copy_(kept[i]);
        return score_of(logits);
    }

    [[nodiscard]] std::int64_t weight_bytes() const {
        if (executor_)
            return executor_->weight_bytes();
        std::int64_t bytes = folded_ ? folded_->weight_bytes() : 0;
        for (const auto& each : named_tensors(*network_))
            bytes += static_cast<std::int64_t>(each.tensor.nbytes());
        return bytes;
    }
    [[nodiscard]] TrunkExecutor* executor() const { return executor_.get(); }
    [[nodiscard]] double flops() const { return flops_; }
    [[nodiscard]] double cost() const { return cost_; }

  private:
    torch::Device device_;
    torch::ScalarType type_ = torch::kFloat32;
    std::shared_ptr<ExpertNetwork> network_;
    std::vector<torch::Tensor> averages_;
    std::unique_ptr<TrunkExecutor> executor_;
    std::optional<FoldedTrunk> folded_;
    double flops_ = 0, cost_ = 0;
};

SpeedPanel::SpeedPanel(const SpeedVariant& variant, const std::vector<SpeedExpert>& experts,
                       int side)
    : device_(variant.device) {
    std::vector<double> costs;
    for (const auto& expert : experts) {
        runners_.push_back(std::make_unique<Runner>(variant, expert, side));
        costs.push_back(runners_.back()->cost());
    }
    shares_ = share_out(costs, experts_at_once(at::get_num_threads()));
    for (std::size_t worker = 0; worker < shares_.size(); ++worker)
        workspaces_.push_back(make_workspace());
}

SpeedPanel::~SpeedPanel() = default;

SpeedLap SpeedPanel::lap(const SpeedVariant& variant, const torch::Tensor& input, bool maps) {
    SpeedLap lap;
    lap.scores.resize(runners_.size());
    const auto on_device = input.to(device_);
    const auto run = [&](std::size_t expert) {
        lap.scores[expert] = runners_[expert]->run(on_device, maps);
    };
    const auto use = [&](std::size_t expert, std::size_t worker) {
        if (auto* const executor = runners_[expert]->executor())
            executor->use(workspaces_[worker]);
    };
    if (variant.name == kTogether && !lanes_)
        lanes_ = std::make_unique<DeviceLanes>(device_, runners_.size());
    for (std::size_t worker = 0; worker < shares_.size(); ++worker)
        for (const auto expert : shares_[worker])
            use(expert, variant.name == kSideBySide ? worker : 0);
    const double start = seconds_now();
    if (variant.name == kSideBySide) {
        run_side_by_side(shares_, [&](std::size_t expert, std::size_t) { run(expert); });
        lap.seconds = seconds_now() - start;
    } else if (variant.name == kTogether) {
        lanes_->run(run);
        lap.seconds = seconds_now() - start;
    } else {
        for (std::size_t expert = 0; expert < runners_.size(); ++expert) {
            const double begun = seconds_now();
            run(expert);
            lap.experts.push_back(seconds_now() - begun);
            lap.seconds += lap.experts.back();
        }
    }
    return lap;
}

void SpeedPanel::profile() {
    for (const auto& runner : runners_)
        if (auto* const executor = runner->executor())
            executor->profile();
}

std::vector<OperationTime> SpeedPanel::times(std::size_t expert) const {
    const auto* const executor = runners_[expert]->executor();
    return executor == nullptr ? std::vector<OperationTime>{} : executor->times();
}

std::vector<double> SpeedPanel::flops() const {
    std::vector<double> flops;
    for (const auto& runner : runners_)
        flops.push_back(runner->flops());
    return flops;
}

std::int64_t SpeedPanel::weight_bytes() const {
    std::int64_t bytes = 0;
    for (const auto& runner : runners_)
        bytes += runner->weight_bytes();
    return bytes;
}

}  // namespace dfd
