// Tests of the card benchmark of `dfd bench`, on the processor and on a card if there is one.
#include <ATen/record_function.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "app/bench/parts.h"
#include "app/bench/speed_panel.h"
#include "tests/bench/small_speed.h"
#include "tests/devices_here.h"
#include "tests/watched_allocations.h"

namespace dfd {
namespace {

SpeedReport measure_card_speed(const SpeedOptions& options, const SpeedProgress& progress = {},
                               std::stop_token stop = {}) {
    return measure_speed_on(speed_of_card, options, progress, std::move(stop));
}

using CardSpeedOn = test::OnDevice;
INSTANTIATE_TEST_SUITE_P(Devices, CardSpeedOn, testing::ValuesIn(test::devices_here()),
                         test::device_name);

TEST_P(CardSpeedOn, EveryWayIsMeasuredBesideTheReferenceAtEveryBatch) {
    auto options = test::small_speed();
    options.device = GetParam().str();
    const auto report = measure_card_speed(options);
    EXPECT_TRUE(too_large_deviations(report).empty());
    std::map<std::string, int> measured;
    for (const auto& variant : report.variants) {
        SCOPED_TRACE(variant.name + " " + std::to_string(variant.batch));
        ++measured[variant.name];
        EXPECT_EQ(variant.experts.size(), variant.name == "together" ? 0u : 2u);
        EXPECT_GT(variant.panel.median, 0);
        EXPECT_LE(variant.panel.low, variant.panel.high);
        EXPECT_GT(variant.gflops, 0);
        EXPECT_GT(variant.weight_bytes, 1000000);
        EXPECT_LT(variant.max_score_deviation, GetParam().is_cpu() ? 1e-4 : 1e-3);
        EXPECT_LE(variant.panel_score_deviation, variant.max_score_deviation);
        EXPECT_EQ(variant.peak_memory_bytes, 0);
    }
    for (const auto* name : {"reference", "modules", "folded", "together"})
        EXPECT_EQ(measured[name], 2) << name;
    EXPECT_EQ(report.variants.front().name, "reference");
    EXPECT_GT(report.matrix_product_gflops, 0);

    const auto gain = speed_gain(report);
    EXPECT_GT(gain.throughput, 0);
    EXPECT_GT(gain.latency, 0);
    EXPECT_GT(gain.throughput_over_modules, 0);
    EXPECT_GT(gain.latency_over_modules, 0);
    EXPECT_NE(speed_table(report).find("Against plain float32 modules"), std::string::npos);
    EXPECT_NE(speed_table(report).find("times the reference's pictures a second"),
              std::string::npos);
    const auto json = nlohmann::json::parse(speed_json(report));
    EXPECT_NEAR(json.at("throughput_gain").get<double>(), gain.throughput, 1e-6);
    EXPECT_NEAR(json.at("latency_ratio").get<double>(), gain.latency, 1e-6);
    EXPECT_NEAR(json.at("latency_ratio_to_modules").get<double>(), gain.latency_over_modules, 1e-6);
    EXPECT_EQ(json.at("variants").size(), 8u);
    EXPECT_TRUE(json.at("left_out").empty());
}

TEST(CardSpeed, NarrowPrecisionsShowTheirDeviation) {
    auto options = test::small_speed();
    options.precisions = {"bf16"};
    options.batches = {1};
    const auto report = measure_card_speed(options);
    ASSERT_EQ(report.variants.size(), 5u);
    EXPECT_EQ(report.variants[0].max_score_deviation, 0);
    // The plain modules are there for the ratios, whatever the precisions.
    EXPECT_EQ(report.variants[1].name, "modules");
    EXPECT_EQ(report.variants[1].precision, "fp32");
    EXPECT_LT(report.variants[1].max_score_deviation, 1e-4);
    for (std::size_t v = 2; v < 5; ++v) {
        EXPECT_GT(report.variants[v].max_score_deviation, 0) << report.variants[v].name;
        EXPECT_LT(report.variants[v].max_score_deviation, 0.05) << report.variants[v].name;
        EXPECT_LT(report.variants[v].weight_bytes,
                  0.6 * static_cast<double>(report.variants[0].weight_bytes));
    }
    options.precisions = {"int8"};
    EXPECT_THROW((void)measure_card_speed(options), std::invalid_argument);
}

TEST_P(CardSpeedOn, TheInputIsMovedOnceALap) {
    const auto options = test::small_speed();
    const auto input = torch::rand({2, 3, options.side, options.side});
    static std::atomic<int> moved;  // copies of the input from the processor
    static std::int64_t elements;
    elements = input.numel();
    const auto watching = at::addGlobalCallback(
        at::RecordFunctionCallback(
            [](const at::RecordFunction& function) -> std::unique_ptr<at::ObserverContext> {
                if (std::string_view(function.name()) == "aten::_to_copy" &&
                    !function.inputs().empty() && function.inputs()[0].isTensor() &&
                    function.inputs()[0].toTensor().is_cpu() &&
                    function.inputs()[0].toTensor().numel() == elements)
                    ++moved;
                return nullptr;
            })
            .needsInputs(true)
            .scopes({at::RecordScope::FUNCTION}));
    for (const auto* name : {kFolded, kTogether}) {
        SpeedVariant variant;
        variant.name = name;
        variant.device = GetParam().str();
        variant.precision = "fp32";
        SpeedPanel panel(variant, options.experts, options.side);
        (void)panel.lap(variant, input, true);
        moved = 0;
        (void)panel.lap(variant, input, true);
        EXPECT_EQ(moved, GetParam().is_cpu() ? 0 : 1) << name;
    }
    at::removeCallback(watching);
}

TEST(CardSpeed, WhatDoesNotFitIntoMemoryIsLeftOut) {
    auto options = test::small_speed();
    options.batches = {1, 32};
    options.rounds = 1;
    const test::SmallPieces memory(9'000'000);  // the weights, but not the layers of 32 pictures
    const auto report = measure_card_speed(options);
    EXPECT_GT(memory.refused(), 0);
    ASSERT_EQ(report.variants.size(), 4u);
    for (const auto& variant : report.variants) {
        EXPECT_EQ(variant.batch, 1);
        EXPECT_GT(variant.panel.median, 0);
    }
    EXPECT_EQ(report.left_out, (std::vector<std::string>{"reference fp32 32", "modules fp32 32",
                                                         "folded fp32 32", "together fp32 32"}));
    EXPECT_NE(speed_table(report).find("Not enough memory for: reference fp32 32, modules"),
              std::string::npos);
}

TEST(CardSpeed, DeviationsBeyondRoundingAreNamed) {
    SpeedReport report;
    const auto add = [&](const char* device, const char* precision, double deviation) {
        auto& variant = report.variants.emplace_back();
        variant.name = "folded";
        variant.device = device;
        variant.precision = precision;
        variant.max_score_deviation = deviation;
    };
    add("cpu", "fp32", 9e-5);
    add("cuda:0", "fp32", 9e-4);
    add("cuda:0", "fp16", 4e-3);
    add("cpu", "bf16", 0.019);
    EXPECT_TRUE(too_large_deviations(report).empty());
    add("cuda:0", "fp16", 6e-3);
    add("cuda:0", "fp32", std::numeric_limits<double>::quiet_NaN());
    const auto sentences = too_large_deviations(report);
    ASSERT_EQ(sentences.size(), 2u);
    EXPECT_EQ(sentences[0],
              "The scores of folded fp16 1 differ from the reference's by up to 6.0e-03; rounding "
              "explains 5e-03.");
}

TEST(CardSpeed, AStopLeavesNothingHalf) {
    std::stop_source stop;
    const auto report = measure_card_speed(
        test::small_speed(),
        [&](double done, double, const std::string&) {
            if (done > 10)
                stop.request_stop();
        },
        stop.get_token());
    EXPECT_TRUE(report.variants.empty());
    EXPECT_TRUE(speed_table(report).empty());
}

TEST(CardSpeed, TheGainIsOfEachAtItsBestBatch) {
    SpeedReport report;
    const auto add = [&](const char* name, int batch, double seconds,
                         const char* precision = "fp16") {
        auto& variant = report.variants.emplace_back();
        variant.name = name;
        variant.precision = precision;
        variant.batch = batch;
        variant.panel.median = seconds;
    };
    add("reference", 1, 1.0);
    add("reference", 8, 0.5);
    add("modules", 1, 0.6, "fp32");
    add("modules", 8, 0.4, "fp32");
    add("modules", 8, 0.3);
    add("together", 1, 0.4);
    add("together", 8, 0.2);
    add("together", 16, 0.1);
    const auto gain = speed_gain(report);
    EXPECT_DOUBLE_EQ(gain.throughput, 5.0);
    EXPECT_EQ(gain.reference_batch, 8);
    EXPECT_EQ(gain.batch, 16);
    EXPECT_DOUBLE_EQ(gain.latency, 0.4);
    EXPECT_DOUBLE_EQ(gain.throughput_over_modules, 4.0);
    EXPECT_DOUBLE_EQ(gain.latency_over_modules, 0.4 / 0.6);
    report.variants.resize(2);
    EXPECT_EQ(speed_gain(report).throughput, 0);
    EXPECT_EQ(speed_gain({}).latency, 0);
}

}  // namespace
}  // namespace dfd
