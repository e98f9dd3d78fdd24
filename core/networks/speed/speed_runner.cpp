#include "core/networks/speed/speed_runner.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cmath>

#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/maps/grad_cam.h"
#include "core/networks/speed/speed_parts.h"

namespace dfd {
namespace {

constexpr int kFake = 1;

double score_of(const torch::Tensor& logits) {
    return 1.0 / (1.0 + std::exp(logits[0][0].item<double>() - logits[0][1].item<double>()));
}

}  // namespace

SpeedRunner::SpeedRunner(const std::string& how, const std::string& device,
                         const std::string& precision, const SpeedExpert& expert, int side)
    : device_(device) {
    const WithoutInitialValues filled_below;
    network_ = make_network(expert.architecture);
    const auto plan = trunk_plan_of(*network_);
    flops_ = trunk_flops(plan, side, side);
    cost_ = trunk_cost(plan, side, side);
    for (auto& parameter : network_->parameters())
        parameter.set_requires_grad(false);
    const auto raw = expert.name + ".", averaged = "ema." + raw;
    fill_by_formula(*network_, expert.architecture, averaged, raw);
    if (how == "reference") {
        for (const auto& parameter : network_->parameters())
            averages_.push_back(parameter.clone());
        fill_by_formula(*network_, expert.architecture, raw, raw);
        network_->to(device_);
        for (auto& average : averages_)
            average = average.to(device_);
    } else if (how == "executor") {
        executor_ = make_trunk_executor(plan, precision == "bf16");
        executor_->prepare(side, side);
        release_tensors(plan);
    } else if (how == "folded" && !plan.steps.empty()) {
        folded_.emplace(plan, device_, speed_parts::type_of(precision));
        release_tensors(plan);
        network_->to(device_);
    } else {
        type_ = speed_parts::type_of(precision);
        network_->to(device_, type_);
    }
}

torch::Tensor SpeedRunner::run(const torch::Tensor& input, bool maps) {
    std::vector<torch::Tensor> kept;
    const auto parameters =
        averages_.empty() ? std::vector<torch::Tensor>{} : network_->parameters();
    for (size_t i = 0; i < averages_.size(); ++i) {
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
    for (size_t i = 0; i < kept.size(); ++i)
        parameters[i].copy_(kept[i]);
    return logits;
}

void SpeedRunner::use(std::shared_ptr<Workspace> workspace) {
    if (executor_)
        executor_->use(std::move(workspace));
}

void SpeedRunner::profile() {
    if (executor_)
        executor_->profile();
}

std::int64_t SpeedRunner::weight_bytes() const {
    if (executor_)
        return executor_->weight_bytes();
    std::int64_t bytes = folded_ ? folded_->weight_bytes() : 0;
    for (const auto& [name, tensor, parameter] : named_tensors(*network_))
        bytes += static_cast<std::int64_t>(tensor.nbytes());
    return bytes;
}

std::vector<OperationTime> SpeedRunner::times() const {
    return executor_ ? executor_->times() : std::vector<OperationTime>{};
}

SpeedPanel::SpeedPanel(const std::string& how, const std::string& device,
                       const std::string& precision, const std::vector<SpeedExpert>& experts,
                       int side) {
    std::vector<double> costs;
    for (const auto& expert : experts) {
        runners_.push_back(std::make_unique<SpeedRunner>(how, device, precision, expert, side));
        costs.push_back(runners_.back()->cost());
    }
    shares_ = share_out(costs, experts_at_once(at::get_num_threads()));
    for (size_t worker = 0; worker < shares_.size(); ++worker)
        workspaces_.push_back(make_workspace());
}

SpeedLap SpeedPanel::one_after_the_other(const torch::Tensor& input, bool maps) {
    for (const auto& runner : runners_)
        runner->use(workspaces_.front());
    SpeedLap lap;
    for (const auto& runner : runners_) {
        const double start = speed_parts::now();
        const auto logits = runner->run(input, maps);
        lap.experts.push_back(speed_parts::now() - start);
        lap.seconds += lap.experts.back();
        lap.scores.push_back(score_of(logits));
    }
    return lap;
}

SpeedLap SpeedPanel::side_by_side(const torch::Tensor& input, bool maps) {
    for (size_t worker = 0; worker < shares_.size(); ++worker)
        for (const auto expert : shares_[worker])
            runners_[expert]->use(workspaces_[worker]);
    SpeedLap lap;
    lap.scores.resize(runners_.size());
    const double start = speed_parts::now();
    run_side_by_side(shares_, [&](size_t expert, size_t) {
        lap.scores[expert] = score_of(runners_[expert]->run(input, maps));
    });
    lap.seconds = speed_parts::now() - start;
    return lap;
}

SpeedLap SpeedPanel::together(DeviceLanes& lanes, const torch::Tensor& input, bool maps) {
    SpeedLap lap;
    lap.scores.resize(runners_.size());
    const double start = speed_parts::now();
    lanes.run(
        [&](size_t expert) { lap.scores[expert] = score_of(runners_[expert]->run(input, maps)); });
    lap.seconds = speed_parts::now() - start;
    return lap;
}

std::int64_t SpeedPanel::weight_bytes() const {
    std::int64_t bytes = 0;
    for (const auto& runner : runners_)
        bytes += runner->weight_bytes();
    return bytes;
}

}  // namespace dfd
