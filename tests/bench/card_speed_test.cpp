// Tests of the card benchmark of `dfd bench`, run on the processor.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "app/bench/parts.h"
#include "tests/bench/small_speed.h"

namespace dfd {
namespace {

SpeedReport measure_card_speed(const SpeedOptions& options, const SpeedProgress& progress = {},
                               std::stop_token stop = {}) {
    return measure_speed_on(speed_of_card, options, progress, std::move(stop));
}

TEST(CardSpeed, EveryWayIsMeasuredBesideTheReferenceAtEveryBatch) {
    const auto report = measure_card_speed(test::small_speed());
    std::map<std::string, int> measured;
    for (const auto& variant : report.variants) {
        SCOPED_TRACE(variant.name + " " + std::to_string(variant.batch));
        ++measured[variant.name];
        EXPECT_EQ(variant.experts.size(), variant.name == "together" ? 0u : 2u);
        EXPECT_GT(variant.panel.median, 0);
        EXPECT_LE(variant.panel.low, variant.panel.high);
        EXPECT_GT(variant.gflops, 0);
        EXPECT_GT(variant.weight_bytes, 1000000);
        EXPECT_LT(variant.max_score_deviation, 1e-4);
        EXPECT_LT(variant.panel_score_deviation, 1e-4);
        EXPECT_EQ(variant.peak_memory_bytes, 0);
    }
    for (const auto* name : {"reference", "modules", "folded", "together"})
        EXPECT_EQ(measured[name], 2) << name;
    EXPECT_EQ(report.variants.front().name, "reference");
    EXPECT_GT(report.matrix_product_gflops, 0);

    const auto gain = speed_gain(report);
    EXPECT_GT(gain.throughput, 0);
    EXPECT_GT(gain.latency, 0);
    EXPECT_NE(speed_table(report).find("times the reference's pictures a second"),
              std::string::npos);
    const auto json = nlohmann::json::parse(speed_json(report));
    EXPECT_NEAR(json.at("throughput_gain").get<double>(), gain.throughput, 1e-6);
    EXPECT_NEAR(json.at("latency_ratio").get<double>(), gain.latency, 1e-6);
    EXPECT_EQ(json.at("variants").size(), 8u);
}

TEST(CardSpeed, NarrowPrecisionsShowTheirDeviation) {
    auto options = test::small_speed();
    options.precisions = {"bf16"};
    options.batches = {1};
    const auto report = measure_card_speed(options);
    ASSERT_EQ(report.variants.size(), 4u);
    EXPECT_EQ(report.variants[0].max_score_deviation, 0);
    for (std::size_t v = 1; v < 4; ++v) {
        EXPECT_GT(report.variants[v].max_score_deviation, 0) << report.variants[v].name;
        EXPECT_LT(report.variants[v].max_score_deviation, 0.05) << report.variants[v].name;
        EXPECT_LT(report.variants[v].weight_bytes,
                  0.6 * static_cast<double>(report.variants[0].weight_bytes));
    }
    options.precisions = {"int8"};
    EXPECT_THROW((void)measure_card_speed(options), std::invalid_argument);
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
    const auto add = [&](const char* name, int batch, double seconds) {
        auto& variant = report.variants.emplace_back();
        variant.name = name;
        variant.batch = batch;
        variant.panel.median = seconds;
    };
    add("reference", 1, 1.0);
    add("reference", 8, 0.5);
    add("modules", 1, 0.6);
    add("together", 1, 0.4);
    add("together", 8, 0.2);
    add("together", 16, 0.1);
    const auto gain = speed_gain(report);
    EXPECT_DOUBLE_EQ(gain.throughput, 5.0);
    EXPECT_EQ(gain.reference_batch, 8);
    EXPECT_EQ(gain.batch, 16);
    EXPECT_DOUBLE_EQ(gain.latency, 0.4);
    report.variants.resize(2);
    EXPECT_EQ(speed_gain(report).throughput, 0);
    EXPECT_EQ(speed_gain({}).latency, 0);
}

}  // namespace
}  // namespace dfd
