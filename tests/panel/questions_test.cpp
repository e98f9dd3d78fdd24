// A panel that asks several questions: nothing is ever averaged over them.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/opinion/agreement.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/story.h"
#include "core/panel/panel_join.h"
#include "tests/panel/opinions.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

TEST(Questions, EachIsAnsweredByItsOwnExperts) {
    const auto opinion = of_answers({{0.2, 0.4}, {0.9, 0.6, 0.6}});
    EXPECT_NEAR(opinion.answers[0].score, 0.3, 1e-12);
    EXPECT_NEAR(opinion.answers[0].spread, 0.1, 1e-12);
    EXPECT_NEAR(opinion.answers[1].score, 0.7, 1e-12);
    EXPECT_EQ(opinion.leading, 1u);
    EXPECT_EQ(opinion.score, opinion.answers[1].score);
    EXPECT_EQ(opinion.spread, opinion.answers[1].spread);
    EXPECT_EQ(leading_question(opinion), "Two?");
    EXPECT_NEAR(opinion.experts[0].without, 0.4, 1e-12);
    EXPECT_NEAR(opinion.experts[2].without, 0.6, 1e-12);
}

TEST(Questions, APartEqualsThePanelThatAsksOnlyThat) {
    const auto opinion = of_answers({{0.2, 0.4}, {0.9, 0.6, 0.6}});
    for (std::size_t q = 0; q < 2; ++q) {
        const auto one = part(opinion, q);
        const auto alone = q == 0 ? of_scores({0.2, 0.4}) : of_scores({0.9, 0.6, 0.6});
        EXPECT_TRUE(one.answers.empty());
        EXPECT_EQ(one.score, alone.score);
        EXPECT_EQ(one.spread, alone.spread);
        ASSERT_EQ(one.experts.size(), alone.experts.size());
        const auto found = disagreement_of(one), expected = disagreement_of(alone);
        EXPECT_EQ(found.mutual_information, expected.mutual_information);
        EXPECT_EQ(found.fake_votes, expected.fake_votes);
        EXPECT_EQ(found.without_lowest, expected.without_lowest);
    }
    EXPECT_THROW((void)part(opinion, 2), std::out_of_range);
    const auto alone = of_scores({0.2, 0.4});
    EXPECT_EQ(part(alone, 0).experts.size(), 2u);
    EXPECT_TRUE(leading_question(alone).empty());
}

TEST(Questions, DisagreementIsNeverBetweenQuestions) {
    // The questions have opposite answers, but their experts agree.
    const auto opinion = of_answers({{0.05, 0.05}, {0.95, 0.95}});
    EXPECT_NEAR(disagreement_of(opinion).mutual_information, 0, 1e-9);
    EXPECT_EQ(disagreement_of(opinion).experts, 2);
    EXPECT_NEAR(largest_disagreement(opinion).mutual_information, 0, 1e-9);
    const auto disputed = of_answers({{0.05, 0.95}, {0.9, 0.9}});
    EXPECT_EQ(disputed.leading, 1u);
    EXPECT_NEAR(disagreement_of(disputed).mutual_information, 0, 1e-9);
    EXPECT_GT(largest_disagreement(disputed).mutual_information, 0.5);
    AgreementTable table({"a", "b", "c", "d"});
    table.add(opinion);
    table.add(disputed);
    EXPECT_EQ(table.most_disputed(1), std::vector<std::size_t>{1});
    EXPECT_EQ(largest_disagreement(disputed).question, 0u);
    // Experts of different questions neither agree nor disagree.
    const auto matrix = table.matrix();
    EXPECT_EQ(matrix.flips[0][1], 0.5);
    EXPECT_TRUE(std::isnan(matrix.flips[1][2]));
    EXPECT_FALSE(matrix.rank_correlation[1][2]);
    EXPECT_TRUE(matrix.rank_correlation[1][1]);
}

TEST(Questions, MapsAreAveragedWithinAQuestion) {
    auto opinion = of_answers({{0.2, 0.4}, {0.9}});
    opinion.experts[0].map = HeatMap{1, 1, {1}};
    opinion.experts[1].map = HeatMap{1, 1, {3}};
    opinion.experts[2].map = HeatMap{1, 1, {8}};
    EXPECT_EQ(mean_map(opinion).values, std::vector<float>{8});
    EXPECT_EQ(mean_map(part(opinion, 0)).values, std::vector<float>{2});
}

TEST(Questions, AQuestionWhoseExpertsAreMutedIsNotAnswered) {
    auto opinion = of_answers({{0.2, 0.4}, {0.9}});
    combine(opinion, std::array{1.0, 1.0, 0.0});
    EXPECT_FALSE(opinion.answers[1].answered);
    EXPECT_EQ(opinion.leading, 0u);
    EXPECT_NEAR(opinion.score, 0.3, 1e-12);
    const auto story = summary_of(opinion, {});
    EXPECT_SAYS(story, "One? The panel says 0.30");
    EXPECT_SAYS(story, "Two? Not answered: none of its experts counts.");
}

TEST(Questions, TheOnlyExpertWithAWeightMayHaveNoOpinion) {
    auto opinion = of_answers({{0.2, 0.4}, {0.9}});
    set_unavailable(opinion.experts[0], "It is too small.");
    combine(opinion, std::array{1.0, 0.0, 1.0});  // the one that counts for the first says nothing
    EXPECT_FALSE(opinion.answers[0].answered);
    EXPECT_NEAR(opinion.score, 0.9, 1e-12);
    combine(opinion, std::array{1.0, 0.0, 0.0});
    EXPECT_TRUE(std::isnan(opinion.score));
    EXPECT_EQ(band_of(opinion), Band::Unnamed);
    EXPECT_FALSE(no_assessment(opinion));
    EXPECT_EQ(score_figure(opinion.score, {}), "n/a");
    EXPECT_FALSE(assessment_of(opinion, 0));
    auto alone = of_scores({0.2, 0.4});
    set_unavailable(alone.experts[0], "It is too small.");
    combine(alone, std::array{1.0, 0.0});
    EXPECT_TRUE(std::isnan(alone.score));
    EXPECT_FALSE(is_answered(alone, 0));
    combine(alone, std::array{0.0, 1.0});
    EXPECT_NEAR(alone.score, 0.4, 1e-12);
}

TEST(Questions, VersionsAreComparedByOneQuestion) {
    auto opinion = of_answers({{0.2, 0.4}, {0.9}});
    lead(opinion, 0);
    EXPECT_EQ(opinion.score, opinion.answers[0].score);
    EXPECT_EQ(opinion.leading, 0u);
    EXPECT_THROW(lead(opinion, 2), std::out_of_range);
    auto alone = of_scores({0.2});
    lead(alone, 7);  // it asks only one
    EXPECT_NEAR(alone.score, 0.2, 1e-12);
}

TEST(Questions, TheStoryAnswersThemInOrder) {
    const auto opinion = of_answers({{0.2, 0.4}, {0.9, 0.8}});
    const auto story = summary_of(opinion, {"Tiny."});
    const auto first = story.find("One? The panel says 0.30 (looks real)");
    const auto second = story.find("Two? The panel says 0.85 (looks fake)");
    EXPECT_EQ(first, 0u);
    ASSERT_NE(second, std::string::npos);
    EXPECT_LT(first, second);
    EXPECT_TRUE(story.ends_with("listed with it."));
    Firmness firmness;
    firmness.score = firmness.low = firmness.high = opinion.score;
    firmness.ordinary = firmness.versions = 3;
    firmness.question = 1;
    EXPECT_EQ(answer_story(opinion, 0).size(), answer_story(opinion, 0, {}, &firmness).size());
    EXPECT_LT(answer_story(opinion, 1).size(), answer_story(opinion, 1, {}, &firmness).size());
}

class JoinedPanels : public test::PanelTest {
  protected:
    /// A plan that joins two installed panels of one expert each.
    nlohmann::json plan() const {
        write({"convnextv2_atto"});
        install_panel(request("left"));
        write({"tf_efficientnet_b0"});
        install_panel(request("right"));
        const auto question = [](const char* id, const char* text) {
            return nlohmann::json{
                {"id", id}, {"text", text}, {"fake", "It is."}, {"real", "It is not."}};
        };
        return {{"name", "both"},
                {"title", "Both"},
                {"licence", "CC0-1.0"},
                {"origin", "made by a test"},
                {"starter", false},
                {"questions", {question("one", "Is it one?"), question("two", "Is it two?")}}};
    }
    PanelRecord join(const nlohmann::json& plan,
                     const std::vector<std::string>& names = {"left", "right"}) const {
        test::write_bytes(folder / "plan.json", plan.dump());
        std::vector<std::filesystem::path> panels;
        for (const auto& name : names)
            panels.push_back(folder / "panels" / name);
        return join_panels(folder / "plan.json", panels, folder / "both");
    }
    std::string why_not_joined(const nlohmann::json& plan,
                               const std::vector<std::string>& names = {"left", "right"}) const {
        return test::sentence_of<PanelError>([&] { (void)join(plan, names); });
    }
};

TEST_F(JoinedPanels, KeepWeightsAndQuestions) {
    const auto joined = join(plan());
    const auto left = read_panel(folder / "panels" / "left");
    ASSERT_EQ(joined.experts.size(), 2u);
    ASSERT_EQ(joined.questions.size(), 2u);
    EXPECT_EQ(joined.experts[0].sha256, left.experts[0].sha256);
    EXPECT_EQ(joined.experts[1].question, 1u);
    EXPECT_EQ(joined.questions[1].text, "Is it two?");
    for (const auto& check : verify_panel(joined))
        EXPECT_TRUE(check.ok) << check.problem;
    const auto root = nlohmann::json::parse(panel_text(joined));
    EXPECT_EQ(root["questions"][0]["experts"][0], joined.experts[0].name);
    EXPECT_EQ(open_opinion(joined).answers[0].id, "one");
    EXPECT_EQ(open_opinion(joined).answers[0].fake, joined.questions[0].fake);
    EXPECT_EQ(open_opinion(joined).answers[0].real, joined.questions[0].real);
}

TEST_F(JoinedPanels, SeveralMayAnswerAQuestion) {
    auto several = plan();
    write({"tf_efficientnet_lite0"});
    install_panel(request("third"));
    several["questions"][0]["panels"] = 2;
    const std::vector<std::string> names{"left", "third", "right"};
    const auto joined = join(several, names);
    ASSERT_EQ(joined.questions.size(), 2u);
    ASSERT_EQ(joined.experts.size(), 3u);
    EXPECT_EQ(joined.experts[1].architecture, "tf_efficientnet_lite0");
    EXPECT_EQ(joined.experts[1].question, 0u);
    EXPECT_EQ(joined.experts[2].question, 1u);
    several["questions"][0]["panels"] = 4;
    EXPECT_SAYS(why_not_joined(several, names), "the number of panels");
    several["questions"][0]["panels"] = 1;
    EXPECT_SAYS(why_not_joined(several, names), "2 panels, but 3 are given");
}

TEST_F(JoinedPanels, RefuseWhatDoesNotFit) {
    const auto good = plan();
    EXPECT_SAYS(why_not_joined(good, {"left", "left"}), "two experts are named");
    EXPECT_SAYS(why_not_joined(good, {"left"}),
                "2 questions are answered by 2 panels, but 1 are given");
    auto changed = good;
    changed["questions"][0].erase("fake");
    EXPECT_SAYS(why_not_joined(changed), "the member \"fake\" is missing");
    EXPECT_FALSE(std::filesystem::exists(folder / "both"));  // nothing is begun
    (void)join(good);
    EXPECT_SAYS(why_not_joined(good), "is not empty");
    EXPECT_SAYS(test::sentence_of<PanelError>(
                    [&] { (void)join_panels(folder / "none.json", {}, folder / "other"); }),
                "does not exist");
}

}  // namespace
}  // namespace dfd
