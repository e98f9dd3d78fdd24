// Tests of the GPU evaluator, run on the CPU; an allocator simulates a lack of memory.
#include "core/engine/scoring/card_evaluator.h"

#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <atomic>

#include "core/engine/scoring/explanation.h"
#include "core/networks/experts/formula_weights.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

/// While it exists, LibTorch's CPU allocations of more than `most` bytes fail, until `lift`.
class SmallPieces final : public c10::Allocator {
  public:
    explicit SmallPieces(std::size_t most) : most_(most), usual_(c10::GetCPUAllocator()) {
        c10::SetAllocator(c10::kCPU, this, kPriority);
    }
    ~SmallPieces() override { c10::SetAllocator(c10::kCPU, usual_, kPriority); }
    SmallPieces(const SmallPieces&) = delete;
    SmallPieces& operator=(const SmallPieces&) = delete;

    void lift() { most_ = std::string::npos; }
    [[nodiscard]] int refused() const { return refused_; }

    [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override { return usual_->raw_deleter(); }
#if TORCH_VERSION_MAJOR >= 2
    c10::DataPtr allocate(size_t bytes) override {
        return take(bytes);
    }
    void copy_data(void* to, const void* from, std::size_t count) const override {
        default_copy_data(to, from, count);
    }
#else
    c10::DataPtr allocate(size_t bytes) const override {
        return take(bytes);
    }
#endif

  private:
    static constexpr std::uint8_t kPriority = 100;

    c10::DataPtr take(std::size_t bytes) const {
        if (bytes > most_) {
            ++refused_;
            throw c10::OutOfMemoryError({__func__, __FILE__, 0}, "out of memory, for a test");
        }
        return usual_->allocate(bytes);
    }

    std::atomic<std::size_t> most_;
    mutable std::atomic<int> refused_ = 0;
    c10::Allocator* usual_;
};

/// One expert of each family on a square input, and one at native resolution.
class CardEvaluator : public testing::Test {
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

    [[nodiscard]] std::unique_ptr<Evaluator> on_card(Precision precision = Precision::Float32) {
        DeviceInfo info;
        info.id = "cuda:0";
        info.name = "A card";
        return open_card_evaluator(record, torch::kCPU, info, precision,
                                   [this](const Progress& progress, std::stop_token stop) {
                                       ++processors_opened;
                                       if (memory)
                                           memory->lift();
                                       return open_evaluator(record, "cpu", Precision::Float32,
                                                             progress, stop);
                                   });
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
    std::unique_ptr<SmallPieces> memory;
    int processors_opened = 0;
};

TEST_F(CardEvaluator, ScoresAsTheProcessorDoes) {
    const auto expected = open_evaluator(record, "cpu")->evaluate(pointers, {true}, {});
    const auto card = on_card();
    expect_same(card->evaluate(pointers, {true}, {}), expected, 1e-5);
    // Each picture alone gives the same scores.
    for (std::size_t p = 0; p < pointers.size(); ++p)
        expect_same(card->evaluate({&pointers[p], 1}, {true}, {}), {expected[p]}, 1e-5);
    expect_same(on_card(Precision::BFloat16)->evaluate(pointers, {true}, {}), expected, 0.05);
    EXPECT_EQ(processors_opened, 0);
    EXPECT_TRUE(card->evaluate({}, {}, {}).empty());
}

TEST_F(CardEvaluator, ExplainsInFloat32AtEveryPrecision) {
    const auto expected = open_evaluator(record, "cpu");
    const auto card = on_card(Precision::BFloat16);
    ExplainOptions options;
    options.test = false;
    for (std::size_t e = 0; e < 2; ++e) {
        const auto got = dynamic_cast<ExpertExplainer&>(*card).explain(pictures[0], e, options, {},
                                                                       [](double) {});
        const auto want = dynamic_cast<ExpertExplainer&>(*expected).explain(pictures[0], e, options,
                                                                            {}, [](double) {});
        EXPECT_NEAR(got.value, want.value, 1e-4);
        EXPECT_EQ(dynamic_cast<ExpertExplainer&>(*card).layers(e),
                  dynamic_cast<ExpertExplainer&>(*expected).layers(e));
    }
}

TEST_F(CardEvaluator, HalvesABatchThatDoesNotFit) {
    const auto card = on_card();
    const auto expected = card->evaluate(pointers, {}, {});
    // Limit: the widest layer of one picture including zero padding, 96 x 65 x 65 float32.
    memory = std::make_unique<SmallPieces>(1'700'000);
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
    memory = std::make_unique<SmallPieces>(30'000);
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
    memory = std::make_unique<SmallPieces>(30'000);
    ExplainOptions options;
    options.test = false;
    const auto got =
        dynamic_cast<ExpertExplainer&>(*card).explain(pictures[0], 1, options, {}, [](double) {});
    memory.reset();
    EXPECT_EQ(processors_opened, 1);
    EXPECT_NE(got.exactness.find("it was explained on the processor."), std::string::npos)
        << got.exactness;
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
    memory = std::make_unique<SmallPieces>(1000);
    EXPECT_THROW((void)on_card(), std::bad_alloc);
}

}  // namespace
}  // namespace dfd
