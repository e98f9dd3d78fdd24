#include "app/bench/speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "app/bench/parts.h"
#include "app/bench/peak_memory.h"
#include "app/bench/speed_panel.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/hardware/card_arithmetic.h"

namespace dfd {
namespace {

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

/// [pictures,3,side,side] float32 on the CPU: normalised values of a picture with gradients, edges
/// and grain, the same in every run.
torch::Tensor generated_input(int pictures, int side) {
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

double fastest(int times, const std::function<void()>& work) {
    double best = std::numeric_limits<double>::max();
    for (int i = 0; i < times; ++i) {
        const double start = seconds_now();
        work();
        best = std::min(best, seconds_now() - start);
    }
    return best;
}

/// Measures the device's peak rates with a convolution and a matrix product of favourable sizes.
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

/// Updates the largest deviations so far: per expert and of their mean.
void note_deviation(SpeedVariant& variant, const std::vector<double>& scores,
                    const std::vector<double>& expected) {
    double panel = 0;
    for (std::size_t e = 0; e < scores.size(); ++e) {
        const double off = scores[e] - expected[e];
        variant.max_score_deviation = std::max(variant.max_score_deviation, std::abs(off));
        panel += off / static_cast<double>(scores.size());
    }
    variant.panel_score_deviation = std::max(variant.panel_score_deviation, std::abs(panel));
}

/// Computes a variant's timings and rates from its laps and the experts' operation counts.
void conclude(SpeedVariant& variant, const std::vector<SpeedLap>& laps,
              const std::vector<double>& flops) {
    const bool all_known = std::ranges::all_of(flops, [](double each) { return each > 0; });
    const double in_all = std::accumulate(flops.begin(), flops.end(), 0.0);
    const auto timing_over = [&](const auto& seconds_of) {
        std::vector<double> seconds;
        for (const auto& lap : laps)
            seconds.push_back(seconds_of(lap) / variant.batch);
        return timing_of(std::move(seconds));
    };
    variant.panel = timing_over([](const auto& lap) { return lap.seconds; });
    variant.gflops = all_known ? in_all * 1e-9 / variant.panel.median : 0;
    for (std::size_t e = 0; e < laps.front().experts.size(); ++e) {
        variant.experts.push_back(timing_over([&](const auto& lap) { return lap.experts[e]; }));
        variant.expert_gflops.push_back(flops[e] * 1e-9 / variant.experts.back().median);
    }
}

/// Measures all variants of the panel in alternation.
class Measurement {
  public:
    Measurement(SpeedDevice device, const SpeedOptions& options, const SpeedProgress& progress,
                const std::stop_token& stop)
        : device_(std::move(device)), options_(options), progress_(progress), stop_(stop) {
        report_.experts = options.experts;
        report_.executor = device_.executor;
        report_.threads = at::get_num_threads();
        report_.side = options.side;
        report_.maps = options.maps;
        for (const int batch : device_.reference_batches)
            add(kReference, "fp32", batch);
        for (const auto& precision : options.precisions)
            for (const int batch : options.batches)
                for (const auto& name : device_.variants)
                    add(name, precision, batch);
        const auto count = report_.variants.size();
        laps_.resize(count);
        steps_ = static_cast<double>(count * (measures_memory() ? 3 : 2)) + options.rounds;
    }

    SpeedReport run() {
        const torch::NoGradGuard no_gradients;
        use_card_arithmetic(CardArithmetic::Exact);
        measure_ceilings(report_, torch::Device(options_.device));
        const bool finished = load() && compare() && measure() && measure_memory();
        use_card_arithmetic(CardArithmetic::Exact);
        if (!finished)
            report_.variants.clear();
        for (std::size_t v = 0; v < report_.variants.size(); ++v)
            conclude(report_.variants[v], laps_[v], flops_);
        return std::move(report_);
    }

  private:
    void add(const std::string& name, const std::string& precision, int batch) {
        auto& variant = report_.variants.emplace_back();
        variant.name = name;
        variant.device = options_.device;
        variant.precision = precision;
        variant.batch = batch;
    }

    [[nodiscard]] bool measures_memory() const {
        return options_.memory && device_.measures_memory;
    }

    /// Reports progress. False when asked to stop.
    bool go_on(const std::string& what) {
        if (progress_)
            progress_(done_, steps_, what);
        done_ += 1;
        return !stop_.stop_requested();
    }

    [[nodiscard]] SpeedPanel& panel_of(const SpeedVariant& variant) {
        return *panels_.at({loaded_as(variant), variant.precision});
    }

    [[nodiscard]] std::unique_ptr<SpeedPanel> panel_for(const SpeedVariant& variant) const {
        return std::make_unique<SpeedPanel>(variant, options_.experts, options_.side);
    }

    bool load() {
        for (auto& variant : report_.variants) {
            if (!go_on("Loading " + variant.name + " " + variant.precision))
                return false;
            auto& panel = panels_[{loaded_as(variant), variant.precision}];
            if (!panel)
                panel = panel_for(variant);
            variant.weight_bytes = panel->weight_bytes();
        }
        flops_ = panel_of(report_.variants.front()).flops();
        return true;
    }

    /// Compares every variant's scores with the reference's, on the given pictures or, if there are
    /// none, on a generated one.
    bool compare() {
        std::vector<torch::Tensor> inputs;
        for (const auto& picture : options_.pictures)
            inputs.push_back(
                stretch(normalise(wrap_rgb(picture.rgb.data(), picture.width, picture.height),
                                  {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}),
                        options_.side));
        if (inputs.empty())
            inputs.push_back(generated_input(1, options_.side));
        std::vector<std::vector<double>> expected;  // [picture][expert], the first variant's
        for (auto& variant : report_.variants) {
            if (!go_on("Comparing the scores of " + variant.name + " " + variant.precision))
                return false;
            auto& panel = panel_of(variant);
            (void)panel.lap(variant, generated_input(variant.batch, options_.side), false);
            for (std::size_t p = 0; p < inputs.size(); ++p) {
                if (stop_.stop_requested())
                    return false;
                const auto input = inputs[p].expand({variant.batch, -1, -1, -1});
                const auto scores = panel.lap(variant, input, false).scores;
                if (expected.size() == p)
                    expected.push_back(scores);
                note_deviation(variant, scores, expected[p]);
            }
        }
        return true;
    }

    bool measure() {
        auto* const profiled = profiled_panel();
        if (profiled != nullptr)
            profiled->profile();
        std::vector<torch::Tensor> inputs;
        for (const auto& variant : report_.variants)
            inputs.push_back(generated_input(variant.batch, options_.side));
        for (int round = 0; round < options_.rounds; ++round) {
            if (!go_on("Round " + std::to_string(round + 1)))
                return false;
            for (std::size_t v = 0; v < report_.variants.size(); ++v) {
                if (stop_.stop_requested())
                    return false;
                const auto& variant = report_.variants[v];
                use_card_arithmetic(variant.name == kReference ? CardArithmetic::LibTorchs
                                                               : CardArithmetic::Exact);
                laps_[v].push_back(panel_of(variant).lap(variant, inputs[v], options_.maps));
                if (profiled != nullptr && variant.name == kExecutor &&
                    round + 1 == options_.rounds && report_.operations.empty())
                    keep_times(*profiled);
            }
        }
        return true;
    }

    /// That of the first executor variant, or nullptr.
    SpeedPanel* profiled_panel() {
        const auto executor = std::ranges::find(report_.variants, kExecutor, &SpeedVariant::name);
        return options_.profile && executor != report_.variants.end() ? &panel_of(*executor)
                                                                      : nullptr;
    }

    void keep_times(const SpeedPanel& panel) {
        for (std::size_t e = 0; e < options_.experts.size(); ++e)
            for (const auto& each : panel.times(e)) {
                const double seconds =
                    each.seconds / static_cast<double>(std::max<std::int64_t>(each.runs, 1));
                report_.operations.push_back({options_.experts[e].name, each.name, each.kernel,
                                              seconds,
                                              seconds > 0 ? each.flops * 1e-9 / seconds : 0});
            }
    }

    /// Loads each variant's panel alone.
    bool measure_memory() {
        panels_.clear();
        if (!measures_memory())
            return true;
        for (auto& variant : report_.variants) {
            if (!go_on("Memory of " + variant.name + " " + variant.precision))
                return false;
            const auto panel = panel_for(variant);
            if (!reset_peak_memory())
                break;
            (void)panel->lap(variant, generated_input(variant.batch, options_.side), options_.maps);
            variant.peak_memory_bytes = peak_memory();
        }
        return true;
    }

    SpeedDevice device_;
    const SpeedOptions& options_;
    const SpeedProgress& progress_;
    const std::stop_token& stop_;
    SpeedReport report_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<SpeedPanel>> panels_;
    std::vector<std::vector<SpeedLap>> laps_;  // [variant][round]
    std::vector<double> flops_;                // per expert
    double done_ = 0, steps_ = 0;
};

/// The faster of two.
const SpeedVariant* faster(const SpeedVariant* best, const SpeedVariant& other) {
    return best == nullptr || other.panel.median < best->panel.median ? &other : best;
}

}  // namespace

Timing timing_of(std::vector<double> values) {
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        const double place = share * static_cast<double>(values.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const auto above = std::min(below + 1, values.size() - 1);
        return values[below] +
               (place - static_cast<double>(below)) * (values[above] - values[below]);
    };
    return {at(0.5), at(0.25), at(0.75)};
}

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

SpeedDevice speed_of_processor(const SpeedOptions& options) {
    for (const auto& precision : options.precisions)
        if (precision != "fp32" && precision != "bf16")
            throw std::invalid_argument("The precision " + precision + " is not available on " +
                                        options.device +
                                        ": fp32 and bf16 are, and fp16 on a CUDA device.");
    const WithoutInitialValues needless;
    SpeedDevice device{trunk_executor_name(), {1}, {kModules}, true};
    if (device.executor != "none" && std::ranges::all_of(options.experts, [](const auto& expert) {
            return !trunk_plan_of(*make_network(expert.architecture)).steps.empty();
        })) {
        device.variants.push_back(kExecutor);
        if (options.experts.size() > 1 && experts_at_once(at::get_num_threads()) > 1)
            device.variants.push_back(kSideBySide);
    }
    return device;
}

SpeedDevice speed_of_card(const SpeedOptions& options) {
    for (const auto& precision : options.precisions)
        (void)type_of(precision);
    return {"LibTorch's operators, folded", options.batches, {kModules, kFolded, kTogether}, false};
}

SpeedReport measure_speed_on(SpeedDevice (*device)(const SpeedOptions&),
                             const SpeedOptions& options, const SpeedProgress& progress,
                             std::stop_token stop) {
    check(options);
    return Measurement(device(options), options, progress, stop).run();
}

SpeedReport measure_speed(const SpeedOptions& options, const SpeedProgress& progress,
                          std::stop_token stop) {
    if (torch::Device(options.device).is_cpu())
        return measure_speed_on(speed_of_processor, options, progress, std::move(stop));
    try {
        return measure_speed_on(speed_of_card, options, progress, std::move(stop));
    } catch (const c10::OutOfMemoryError&) {
        throw std::invalid_argument("There is not enough free memory on " + options.device +
                                    " to measure this; take smaller batches, fewer experts or one "
                                    "precision at a time.");
    } catch (const c10::Error& error) {
        const std::string what = error.what_without_backtrace();
        throw std::runtime_error("The device " + options.device +
                                 " cannot be measured: " + what.substr(0, what.find('\n')));
    }
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
