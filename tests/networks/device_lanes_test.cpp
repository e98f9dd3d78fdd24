#include "core/networks/hardware/device_lanes.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/devices_here.h"

namespace dfd {
namespace {

using DeviceLanesOn = test::OnDevice;
INSTANTIATE_TEST_SUITE_P(Devices, DeviceLanesOn, testing::ValuesIn(test::devices_here()),
                         test::device_name);

TEST_P(DeviceLanesOn, EveryLaneWorksAtTheSameTimeAndOnItsOwnThread) {
    DeviceLanes lanes(GetParam(), 3);
    std::barrier all_there(3);  // passes only if three threads run at once
    std::vector<std::thread::id> first(3), second(3);
    for (auto* ids : {&first, &second})
        lanes.run([&](std::size_t lane) {
            all_there.arrive_and_wait();
            EXPECT_FALSE(torch::GradMode::is_enabled());
            ids->at(lane) = std::this_thread::get_id();
        });
    EXPECT_EQ(std::set(first.begin(), first.end()).size(), 3u);
    // A lane keeps its thread, and with it the libraries' thread-local caches.
    EXPECT_EQ(first, second);
    EXPECT_FALSE(std::set(first.begin(), first.end()).contains(std::this_thread::get_id()));
}

TEST_P(DeviceLanesOn, WorkSeesWhatTheCallerQueuedAndIsDoneAfterwards) {
    constexpr std::size_t kLanes = 4;
    DeviceLanes lanes(GetParam(), kLanes);
    for (int round = 0; round < 5; ++round) {
        auto x = torch::full({256, 256}, 0.5, torch::TensorOptions().device(GetParam()));
        for (int i = 0; i < 20; ++i)
            x = x.mm(x) / 128;  // still 0.5 everywhere
        std::vector<double> sums(kLanes);
        lanes.run([&](std::size_t lane) {
            sums[lane] = (x * static_cast<double>(lane)).sum().item<double>();
        });
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            EXPECT_DOUBLE_EQ(sums[lane], 0.5 * 256 * 256 * static_cast<double>(lane));
    }
}

TEST_P(DeviceLanesOn, AnExceptionIsRethrownAfterAllHaveEnded) {
    DeviceLanes lanes(GetParam(), 4);
    std::atomic<int> ended = 0;
    try {
        lanes.run([&](std::size_t lane) {
            ++ended;
            if (lane % 2 == 1)
                throw std::runtime_error("lane " + std::to_string(lane));
        });
        FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "lane 1");
    }
    EXPECT_EQ(ended, 4);
    lanes.run([&](std::size_t) { ++ended; });  // lanes are reusable after an exception
    EXPECT_EQ(ended, 8);
}

TEST(DeviceLanes, ALackOfMemoryIsReportedBeforeOtherFailures) {
    DeviceLanes lanes(torch::kCPU, 4);
    EXPECT_THROW(lanes.run([&](std::size_t lane) {
        if (lane == 1)
            throw c10::Error({__func__, __FILE__, 0}, "GET was unable to find an engine");
        if (lane > 1)
            throw c10::OutOfMemoryError({__func__, __FILE__, 0}, "out of memory");
    }),
                 c10::OutOfMemoryError);
}

TEST(DeviceLanes, AreSharedAndWarmedUpOneAfterTheOtherOnceAProcess) {
    constexpr std::size_t kLanes = 9;  // more than any other test here
    std::atomic<int> at_once = 0, most = 0, calls = 0;
    const auto warm_up = [&](const torch::Device& device) {
        EXPECT_TRUE(device.is_cpu());
        most = std::max(most.load(), ++at_once);
        ++calls;
        warm_up_lane(device);
        --at_once;
    };
    std::vector<std::thread::id> first(kLanes), second(kLanes);
    for (auto* ids : {&first, &second}) {
        DeviceLanes lanes(torch::kCPU, kLanes, warm_up);
        lanes.run([&](std::size_t lane) { ids->at(lane) = std::this_thread::get_id(); });
    }
    EXPECT_EQ(first, second);
    EXPECT_EQ(most, 1);
    EXPECT_GT(calls, 0);
    EXPECT_LE(calls, static_cast<int>(kLanes));
    const int before = calls;
    const DeviceLanes fewer(torch::kCPU, kLanes - 3, warm_up);
    EXPECT_EQ(calls, before);
}

TEST(DeviceLanes, AFailedWarmUpIsTriedAgain) {
    constexpr std::size_t kLanes = 12;
    EXPECT_THROW(DeviceLanes(torch::kCPU, kLanes,
                             [](const torch::Device&) { throw std::runtime_error("full"); }),
                 std::runtime_error);
    int calls = 0;
    DeviceLanes lanes(torch::kCPU, kLanes, [&](const torch::Device&) { ++calls; });
    EXPECT_GT(calls, 0);
    std::atomic<int> ran = 0;
    lanes.run([&](std::size_t) { ++ran; });
    EXPECT_EQ(ran, static_cast<int>(kLanes));
}

TEST(DeviceLanes, CallersOfOneDeviceTakeTurns) {
    std::atomic<int> inside = 0, most = 0;
    const auto call = [&] {
        DeviceLanes lanes(torch::kCPU, 2);
        for (int i = 0; i < 50; ++i)
            lanes.run([&](std::size_t) {
                most = std::max(most.load(), ++inside);
                --inside;
            });
    };
    std::thread other(call);
    call();
    other.join();
    EXPECT_LE(most, 2);
}

TEST_P(DeviceLanesOn, InTurnEachLaneWorksAloneOnTheSameThreads) {
    constexpr std::size_t kLanes = 3;
    DeviceLanes lanes(GetParam(), kLanes);
    std::vector<std::thread::id> together(kLanes), in_turn;
    lanes.run([&](std::size_t lane) { together.at(lane) = std::this_thread::get_id(); });
    std::atomic<int> inside = 0;
    lanes.run_in_turn([&](std::size_t lane) {
        EXPECT_EQ(++inside, 1);
        EXPECT_EQ(lane, in_turn.size());
        EXPECT_FALSE(torch::GradMode::is_enabled());
        in_turn.push_back(std::this_thread::get_id());
        --inside;
    });
    EXPECT_EQ(in_turn, together);
    std::size_t begun = 0;
    EXPECT_THROW(lanes.run_in_turn([&](std::size_t lane) {
        ++begun;
        if (lane == 1)
            throw std::runtime_error("lane 1");
    }),
                 std::runtime_error);
    EXPECT_EQ(begun, 2u);
}

TEST(DeviceLanes, NoLanesDoNothing) {
    DeviceLanes lanes(torch::kCPU, 0);
    lanes.run([](std::size_t) { FAIL(); });
    lanes.run_in_turn([](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace dfd
