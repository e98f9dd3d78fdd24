// Tests of the GPU evaluator, on the CPU and on a GPU if there is one. An allocator simulates a
// lack of memory on the CPU.
#include "core/engine/scoring/card_evaluator.h"

#include <gtest/gtest.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 10)
#include <c10/core/CachingDeviceAllocator.h>
#endif

#include "core/engine/scoring/explanation.h"
#include "core/networks/experts/formula_weights.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/devices_here.h"
#include "tests/watched_allocations.h"

namespace dfd {
namespace {

/// One expert of each family on a square input, and one at native resolution.
class CardPanel : public testing::Test {
  protected:
    void SetUp() override {
        record.name = "small";
        for (const auto* architecture : {"convnextv2_atto", "tf_efficientnet_b0", "trace_luma"}) {
            const auto network = make_network(architecture);
            if (std::string_view(architecture) != "trace_luma")
                fill_by_formula(*network, architecture, "test.", "test.");
            std::vector<std::pair<std::string, torch::Tensor>> tensors;
            for (const auto& each : named_tensors(*network))
                tensors.emplace_back(each.name, each.tensor.detach());
            ExpertRecord expert;
            expert.name = expert.architecture = architecture;
            expert.file = std::string(architecture) + ".safetensors";
            expert.sha256 = write_safetensors(folder / expert.file, tensors);
            expert.gradcam_layer = find_architecture(architecture).gradcam_layer;
            expert.input.size = 128;
            if (find_architecture(architecture).native_resolution)
                expert.input.resize = Resize::Native;
            record.experts.push_back(expert);
        }
        record = write_panel(folder.path(), record);
        for (int i = 0; i < 4; ++i)
            pictures.push_back(picture(100 + 20 * i, 150 - 10 * i, i));
        for (const auto& each : pictures)
            pointers.push_back(&each);
    }

    static Pixels picture(int width, int height, int seed) {
        Pixels pixels{width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height)};
        for (std::size_t i = 0; i < pixels.rgb.size(); ++i)
            pixels.rgb[i] = static_cast<std::uint8_t>(i * (7 + seed) / 5 + i / 300);
        return pixels;
    }

    [[nodiscard]] std::unique_ptr<Evaluator> on_card(Precision precision = Precision::Float32,
                                                     torch::Device device = torch::kCPU,
                                                     const Progress& progress = {},
                                                     FaceCheck check = measure_face) {
        DeviceInfo info;
        info.id = "cuda:0";
        info.name = "A card";
        return open_card_evaluator(
            record, device, info, precision,
            [this](const Progress& loading, std::stop_token stop) {
                ++processors_opened;
                if (memory)
                    memory->lift();
                return open_evaluator(record, "cpu", Precision::Float32, loading, stop);
            },
            progress, {}, std::move(check));
    }

    static ExpertExplanation explained(Evaluator& evaluator, const Pixels& picture,
                                       std::size_t expert) {
        ExplainOptions options;
        options.test = false;
        return explainer_of(evaluator).explain(picture, expert, options, {}, [](double) {});
    }

    void expect_same(const std::vector<PanelOpinion>& got,
                     const std::vector<PanelOpinion>& expected, double tolerance) {
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t p = 0; p < got.size(); ++p) {
            EXPECT_NEAR(got[p].score, expected[p].score, tolerance) << p;
            ASSERT_EQ(got[p].experts.size(), expected[p].experts.size());
            for (std::size_t e = 0; e < got[p].experts.size(); ++e) {
                const auto &one = got[p].experts[e], &other = expected[p].experts[e];
                EXPECT_EQ(one.name, other.name);
                EXPECT_EQ(one.index, other.index);
                EXPECT_NEAR(one.score, other.score, tolerance) << one.name << " of " << p;
                ASSERT_EQ(one.map.has_value(), other.map.has_value());
                if (one.map) {
                    EXPECT_EQ(one.map->values.size(), other.map->values.size());
                }
            }
        }
    }

    test::TemporaryFolder folder;
    PanelRecord record;
    std::vector<Pixels> pictures;
    std::vector<const Pixels*> pointers;
    std::unique_ptr<test::SmallPieces> memory;
    int processors_opened = 0;
};

/// Without a parameter: on the CPU.
using CardEvaluator = CardPanel;

class CardEvaluatorOn : public CardPanel, public testing::WithParamInterface<torch::Device> {
  protected:
    [[nodiscard]] std::unique_ptr<Evaluator> open(Precision precision = Precision::Float32) {
        return on_card(precision, GetParam());
    }
    /// Of scores in float32.
    [[nodiscard]] static double tolerance() { return GetParam().is_cpu() ? 1e-5 : 1e-3; }
};
INSTANTIATE_TEST_SUITE_P(Devices, CardEvaluatorOn, testing::ValuesIn(test::devices_here()),
                         test::device_name);

TEST_P(CardEvaluatorOn, ScoresAsTheProcessorDoes) {
    const auto expected = open_evaluator(record, "cpu")->evaluate(pointers, {true}, {});
    const auto card = open();
    expect_same(card->evaluate(pointers, {true}, {}), expected, tolerance());
    // Each picture alone gives the same scores.
    for (std::size_t p = 0; p < pointers.size(); ++p)
        expect_same(card->evaluate({&pointers[p], 1}, {true}, {}), {expected[p]}, tolerance());
    expect_same(open(Precision::BFloat16)->evaluate(pointers, {true}, {}), expected, 0.05);
    if (!GetParam().is_cpu())
        expect_same(open(Precision::Float16)->evaluate(pointers, {true}, {}), expected, 0.01);
    EXPECT_EQ(processors_opened, 0);
    EXPECT_TRUE(card->evaluate({}, {}, {}).empty());
}

TEST_P(CardEvaluatorOn, ASmallerLastBatchScoresTheSame) {
    const auto card = open();
    const auto expected = card->evaluate(pointers, {true}, {});
    const auto last = card->evaluate(std::span(pointers).first(3), {true}, {});  // filled up to 4
    expect_same(last, {expected[0], expected[1], expected[2]}, tolerance());
}

TEST_P(CardEvaluatorOn, ExplainsInFloat32AtEveryPrecision) {
    const auto expected = open_evaluator(record, "cpu");
    const auto card = open(Precision::BFloat16);
    for (std::size_t e = 0; e < record.experts.size(); ++e) {
        const auto got = explained(*card, pictures[0], e);
        const auto want = explained(*expected, pictures[0], e);
        EXPECT_NEAR(got.value, want.value, 1e-4) << e;
        EXPECT_NEAR(got.rest, want.rest, 1e-3) << e;
        EXPECT_EQ(explainer_of(*card).layers(e), explainer_of(*expected).layers(e));
    }
    // Explaining leaves the panel as it was.
    expect_same(card->evaluate(pointers, {true}, {}),
                open_evaluator(record, "cpu")->evaluate(pointers, {true}, {}), 0.05);
}

TEST_P(CardEvaluatorOn, TraceExpertsComputeInFloat32AtEveryPrecision) {
    const auto expected = open_evaluator(record, "cpu")->evaluate(pointers, {true}, {});
    const auto got = open(Precision::BFloat16)->evaluate(pointers, {true}, {});
    for (std::size_t p = 0; p < got.size(); ++p) {
        const auto &one = got[p].experts.at(2), &other = expected[p].experts.at(2);
        ASSERT_EQ(one.name, "trace_luma");
        EXPECT_NEAR(one.logits[1], other.logits[1], 1e-4);
        ASSERT_TRUE(one.map && other.map);
        ASSERT_EQ(one.map->values.size(), other.map->values.size());
        const float most = *std::ranges::max_element(other.map->values);
        for (std::size_t i = 0; i < one.map->values.size(); ++i)
            EXPECT_NEAR(one.map->values[i], other.map->values[i], 1e-3F * most);
    }
}

TEST_P(CardEvaluatorOn, ALogitThatIsNotFiniteIsAnErrorAndNoScore) {
    auto& expert = record.experts.at(0);
    const auto network = make_network(expert.architecture);
    fill_by_formula(*network, expert.architecture, "test.", "test.");
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    for (const auto& each : named_tensors(*network))
        tensors.emplace_back(each.name, each.name.ends_with("head.fc.weight")
                                            ? torch::full_like(each.tensor, 3e38)
                                            : each.tensor.detach());
    expert.sha256 = write_safetensors(folder / expert.file, tensors);
    record = write_panel(folder.path(), record);
    const auto card = open();  // whose warming up has no use for scores
    const auto said =
        test::sentence_of<DeviceError>([&] { (void)card->evaluate(pointers, {}, {}); });
    EXPECT_NE(said.find("The expert convnextv2_atto gave a logit that is not a finite number at "
                        "fp32; try --precision fp32"),
              std::string::npos)
        << said;
}

TEST_P(CardEvaluatorOn, ReopeningKeepsNoMemory) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 10)
    if (GetParam().is_cpu())
        GTEST_SKIP() << "The memory of a GPU is counted.";
    const auto reserved = [] {
        return c10::getDeviceAllocator(c10::kCUDA)->getDeviceStats(0).reserved_bytes[0].current;
    };
    std::int64_t first = 0;
    for (int i = 0; i < 8; ++i) {
        {
            const auto card = open(Precision::Float16);
            (void)card->evaluate(pointers, {true}, {});
            const auto before = reserved();
            (void)explained(*card, pictures[0], 1);
            (void)explained(*card, pictures[0], 1);
            EXPECT_LT(reserved(), before + 200'000'000);
        }
        first = i == 0 ? reserved() : first;
        EXPECT_LE(reserved(), first + 20'000'000) << "after opening " << i;
    }
#else
    GTEST_SKIP() << "LibTorch before 2.10 does not say.";
#endif
}

TEST_F(CardEvaluator, LooksForFacesBesideTheExperts) {
    constexpr int kTogether = 2;
    struct {
        std::mutex mutex;
        std::condition_variable changed;
        int begun = 0;
        std::set<std::thread::id> threads;
    } searches;
    const auto two_have_begun = [&] {
        std::unique_lock lock(searches.mutex);
        return searches.changed.wait_for(lock, std::chrono::seconds(60),
                                         [&] { return searches.begun >= kTogether; });
    };
    record.subject = kFaces;
    const auto card = on_card(Precision::Float32, torch::kCPU, {}, [&](const Pixels& pixels) {
        {
            const std::lock_guard lock(searches.mutex);
            ++searches.begun;
            searches.threads.insert(std::this_thread::get_id());
        }
        searches.changed.notify_all();
        EXPECT_TRUE(two_have_begun()) << "pictures are searched one after the other";
        return pixels.width == pictures[0].width ? 1.0 : 0.0;
    });
    std::atomic<bool> late = false;
    std::vector<PanelOpinion> got;
    {
        // Everything that is computed waits for two searches.
        const test::WatchedAllocations watched([&](std::size_t) {
            if (!late && !two_have_begun())
                late = true;
        });
        got = card->evaluate(pointers, {}, {});
    }
    EXPECT_FALSE(late) << "faces are sought after the experts";
    EXPECT_FALSE(searches.threads.contains(std::this_thread::get_id()));
    for (std::size_t p = 0; p < got.size(); ++p)
        EXPECT_EQ(got[p].warnings.size(), p == 0 ? 0u : 1u) << p;  // "No face was found"
}

TEST_F(CardEvaluator, AFailedSearchForFacesIsReportedAndTheNextOneWorks) {
    record.subject = kFaces;
    std::atomic<bool> fails = true;
    const auto card = on_card(Precision::Float32, torch::kCPU, {}, [&](const Pixels&) {
        return fails ? throw std::runtime_error("no detector") : 1.0;
    });
    EXPECT_THROW((void)card->evaluate(pointers, {}, {}), std::runtime_error);
    fails = false;
    EXPECT_EQ(card->evaluate(pointers, {}, {}).size(), pointers.size());
}

TEST_F(CardEvaluator, UploadsOnlyWhatIsReadThere) {
    record.experts.pop_back();  // the one that reads pictures at their own size
    const auto card = on_card();
    const auto copies_of = [&](const Pixels& pixels) {
        std::atomic<int> copies = 0;
        const test::WatchedAllocations watched([&](std::size_t bytes) {
            if (bytes == pixels.rgb.size())
                ++copies;
        });
        const Pixels* const one[] = {&pixels};
        (void)card->evaluate(one, {}, {});
        return copies.load();
    };
    EXPECT_EQ(copies_of(picture(8000, 23, 1)), 0);  // resized on the processor
    EXPECT_GT(copies_of(picture(307, 205, 1)), 0);
}

TEST_F(CardEvaluator, PreparesTheDeviceBeforeItIsReady) {
    std::vector<std::string> said;
    (void)on_card(Precision::Float32, torch::kCPU,
                  [&](double, double, const std::string& what) { said.push_back(what); });
    ASSERT_GE(said.size(), 2u);
    EXPECT_EQ(said[said.size() - 2], "Preparing cuda:0");
    EXPECT_EQ(said.back(), "Loaded small");
}

TEST_F(CardEvaluator, HalvesABatchThatDoesNotFit) {
    const auto card = on_card();
    const auto expected = card->evaluate(pointers, {}, {});
    // Limit: the widest layer of one picture including zero padding, 96 x 65 x 65 float32.
    memory = std::make_unique<test::SmallPieces>(1'700'000);
    const auto got = card->evaluate(pointers, {}, {});
    EXPECT_GT(memory->refused(), 0);
    memory.reset();
    expect_same(got, expected, 1e-5);
    EXPECT_EQ(processors_opened, 0);
    EXPECT_TRUE(got.front().warnings.empty());
}

TEST_F(CardEvaluator, FallsBackToTheProcessorForAPictureThatDoesNotFit) {
    const auto expected = open_evaluator(record, "cpu")->evaluate(pointers, {}, {});
    const auto card = on_card();
    memory = std::make_unique<test::SmallPieces>(30'000);
    const auto got = card->evaluate(pointers, {}, {});
    EXPECT_GT(memory->refused(), 2);
    memory.reset();
    expect_same(got, expected, 1e-5);
    EXPECT_EQ(processors_opened, 1);
    ASSERT_EQ(got.front().warnings.size(), 1u);
    EXPECT_EQ(got.front().warnings.front(),
              "There was not enough free memory on cuda:0 (A card); this picture was scored on the "
              "processor, in float32.");
}

TEST_F(CardEvaluator, ExplainsOnTheProcessorWithoutEnoughMemory) {
    const auto card = on_card();
    memory = std::make_unique<test::SmallPieces>(30'000);
    const auto got = explained(*card, pictures[0], 1);
    memory.reset();
    EXPECT_EQ(processors_opened, 1);
    EXPECT_NE(got.remark.find("it was explained on the processor."), std::string::npos)
        << got.remark;
}

TEST_F(CardEvaluator, StopsBetweenExperts) {
    const auto card = on_card();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW((void)card->evaluate(pointers, {}, stop.get_token()), Cancelled);
    DeviceInfo info;
    EXPECT_THROW((void)open_card_evaluator(record, torch::kCPU, info, Precision::Float32, {}, {},
                                           stop.get_token()),
                 Cancelled);
    EXPECT_EQ(card->evaluate(pointers, {}, {}).size(), 4u);  // and continues normally
}

TEST_F(CardEvaluator, WeightsThatDoNotFitAreOutOfMemory) {
    memory = std::make_unique<test::SmallPieces>(1000);
    EXPECT_THROW((void)on_card(), std::bad_alloc);
}

}  // namespace
}  // namespace dfd
