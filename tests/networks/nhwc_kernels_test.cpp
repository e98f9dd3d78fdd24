// The executor's own loops against double precision, including tails and edges.
#include "core/networks/executor/nhwc_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/networks/executor/depthwise.h"
#include "tests/networks/bfloat16_values.h"

namespace dfd::nhwc {
namespace {

std::vector<float> values(std::int64_t count, float scale = 1) {
    std::mt19937 random(static_cast<unsigned>(count));
    std::uniform_real_distribution<float> any(-scale, scale);
    std::vector<float> all(static_cast<std::size_t>(count));
    for (auto& value : all)
        value = any(random);
    return all;
}

constexpr std::int64_t kPlaces = 5;
class Channels : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(Tails, Channels, testing::Values(1, 15, 16, 17, 63, 64, 65, 200));

TEST_P(Channels, AreSummed) {
    const auto channels = GetParam();
    auto x = values(kPlaces * channels);
    std::vector<float> sums(static_cast<std::size_t>(channels));
    sum_places(x.data(), kPlaces, channels, sums.data());
    const auto in_place = [&] {
        auto copy = x;
        sum_places(copy.data(), kPlaces, channels, copy.data());
        copy.resize(static_cast<std::size_t>(channels));
        return copy;
    };
    EXPECT_EQ(in_place(), sums);
    for (std::int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::int64_t p = 0; p < kPlaces; ++p)
            sum += x[static_cast<std::size_t>(p * channels + c)];
        EXPECT_NEAR(sums[static_cast<std::size_t>(c)], sum, 1e-5) << c;
    }
}

double exact_gelu(double x) {
    return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
}

TEST_P(Channels, AreActivatedAndTheirSquaresSummed) {
    const auto channels = GetParam();
    const auto original = values(kPlaces * channels, 7);
    auto x = original;
    auto y = narrow(original);
    std::vector<float> squares(static_cast<std::size_t>(channels)), narrow_squares = squares;
    gelu_squares(x.data(), kPlaces, channels, squares.data());
    gelu_squares(y.data(), kPlaces, channels, narrow_squares.data());
    for (std::int64_t c = 0; c < channels; ++c) {
        double square = 0;
        for (std::int64_t p = 0; p < kPlaces; ++p) {
            const auto i = static_cast<std::size_t>(p * channels + c);
            const double want = exact_gelu(original[i]);
            EXPECT_NEAR(x[i], want, 5e-7 * (1 + std::abs(original[i])));
            EXPECT_NEAR(wide(y[i]), want, 0.04);
            square += want * want;
        }
        EXPECT_NEAR(squares[static_cast<std::size_t>(c)], square, 1e-5 * (1 + square)) << c;
        EXPECT_NEAR(narrow_squares[static_cast<std::size_t>(c)], square, 0.02 * (1 + square));
    }
}

TEST(NhwcKernels, GeluIsAccurateToFloat32Everywhere) {
    std::vector<float> x;
    for (int i = -12000; i < 12000; ++i)
        x.push_back(static_cast<float>(i) / 1000);
    const auto original = x;
    std::vector<float> squares(x.size());
    gelu_squares(x.data(), 1, static_cast<std::int64_t>(x.size()), squares.data());
    for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(x[i], exact_gelu(original[i]), 2e-7 * (0.2 + std::abs(original[i])))
            << original[i];
}

TEST_P(Channels, AreNormalisedAndScaled) {
    const auto channels = GetParam();
    const auto original = values(kPlaces * channels, 3);
    const auto weight = values(channels + 1), bias = values(channels + 2);
    auto x = original;
    auto y = narrow(original);
    normalise_channels(x.data(), kPlaces, channels, weight.data(), bias.data(), 1e-6f);
    normalise_channels(y.data(), kPlaces, channels, weight.data(), bias.data(), 1e-6f);
    for (std::int64_t p = 0; p < kPlaces; ++p) {
        double mean = 0, variance = 0;
        const auto at = [&](std::int64_t c) { return static_cast<std::size_t>(p * channels + c); };
        for (std::int64_t c = 0; c < channels; ++c)
            mean += original[at(c)] / static_cast<double>(channels);
        for (std::int64_t c = 0; c < channels; ++c)
            variance +=
                (original[at(c)] - mean) * (original[at(c)] - mean) / static_cast<double>(channels);
        for (std::int64_t c = 0; c < channels; ++c) {
            const auto i = static_cast<std::size_t>(c);
            const double want =
                (original[at(c)] - mean) / std::sqrt(variance + 1e-6) * weight[i] + bias[i];
            EXPECT_NEAR(x[at(c)], want, 2e-4);
            if (channels > 1) {  // with one channel only the bias remains
                EXPECT_NEAR(wide(y[at(c)]), want, 0.06);
            }
        }
    }
    auto scaled = original;
    scale_channels(scaled.data(), kPlaces, channels, weight.data());
    for (std::size_t i = 0; i < scaled.size(); ++i)
        EXPECT_FLOAT_EQ(scaled[i], original[i] * weight[i % static_cast<std::size_t>(channels)]);
}

TEST_P(Channels, AreMultipliedByRows) {
    const auto inputs = GetParam();
    constexpr std::int64_t kOutputs = 3;
    const auto weight = values(kOutputs * inputs), x = values(inputs + 3), bias = values(kOutputs);
    float out[kOutputs];
    multiply_rows(weight.data(), bias.data(), x.data(), kOutputs, inputs, out);
    for (std::int64_t o = 0; o < kOutputs; ++o) {
        double sum = bias[static_cast<std::size_t>(o)];
        for (std::int64_t i = 0; i < inputs; ++i)
            sum += static_cast<double>(weight[static_cast<std::size_t>(o * inputs + i)]) *
                   x[static_cast<std::size_t>(i)];
        EXPECT_NEAR(out[o], sum, 1e-5);
    }
}

TEST(NhwcKernels, BFloat16RoundsToNearestEven) {
    // Scaling by one keeps exact values; ties round to even.
    std::vector<BFloat16> x = narrow({1.0f, -2.5f, 3.140625f});
    const auto before = x;
    const float one[3] = {1, 1, 1};
    scale_channels(x.data(), 1, 3, one);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(x[i].bits, before[i].bits);
    const float factor[3] = {1.001953125f, 1.005859375f, 1};  // 1 + 1/512, 1 + 3/512
    std::vector<BFloat16> ones = narrow({1.0f, 1.0f, 1.0f});
    scale_channels(ones.data(), 1, 3, factor);
    EXPECT_EQ(wide(ones[0]), 1.0f);
    EXPECT_EQ(wide(ones[1]), 1.0078125f);
    float back[3];
    to_float(back, ones.data(), 3);
    EXPECT_EQ(back[1], 1.0078125f);
}

TEST(NhwcKernels, GatesAreSmoothAndSaturate) {
    float x[] = {-1000, -80, -1, 0, 1, 80, 1000};
    float y[] = {-1000, -80, -1, 0, 1, 80, 1000};
    sigmoid(x, 7);
    silu(y, 7);
    EXPECT_EQ(x[0], 0);
    EXPECT_FLOAT_EQ(x[2], 0.26894143f);
    EXPECT_EQ(x[3], 0.5f);
    EXPECT_EQ(x[6], 1);
    EXPECT_NEAR(y[0], 0, 1e-6);
    EXPECT_FLOAT_EQ(y[4], 0.73105857f);
    EXPECT_EQ(y[6], 1000);
}

struct Case {
    std::int64_t kernel, stride, channels, width;
};
class DepthwiseRows : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(All, DepthwiseRows,
                         testing::Values(Case{3, 1, 16, 7}, Case{3, 1, 56, 20}, Case{3, 2, 33, 16},
                                         Case{3, 2, 48, 15}, Case{5, 1, 17, 32}, Case{5, 2, 64, 21},
                                         Case{5, 1, 16, 1}, Case{3, 1, 24, 2}, Case{5, 2, 40, 4}));

/// Three rows of a picture with six; the first ones read rows above them.
template <typename T>
void expect_rows(const Case& what, const std::vector<T>& input, After after, double tolerance) {
    const auto& [kernel, stride, channels, width] = what;
    constexpr std::int64_t kRows = 3, kHeight = 6;
    DepthwiseShape shape;
    shape.kernel = kernel;
    shape.stride = stride;
    shape.channels = channels;
    shape.width = width;
    shape.out_width = (width + stride - 1) / stride;
    shape.before = std::max<std::int64_t>((shape.out_width - 1) * stride + kernel - width, 0) / 2;
    ASSERT_TRUE(depthwise_supports(shape));
    const auto weight = values(kernel * kernel * channels), bias = values(channels);
    std::vector<const T*> rows;
    for (std::int64_t y = -1; y < (kRows - 1) * stride + kernel - 1; ++y)
        rows.push_back(y < 0 || y >= kHeight ? nullptr : input.data() + y * width * channels);
    std::vector<T> out(static_cast<std::size_t>(kRows * shape.out_width * channels));
    std::vector<float> sums(static_cast<std::size_t>(kRows * channels), 99.0f);
    depthwise_rows(shape, kRows, rows.data(), weight.data(), bias.data(), after, out.data(),
                   sums.data());
    for (std::int64_t row = 0; row < kRows; ++row)
        for (std::int64_t c = 0; c < channels; ++c) {
            double total = 0;
            for (std::int64_t x = 0; x < shape.out_width; ++x) {
                double sum = bias[static_cast<std::size_t>(c)];
                for (std::int64_t ky = 0; ky < kernel; ++ky)
                    for (std::int64_t kx = 0; kx < kernel; ++kx) {
                        const auto* read = rows[static_cast<std::size_t>(row * stride + ky)];
                        const auto from = x * stride - shape.before + kx;
                        if (read != nullptr && from >= 0 && from < width)
                            sum +=
                                static_cast<double>(wide(read[from * channels + c])) *
                                weight[static_cast<std::size_t>((ky * kernel + kx) * channels + c)];
                    }
                const double want = after == After::Silu    ? sum / (1 + std::exp(-sum))
                                    : after == After::Relu6 ? std::clamp(sum, 0.0, 6.0)
                                                            : sum;
                total += want;
                const auto at = ((row * shape.out_width) + x) * channels + c;
                EXPECT_NEAR(wide(out[static_cast<std::size_t>(at)]), want,
                            tolerance * (1 + std::abs(want)))
                    << row << " " << x << " " << c;
            }
            EXPECT_NEAR(sums[static_cast<std::size_t>(row * channels + c)], total, 1e-4);
        }
}

TEST_P(DepthwiseRows, IsTheConvolution) {
    const auto& what = GetParam();
    const auto input = values(6 * what.width * what.channels);
    for (const auto after : {After::Nothing, After::Silu, After::Relu6}) {
        SCOPED_TRACE(static_cast<int>(after));
        expect_rows(what, input, after, 2e-6);
        expect_rows(what, narrow(input), after, 0.004);
    }
}

TEST(DepthwiseRows, RejectsUnsupportedShapes) {
    DepthwiseShape shape;
    shape.channels = 32;
    EXPECT_TRUE(depthwise_supports(shape));
    shape.kernel = 7;
    EXPECT_FALSE(depthwise_supports(shape));
    shape.kernel = 3;
    shape.channels = 8;
    EXPECT_FALSE(depthwise_supports(shape));
    shape.channels = 32;
    shape.stride = 3;
    EXPECT_FALSE(depthwise_supports(shape));
}

}  // namespace
}  // namespace dfd::nhwc
