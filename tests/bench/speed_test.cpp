// Tests of the measurements and output of `dfd bench`.
#include "app/bench/speed.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/networks/executor/trunk_executor.h"
#include "core/networks/trunk/side_by_side.h"
#include "tests/bench/small_speed.h"

namespace dfd {
namespace {

TEST(Speed, EveryVariantIsMeasuredBesideTheReference) {
    auto options = test::small_speed();
    options.profile = true;
    const auto report = measure_speed(options);
    const bool executor = trunk_executor_name() != "none";
    const bool several = executor && experts_at_once(at::get_num_threads()) > 1;
    ASSERT_EQ(report.variants.size(), several ? 7u : executor ? 5u : 3u);
    EXPECT_EQ(report.variants.front().name, "reference");
    EXPECT_GT(report.convolution_gflops, 0);
    EXPECT_GT(report.matrix_product_gflops, 0);
    for (const auto& variant : report.variants) {
        SCOPED_TRACE(variant.name + " " + std::to_string(variant.batch));
        ASSERT_EQ(variant.experts.size(), variant.name == "side by side" ? 0u : 2u);
        EXPECT_GT(variant.panel.median, 0);
        EXPECT_LE(variant.panel.low, variant.panel.median);
        EXPECT_LE(variant.panel.median, variant.panel.high);
        EXPECT_GT(variant.gflops, 0);
        EXPECT_LT(variant.max_score_deviation, 1e-4);
        EXPECT_GT(variant.weight_bytes, 1000000);
        EXPECT_GE(variant.peak_memory_bytes, 0);
    }
    EXPECT_EQ(report.operations.empty(), !executor);

    const auto json = nlohmann::json::parse(speed_json(report));
    EXPECT_GT(json.at("ceiling_gflops").get<double>(), 0);
    EXPECT_DOUBLE_EQ(json.at("variants").at(0).at("ratio_to_baseline").get<double>(), 1.0);
    EXPECT_EQ(json.at("variants").at(0).at("median_seconds"), json.at("baseline_seconds"));
    EXPECT_EQ(json.at("variants").at(0).at("experts").at(0).at("name"), "one \"quoted\"");
    for (const auto& variant : json.at("variants"))
        for (const auto* field :
             {"name", "device", "precision", "batch", "median_seconds", "ratio_to_baseline",
              "gflops", "max_score_deviation", "peak_memory_bytes"})
            EXPECT_TRUE(variant.contains(field)) << field;
    EXPECT_NE(speed_table(report).find("reference"), std::string::npos);
}

TEST(Speed, OtherPeoplesExpertsStandBesideTheVariants) {
    SpeedReport report;
    report.foreign = {{"red", "program", {0.5, 0.25, 0.75}, ""},
                      {"blue", "onnx", {}, "It is \"missing\"."}};
    const auto table = speed_table(report);
    EXPECT_NE(table.find("red"), std::string::npos);
    EXPECT_NE(table.find("0.5000   0.2500-  0.7500"), std::string::npos) << table;
    EXPECT_NE(table.find("not measured"), std::string::npos);
    const auto foreign = nlohmann::json::parse(speed_json(report)).at("foreign");
    EXPECT_EQ(foreign.at(0).at("kind"), "program");
    EXPECT_EQ(foreign.at(0).at("median_seconds"), 0.5);
    EXPECT_EQ(foreign.at(1).at("problem"), "It is \"missing\".");
    EXPECT_FALSE(foreign.at(1).contains("median_seconds"));
    EXPECT_TRUE(speed_table({}).empty());
}

TEST(Speed, AnArchitectureWithoutAPlanIsMeasuredByItsModules) {
    auto options = test::small_speed();
    options.experts = {{"trace", "trace_luma"}};
    options.batches = {1};
    options.memory = false;
    const auto report = measure_speed(options);
    ASSERT_EQ(report.variants.size(), 2u);
    EXPECT_EQ(report.variants[1].name, "modules");
    EXPECT_TRUE(nlohmann::json::parse(speed_json(report))["variants"][0]["gflops"].is_null());
}

TEST(Speed, ScoresAreComparedOnThePicturesGiven) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx512bw"))
        GTEST_SKIP() << "This processor has no AVX-512, which oneDNN's bfloat16 needs.";
#endif
    auto options = test::small_speed();
    options.batches = {1};
    options.rounds = 1;
    options.memory = false;
    options.precisions = {"bf16"};
    const auto deviation = [&] {
        const auto report = measure_speed(options);
        return report.variants.back().max_score_deviation;
    };
    const double made_here = deviation();
    SpeedPicture picture;
    picture.width = 90;
    picture.height = 70;
    for (int i = 0; i < 3 * 90 * 70; ++i)
        picture.rgb.push_back(static_cast<std::uint8_t>(i * i / 700));
    options.pictures = {picture};
    const double one = deviation();
    EXPECT_NE(one, made_here);
    EXPECT_GT(one, 0);
    std::reverse(picture.rgb.begin(), picture.rgb.end());
    options.pictures.push_back(picture);
    EXPECT_GE(deviation(), one);  // the maximum over pictures
}

TEST(Speed, AStopLeavesNothingHalf) {
    std::stop_source stop;
    const auto report = measure_speed(
        test::small_speed(), [&](double, double, const std::string&) { stop.request_stop(); },
        stop.get_token());
    EXPECT_TRUE(report.variants.empty());
    EXPECT_TRUE(speed_table(report).empty());
}

TEST(Speed, NonsenseIsRefused) {
    const auto refused = [](auto change) {
        auto options = test::small_speed();
        change(options);
        EXPECT_THROW((void)measure_speed(options), std::invalid_argument);
    };
    refused([](SpeedOptions& options) { options.experts.clear(); });
    refused([](SpeedOptions& options) { options.experts[0].architecture = "resnet"; });
    refused([](SpeedOptions& options) { options.batches = {0}; });
    refused([](SpeedOptions& options) { options.rounds = 0; });
    refused([](SpeedOptions& options) { options.side = 8; });
    refused([](SpeedOptions& options) { options.precisions = {"fp16"}; });
    refused([](SpeedOptions& options) { options.precisions = {"int8"}; });
}

}  // namespace
}  // namespace dfd
