#include "core/networks/speed/speed_parts.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "core/networks/experts/formula_weights.h"

namespace dfd::speed_parts {
namespace {

double fastest(int times, const std::function<void()>& work) {
    double best = std::numeric_limits<double>::max();
    for (int i = 0; i < times; ++i) {
        const double start = now();
        work();
        best = std::min(best, now() - start);
    }
    return best;
}

}  // namespace

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

torch::Tensor input(int pictures, int side) {
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

Timing timing(std::vector<double> seconds) {
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

void ceilings(SpeedReport& report, const torch::Device& device) {
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

void conclude(SpeedReport& report, const std::vector<std::vector<SpeedLap>>& laps,
              const std::vector<double>& flops) {
    const bool all_known = std::ranges::all_of(flops, [](double each) { return each > 0; });
    const double in_all = std::accumulate(flops.begin(), flops.end(), 0.0);
    for (std::size_t v = 0; v < report.variants.size(); ++v) {
        auto& variant = report.variants[v];
        const auto timing_over = [&](const auto& seconds_of) {
            std::vector<double> seconds;
            for (const auto& lap : laps[v])
                seconds.push_back(seconds_of(lap) / variant.batch);
            return timing(std::move(seconds));
        };
        variant.panel = timing_over([](const auto& lap) { return lap.seconds; });
        variant.gflops = all_known ? in_all * 1e-9 / variant.panel.median : 0;
        for (std::size_t e = 0; e < laps[v].front().experts.size(); ++e) {
            variant.experts.push_back(timing_over([&](const auto& lap) { return lap.experts[e]; }));
            variant.expert_gflops.push_back(flops[e] * 1e-9 / variant.experts.back().median);
        }
    }
}

}  // namespace dfd::speed_parts
