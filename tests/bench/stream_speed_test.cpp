// Tests of the comparison of two scoring paths, on a panel that counts calls.
#include "app/bench/stream_speed.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/engine/scripted_evaluator.h"

namespace dfd {
namespace {

std::shared_ptr<test::ScriptedEvaluator> one_expert() {
    return std::make_shared<test::ScriptedEvaluator>(
        std::vector<test::ScriptedEvaluator::Expert>{[](const Pixels&) { return 0.5; }});
}

std::vector<std::filesystem::path> files() {
    const auto samples = std::filesystem::path(DFD_SOURCE_DIR) / "resources/samples";
    return {samples / "landscape.jpg", samples / "no such picture.jpg", samples / "portrait.jpg"};
}

TEST(StreamSpeed, BothWaysScoreEveryReadablePictureEachRound) {
    const auto evaluator = one_expert();
    int told = 0;
    const auto speed = measure_stream(evaluator, files(), 1, false, 3,
                                      [&](double, double, const std::string&) { ++told; });
    EXPECT_EQ(speed.pictures, 2u);
    EXPECT_EQ(speed.failed, 1u);
    EXPECT_EQ(speed.bare.size(), 3u);
    EXPECT_EQ(speed.stream.size(), 3u);
    EXPECT_EQ(evaluator->evaluated, 2 * 2 * 4);
    EXPECT_EQ(told, 4);
    EXPECT_GT(speed.share(), 0);
    EXPECT_EQ(nlohmann::json::parse(stream_json(speed)).at("pictures"), 2);
    EXPECT_NE(stream_table(speed).find("1 that could not be read"), std::string::npos);
}

TEST(StreamSpeed, TheShareIsTheMiddleOfTheRounds) {
    StreamSpeed speed;
    EXPECT_EQ(speed.share(), 0);
    speed.bare = {10, 10, 20};
    speed.stream = {9, 5, 19};
    EXPECT_DOUBLE_EQ(speed.share(), 0.9);
}

TEST(StreamSpeed, NothingReadableAndStopsAreTold) {
    EXPECT_THROW((void)measure_stream(one_expert(), {"nowhere.jpg"}, 1, false, 1),
                 std::invalid_argument);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW((void)measure_stream(one_expert(), files(), 1, false, 1, {}, stop.get_token()),
                 Cancelled);
}

}  // namespace
}  // namespace dfd
