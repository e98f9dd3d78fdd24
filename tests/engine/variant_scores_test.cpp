#include "core/engine/scoring/variant_scores.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/engine/test_evaluator.h"

namespace dfd {
namespace {

/// Scores with the first pixel's red value; records batch sizes.
class RedEvaluator : public test::TestEvaluator {
  public:
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions&, std::stop_token stop) override {
        if (stop.stop_requested())
            throw Cancelled();
        batches.push_back(pictures.size());
        std::vector<PanelOpinion> opinions;
        for (const auto* picture : pictures)
            opinions.emplace_back().score = picture->rgb.at(0);
        return opinions;
    }

    std::vector<std::size_t> batches;
};

Pixels red(std::size_t value) {
    return {1, 1, {static_cast<std::uint8_t>(value), 0, 0}};
}

TEST(VariantScores, ComeInOrderInBatchesMadeOneBatchAhead) {
    RedEvaluator evaluator;
    VariantOptions options;
    options.batch = 4;
    std::vector<std::size_t> received;
    const auto opinions = score_variants(
        evaluator, 10,
        [&](std::size_t index) {
            EXPECT_LT(index, received.size() + 4);  // at most one batch is in memory
            return red(index);
        },
        {},
        [&](std::size_t index, const PanelOpinion& opinion) {
            EXPECT_EQ(opinion.score, static_cast<double>(index));
            received.push_back(index);
        },
        options);
    ASSERT_EQ(opinions.size(), 10u);
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(opinions[i].score, static_cast<double>(i));
        EXPECT_EQ(received.at(i), i);
    }
    EXPECT_EQ(evaluator.batches, (std::vector<std::size_t>{4, 4, 2}));
}

TEST(VariantScores, LargeOnesAreMadeAndScoredOneByOne) {
    RedEvaluator evaluator;
    constexpr int kWidth = 6000, kHeight = 3000;
    const auto opinions = score_variants(
        evaluator, 3,
        [&](std::size_t) {
            return Pixels{kWidth, kHeight, std::vector<std::uint8_t>(3 * kWidth * kHeight, 7)};
        },
        {});
    EXPECT_EQ(opinions.size(), 3U);
    EXPECT_EQ(evaluator.batches, (std::vector<std::size_t>{1, 1, 1}));
}

TEST(VariantScores, AcceptExistingPixels) {
    RedEvaluator evaluator;
    const std::vector<Pixels> variants{red(7), red(3), red(5)};
    const auto opinions = score_variants(evaluator, variants, {});
    ASSERT_EQ(opinions.size(), 3u);
    EXPECT_EQ(opinions[1].score, 3);
    EXPECT_TRUE(score_variants(evaluator, std::span<const Pixels>(), {}).empty());
}

TEST(VariantScores, StopBeforeTheNextVariantIsMade) {
    RedEvaluator evaluator;
    std::stop_source stopping;
    std::size_t made = 0;
    std::size_t received = 0;
    VariantOptions options;
    options.batch = 2;
    EXPECT_THROW((void)score_variants(
                     evaluator, 100,
                     [&](std::size_t index) {
                         ++made;
                         return red(index);
                     },
                     stopping.get_token(),
                     [&](std::size_t index, const PanelOpinion&) {
                         ++received;
                         if (index == 3)
                             stopping.request_stop();
                     },
                     options),
                 Cancelled);
    EXPECT_EQ(made, 4u);
    EXPECT_EQ(received, 4u);
}

TEST(VariantScores, PassOnWhatAMakerThrowsAndRefuseAnEmptyBatch) {
    RedEvaluator evaluator;
    EXPECT_THROW((void)score_variants(evaluator, 3,
                                      [](std::size_t index) -> Pixels {
                                          if (index == 1)
                                              throw std::runtime_error("no such window");
                                          return red(index);
                                      },
                                      {}),
                 std::runtime_error);
    VariantOptions options;
    options.batch = 0;
    EXPECT_THROW((void)score_variants(evaluator, 1, red, {}, {}, options), std::invalid_argument);
}

}  // namespace
}  // namespace dfd
