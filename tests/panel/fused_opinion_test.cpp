// Opinions that a fusion combines.
#include <gtest/gtest.h>

#include <cmath>

#include "core/opinion/expert_words.h"
#include "core/opinion/story.h"
#include "tests/panel/opinions.h"

namespace dfd {
namespace {

TEST(FusedOpinion, IsTheSumOfTheSlopesTimesTheLogOdds) {
    auto opinion = of_scores({0.9, 0.3, 0.6});
    const double mean = opinion.score;
    AnswerCalibration answer;
    answer.fusion = {{{"a", 0.5}, {"b", 2}, {"c", 0}}, 0.25};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, answer);
    combine(opinion);
    const auto odds = [](double score) { return std::log(score / (1 - score)); };
    EXPECT_NEAR(odds(opinion.score), 0.25 + 0.5 * odds(0.9) + 2 * odds(0.3), 1e-9);
    EXPECT_NEAR(odds(opinion.experts[0].without), 0.25 + 2 * odds(0.3), 1e-9);
    EXPECT_NEAR(opinion.experts[2].without, opinion.score, 1e-12);
    EXPECT_EQ(share_of_combination(opinion, opinion.experts[1]), 2);
    EXPECT_TRUE(fusion_sentences(opinion).empty());
    // Titles in place of names change nothing.
    auto titled = with_titles(opinion);
    combine(titled);
    EXPECT_EQ(titled.score, opinion.score);

    // Weighted, or without one of the experts, it is the mean again, and that is said.
    combine(opinion, std::vector<double>{1, 1, 0.5});
    EXPECT_EQ(fusion_of(opinion, 0), nullptr);
    combine(opinion, std::vector<double>{1, 1, 1});
    EXPECT_NE(fusion_of(opinion, 0), nullptr);
    set_unavailable(opinion.experts[1], "It is too odd.");
    combine(opinion);
    EXPECT_NEAR(opinion.score, (0.9 + 0.6) / 2, 1e-9);
    ASSERT_EQ(fusion_sentences(opinion).size(), 1u);
    EXPECT_EQ(fusion_sentences(opinion)[0],
              "The fusion does not combine the experts here, because not all of them count as when "
              "it was fitted (b): the score is the mean of the scores of those that count, by "
              "their weights.");
    EXPECT_NEAR(mean, (0.9 + 0.3 + 0.6) / 3, 1e-9);
}

}  // namespace
}  // namespace dfd
