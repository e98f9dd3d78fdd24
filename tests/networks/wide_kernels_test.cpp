// The AVX-512 kernels against double precision: odd numbers of rows and channels, rows of zeroes,
// every kernel and stride.
#include "core/networks/executor/wide_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/networks/bfloat16_values.h"

namespace dfd::nhwc {
namespace {

using std::int64_t;

template <typename T>
double exact(T value) {
    return wide(value);
}
void put(float& to, float value) {
    to = value;
}
void put(BFloat16& to, float value) {
    to = narrow(value);
}

template <typename T>
std::vector<T> values(int64_t count, unsigned seed, float scale = 1) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> any(-scale, scale);
    std::vector<T> all(static_cast<std::size_t>(count));
    for (auto& value : all)
        put(value, any(random));
    return all;
}

double activated(double x, After after) {
    if (after == After::Silu)
        return x / (1 + std::exp(-x));
    if (after == After::Gelu)
        return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    if (after == After::Relu6)
        return std::clamp(x, 0.0, 6.0);
    return x;
}

std::size_t at(int64_t index) {
    return static_cast<std::size_t>(index);
}

Panel panel_of(int64_t channels, int64_t first) {
    Panel panel;
    panel.first = first;
    panel.channels = channels;
    panel.vectors = (channels + kVectorLanes - 1) / kVectorLanes;
    return panel;
}

/// A product of `places` rows of `in` values for one panel, against the expected values.
template <typename T, typename To>
void expect_product(int64_t places, int64_t in, int64_t channels, After after, double tolerance) {
    SCOPED_TRACE(std::to_string(places) + " places, " + std::to_string(in) + " -> " +
                 std::to_string(channels) + ", after " + std::to_string(static_cast<int>(after)));
    auto panel = panel_of(channels, 0);
    const auto lanes = panel.vectors * kVectorLanes;
    const auto x = values<T>(places * in, 1), weights = values<T>(in * lanes, 2);
    const auto bias = values<float>(lanes, 3);
    panel.weights = weights.data();
    panel.bias = bias.data();
    const auto weight = [&](int64_t i, int64_t c) {
        return std::is_same_v<T, float> ? exact(weights[at(i * lanes + c)])
                                        : exact(weights[at((i / 2 * lanes + c) * 2 + i % 2)]);
    };
    const auto row = channels + 3;  // values between rows must stay untouched
    const auto before = values<To>(places * row, 4);
    auto out = before;
    std::vector<float> squares(at(channels + 1), 7.0f);
    panel_product(x.data(), places, in, panel, after, out.data(), {row}, squares.data());
    EXPECT_EQ(squares.back(), 7.0f);
    for (int64_t c = 0; c < channels; ++c) {
        double square = 0;
        for (int64_t place = 0; place < places; ++place) {
            double want = bias[at(c)];
            for (int64_t i = 0; i < in; ++i)
                want += exact(x[at(place * in + i)]) * weight(i, c);
            want = activated(want, after);
            if (after == After::Add)
                want += exact(before[at(place * row + c)]);
            square += want * want;
            ASSERT_NEAR(exact(out[at(place * row + c)]), want, tolerance * (1 + std::abs(want)))
                << place << ", " << c;
        }
        ASSERT_NEAR(squares[at(c)], square, 1e-4 * (1 + square));
    }
    for (int64_t place = 0; place < places; ++place)
        for (int64_t c = channels; c < row; ++c)
            ASSERT_EQ(exact(out[at(place * row + c)]), exact(before[at(place * row + c)]));
}

class WideKernels : public testing::Test {
  protected:
    void SetUp() override {
        if (!wide_kernels_support(false))
            GTEST_SKIP() << "This processor has no AVX-512.";
    }
};
class NarrowNumbers : public testing::Test {
  protected:
    void SetUp() override {
        if (!wide_kernels_support(true))
            GTEST_SKIP() << "This processor has no AVX-512 with bfloat16.";
    }
};

constexpr int64_t kPlaces[] = {1, 3, 4, 7, 8, 13, 24};
constexpr int64_t kChannels[] = {1, 15, 16, 17, 40, 48};
constexpr After kAfter[] = {After::Nothing, After::Silu, After::Gelu, After::Relu6, After::Add};

TEST_F(WideKernels, MultiplyMatrices) {
    for (const auto places : kPlaces)
        for (const auto channels : kChannels)
            for (const auto after : kAfter)
                for (const int64_t in : {1, 2, 40})
                    expect_product<float, float>(places, in, channels, after, 2e-6);
}

TEST_F(NarrowNumbers, MultiplyMatrices) {
    for (const auto places : kPlaces)
        for (const auto channels : kChannels)
            for (const auto after : kAfter)
                for (const int64_t in : {2, 40}) {
                    expect_product<BFloat16, float>(places, in, channels, after, 1e-5);
                    expect_product<BFloat16, BFloat16>(places, in, channels, after, 4e-3);
                }
}

TEST_F(WideKernels, SiluIsAccurateToFloat32Everywhere) {
    auto panel = panel_of(16, 0);
    const std::vector<float> weights(16, 1.0f), bias(16, 0.0f);
    panel.weights = weights.data();
    panel.bias = bias.data();
    std::vector<float> x;
    for (int i = -120000; i <= 120000; i += 7)
        x.push_back(static_cast<float>(i) / 1000);
    for (const float far : {-1e30f, -1e4f, 1e4f, 1e30f})
        x.push_back(far);
    std::vector<float> out(x.size() * 16);
    panel_product(x.data(), static_cast<int64_t>(x.size()), 1, panel, After::Silu, out.data(),
                  {16});
    for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(out[i * 16], activated(x[i], After::Silu), 2e-7 * (0.3 + std::abs(x[i])))
            << x[i];
}

template <typename T>
void expect_scaled(int64_t in, int64_t channels) {
    auto panel = panel_of(channels, 0);
    const auto lanes = panel.vectors * kVectorLanes;
    const auto weights = values<T>(in * lanes, 1);
    const auto scale = values<float>(in, 2);
    panel.weights = weights.data();
    std::vector<T> scaled(weights.size());
    scale_panel(panel, in, scale.data(), scaled.data());
    for (int64_t i = 0; i < in * lanes; ++i) {
        const auto channel = std::is_same_v<T, float> ? i / lanes : i / (2 * lanes) * 2 + i % 2;
        const double want = exact(weights[at(i)]) * scale[at(channel)];
        ASSERT_NEAR(exact(scaled[at(i)]), want, 4e-3 * std::abs(want)) << i;
    }
}

TEST_F(WideKernels, ScaleWeightsByTheirSourcesChannel) {
    expect_scaled<float>(7, 17);
    expect_scaled<BFloat16>(8, 48);
}

template <typename T>
void expect_packed(int64_t in, int64_t out, bool factored) {
    SCOPED_TRACE(std::to_string(in) + " -> " + std::to_string(out));
    const auto weight = values<float>(out * in, 1), factor = values<float>(out, 2);
    for (int64_t first = 0; first < out; first += 2 * kVectorLanes) {
        const auto panel = panel_of(std::min(out - first, 2 * kVectorLanes), first);
        const auto lanes = panel.vectors * kVectorLanes;
        std::vector<T> packed(at(in * lanes + 1));
        put(packed.back(), 7);
        pack_panel(panel, in, weight.data(), factored ? factor.data() : nullptr, packed.data());
        EXPECT_EQ(exact(packed.back()), 7.0);
        for (int64_t i = 0; i < in; ++i)
            for (int64_t c = 0; c < lanes; ++c) {
                const auto place =
                    std::is_same_v<T, float> ? i * lanes + c : (i / 2 * lanes + c) * 2 + i % 2;
                T want{};
                if (c < panel.channels)
                    put(want, weight[at((first + c) * in + i)] *
                                  (factored ? factor[at(first + c)] : 1.0f));
                ASSERT_EQ(exact(packed[at(place)]), exact(want)) << i << ", " << first + c;
            }
    }
}

TEST_F(WideKernels, PackWeights) {
    for (const int64_t out : {1, 16, 40, 57})
        for (const bool factored : {false, true}) {
            for (const int64_t in : {1, 7, 16, 40})
                expect_packed<float>(in, out, factored);
            for (const int64_t in : {2, 16, 38})
                expect_packed<BFloat16>(in, out, factored);
        }
}

/// One row of a depthwise convolution over all its panels, with `channels` through copy_panel.
template <typename T>
void expect_depthwise(int64_t kernel, int64_t stride, int64_t width, int64_t channels, After after,
                      int64_t zero_row, double tolerance) {
    SCOPED_TRACE(std::to_string(kernel) + " x " + std::to_string(kernel) + ", stride " +
                 std::to_string(stride) + ", width " + std::to_string(width) + ", " +
                 std::to_string(channels) + " channels");
    const auto before = (kernel - 1) / 2;
    const auto out_width = (width + 2 * before - kernel) / stride + 1;
    const auto padded = width + 2 * before;
    const auto taps = kernel * kernel;
    const auto vectors = (channels + kVectorLanes - 1) / kVectorLanes;
    const DepthwiseShape shape{kernel, stride, channels, width, out_width, before};
    ASSERT_TRUE(wide_depthwise_supports(shape));
    const auto x = values<T>(kernel * width * channels, 1);
    const auto weights = values<float>(vectors * taps * kVectorLanes, 2);
    const auto bias = values<float>(vectors * kVectorLanes, 3);
    std::vector<T> out(at(out_width * channels));
    std::vector<float> sums(at(channels + 1), 7.0f);
    for (int64_t first = 0; first < channels; first += 2 * kVectorLanes) {
        const auto panel = panel_of(std::min(channels - first, 2 * kVectorLanes), first);
        const auto vector = padded * kVectorLanes;
        std::vector<float> ring(at(kernel * panel.vectors * vector));
        std::vector<const float*> rows;
        for (int64_t y = 0; y < kernel; ++y) {
            auto* const row = ring.data() + y * panel.vectors * vector;
            copy_panel(x.data() + y * width * channels, width, channels, panel,
                       row + before * kVectorLanes, vector);
            rows.push_back(y == zero_row ? nullptr : row);
        }
        depthwise_row(shape, panel, rows.data(), vector, weights.data() + first * taps,
                      bias.data() + first, after, out.data(), sums.data());
    }
    EXPECT_EQ(sums.back(), 7.0f);
    for (int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (int64_t place = 0; place < out_width; ++place) {
            double want = bias[at(c)];
            for (int64_t tap = 0; tap < taps; ++tap) {
                const auto column = place * stride - before + tap % kernel;
                if (column < 0 || column >= width || tap / kernel == zero_row)
                    continue;
                want +=
                    exact(x[at((tap / kernel * width + column) * channels + c)]) *
                    weights[at((c / kVectorLanes * taps + tap) * kVectorLanes + c % kVectorLanes)];
            }
            want = activated(want, after);
            sum += want;
            ASSERT_NEAR(exact(out[at(place * channels + c)]), want,
                        tolerance * (1 + std::abs(want)))
                << place << ", " << c;
        }
        ASSERT_NEAR(sums[at(c)], sum, 1e-5 * static_cast<double>(1 + out_width));
    }
}

template <typename T>
void expect_depthwises(double tolerance) {
    for (const int64_t width : {7, 8, 17})
        for (const int64_t channels : {1, 16, 40, 57}) {
            for (const int64_t kernel : {3, 5})
                for (const int64_t stride : {1, 2})
                    for (const auto after : {After::Silu, After::Relu6})
                        expect_depthwise<T>(kernel, stride, width, channels, after, -1, tolerance);
            expect_depthwise<T>(7, 1, width, channels, After::Nothing, 0, tolerance);
            expect_depthwise<T>(3, 1, width, channels, After::Silu, 2, tolerance);
        }
}

TEST_F(WideKernels, ConvolveDepthwise) {
    expect_depthwises<float>(2e-6);
}
TEST_F(NarrowNumbers, ConvolveDepthwise) {
    expect_depthwises<BFloat16>(4e-3);
}

TEST_F(WideKernels, HaveNoOtherDepthwiseConvolutions) {
    EXPECT_FALSE(wide_depthwise_supports({7, 2, 16, 8, 4, 3}));
    EXPECT_FALSE(wide_depthwise_supports({9, 1, 16, 8, 8, 4}));
    EXPECT_FALSE(wide_depthwise_supports({3, 3, 16, 8, 8, 1}));
}

}  // namespace
}  // namespace dfd::nhwc
