// Limits that keep an assessment from pictures of other kinds.
#include "core/training/measuring/scope_fit.h"

#include <gtest/gtest.h>

namespace dfd {
namespace {

/// 200 photographs with shorter sides of 300 to 499 pixels and a flat share of 0 to 0.398.
std::vector<ScopePicture> photographs() {
    std::vector<ScopePicture> pictures;
    for (int i = 0; i < 200; ++i)
        pictures.push_back({{.shorter_side = 300.0 + i,
                             .flat = i * 0.002,
                             .colours = 8,
                             .softness = 1.3,
                             .blocks = 1.1},
                            i % 2 == 0,
                            i % 2 == 0 ? 1.0 : -1.0});
    return pictures;
}

TEST(ScopeFit, ALimitThatSavesIsKeptAndItsCostIsCounted) {
    std::vector<ScopePicture> outside;
    for (int i = 0; i < 10; ++i)  // real graphics, six of them called fake
        outside.push_back(
            {{.shorter_side = 400, .flat = 0.9, .colours = 8, .softness = 1.3, .blocks = 1.1},
             false,
             i < 6 ? 2.0 : -2.0});
    const auto fitted = fit_scope(photographs(), outside);
    ASSERT_EQ(fitted.limits.size(), 1u);
    // Two of 200 are beyond the limit.
    EXPECT_EQ(fitted.limits[0].trait, "flat");
    EXPECT_NEAR(fitted.limits[0].limit, 197 * 0.002, 1e-12);
    EXPECT_NEAR(fitted.costs[0].withheld, 0.01, 1e-12);
    EXPECT_EQ(fitted.costs[0].outside_withheld, 1);
    EXPECT_EQ(fitted.costs[0].saved, 6u);
    EXPECT_NEAR(fitted.withheld, 0.01, 1e-12);
    EXPECT_EQ(fitted.outside.pictures, 10u);
    EXPECT_EQ(fitted.outside.misleading, 6u);
    EXPECT_EQ(fitted.outside.misleading_left, 0u);
    EXPECT_EQ(fitted.outside.assessed, 0u);
}

TEST(ScopeFit, ALimitThatSavesNothingIsDropped) {
    std::vector<ScopePicture> outside;
    for (int i = 0; i < 10; ++i)  // tiny, but judged rightly
        outside.push_back(
            {{.shorter_side = 32, .flat = 0.1, .colours = 8, .softness = 1.3, .blocks = 1.1},
             false,
             -1});
    const auto fitted = fit_scope(photographs(), outside);
    EXPECT_TRUE(fitted.limits.empty());
    EXPECT_EQ(fitted.withheld, 0);
    EXPECT_EQ(fitted.outside.assessed, 10u);
}

TEST(ScopeFit, ALimitThatMeetsBothAlikeIsDropped) {
    auto outside = photographs();
    for (auto& each : outside)
        each.log_ratio = -each.log_ratio;  // all misleading, but of the same kinds
    EXPECT_TRUE(fit_scope(photographs(), outside).limits.empty());
}

TEST(ScopeFit, LowerLimitsWithholdTheSmall) {
    const std::vector<ScopePicture> outside(
        5, {{.shorter_side = 64, .flat = 0.1, .colours = 8, .softness = 1.3, .blocks = 1.1},
            true,
            -1});
    const auto fitted = fit_scope(photographs(), outside);
    ASSERT_EQ(fitted.limits.size(), 1u);
    EXPECT_EQ(fitted.limits[0], (TraitLimit{"shorter_side", 302}));
    EXPECT_EQ(fitted.outside.misleading, 5u);
    EXPECT_EQ(fitted.outside.misleading_left, 0u);
}

/// The photographs, of which the first ones show no face.
std::vector<ScopePicture> portraits(std::size_t without_face) {
    auto pictures = photographs();
    for (std::size_t i = 0; i < pictures.size(); ++i)
        pictures[i].traits.face = i < without_face ? 0 : 1;
    return pictures;
}

/// Five with misleading evidence and without a face, alike the photographs in all else.
std::vector<ScopePicture> without_a_face() {
    return {5,
            {{.shorter_side = 400,
              .flat = 0.1,
              .colours = 8,
              .softness = 1.3,
              .blocks = 1.1,
              .face = 0},
             true,
             -1}};
}

TEST(ScopeFit, FacesAreALimitWhereNearlyAllPicturesShowOne) {
    const auto fitted = fit_scope(portraits(2), without_a_face());
    ASSERT_EQ(fitted.limits.size(), 1u);
    EXPECT_EQ(fitted.limits[0], (TraitLimit{kFaceTrait, 1}));
    EXPECT_NEAR(fitted.costs[0].withheld, 0.01, 1e-12);
    EXPECT_EQ(fitted.costs[0].outside_withheld, 1);
    EXPECT_EQ(fitted.costs[0].saved, 5u);
    EXPECT_EQ(fitted.outside.misleading_left, 0u);
    EXPECT_TRUE(fit_scope(portraits(3), without_a_face()).limits.empty());
}

TEST(ScopeFit, APanelMadeForFacesIsLimitedToThemAtAnyPrice) {
    const auto alone = fit_scope(portraits(20), {}, /*faces_only=*/true);
    ASSERT_EQ(alone.limits.size(), 1u);
    EXPECT_EQ(alone.limits[0], (TraitLimit{kFaceTrait, 1}));
    EXPECT_NEAR(alone.withheld, 0.1, 1e-12);
    EXPECT_EQ(alone.costs[0].saved, 0u);
    EXPECT_EQ(alone.outside.pictures, 0u);
    EXPECT_EQ(fit_scope(portraits(20), without_a_face(), true).costs[0].saved, 5u);
    // Faces that nobody could look for limit nothing.
    EXPECT_TRUE(fit_scope(photographs(), without_a_face(), true).limits.empty());
}

TEST(ScopeFit, NothingToTryItOnGivesNoLimits) {
    EXPECT_TRUE(fit_scope(photographs(), {}).limits.empty());
    EXPECT_TRUE(fit_scope({}, photographs()).limits.empty());
}

}  // namespace
}  // namespace dfd
