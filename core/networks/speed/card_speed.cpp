#include "core/networks/speed/card_speed.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/networks/hardware/card_arithmetic.h"
#include "core/networks/hardware/device_lanes.h"
#include "core/networks/speed/speed_parts.h"
#include "core/networks/speed/speed_runner.h"

namespace dfd {
namespace {

constexpr const char* kReference = "reference";
constexpr const char* kFolded = "folded";
constexpr const char* kTogether = "together";

/// The scoring method with which a variant's experts are loaded.
std::string loaded_as(const SpeedVariant& variant) {
    return variant.name == kTogether ? kFolded : variant.name;
}

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
            speed_parts::conclude(report_, laps_, flops_);
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
        (void)speed_parts::type_of(precision);
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

    SpeedLap lap(const SpeedVariant& variant, const torch::Tensor& input) {
        auto& panel = panel_of(variant);
        return variant.name == kTogether ? panel.together(*lanes_, input, options_.maps)
                                         : panel.one_after_the_other(input, options_.maps);
    }

    bool load() {
        lanes_.emplace(torch::Device(options_.device), options_.experts.size());
        for (auto& variant : report_.variants) {
            if (!go_on("Loading " + variant.name + " " + variant.precision))
                return false;
            auto& panel = panels_[{loaded_as(variant), variant.precision}];
            if (!panel)
                panel = std::make_unique<SpeedPanel>(loaded_as(variant), variant.device,
                                                     variant.precision, options_.experts,
                                                     options_.side);
            variant.weight_bytes = panel->weight_bytes();
        }
        for (std::size_t e = 0; e < options_.experts.size(); ++e)
            flops_.push_back(panel_of(report_.variants.front())[e].flops());
        return true;
    }

    /// Runs every variant once, as warm-up, and compares its scores with the reference's (the
    /// first).
    bool compare() {
        std::vector<double> expected;
        for (auto& variant : report_.variants) {
            if (!go_on("Comparing the scores of " + variant.name + " " + variant.precision))
                return false;
            const auto scores =
                lap(variant, speed_parts::input(variant.batch, options_.side)).scores;
            if (expected.empty())
                expected = scores;
            speed_parts::note_deviation(variant, scores, expected);
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

    const SpeedOptions& options_;
    const SpeedProgress& progress_;
    const std::stop_token& stop_;
    SpeedReport report_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<SpeedPanel>> panels_;
    std::optional<DeviceLanes> lanes_;         // for "together", in every precision
    std::vector<std::vector<SpeedLap>> laps_;  // [variant][round]
    std::vector<double> flops_;                // per expert
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
