#include "core/networks/speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "core/networks/card_speed.h"
#include "core/networks/formula_weights.h"
#include "core/networks/grad_cam.h"
#include "core/networks/peak_memory.h"
#include "core/networks/planned_trunk.h"
#include "core/networks/speed_parts.h"
#include "core/networks/trunk_executor.h"

namespace dfd {
namespace {

constexpr int kFake = 1;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

torch::ScalarType type_of(const std::string& precision) {
    if (precision == "fp32")
        return torch::kFloat32;
    return precision == "bf16" ? torch::kBFloat16 : torch::kFloat16;
}

/// A picture's values with slopes, edges and grain, the same in every run, as an expert's input.
torch::Tensor input_of(int pictures, int side) {
    const auto line = torch::linspace(0, 6.28, side);
    const auto rows = line.view({1, 1, side, 1}), columns = line.view({1, 1, 1, side});
    const auto channel = torch::arange(3, torch::kFloat32).view({1, 3, 1, 1});
    auto picture = torch::sin(rows * (channel + 2)) + torch::cos(columns * 5 + channel) +
                   torch::sign(torch::sin(rows * 23) * torch::sin(columns * 19)) * 0.5;
    auto grain = torch::empty({1, 3, side, side});
    auto* values = grain.data_ptr<float>();
    for (int64_t i = 0; i < grain.numel(); ++i)
        values[i] = 0.2f * formula_value("speed", static_cast<std::uint64_t>(i));
    return (picture + grain).expand({pictures, 3, side, side}).contiguous();
}

/// One variant of one expert, ready to score.
class Runner {
  public:
    Runner(const SpeedVariant& variant, const SpeedExpert& expert, int side,
           const std::shared_ptr<Workspace>& workspace, bool profile)
        : device_(variant.device), network_(make_network(expert.architecture)) {
        const auto plan = trunk_plan_of(*network_);
        flops_ = trunk_flops(plan, side, side);
        for (auto& parameter : network_->parameters())
            parameter.set_requires_grad(false);
        const auto raw = expert.name + ".", averaged = "ema." + raw;
        fill_by_formula(*network_, expert.architecture, averaged, raw);
        if (variant.name == "reference") {
            for (const auto& parameter : network_->parameters())
                averages_.push_back(parameter.clone());
            fill_by_formula(*network_, expert.architecture, raw, raw);
            network_->to(device_);
            for (auto& average : averages_)
                average = average.to(device_);
        } else if (variant.name == "executor") {
            executor_ = make_trunk_executor(plan, variant.precision == "bf16", workspace);
            executor_->prepare(side, side);
            release_tensors(plan);
            if (profile)
                executor_->profile();
        } else {
            type_ = type_of(variant.precision);
            network_->to(device_, type_);
        }
    }

    /// float32 logits [N,2] on the processor, after everything has been computed.
    torch::Tensor run(const torch::Tensor& input, bool maps) {
        std::vector<torch::Tensor> kept;
        const auto parameters =
            averages_.empty() ? std::vector<torch::Tensor>{} : network_->parameters();
        for (size_t i = 0; i < averages_.size(); ++i) {
            kept.push_back(parameters[i].clone());
            parameters[i].copy_(averages_[i]);
        }
        const auto features =
            executor_ ? executor_->run(input) : network_->feature_map(input.to(device_, type_));
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

    [[nodiscard]] std::int64_t weight_bytes() const {
        if (executor_)
            return executor_->weight_bytes();
        std::int64_t bytes = 0;
        for (const auto& [name, tensor, parameter] : named_tensors(*network_))
            bytes += static_cast<std::int64_t>(tensor.nbytes());
        return bytes;
    }
    [[nodiscard]] double flops() const { return flops_; }  ///< of one picture; 0: no plan
    [[nodiscard]] std::vector<OperationTime> times() const {
        return executor_ ? executor_->times() : std::vector<OperationTime>{};
    }

  private:
    torch::Device device_;
    torch::ScalarType type_ = torch::kFloat32;
    std::shared_ptr<ExpertNetwork> network_;
    std::vector<torch::Tensor> averages_;
    std::unique_ptr<TrunkExecutor> executor_;
    double flops_ = 0;
};

double score_of(const torch::Tensor& logits) {
    return 1.0 / (1.0 + std::exp(logits[0][0].item<double>() - logits[0][1].item<double>()));
}

Timing timing_of(std::vector<double> seconds) {
    std::sort(seconds.begin(), seconds.end());
    const auto at = [&](double share) {
        const double place = share * static_cast<double>(seconds.size() - 1);
        const auto below = static_cast<size_t>(place);
        const auto above = std::min(below + 1, seconds.size() - 1);
        return seconds[below] +
               (place - static_cast<double>(below)) * (seconds[above] - seconds[below]);
    };
    return {at(0.5), at(0.25), at(0.75)};
}

double fastest(int times, const std::function<void()>& work) {
    double best = std::numeric_limits<double>::max();
    for (int i = 0; i < times; ++i) {
        const double start = now();
        work();
        best = std::min(best, now() - start);
    }
    return best;
}

/// What the machine can do at most: a convolution and a matrix product of comfortable sizes.
void measure_ceilings(SpeedReport& report, const torch::Device& device) {
    const auto done = [&](const torch::Tensor& result) {
        if (device.is_cuda())
            result.flatten()[0].item<float>();
    };
    const auto layout = torch::MemoryFormat::ChannelsLast;
    const auto x = torch::rand({1, 256, 64, 64}).to(device).contiguous(layout);
    const auto w = torch::rand({256, 256, 3, 3}).to(device).contiguous(layout);
    report.convolution_gflops =
        2e-9 * 256 * 256 * 9 * 64 * 64 / fastest(8, [&] { done(torch::conv2d(x, w, {}, 1, 1)); });
    const auto a = torch::rand({1024, 1024}).to(device), b = torch::rand({1024, 1024}).to(device);
    report.matrix_product_gflops =
        2e-9 * 1024 * 1024 * 1024 / fastest(8, [&] { done(torch::mm(a, b)); });
}

std::vector<SpeedVariant> variants_of(const SpeedOptions& options) {
    std::vector<SpeedVariant> variants;
    const auto add = [&](const std::string& name, const std::string& precision, int batch) {
        auto& variant = variants.emplace_back();
        variant.name = name;
        variant.device = options.device;
        variant.precision = precision;
        variant.batch = batch;
    };
    const bool processor = torch::Device(options.device).is_cpu();
    const bool executor =
        processor && trunk_executor_name() != "none" &&
        std::all_of(options.experts.begin(), options.experts.end(), [](const auto& expert) {
            return !trunk_plan_of(*make_network(expert.architecture)).steps.empty();
        });
    add("reference", "fp32", 1);
    for (const auto& precision : options.precisions) {
        if (precision != "fp32" && precision != "bf16" && (precision != "fp16" || processor))
            throw std::invalid_argument("The precision " + precision + " is not available on " +
                                        options.device +
                                        ": fp32 and bf16 are, and fp16 on a CUDA device.");
        for (const int batch : options.batches) {
            add("modules", precision, batch);
            if (executor)
                add("executor", precision, batch);
        }
    }
    return variants;
}

void check(const SpeedOptions& options) {
    if (options.experts.empty() || options.precisions.empty() || options.batches.empty())
        throw std::invalid_argument(
            "There is nothing to measure: give at least one expert, precision and batch.");
    if (options.rounds < 1 || options.side < 32 ||
        *std::min_element(options.batches.begin(), options.batches.end()) < 1)
        throw std::invalid_argument(
            "Rounds and batches are at least 1, and a picture has a side of at least 32.");
    for (const auto& expert : options.experts)
        (void)find_architecture(expert.architecture);
}

/// Every variant of every expert, the variants taking turns.
class Measurement {
  public:
    Measurement(const SpeedOptions& options, const SpeedProgress& progress,
                const std::stop_token& stop)
        : options_(options), progress_(progress), stop_(stop) {
        report_.experts = options.experts;
        report_.executor = trunk_executor_name();
        report_.threads = at::get_num_threads();
        report_.side = options.side;
        report_.maps = options.maps;
        report_.variants = variants_of(options);
        const auto count = report_.variants.size();
        rounds_.assign(count, std::vector<double>(static_cast<size_t>(options.rounds), 0.0));
        panel_scores_.assign(count, 0.0);
        panel_flops_ = 0;
        steps_ = static_cast<double>(options.experts.size() + (options.memory ? count : 0));
    }

    SpeedReport run() {
        const torch::NoGradGuard no_gradients;
        measure_ceilings(report_, torch::Device(options_.device));
        for (size_t e = 0; e < options_.experts.size() && !stop_.stop_requested(); ++e) {
            tell(options_.experts[e].name);
            measure(options_.experts[e]);
        }
        for (size_t v = 0;
             options_.memory && v < report_.variants.size() && !stop_.stop_requested(); ++v) {
            tell("Memory of " + report_.variants[v].name + " " + report_.variants[v].precision);
            measure_memory(report_.variants[v]);
        }
        if (stop_.stop_requested()) {
            report_.variants.clear();
            return std::move(report_);
        }
        for (size_t v = 0; v < report_.variants.size(); ++v) {
            auto& variant = report_.variants[v];
            variant.panel = timing_of(rounds_[v]);
            variant.gflops = every_flops_known_ ? panel_flops_ * 1e-9 / variant.panel.median : 0;
            variant.panel_score_deviation = std::abs(panel_scores_[v] - panel_scores_[0]) /
                                            static_cast<double>(options_.experts.size());
        }
        return std::move(report_);
    }

  private:
    void tell(const std::string& what) {
        if (progress_)
            progress_(done_, steps_, what);
        done_ += 1;
    }

    void measure(const SpeedExpert& expert) {
        const auto workspace = make_workspace();
        std::vector<std::unique_ptr<Runner>> runners;
        std::vector<torch::Tensor> inputs;
        std::vector<double> scores;
        auto& variants = report_.variants;
        const auto executors_first =
            std::find_if(variants.begin(), variants.end(),
                         [](const auto& variant) { return variant.name == "executor"; });
        for (auto& variant : variants) {
            const bool profile = options_.profile && executors_first != variants.end() &&
                                 &variant == &*executors_first;
            runners.push_back(
                std::make_unique<Runner>(variant, expert, options_.side, workspace, profile));
            inputs.push_back(input_of(variant.batch, options_.side));
            scores.push_back(score_of(runners.back()->run(inputs.back(), options_.maps)));
            variant.weight_bytes += runners.back()->weight_bytes();
        }
        std::vector<std::vector<double>> seconds(variants.size());
        for (int round = 0; round < options_.rounds && !stop_.stop_requested(); ++round)
            for (size_t v = 0; v < variants.size(); ++v) {
                const double start = now();
                (void)runners[v]->run(inputs[v], options_.maps);
                const double taken = (now() - start) / variants[v].batch;
                seconds[v].push_back(taken);
                rounds_[v][static_cast<size_t>(round)] += taken;
            }
        if (stop_.stop_requested())
            return;
        const double flops = runners.front()->flops();
        panel_flops_ += flops;
        every_flops_known_ = every_flops_known_ && flops > 0;
        for (size_t v = 0; v < variants.size(); ++v) {
            auto& variant = variants[v];
            variant.experts.push_back(timing_of(seconds[v]));
            variant.expert_gflops.push_back(flops * 1e-9 / variant.experts.back().median);
            variant.max_score_deviation =
                std::max(variant.max_score_deviation, std::abs(scores[v] - scores[0]));
            panel_scores_[v] += scores[v];
            keep_times(expert, runners[v]->times());
        }
    }

    void keep_times(const SpeedExpert& expert, const std::vector<OperationTime>& times) {
        for (const auto& each : times) {
            const double seconds =
                each.seconds / static_cast<double>(std::max<std::int64_t>(each.runs, 1));
            report_.operations.push_back({expert.name, each.name, each.kernel, seconds,
                                          seconds > 0 ? each.flops * 1e-9 / seconds : 0});
        }
    }

    /// All experts of one variant loaded, and nothing else.
    void measure_memory(SpeedVariant& variant) {
        const auto workspace = make_workspace();
        std::vector<std::unique_ptr<Runner>> runners;
        for (const auto& expert : options_.experts)
            runners.push_back(
                std::make_unique<Runner>(variant, expert, options_.side, workspace, false));
        if (!reset_peak_memory())
            return;
        const auto input = input_of(variant.batch, options_.side);
        for (const auto& runner : runners)
            (void)runner->run(input, options_.maps);
        variant.peak_memory_bytes = peak_memory();
    }

    const SpeedOptions& options_;
    const SpeedProgress& progress_;
    const std::stop_token& stop_;
    SpeedReport report_;
    std::vector<std::vector<double>> rounds_;  // [variant][round]: all experts
    std::vector<double> panel_scores_;         // [variant]: summed over the experts
    double panel_flops_ = 0;
    bool every_flops_known_ = true;
    double done_ = 0, steps_ = 0;
};

}  // namespace

const std::vector<SpeedExpert>& published_experts() {
    static const std::vector<SpeedExpert> experts{{"convnextv2_tiny-0", "convnextv2_tiny"},
                                                  {"convnextv2_tiny-1", "convnextv2_tiny"},
                                                  {"tf_efficientnet_b4-2", "tf_efficientnet_b4"},
                                                  {"tf_efficientnet_b4-3", "tf_efficientnet_b4"},
                                                  {"tf_efficientnet_b5-4", "tf_efficientnet_b5"},
                                                  {"tf_efficientnet_b5-5", "tf_efficientnet_b5"},
                                                  {"tf_efficientnet_b6-6", "tf_efficientnet_b6"}};
    return experts;
}

SpeedReport measure_speed(const SpeedOptions& options, const SpeedProgress& progress,
                          std::stop_token stop) {
    check(options);
    if (!torch::Device(options.device).is_cpu())
        return measure_card_speed(options, progress, stop);
    return Measurement(options, progress, stop).run();
}

// What a card is measured with, too.
namespace speed_parts {

torch::Tensor input(int pictures, int side) {
    return input_of(pictures, side);
}
Timing timing(std::vector<double> seconds) {
    return timing_of(std::move(seconds));
}
void ceilings(SpeedReport& report, torch::Device device) {
    measure_ceilings(report, device);
}

}  // namespace speed_parts
}  // namespace dfd
