#include "core/networks/speed/speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/hardware/peak_memory.h"
#include "core/networks/speed/card_speed.h"
#include "core/networks/speed/speed_parts.h"
#include "core/networks/speed/speed_runner.h"

namespace dfd {
namespace {

constexpr const char* kSideBySide = "side by side";

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

/// Measures all variants of the panel in alternation.
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
        speed_parts::ceilings(report_, torch::Device(options_.device));
        const bool finished = load() && compare() && measure() && measure_memory();
        if (!finished)
            report_.variants.clear();
        else
            speed_parts::conclude(report_, laps_, flops_);
        return std::move(report_);
    }

  private:
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

    [[nodiscard]] static SpeedLap lap_of(const SpeedVariant& variant, SpeedPanel& panel,
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
        for (size_t e = 0; e < options_.experts.size(); ++e)
            flops_.push_back(panel_of(report_.variants.front())[e].flops());
        return true;
    }

    /// Runs every variant once, as warm-up, and compares the scores with the reference's, on the
    /// given pictures or, if there are none, on a generated one.
    bool compare() {
        for (const auto& variant : report_.variants)
            if (stop_.stop_requested())
                return false;
            else
                (void)lap_of(variant, panel_of(variant),
                             speed_parts::input(variant.batch, options_.side), false);
        if (options_.pictures.empty())
            compare_on(speed_parts::input(1, options_.side));
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
            speed_parts::note_deviation(variant, scores, expected);
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
            inputs.push_back(speed_parts::input(variant.batch, options_.side));
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

    /// Loads each variant's panel alone.
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
            (void)lap_of(variant, *panel, speed_parts::input(variant.batch, options_.side),
                         options_.maps);
            variant.peak_memory_bytes = peak_memory();
        }
        return true;
    }

    const SpeedOptions& options_;
    const SpeedProgress& progress_;
    const std::stop_token& stop_;
    SpeedReport report_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<SpeedPanel>> panels_;
    std::vector<std::vector<SpeedLap>> laps_;  // [variant][round]
    std::vector<double> flops_;                // per expert
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

}  // namespace dfd
