#include "core/networks/experts/trace_residuals.h"

#include <torch/nn/functional.h>

#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "core/networks/hardware/device_constant.h"

namespace dfd {
namespace {

namespace nn = torch::nn;

constexpr std::array<double, 15> kSteps{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20, 25};

torch::Tensor luma(const torch::Tensor& rgb) {
    return (rgb.select(1, 0) * 0.299 + rgb.select(1, 1) * 0.587 + rgb.select(1, 2) * 0.114)
        .unsqueeze(1);
}

torch::Tensor replicate(const torch::Tensor& planes, int margin) {
    return nn::functional::pad(
        planes,
        nn::functional::PadFuncOptions({margin, margin, margin, margin}).mode(torch::kReplicate));
}

// x[i-d] - 2 x[i] + x[i+d] along one dimension of each plane, with replicated borders.
torch::Tensor second_difference(const torch::Tensor& planes, int dimension, int distance) {
    const auto size = planes.size(dimension);
    const auto padded = replicate(planes, distance);
    const auto across =
        padded.narrow(dimension == 2 ? 3 : 2, distance, planes.size(dimension == 2 ? 3 : 2));
    return across.narrow(dimension, 0, size) - planes * 2 +
           across.narrow(dimension, 2 * distance, size);
}

// Maps grey levels to about [-2, 2]: linear for the faint residuals that matter, bounded at edges.
torch::Tensor soften(const torch::Tensor& grey_levels) {
    return (grey_levels / (grey_levels.abs() / 8 + 1)).clamp_(-8, 8) / 4;
}

// The 28 lowest coefficients of an 8 x 8 block, as (row, column) with row + column <= 6.
std::vector<std::pair<int, int>> low_frequencies() {
    std::vector<std::pair<int, int>> all;
    for (int sum = 0; sum <= 6; ++sum)
        for (int row = 0; row <= sum; ++row)
            all.emplace_back(row, sum - row);
    return all;
}

// The orthonormal 2-D DCT as a [64,F] matrix. It has JPEG's scaling, so a coefficient quantised
// with step q is a multiple of q.
torch::Tensor block_dct(const std::vector<std::pair<int, int>>& frequencies) {
    auto matrix = torch::empty({64, static_cast<std::int64_t>(frequencies.size())});
    auto values = matrix.accessor<float, 2>();
    const auto wave = [](int frequency, int at) {
        const double scale = frequency == 0 ? std::sqrt(0.125) : 0.5;
        return scale * std::cos((2 * at + 1) * frequency * std::numbers::pi / 16);
    };
    for (std::size_t f = 0; f < frequencies.size(); ++f)
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < 8; ++x)
                values[y * 8 + x][static_cast<std::int64_t>(f)] = static_cast<float>(
                    wave(frequencies[f].first, y) * wave(frequencies[f].second, x));
    return matrix;
}

std::vector<std::pair<int, int>> all_frequencies() {
    auto all = low_frequencies();
    for (int row = 0; row < 8; ++row)
        for (int column = 0; column < 8; ++column)
            if (row + column > 6)
                all.emplace_back(row, column);
    return all;
}

}  // namespace

torch::Tensor luma_residuals(const torch::Tensor& pixels) {
    const auto grey = luma(pixels) * 255;
    const auto across = second_difference(grey, 3, 1);
    const auto down = second_difference(grey, 2, 1);
    const auto both = second_difference(across, 2, 1) / 2;
    return soften(torch::cat({across, down, both}, 1));
}

torch::Tensor colour_residuals(const torch::Tensor& pixels) {
    const auto half = nn::functional::avg_pool2d(pixels, nn::functional::AvgPool2dFuncOptions(2));
    const auto grey = luma(half);
    const auto chroma = torch::cat({half.narrow(1, 2, 1) - grey, half.narrow(1, 0, 1) - grey}, 1);
    const auto planes = torch::cat({chroma * 2, grey}, 1) * 255;
    const auto across = second_difference(planes, 3, 1);
    const auto down = second_difference(planes, 2, 1);
    const auto both = second_difference(across.narrow(1, 0, 2), 2, 1) / 2;
    return soften(torch::cat({across, down, both}, 1));
}

torch::Tensor block_residuals(const torch::Tensor& pixels) {
    static const torch::Tensor dct_on_cpu = block_dct(all_frequencies());
    static const torch::Tensor steps_on_cpu = [] {
        auto steps = torch::empty({1, 1, static_cast<std::int64_t>(kSteps.size())});
        for (std::size_t i = 0; i < kSteps.size(); ++i)
            steps.data_ptr<float>()[i] = static_cast<float>(2 * std::numbers::pi / kSteps[i]);
        return steps;
    }();
    const auto grey = luma(pixels).squeeze(1) * 255 - 128;
    const auto n = grey.size(0);
    const auto h = grey.size(1) / 8;
    const auto w = grey.size(2) / 8;
    const auto blocks =
        grey.view({n, h, 8, w, 8}).permute({0, 1, 3, 2, 4}).reshape({n * h * w, 64});
    const auto coefficients = blocks.matmul(constant_on(dct_on_cpu, blocks.device()));
    const auto present = 1 - (coefficients.square() * -0.5).exp();
    const auto low = static_cast<std::int64_t>(low_frequencies().size());
    const auto periodic =
        (coefficients.narrow(1, 0, low).unsqueeze(2) * constant_on(steps_on_cpu, blocks.device()))
            .cos_()
            .mul_(present.narrow(1, 0, low).unsqueeze(2));
    const auto strength = coefficients.abs().log1p_().mul_(0.3);
    return torch::cat({periodic.flatten(1), strength, present}, 1)
        .view({n, h, w, -1})
        .permute({0, 3, 1, 2});
}

}  // namespace dfd
