#include "core/opinion/disagreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dfd {
namespace {

/// Experts a, b, c … with these scores; odd-numbered ones have another architecture.
PanelOpinion of_scores(const std::vector<double>& scores, const std::vector<double>& weights = {}) {
    PanelOpinion opinion;
    for (const double score : scores) {
        auto& expert = opinion.experts.emplace_back();
        expert.name = std::string(1, static_cast<char>('a' + opinion.experts.size() - 1));
        expert.architecture = opinion.experts.size() % 2 == 1 ? "one" : "other";
        const double infinity = std::numeric_limits<double>::infinity();
        expert.logits = {0.0, score <= 0   ? -infinity
                              : score >= 1 ? infinity
                                           : std::log(score / (1 - score))};
    }
    combine(opinion, weights.empty() ? std::vector<double>(scores.size(), 1.0) : weights);
    return opinion;
}

double entropy(double p) {
    return -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}

TEST(Disagreement, OneBitWhenHalfAreSureOfEachClass) {
    const auto found = disagreement_of(of_scores({0.0, 1.0}));
    EXPECT_EQ(found.mean, 0.5);
    EXPECT_EQ(found.spread, 0.5);
    EXPECT_EQ(found.range, 1.0);
    EXPECT_EQ(found.mutual_information, 1.0);
    EXPECT_EQ(found.fake_votes, 1);
    EXPECT_EQ(found.real_votes, 1);
    EXPECT_EQ(found.without_lowest, 0.0);
    EXPECT_EQ(found.without_highest, 1.0);
    // 0.5 counts as fake; without b the score is 0, without a it is 1, still fake.
    EXPECT_EQ(found.flipped_by, std::vector<std::string>{"b"});
}

TEST(Disagreement, ByHand) {
    const auto found = disagreement_of(of_scores({0.75, 0.75, 0.25, 0.5}));
    EXPECT_NEAR(found.mean, 0.5625, 1e-12);
    // Deviations 0.1875, 0.1875, -0.3125, -0.0625: squares 0.171875 together.
    EXPECT_NEAR(found.spread, std::sqrt(0.171875 / 4), 1e-12);
    EXPECT_NEAR(found.range, 0.5, 1e-12);
    EXPECT_EQ(found.fake_votes, 3);  // 0.5 is a tie and counts as fake
    EXPECT_EQ(found.real_votes, 1);
    // H(0.75) = H(0.25) = 0.8112781245, H(0.5) = 1, H(0.5625) = 0.9886994082.
    EXPECT_NEAR(found.mutual_information, 0.9886994082 - (3 * 0.8112781245 + 1) / 4, 1e-9);
    EXPECT_NEAR(found.without_lowest, 1.5 / 3, 1e-12);
    EXPECT_NEAR(found.without_highest, 2.0 / 3, 1e-12);

    ASSERT_EQ(found.architectures.size(), 2u);
    EXPECT_EQ(found.architectures[0].architecture, "one");
    EXPECT_EQ(found.architectures[0].figures.experts, 2);
    EXPECT_NEAR(found.architectures[0].figures.mean, 0.5, 1e-12);
    EXPECT_NEAR(found.architectures[0].figures.spread, 0.25, 1e-12);
    EXPECT_NEAR(found.architectures[0].figures.mutual_information, 1 - entropy(0.25), 1e-12);
    EXPECT_EQ(found.architectures[1].architecture, "other");
    EXPECT_NEAR(found.architectures[1].figures.mean, 0.625, 1e-12);
    EXPECT_EQ(found.architectures[1].figures.fake_votes, 2);
}

TEST(Disagreement, CertainExpertsThatAgreeDoNotDisagree) {
    for (const double score : {0.0, 1.0}) {
        const auto found = disagreement_of(of_scores({score, score, score}));
        EXPECT_EQ(found.mutual_information, 0.0);
        EXPECT_EQ(found.spread, 0.0);
        EXPECT_EQ(found.fake_votes, score == 1.0 ? 3 : 0);
        EXPECT_TRUE(found.flipped_by.empty());
    }
    // All experts and the panel are unsure: high entropy but no disagreement.
    EXPECT_EQ(disagreement_of(of_scores({0.5, 0.5})).mutual_information, 0.0);
}

TEST(Disagreement, OneExpertCannotDisagree) {
    const auto found = disagreement_of(of_scores({0.8}));
    EXPECT_EQ(found.experts, 1);
    EXPECT_NEAR(found.mean, 0.8, 1e-12);
    EXPECT_EQ(found.spread, 0.0);
    EXPECT_EQ(found.range, 0.0);
    EXPECT_EQ(found.mutual_information, 0.0);
    EXPECT_NEAR(found.without_lowest, 0.8, 1e-12);
    EXPECT_TRUE(found.flipped_by.empty());
    EXPECT_EQ(disagreement_of(PanelOpinion{}).experts, 0);
}

TEST(Disagreement, TheCallerChoosesTheThreshold) {
    const auto opinion = of_scores({0.75, 0.25, 0.5});
    const auto found = disagreement_of(opinion, 0.6);
    EXPECT_EQ(found.threshold, 0.6);
    EXPECT_EQ(found.fake_votes, 1);
    // The panel's 0.5 counts as real; without b the score is 0.625.
    EXPECT_EQ(found.flipped_by, std::vector<std::string>{"b"});
}

TEST(Disagreement, MutedExpertsDoNotCountAndWeightsDo) {
    const auto found = disagreement_of(of_scores({0.0, 1.0, 0.5}, {1, 3, 0}));
    EXPECT_EQ(found.experts, 2);
    EXPECT_EQ(found.mean, 0.75);
    EXPECT_EQ(found.fake_votes, 1);
    EXPECT_EQ(found.real_votes, 1);
    EXPECT_NEAR(found.spread, std::sqrt((0.5625 + 3 * 0.0625) / 4), 1e-12);
    EXPECT_NEAR(found.mutual_information, entropy(0.75), 1e-12);
    EXPECT_EQ(found.flipped_by, std::vector<std::string>{"b"});
    ASSERT_EQ(found.architectures.size(), 2u);  // c is muted; of "one" only a remains
    EXPECT_EQ(found.architectures[0].figures.experts, 1);
}

}  // namespace
}  // namespace dfd
