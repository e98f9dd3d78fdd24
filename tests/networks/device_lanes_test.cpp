#include "core/networks/hardware/device_lanes.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <barrier>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace dfd {
namespace {

TEST(DeviceLanes, EveryLaneWorksAtTheSameTimeAndOnItsOwnThread) {
    DeviceLanes lanes(torch::kCPU, 3);
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

TEST(DeviceLanes, AnExceptionIsRethrownAfterAllHaveEnded) {
    DeviceLanes lanes(torch::kCPU, 4);
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

TEST(DeviceLanes, NoLanesDoNothing) {
    DeviceLanes lanes(torch::kCPU, 0);
    lanes.run([](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace dfd
