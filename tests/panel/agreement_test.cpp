#include "core/opinion/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/panel/opinions.h"

namespace dfd {
namespace {

AgreementTable table_of(const std::vector<std::vector<double>>& pictures) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < pictures.front().size(); ++i)
        names.emplace_back(1, static_cast<char>('a' + i));
    AgreementTable table(names);
    for (const auto& scores : pictures)
        table.add(of_scores(scores));
    return table;
}

TEST(Agreement, TiedValuesShareTheirMeanRank) {
    EXPECT_EQ(ranks_of({0.3, 0.1, 0.3, 0.9, 0.3}), (std::vector<double>{3, 1, 3, 5, 3}));
    EXPECT_EQ(ranks_of({2, 1}), (std::vector<double>{2, 1}));
    EXPECT_TRUE(ranks_of({}).empty());
}

TEST(Agreement, MatrixByHand) {
    // b rises with a, c falls, d has a tie: ranks 1, 2.5, 2.5, 4.
    const auto table = table_of(
        {{0.1, 0.2, 0.9, 0.1}, {0.2, 0.3, 0.8, 0.6}, {0.6, 0.4, 0.3, 0.6}, {0.9, 0.7, 0.2, 0.8}});
    const auto matrix = table.matrix();
    EXPECT_EQ(matrix.pictures, 4u);
    EXPECT_NEAR(matrix.rank_correlation[0][1].value(), 1, 1e-12);
    EXPECT_NEAR(matrix.rank_correlation[0][2].value(), -1, 1e-12);
    // Deviations -1.5 -0.5 0.5 1.5 against -1.5 0 0 1.5: 4.5 / sqrt(5 * 4.5).
    EXPECT_NEAR(matrix.rank_correlation[0][3].value(), 4.5 / std::sqrt(22.5), 1e-12);
    EXPECT_EQ(matrix.rank_correlation[3][0], matrix.rank_correlation[0][3]);
    EXPECT_EQ(matrix.rank_correlation[2][2], 1.0);
    EXPECT_EQ(matrix.flips[0][1], 0.25);  // the third picture: 0.6 against 0.4
    EXPECT_EQ(matrix.flips[0][2], 1.0);
    EXPECT_EQ(matrix.flips[0][0], 0.0);
    EXPECT_EQ(table.pictures_on_different_sides(0, 1), std::vector<std::size_t>{2});
    EXPECT_EQ(table.pictures_on_different_sides(1, 0), std::vector<std::size_t>{2});
    EXPECT_THROW((void)table.pictures_on_different_sides(0, 4), std::out_of_range);
}

TEST(Agreement, AnExpertWithConstantScoresHasNoCorrelation) {
    const auto matrix = table_of({{0.1, 0.5}, {0.9, 0.5}, {0.4, 0.5}}).matrix();
    EXPECT_EQ(matrix.rank_correlation[0][1], std::nullopt);
    EXPECT_EQ(matrix.rank_correlation[1][1], std::nullopt);
    EXPECT_EQ(matrix.rank_correlation[0][0], 1.0);
    EXPECT_NEAR(matrix.flips[0][1], 2.0 / 3, 1e-12);  // 0.5 counts as fake
}

TEST(Agreement, FewerThanTwoPicturesHaveNoCorrelation) {
    const auto one = table_of({{0.1, 0.9}}).matrix();
    EXPECT_EQ(one.rank_correlation[0][1], std::nullopt);
    EXPECT_EQ(one.flips[0][1], 1.0);
    const auto none = AgreementTable({"a", "b"}).matrix();
    EXPECT_EQ(none.pictures, 0u);
    EXPECT_EQ(none.rank_correlation[0][0], std::nullopt);
    EXPECT_EQ(none.flips[0][1], 0.0);
}

TEST(Agreement, FlipsAreSharesOfThePicturesWithBothOpinions) {
    AgreementTable table({"a", "b", "c"});
    for (const bool silent : {false, false, true, true}) {
        auto opinion = of_scores({0.2, table.pictures() == 0 ? 0.9 : 0.1, 0.9});
        if (silent)
            set_unavailable(opinion.experts[1], "It is too odd.");
        combine(opinion);
        table.add(opinion);
    }
    const auto matrix = table.matrix();
    EXPECT_EQ(matrix.flips[0][1], 0.5);  // one of the two pictures that b has seen
    EXPECT_EQ(matrix.flips[1][2], 0.5);
    EXPECT_EQ(matrix.flips[0][2], 1.0);
    EXPECT_EQ(matrix.flips[1][1], 0.0);
}

TEST(Agreement, TheMostDisputedComeFirst) {
    const auto table = table_of({{0.5, 0.5}, {0.1, 0.9}, {0.2, 0.3}, {0.1, 0.9}, {0.01, 0.99}});
    EXPECT_EQ(table.most_disputed(3), (std::vector<std::size_t>{4, 1, 3}));
    EXPECT_EQ(table.most_disputed(99).back(), 0u);
    EXPECT_TRUE(table.most_disputed(0).empty());
}

TEST(Agreement, OpinionsOfAnotherPanelAreRefused) {
    AgreementTable table({"a", "z"});
    EXPECT_THROW(table.add(of_scores({0.1, 0.2})), std::invalid_argument);
    EXPECT_THROW(table.add(of_scores({0.1})), std::invalid_argument);
    EXPECT_EQ(table.pictures(), 0u);
}

}  // namespace
}  // namespace dfd
