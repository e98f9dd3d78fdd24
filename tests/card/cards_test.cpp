// Tests of describing GPUs as the driver reports them, and of the messages without one.
#include "core/engine/devices/cards.h"

#include <gtest/gtest.h>

#include "core/engine/devices/devices.h"

namespace dfd {
namespace {

TEST(Cards, AreDescribedByCapabilityAndMemory) {
    EXPECT_EQ(card_detail({"NVIDIA GeForce RTX 4090", 25'326'059'520, 8, 9}),
              "compute capability 8.9, 25.3 GB");
}

TEST(Cards, AreListedAfterTheProcessorAsTheDriverNamesThem) {
    const auto devices = list_devices();
    const auto cards = driver_cards();
    ASSERT_LE(devices.size(), cards.size() + 1);
    EXPECT_EQ(devices.front().id, "cpu");
    for (std::size_t i = 1; i < devices.size(); ++i) {
        EXPECT_EQ(devices[i].id, "cuda:" + std::to_string(i - 1));
        EXPECT_EQ(devices[i].name, cards[i - 1].name);
        EXPECT_EQ(devices[i].memory, cards[i - 1].memory);
    }
}

TEST(Cards, WithoutOneTheReasonIsReported) {
    if (list_devices().size() > 1)
        GTEST_SKIP() << "There is a card.";
    for (const auto* wanted : {"cuda", "cuda:0", "cuda:3"}) {
        try {
            (void)find_device(wanted);
            ADD_FAILURE() << wanted << " was found";
        } catch (const DeviceError& error) {
            const std::string what = error.what();
            EXPECT_NE(what.find(std::string("The device \"") + wanted + "\" is not available: "),
                      std::string::npos)
                << what;
            EXPECT_NE(what.find("Use --device cpu"), std::string::npos) << what;
        }
    }
    EXPECT_EQ(find_device("auto").id, "cpu");
}

}  // namespace
}  // namespace dfd
