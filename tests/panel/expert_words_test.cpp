#include "core/opinion/expert_words.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace dfd
