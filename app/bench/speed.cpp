#include "app/bench/speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <new>
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
#include "core/networks/hardware/memory_failure.h"
#include "core/networks/hardware/score_tolerance.h"

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

/// Measures the device's peak rates with a convolution and a matrix product of favourable sizes:
/// large ones on a GPU, where small ones take no longer than being queued.
void measure_ceilings(SpeedReport& report, const torch::Device& device) {
    const auto done = [&](const torch::Tensor& result) {
        if (device.is_cuda())
            result.flatten()[0].item<float>();
    };
    const auto layout = torch::MemoryFormat::ChannelsLast;
    const std::int64_t pictures = device.is_cuda() ? 32 : 1;
    const auto x = torch::rand({pictures, 256, 64, 64}).to(device).contiguous(layout);
    const auto w = torch::rand({256, 256, 3, 3}).to(device).contiguous(layout);
    report.convolution_gflops = 2e-9 * 256 * 256 * 9 * 64 * 64 * static_cast<double>(pictures) /
                                fastest(8, [&] { done(torch::conv2d(x, w, {}, 1, 1)); });
    const std::int64_t side = device.is_cuda() ? 8192 : 1024;
    const auto a = torch::rand({side, side}).to(device), b = torch::rand({side, side}).to(device);
    report.matrix_product_gflops =
        2e-9 * static_cast<double>(side * side * side) / fastest(8, [&] { done(torch::mm(a, b)); });
}

/// The arithmetic that a variant is timed in on a GPU.
CardArithmetic arithmetic_of(const SpeedVariant& variant) {
    const bool plain =
        variant.name == kReference || (variant.name == kModules && variant.precision == "fp32");
    return plain ? CardArithmetic::LibTorchs : CardArithmetic::Exact;
}

std::string words_of(const SpeedVariant& variant) {
    return variant.name + " " + variant.precision + " " + std::to_string(variant.batch);
}

/// Updates the largest deviations so far: per expert and of their mean.
void note_deviation(SpeedVariant& variant, const std::vector<double>& scores,
                    const std::vector<double>& expected) {
    double panel = 0;
    for (std::size_t e = 0; e < scores.size(); ++e) {
        const double off = scores[e] - expected[e];
        if (!(std::abs(off) <= variant.max_score_deviation))  // not a number counts
            variant.max_score_deviation = std::abs(off);
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
        if (device_.plain_modules && !std::ranges::count(options.precisions, "fp32"))
            for (const int batch : device_.reference_batches)
                add(kModules, "fp32", batch);
        for (const auto& precision : options.precisions)
            for (const int batch : options.batches)
                for (const auto& name : device_.variants)
                    add(name, precision, batch);
        const auto count = report_.variants.size();
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
        for (auto& variant : report_.variants)
            conclude(variant, laps_.at(words_of(variant)), flops_);
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
        return *panels_.at(key_of(variant));
    }

    using Key = std::pair<std::string, std::string>;
    [[nodiscard]] static Key key_of(const SpeedVariant& variant) {
        return {loaded_as(variant), variant.precision};
    }

    [[nodiscard]] std::unique_ptr<SpeedPanel> panel_for(const SpeedVariant& variant) const {
        return std::make_unique<SpeedPanel>(variant, options_.experts, options_.side);
    }

    /// Calls `step` for each variant; false when asked to stop. A variant that does not fit into
    /// memory is left out, unless it is the last reference.
    bool for_each_variant(const std::function<bool(SpeedVariant&)>& step) {
        for (std::size_t v = 0; v < report_.variants.size();) {
            auto& variant = report_.variants[v];
            try {
                if (!step(variant))
                    return false;
                ++v;
                continue;
            } catch (const c10::Error& error) {
                if (memory_failure(error) == MemoryFailure::None || is_last_reference(variant))
                    throw;
            } catch (const std::bad_alloc&) {
                if (is_last_reference(variant))
                    throw;
            }
            leave_out(v);
        }
        return true;
    }

    [[nodiscard]] bool is_last_reference(const SpeedVariant& variant) const {
        return variant.name == kReference &&
               std::ranges::count(report_.variants, kReference, &SpeedVariant::name) == 1;
    }

    void leave_out(std::size_t index) {
        const auto gone = report_.variants[index];
        report_.left_out.push_back(words_of(gone));
        report_.variants.erase(report_.variants.begin() + static_cast<std::ptrdiff_t>(index));
        const auto uses_it = [&](const SpeedVariant& other) {
            return key_of(other) == key_of(gone);
        };
        if (std::ranges::none_of(report_.variants, uses_it))
            panels_.erase(key_of(gone));
        release_cached_memory(torch::Device(options_.device));
    }

    bool load() {
        const bool finished = for_each_variant([&](SpeedVariant& variant) {
            if (!go_on("Loading " + variant.name + " " + variant.precision))
                return false;
            auto& panel = panels_[key_of(variant)];
            if (!panel)
                panel = panel_for(variant);
            variant.weight_bytes = panel->weight_bytes();
            return true;
        });
        if (finished)
            flops_ = panel_of(report_.variants.front()).flops();
        return finished;
    }

    /// Compares every variant's scores with the reference's, on the given pictures or, if there are
    /// none, on a generated one. Each variant runs first as it will be timed: the libraries plan
    /// for each arithmetic and size.
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
        return for_each_variant([&](SpeedVariant& variant) {
            if (!go_on("Comparing the scores of " + variant.name + " " + variant.precision))
                return false;
            auto& panel = panel_of(variant);
            use_card_arithmetic(arithmetic_of(variant));
            (void)panel.lap(variant, generated_input(variant.batch, options_.side), options_.maps);
            use_card_arithmetic(CardArithmetic::Exact);
            for (std::size_t p = 0; p < inputs.size(); ++p) {
                if (stop_.stop_requested())
                    return false;
                const auto input = inputs[p].expand({variant.batch, -1, -1, -1});
                const auto scores = panel.lap(variant, input, false).scores;
                if (expected.size() == p)
                    expected.push_back(scores);
                note_deviation(variant, scores, expected[p]);
            }
            return true;
        });
    }

    bool measure() {
        auto* const profiled = profiled_panel();
        if (profiled != nullptr)
            profiled->profile();
        for (int round = 0; round < options_.rounds; ++round) {
            if (!go_on("Round " + std::to_string(round + 1)))
                return false;
            const bool finished = for_each_variant([&](SpeedVariant& variant) {
                if (stop_.stop_requested())
                    return false;
                use_card_arithmetic(arithmetic_of(variant));
                auto& input = inputs_[variant.batch];
                if (!input.defined())
                    input = generated_input(variant.batch, options_.side);
                laps_[words_of(variant)].push_back(
                    panel_of(variant).lap(variant, input, options_.maps));
                if (profiled != nullptr && &panel_of(variant) == profiled &&
                    variant.name == kExecutor && round + 1 == options_.rounds &&
                    report_.operations.empty())
                    keep_times(*profiled);
                return true;
            });
            if (!finished)
                return false;
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
    std::map<Key, std::unique_ptr<SpeedPanel>> panels_;
    std::map<std::string, std::vector<SpeedLap>> laps_;  // of each variant, by its words
    std::map<int, torch::Tensor> inputs_;                // by batch
    std::vector<double> flops_;                          // per expert
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
    return {"LibTorch's operators, folded",
            options.batches,
            {kModules, kFolded, kTogether},
            /*measures_memory=*/false,
            /*plain_modules=*/true};
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
    const auto refuse = [&] {
        throw std::invalid_argument("There is not enough free memory on " + options.device +
                                    " to measure this; take smaller batches, fewer experts or one "
                                    "precision at a time.");
    };
    try {
        return measure_speed_on(speed_of_card, options, progress, std::move(stop));
    } catch (const std::bad_alloc&) {
        refuse();
    } catch (const c10::Error& error) {
        if (is_out_of_memory(error))
            refuse();
        const std::string what = error.what_without_backtrace();
        throw std::runtime_error("The device " + options.device +
                                 " cannot be measured: " + what.substr(0, what.find('\n')));
    }
    return {};
}

SpeedGain speed_gain(const SpeedReport& report) {
    struct Best {
        const SpeedVariant *any = nullptr, *alone = nullptr;  // of all batches; of one picture
        void take(const SpeedVariant& variant) {
            any = faster(any, variant);
            if (variant.batch == 1)
                alone = faster(alone, variant);
        }
    } reference, modules, other;
    for (const auto& variant : report.variants) {
        const bool is_reference = variant.name == kReference;
        (is_reference ? reference : other).take(variant);
        if (variant.name == kModules && variant.precision == "fp32")
            modules.take(variant);
    }
    const auto ratio = [](const SpeedVariant* of, const SpeedVariant* to) {
        return of != nullptr && to != nullptr ? of->panel.median / to->panel.median : 0;
    };
    SpeedGain gain;
    gain.throughput = ratio(reference.any, other.any);
    gain.latency = ratio(other.alone, reference.alone);
    gain.throughput_over_modules = ratio(modules.any, other.any);
    gain.latency_over_modules = ratio(other.alone, modules.alone);
    if (reference.any != nullptr && other.any != nullptr) {
        gain.reference_batch = reference.any->batch;
        gain.batch = other.any->batch;
    }
    return gain;
}

std::vector<std::string> too_large_deviations(const SpeedReport& report) {
    std::vector<std::string> sentences;
    for (const auto& variant : report.variants) {
        const double most = rounding_tolerance(variant.device == "cpu", variant.precision);
        const double largest = variant.max_score_deviation;
        if (!(largest <= most))
            sentences.push_back(
                formatted("The scores of %s differ from the reference's by up to %.1e; rounding "
                          "explains %.0e.",
                          words_of(variant).c_str(), largest, most));
    }
    return sentences;
}

}  // namespace dfd
