// Tests of describing GPUs as the driver reports them, and of the messages without one.
#include "core/engine/devices/cards.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <memory>
#include <new>

#include "core/engine/devices/devices.h"
#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/card_fallback.h"
#include "core/networks/hardware/card_arithmetic.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

TEST(Cards, AreDescribedByCapabilityAndMemory) {
    EXPECT_EQ(card_detail({"NVIDIA GeForce RTX 4090", 25'326'059'520, 8, 9}),
              "compute capability 8.9, 25.3 GB");
}

TEST(Cards, AreListedAfterTheProcessorAsTheDriverNamesThem) {
    const auto devices = list_devices();
    ASSERT_LE(devices.size(), driver_cards().size() + 1);
    EXPECT_EQ(devices.front().id, "cpu");
    EXPECT_FALSE(card_of("cpu"));
    for (std::size_t i = 1; i < devices.size(); ++i) {
        const auto card = card_of(devices[i].id);
        ASSERT_TRUE(card) << devices[i].id;
        EXPECT_EQ(devices[i].name, card->name);
        EXPECT_EQ(devices[i].memory, card->memory);
        EXPECT_EQ(why_unusable(*card), "");
    }
}

TEST(Cards, OnlyThoseWithMachineCodeAreUsed) {
    const std::vector<Card> cards{
        {"GTX 1080", 8'000'000'000, 6, 1},   {"V100", 16'000'000'000, 7, 0},
        {"RTX 4090", 24'000'000'000, 8, 9},  {"H200", 140'000'000'000, 9, 0},
        {"RTX 5090", 32'000'000'000, 12, 0}, {"of tomorrow", 32'000'000'000, 13, 0}};
    std::vector<std::string> ids;
    for (const auto& device : usable_cards(cards, cards.size()))
        ids.push_back(device.id);
    EXPECT_EQ(ids, (std::vector<std::string>{"cuda:1", "cuda:2", "cuda:3", "cuda:4"}));
    EXPECT_EQ(usable_cards(cards, 2).size(), 1u);
    EXPECT_TRUE(usable_cards(cards, 0).empty());
    EXPECT_NE(why_unusable(cards[0]).find("compute capability is 6.1"), std::string::npos);
    EXPECT_NE(why_unusable({"Thor", 0, 11, 0}), "");
    EXPECT_FALSE(multiplies_bfloat16(cards[1]));
    EXPECT_TRUE(multiplies_bfloat16(cards[2]));
}

TEST(Cards, TheDriverIsNotAskedForTheProcessor) {
    int asked = 0;
    const auto none = [&] {
        ++asked;
        return std::vector<Card>{};
    };
    DeviceInfo info;
    EXPECT_TRUE(choose_device("cpu", info, none).is_cpu());
    EXPECT_EQ(asked, 0);
    EXPECT_GT(info.threads, 0);
    EXPECT_TRUE(choose_device("auto", info, none).is_cpu());
    EXPECT_EQ(asked, 1);
    EXPECT_THROW((void)choose_device("cuda:0", info, none), DeviceError);
    EXPECT_THROW((void)choose_device("gpu", info, none), DeviceError);
}

TEST(Cards, ComputeExactlyWhateverComputesOnThem) {
    use_card_arithmetic(CardArithmetic::LibTorchs);
    prepare_device(torch::kCPU);
    EXPECT_TRUE(at::globalContext().allowTF32CuDNN());
    prepare_device(torch::Device("cuda:0"));
    EXPECT_FALSE(at::globalContext().allowTF32CuDNN());
    EXPECT_FALSE(at::globalContext().allowTF32CuBLAS());
    EXPECT_TRUE(at::globalContext().deterministicCuDNN());
}

TEST(Cards, AutoFallsBackToTheProcessorWithTheReason) {
    DeviceInfo card;
    card.id = "cuda:0";
    card.name = "A card";
    using Opened = std::unique_ptr<Evaluator>;
    const auto busy = []() -> Opened { throw DeviceError("no kernel image is available."); };
    const auto full = []() -> Opened { throw std::bad_alloc(); };
    std::string why;
    const auto processor = [&](const std::string& reason) -> Opened {
        why = reason;
        return nullptr;
    };
    (void)open_card_or_processor("auto", card, Precision::Float32, busy, processor);
    EXPECT_EQ(why, "cuda:0 (A card) is not used: no kernel image is available.");
    (void)open_card_or_processor("auto", card, Precision::BFloat16, full, processor);
    EXPECT_EQ(why, "cuda:0 (A card) does not have enough free memory");
    why.clear();
    EXPECT_THROW((void)open_card_or_processor("cuda", card, Precision::Float32, busy, processor),
                 DeviceError);
    EXPECT_THROW((void)open_card_or_processor("auto", card, Precision::Float16, busy, processor),
                 DeviceError);
    EXPECT_THROW((void)open_card_or_processor("cuda:0", card, Precision::Float32, full, processor),
                 DeviceError);
    const auto failed = []() -> Opened { throw PanelError("damaged"); };
    EXPECT_THROW((void)open_card_or_processor("auto", card, Precision::Float32, failed, processor),
                 PanelError);
    EXPECT_EQ(why, "");
}

TEST(Cards, AFailureSaysWhatWasDoneAndWhatMayHelp) {
    const auto sentence = [](const char* what, const char* doing) {
        return test::sentence_of<DeviceError>([&] {
            rethrow_device_failure(c10::Error({__func__, __FILE__, 0}, what), "cuda:0", doing);
        });
    };
    EXPECT_EQ(sentence("The sizes differ\nmore", "Encoding"),
              "Encoding on cuda:0 failed: The sizes differ");
    EXPECT_NE(sentence("cuDNN error: CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH", "Scoring")
                  .find("LD_LIBRARY_PATH"),
              std::string::npos);
    EXPECT_NE(sentence("CUDA error: an illegal memory access was encountered", "Scoring")
                  .find("encountered. The card cannot be used by this process any more"),
              std::string::npos);
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
