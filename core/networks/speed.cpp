#include "core/networks/speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "core/networks/card_speed.h"
#include "core/networks/formula_weights.h"
#include "core/networks/initial_values.h"
#include "core/networks/peak_memory.h"
#include "core/networks/planned_trunk.h"
#include "core/networks/preprocess.h"
#include "core/networks/speed_parts.h"
#include "core/networks/speed_runner.h"

namespace dfd {
namespace {

constexpr const char* kSideBySide = "side by side";

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
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
    const WithoutInitialValues needless;
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
            if (executor && options.experts.size() > 1 &&
                experts_at_once(at::get_num_threads()) > 1)
                add(kSideBySide, precision, batch);
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

std::string loaded_as(const SpeedVariant& variant) {
    return variant.name == kSideBySide ? "executor" : variant.name;
}

/// Every variant of the panel, the variants taking turns.
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
        laps_.resize(count);
        steps_ = static_cast<double>(count * (options.memory ? 2 : 1)) + options.rounds +
                 static_cast<double>(options.pictures.size());
    }

    SpeedReport run() {
        const torch::NoGradGuard no_gradients;
        measure_ceilings(report_, torch::Device(options_.device));
        const bool finished = load() && compare() && measure() && measure_memory();
        if (!finished)
            report_.variants.clear();
        else
            conclude();
        return std::move(report_);
    }

  private:
    /// False when asked to stop.
    bool go_on(const std::string& what) {
        if (progress_)
            progress_(done_, steps_, what);
        done_ += 1;
        return !stop_.stop_requested();
    }

    [[nodiscard]] SpeedPanel& panel_of(const SpeedVariant& variant) {
        return *panels_.at({loaded_as(variant), variant.precision});
    }

    [[nodiscard]] static SpeedPanel::Lap lap_of(const SpeedVariant& variant, SpeedPanel& panel,
                                                const torch::Tensor& input, bool maps) {
        return variant.name == kSideBySide ? panel.side_by_side(input, maps)
                                           : panel.one_after_the_other(input, maps);
    }

    [[nodiscard]] std::unique_ptr<SpeedPanel> panel_for(const SpeedVariant& variant) const {
        return std::make_unique<SpeedPanel>(loaded_as(variant), variant.device, variant.precision,
                                            options_.experts, options_.side);
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
        for (size_t e = 0; e < options_.experts.size(); ++e) {
            flops_.push_back(panel_of(report_.variants.front())[e].flops());
            every_flops_known_ = every_flops_known_ && flops_.back() > 0;
        }
        return true;
    }

    /// Everything once, to warm up; the scores beside the reference's, on the pictures or, without
    /// any, on our own.
    bool compare() {
        for (const auto& variant : report_.variants)
            if (stop_.stop_requested())
                return false;
            else
                (void)lap_of(variant, panel_of(variant), input_of(variant.batch, options_.side),
                             false);
        if (options_.pictures.empty())
            compare_on(input_of(1, options_.side));
        for (const auto& picture : options_.pictures) {
            if (!go_on("Comparing the variants' scores"))
                return false;
            compare_on(
                stretch(normalise(wrap_rgb(picture.rgb.data(), picture.width, picture.height),
                                  {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}),
                        options_.side));
        }
        return true;
    }

    void compare_on(const torch::Tensor& input) {
        std::vector<double> expected;
        for (auto& variant : report_.variants) {
            const auto scores =
                lap_of(variant, panel_of(variant), input.expand({variant.batch, -1, -1, -1}), false)
                    .scores;
            if (expected.empty())
                expected = scores;
            double panel = 0;
            for (size_t e = 0; e < scores.size(); ++e) {
                const double off = scores[e] - expected[e];
                variant.max_score_deviation = std::max(variant.max_score_deviation, std::abs(off));
                panel += off / static_cast<double>(scores.size());
            }
            variant.panel_score_deviation =
                std::max(variant.panel_score_deviation, std::abs(panel));
        }
    }

    bool measure() {
        const auto profiled =
            std::find_if(report_.variants.begin(), report_.variants.end(),
                         [](const auto& variant) { return variant.name == "executor"; });
        if (options_.profile && profiled != report_.variants.end())
            for (size_t e = 0; e < options_.experts.size(); ++e)
                panel_of(*profiled)[e].profile();
        std::vector<torch::Tensor> inputs;
        for (const auto& variant : report_.variants)
            inputs.push_back(input_of(variant.batch, options_.side));
        for (int round = 0; round < options_.rounds; ++round) {
            if (!go_on("Round " + std::to_string(round + 1)))
                return false;
            for (size_t v = 0; v < report_.variants.size() && !stop_.stop_requested(); ++v) {
                const auto& variant = report_.variants[v];
                laps_[v].push_back(lap_of(variant, panel_of(variant), inputs[v], options_.maps));
                if (options_.profile && &variant == &*profiled && round + 1 == options_.rounds)
                    keep_times(panel_of(variant));
            }
        }
        return !stop_.stop_requested();
    }

    void keep_times(SpeedPanel& panel) {
        for (size_t e = 0; e < panel.size(); ++e)
            for (const auto& each : panel[e].times()) {
                const double seconds =
                    each.seconds / static_cast<double>(std::max<std::int64_t>(each.runs, 1));
                report_.operations.push_back({options_.experts[e].name, each.name, each.kernel,
                                              seconds,
                                              seconds > 0 ? each.flops * 1e-9 / seconds : 0});
            }
    }

    /// Each variant's panel loaded alone.
    bool measure_memory() {
        panels_.clear();
        for (auto& variant : report_.variants) {
            if (!options_.memory)
                break;
            if (!go_on("Memory of " + variant.name + " " + variant.precision))
                return false;
            const auto panel = panel_for(variant);
            if (!reset_peak_memory())
                break;
            (void)lap_of(variant, *panel, input_of(variant.batch, options_.side), options_.maps);
            variant.peak_memory_bytes = peak_memory();
        }
        return true;
    }

    void conclude() {
        const double flops = std::accumulate(flops_.begin(), flops_.end(), 0.0);
        for (size_t v = 0; v < report_.variants.size(); ++v) {
            auto& variant = report_.variants[v];
            const auto timing = [&](const auto& seconds_of) {
                std::vector<double> seconds;
                for (const auto& lap : laps_[v])
                    seconds.push_back(seconds_of(lap) / variant.batch);
                return timing_of(std::move(seconds));
            };
            variant.panel = timing([](const auto& lap) { return lap.seconds; });
            variant.gflops = every_flops_known_ ? flops * 1e-9 / variant.panel.median : 0;
            for (size_t e = 0; e < laps_[v].front().experts.size(); ++e) {
                variant.experts.push_back(timing([&](const auto& lap) { return lap.experts[e]; }));
                variant.expert_gflops.push_back(flops_[e] * 1e-9 / variant.experts.back().median);
            }
        }
    }

    const SpeedOptions& options_;
    const SpeedProgress& progress_;
    const std::stop_token& stop_;
    SpeedReport report_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<SpeedPanel>> panels_;
    std::vector<std::vector<SpeedPanel::Lap>> laps_;  // [variant][round]
    std::vector<double> flops_;                       // by expert
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
