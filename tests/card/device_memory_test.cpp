// Tests of out-of-memory handling: halve batches, then run experts in turn, then give up a picture.
#include "core/engine/devices/device_memory.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>

namespace dfd {
namespace {

using Part = FittingBatches::Part;

/// A device with room for a limited number of items; records its calls.
struct SmallDevice {
    std::size_t capacity = 4;               ///< items whose experts run side by side
    bool capacity_in_turn = true;           ///< whether one item fits if its experts run in turn
    std::size_t never = std::string::npos;  ///< an item that never fits
    std::vector<std::string> tried;
    std::vector<int> scored = std::vector<int>(64, 0);

    void operator()(const Part& part) {
        tried.push_back(std::to_string(part.first) + "+" + std::to_string(part.count) +
                        (part.side_by_side ? "" : " in turn"));
        const bool never_fits = part.first <= never && never < part.first + part.count;
        const bool fits = part.side_by_side ? part.count <= capacity : capacity_in_turn;
        if (never_fits || !fits)
            throw c10::OutOfMemoryError({__func__, __FILE__, 0}, "CUDA out of memory. Tried …");
        for (std::size_t i = part.first; i < part.first + part.count; ++i)
            ++scored.at(i);
    }
};

TEST(FittingBatches, HalveUntilTheyFitAndRememberIt) {
    FittingBatches batches;
    SmallDevice device;
    device.capacity = 3;
    EXPECT_TRUE(batches.run(10, std::ref(device)).empty());
    EXPECT_EQ(device.tried,
              (std::vector<std::string>{"0+10", "0+5", "0+2", "2+2", "4+2", "6+2", "8+2"}));
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(device.scored[static_cast<std::size_t>(i)], 1) << i;
    device.tried.clear();
    EXPECT_TRUE(batches.run(4, std::ref(device)).empty());
    EXPECT_EQ(device.tried, (std::vector<std::string>{"0+2", "2+2"}));
}

TEST(FittingBatches, OneItemIsRetriedWithItsExpertsInTurn) {
    FittingBatches batches;
    SmallDevice device;
    device.capacity = 0;
    EXPECT_TRUE(batches.run(2, std::ref(device)).empty());
    EXPECT_EQ(device.tried, (std::vector<std::string>{"0+2", "0+1", "0+1 in turn", "1+1 in turn"}));
}

TEST(FittingBatches, ItemsThatNeverFitAreReturnedAndTheRestIsDone) {
    FittingBatches batches;
    SmallDevice device;
    device.never = 2;
    EXPECT_EQ(batches.run(4, std::ref(device)), (std::vector<std::size_t>{2}));
    EXPECT_EQ(device.scored[1], 1);
    EXPECT_EQ(device.scored[2], 0);
    EXPECT_EQ(device.scored[3], 1);

    device.never = std::string::npos;
    device.capacity = 0;
    device.capacity_in_turn = false;
    EXPECT_EQ(batches.run(3, std::ref(device)), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(FittingBatches, MemoryThatIsFreedIsUsedAgain) {
    FittingBatches batches;
    SmallDevice device;
    device.capacity = 0;
    (void)batches.run(1, std::ref(device));
    EXPECT_EQ(batches.limit(), 1u);
    device.capacity = 64;
    for (int i = 0; i < 5 * FittingBatches::kPatience; ++i)
        (void)batches.run(1, std::ref(device));
    EXPECT_GE(batches.limit(), 8u);
    device.tried.clear();
    (void)batches.run(8, std::ref(device));
    EXPECT_EQ(device.tried, std::vector<std::string>{"0+8"});
}

TEST(FittingBatches, OtherFailuresAreThrown) {
    FittingBatches batches;
    EXPECT_THROW((void)batches.run(4, [](const Part&) { TORCH_CHECK(false, "shapes differ"); }),
                 c10::Error);
    EXPECT_THROW((void)batches.run(4, [](const Part&) { throw std::logic_error("mine"); }),
                 std::logic_error);
    EXPECT_TRUE(batches.run(0, [](const Part&) { FAIL(); }).empty());
}

TEST(FittingBatches, BadAllocCountsAsOutOfMemory) {
    FittingBatches batches;
    int calls = 0;
    EXPECT_TRUE(batches
                    .run(2,
                         [&](const Part& part) {
                             ++calls;
                             if (part.count > 1)
                                 throw std::bad_alloc();
                         })
                    .empty());
    EXPECT_EQ(calls, 3);
}

/// What a convolution says whose algorithms do not get their workspaces.
c10::Error no_engine() {
    return {{__func__, __FILE__, 0},
            "GET was unable to find an engine to execute this computation"};
}

TEST(FittingBatches, AFailureThatMayBeALackOfMemoryHalvesToo) {
    FittingBatches batches;
    std::vector<int> scored(10, 0);
    const auto work = [&](const Part& part) {
        if (part.count > 2)
            throw no_engine();
        for (std::size_t i = part.first; i < part.first + part.count; ++i)
            ++scored[i];
    };
    EXPECT_TRUE(batches.run(scored.size(), work).empty());
    EXPECT_EQ(scored, std::vector<int>(10, 1));
    EXPECT_EQ(batches.limit(), 2u);
}

TEST(FittingBatches, WhatIsNeverCertainlyALackOfMemoryIsThrown) {
    FittingBatches batches;
    int calls = 0;
    EXPECT_THROW((void)batches.run(4,
                                   [&](const Part&) {
                                       ++calls;
                                       throw no_engine();
                                   }),
                 c10::Error);
    EXPECT_EQ(calls, 4);  // 4, 2 and 1 items, and one in turn
    EXPECT_EQ(batches.limit(), 1024u);
    // A plain allocation failed as well: then it is memory.
    EXPECT_EQ(batches.run(1,
                          [&](const Part& part) {
                              if (part.side_by_side)
                                  throw std::bad_alloc();
                              throw no_engine();
                          }),
              std::vector<std::size_t>{0});
}

TEST(BatchSizes, ASmallerBatchTakesAKnownSize) {
    BatchSizes sizes;
    EXPECT_EQ(sizes.size_for(5, 1024), 5u);
    sizes.add(1);
    sizes.add(16);
    EXPECT_EQ(sizes.size_for(1, 1024), 1u);
    EXPECT_EQ(sizes.size_for(16, 1024), 16u);
    EXPECT_EQ(sizes.size_for(15, 1024), 16u);
    EXPECT_EQ(sizes.size_for(8, 1024), 16u);
    EXPECT_EQ(sizes.size_for(7, 1024), 7u);  // more than twice the work
    EXPECT_EQ(sizes.size_for(15, 15), 15u);  // sixteen did not fit into memory
    EXPECT_EQ(sizes.size_for(20, 1024), 20u);
}

}  // namespace
}  // namespace dfd
