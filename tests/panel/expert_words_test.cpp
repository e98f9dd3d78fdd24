#include "core/opinion/expert_words.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace dfd {
namespace {

TEST(ExpertWords, AreNamesForPeople) {
    const auto words = expert_words({{"trace_blocks-1", "trace_blocks"}});
    ASSERT_EQ(words.size(), 1u);
    EXPECT_EQ(words[0].title, "JPEG traces");
    EXPECT_NE(words[0].looks_at.find("8 x 8"), std::string::npos);
}

TEST(ExpertWords, AreNumberedWhenTheyAreShared) {
    const auto words = expert_words({{"lite0-0", "tf_efficientnet_lite0"},
                                     {"trace_luma-2", "trace_luma"},
                                     {"lite0-1", "tf_efficientnet_lite0"}});
    EXPECT_EQ(words[0].title, "Quick view 1");
    EXPECT_EQ(words[1].title, "Brightness traces");
    EXPECT_EQ(words[2].title, "Quick view 2");
}

TEST(ExpertWords, OfAnUnknownArchitectureAreItsName) {
    const auto words = expert_words({{"mine-0", "mine"}, {"mine-1", "mine"}});
    EXPECT_EQ(words[0].title, "mine-0");
    EXPECT_EQ(words[1].title, "mine-1");
    EXPECT_TRUE(words[0].looks_at.empty());
}

TEST(ExpertWords, TakeThePlaceOfNamesInACopy) {
    PanelOpinion opinion;
    opinion.experts.emplace_back();
    opinion.experts[0].name = "trace_joint-0";
    opinion.experts[0].architecture = "trace_joint";
    EXPECT_EQ(with_titles(opinion).experts[0].name, "Mixed traces");
    EXPECT_EQ(opinion.experts[0].name, "trace_joint-0");
}

TEST(ExpertWords, TakeThePlaceOfNamesInWarnings) {
    PanelOpinion opinion;
    for (const auto* name : {"trace_luma-0", "trace_joint-0", "score"}) {
        auto& expert = opinion.experts.emplace_back();
        expert.name = name;
        expert.architecture = std::string(name).substr(0, std::string(name).find('-'));
        expert.logits = {0, 1};
    }
    opinion.experts[0].looked_at = opinion.experts[1].looked_at = LookedAt{24, 256, 0.13};
    opinion.experts[1].left = true;
    std::vector<std::string> warnings{"The score means little."};
    for (const auto sentences : {looked_at_sentences, left_sentences})
        for (auto& sentence : sentences(opinion))
            warnings.push_back(sentence);
    ASSERT_EQ(warnings.size(), 3u);
    const auto titled = with_titles(warnings, opinion);
    EXPECT_EQ(titled[0], "The score means little.");  // not about the expert of that name
    EXPECT_EQ(titled[1],
              "The experts Brightness traces and Mixed traces looked at 24 windows of 256 pixels, "
              "13 % of the picture.");
    EXPECT_TRUE(titled[2].starts_with("The expert Mixed traces does not count here"));
}

TEST(ExpertWords, TakeThePlaceOfNamesInTheGates) {
    PanelOpinion opinion;
    for (const double distance : {9.0, 1.0}) {
        auto& expert = opinion.experts.emplace_back();
        expert.name = "trace_joint-" + std::to_string(opinion.experts.size());
        expert.architecture = "trace_joint";
        expert.logits = {0, 1};
        expert.distance = distance;
    }
    AnswerCalibration answer;
    answer.alarms = {{0, 0.04, 0.02, 0.07}};
    answer.gates = {{"trace_joint-1", 5}, {"trace_joint-2", 5}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, answer);
    combine(opinion);
    ASSERT_TRUE(beyond_gate(opinion, opinion.experts[0]));

    auto titled = with_titles(opinion);
    EXPECT_EQ(titled.experts[0].name, "Mixed traces 1");
    EXPECT_TRUE(beyond_gate(titled, titled.experts[0]));
    EXPECT_FALSE(beyond_gate(titled, titled.experts[1]));
    combine(titled);  // as for other weights
    EXPECT_TRUE(titled.experts[0].left);
    EXPECT_EQ((*opinion.calibration)[0].gates[0].expert, "trace_joint-1");
}

}  // namespace
}  // namespace dfd
