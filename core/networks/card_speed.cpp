#include "core/networks/card_speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/networks/card_arithmetic.h"
#include "core/networks/device_lanes.h"
#include "core/networks/folded_trunk.h"
#include "core/networks/formula_weights.h"
#include "core/networks/grad_cam.h"
#include "core/networks/planned_trunk.h"
#include "core/networks/speed_parts.h"

namespace dfd {
namespace {

constexpr int kFake = 1;
constexpr const char* kReference = "reference";
constexpr const char* kFolded = "folded";
constexpr const char* kTogether = "together";

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

torch::ScalarType type_of(const SpeedVariant& variant) {
    if (variant.precision == "fp32")
        return torch::kFloat32;
    if (variant.precision == "bf16")
        return torch::kBFloat16;
    if (variant.precision == "fp16")
        return torch::kFloat16;
    throw std::invalid_argument("The precision " + variant.precision +
                                " is not known: fp32, bf16 and fp16 are.");
}

double score_of(const torch::Tensor& logits) {
    return 1.0 / (1.0 + std::exp(logits[0][0].item<double>() - logits[0][1].item<double>()));
}

/// One expert on the device, ready to score in one way.
class CardRunner {
  public:
    CardRunner(const SpeedVariant& variant, const SpeedExpert& expert, int side)
        : device_(variant.device), network_(make_network(expert.architecture)) {
        const auto plan = trunk_plan_of(*network_);
        flops_ = trunk_flops(plan, side, side);
        for (auto& parameter : network_->parameters())
            parameter.set_requires_grad(false);
        const auto raw = expert.name + ".", averaged = "ema." + raw;
        fill_by_formula(*network_, expert.architecture, averaged, raw);
        if (variant.name == kReference) {
            for (const auto& parameter : network_->parameters())
                averages_.push_back(parameter.to(device_, torch::kFloat32, false, /*copy=*/true));
            fill_by_formula(*network_, expert.architecture, raw, raw);
            network_->to(device_);
        } else if (variant.name == kFolded && !plan.steps.empty()) {
            trunk_.emplace(plan, device_, type_of(variant));
            release_tensors(plan);
            network_->to(device_);
        } else {
            type_ = type_of(variant);
            network_->to(device_, type_);
        }
    }

    /// float32 logits [N,2] on the processor, after everything has been computed.
    torch::Tensor run(const torch::Tensor& input, bool maps) {
        std::vector<torch::Tensor> kept;
        const auto parameters =
            averages_.empty() ? std::vector<torch::Tensor>{} : network_->parameters();
        for (std::size_t i = 0; i < averages_.size(); ++i) {
            kept.push_back(parameters[i].clone());
            parameters[i].copy_(averages_[i]);
        }
        const auto features =
            trunk_ ? trunk_->run(input) : network_->feature_map(input.to(device_, type_));
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
        return logits;
    }

    [[nodiscard]] std::int64_t weight_bytes() const {
        std::int64_t bytes = trunk_ ? trunk_->weight_bytes() : 0;
        for (const auto& each : named_tensors(*network_))
            bytes += static_cast<std::int64_t>(each.tensor.nbytes());
        return bytes;
    }
    [[nodiscard]] double flops() const { return flops_; }  ///< of one picture; 0: no plan

  private:
    torch::Device device_;
    torch::ScalarType type_ = torch::kFloat32;
    std::shared_ptr<ExpertNetwork> network_;
    std::vector<torch::Tensor> averages_;
    std::optional<FoldedTrunk> trunk_;
    double flops_ = 0;
};

/// Every expert in one way of scoring.
struct CardPanel {
    struct Lap {
        double seconds = 0;
        std::vector<double> experts;  ///< seconds; empty where they ran together
        std::vector<double> scores;   ///< of the first picture, by expert
    };

    Lap run(bool together, const torch::Tensor& input, bool maps) {
        Lap lap;
        lap.scores.resize(runners.size());
        const auto score = [&](std::size_t e) {
            lap.scores[e] = score_of(runners[e]->run(input, maps));
        };
        const double start = now();
        if (together) {
            lanes->run(score);
        } else {
            for (std::size_t e = 0; e < runners.size(); ++e) {
                const double begun = now();
                score(e);
                lap.experts.push_back(now() - begun);
            }
        }
        lap.seconds = now() - start;
        return lap;
    }

    std::vector<std::unique_ptr<CardRunner>> runners;
    std::unique_ptr<DeviceLanes> lanes;
};

class CardMeasurement {
  public:
    CardMeasurement(const SpeedOptions& options, const SpeedProgress& progress,
                    const std::stop_token& stop)
        : options_(options), progress_(progress), stop_(stop) {
        report_.experts = options.experts;
        report_.executor = "LibTorch's operators, folded";
        report_.threads = at::get_num_threads();
        report_.side = options.side;
        report_.maps = options.maps;
        for (const int batch : options.batches)
            add(kReference, "fp32", batch);
        for (const auto& precision : options.precisions)
            for (const int batch : options.batches)
                for (const auto* name : {"modules", kFolded, kTogether})
                    add(name, precision, batch);
        laps_.resize(report_.variants.size());
        steps_ = 2 * static_cast<double>(report_.variants.size()) + options.rounds;
    }

    SpeedReport run() {
        const torch::NoGradGuard no_gradients;
        use_card_arithmetic(CardArithmetic::Exact);
        speed_parts::ceilings(report_, torch::Device(options_.device));
        if (load() && compare() && measure())
            conclude();
        else
            report_.variants.clear();
        use_card_arithmetic(CardArithmetic::Exact);
        return std::move(report_);
    }

  private:
    void add(const std::string& name, const std::string& precision, int batch) {
        auto& variant = report_.variants.emplace_back();
        variant.name = name;
        variant.device = options_.device;
        variant.precision = precision;
        variant.batch = batch;
        (void)type_of(variant);
    }

    /// False when asked to stop.
    bool go_on(const std::string& what) {
        if (progress_)
            progress_(done_, steps_, what);
        done_ += 1;
        return !stop_.stop_requested();
    }

    [[nodiscard]] CardPanel& panel_of(const SpeedVariant& variant) {
        return panels_[{variant.name == kTogether ? kFolded : variant.name, variant.precision}];
    }

    CardPanel::Lap lap(const SpeedVariant& variant, const torch::Tensor& input) {
        return panel_of(variant).run(variant.name == kTogether, input, options_.maps);
    }

    bool load() {
        for (auto& variant : report_.variants) {
            if (!go_on("Loading " + variant.name + " " + variant.precision))
                return false;
            auto& panel = panel_of(variant);
            if (panel.runners.empty()) {
                auto how = variant;
                if (how.name == kTogether)
                    how.name = kFolded;
                for (const auto& expert : options_.experts)
                    panel.runners.push_back(
                        std::make_unique<CardRunner>(how, expert, options_.side));
            }
            if (variant.name == kTogether && !panel.lanes)
                panel.lanes = std::make_unique<DeviceLanes>(torch::Device(variant.device),
                                                            panel.runners.size());
            for (const auto& runner : panel.runners)
                variant.weight_bytes += runner->weight_bytes();
        }
        return true;
    }

    /// Everything once, to warm up; the scores beside the first's, the reference's.
    bool compare() {
        std::vector<double> expected;
        for (auto& variant : report_.variants) {
            if (!go_on("Comparing the scores of " + variant.name + " " + variant.precision))
                return false;
            const auto scores =
                lap(variant, speed_parts::input(variant.batch, options_.side)).scores;
            if (expected.empty())
                expected = scores;
            double panel = 0;
            for (std::size_t e = 0; e < scores.size(); ++e) {
                const double off = scores[e] - expected[e];
                variant.max_score_deviation = std::max(variant.max_score_deviation, std::abs(off));
                panel += off / static_cast<double>(scores.size());
            }
            variant.panel_score_deviation = std::abs(panel);
        }
        return true;
    }

    bool measure() {
        std::vector<torch::Tensor> inputs;
        for (const auto& variant : report_.variants)
            inputs.push_back(speed_parts::input(variant.batch, options_.side));
        for (int round = 0; round < options_.rounds; ++round) {
            if (!go_on("Round " + std::to_string(round + 1)))
                return false;
            for (std::size_t v = 0; v < report_.variants.size(); ++v) {
                if (stop_.stop_requested())
                    return false;
                const auto& variant = report_.variants[v];
                use_card_arithmetic(variant.name == kReference ? CardArithmetic::LibTorchs
                                                               : CardArithmetic::Exact);
                laps_[v].push_back(lap(variant, inputs[v]));
            }
        }
        return true;
    }

    void conclude() {
        std::vector<double> flops;
        for (const auto& runner : panel_of(report_.variants.front()).runners)
            flops.push_back(runner->flops());
        const bool all_known = std::ranges::all_of(flops, [](double each) { return each > 0; });
        const double in_all = std::accumulate(flops.begin(), flops.end(), 0.0);
        for (std::size_t v = 0; v < report_.variants.size(); ++v) {
            auto& variant = report_.variants[v];
            const auto timing = [&](const auto& seconds_of) {
                std::vector<double> seconds;
                for (const auto& each : laps_[v])
                    seconds.push_back(seconds_of(each) / variant.batch);
                return speed_parts::timing(std::move(seconds));
            };
            variant.panel = timing([](const auto& each) { return each.seconds; });
            variant.gflops = all_known ? in_all * 1e-9 / variant.panel.median : 0;
            for (std::size_t e = 0; e < laps_[v].front().experts.size(); ++e) {
                variant.experts.push_back(
                    timing([&](const auto& each) { return each.experts[e]; }));
                variant.expert_gflops.push_back(flops[e] * 1e-9 / variant.experts.back().median);
            }
        }
    }

    const SpeedOptions& options_;
    const SpeedProgress& progress_;
    const std::stop_token& stop_;
    SpeedReport report_;
    std::map<std::pair<std::string, std::string>, CardPanel> panels_;  // by way and precision
    std::vector<std::vector<CardPanel::Lap>> laps_;                    // [variant][round]
    double done_ = 0, steps_ = 0;
};

/// The faster of two.
const SpeedVariant* faster(const SpeedVariant* best, const SpeedVariant& other) {
    return best == nullptr || other.panel.median < best->panel.median ? &other : best;
}

}  // namespace

SpeedReport measure_card_speed(const SpeedOptions& options, const SpeedProgress& progress,
                               std::stop_token stop) try {
    return CardMeasurement(options, progress, stop).run();
} catch (const c10::OutOfMemoryError&) {
    throw std::invalid_argument("There is not enough free memory on " + options.device +
                                " to measure this; take smaller batches, fewer experts or one "
                                "precision at a time.");
} catch (const c10::Error& error) {
    const std::string what = error.what_without_backtrace();
    throw std::runtime_error("The device " + options.device +
                             " cannot be measured: " + what.substr(0, what.find('\n')));
}

SpeedGain speed_gain(const SpeedReport& report) {
    const SpeedVariant *reference = nullptr, *other = nullptr;
    const SpeedVariant *reference_alone = nullptr, *other_alone = nullptr;
    for (const auto& variant : report.variants) {
        const bool is_reference = variant.name == kReference;
        auto& best = is_reference ? reference : other;
        auto& best_alone = is_reference ? reference_alone : other_alone;
        best = faster(best, variant);
        if (variant.batch == 1)
            best_alone = faster(best_alone, variant);
    }
    SpeedGain gain;
    if (reference != nullptr && other != nullptr) {
        gain.throughput = reference->panel.median / other->panel.median;
        gain.reference_batch = reference->batch;
        gain.batch = other->batch;
    }
    if (reference_alone != nullptr && other_alone != nullptr)
        gain.latency = other_alone->panel.median / reference_alone->panel.median;
    return gain;
}

}  // namespace dfd
