#include "core/training/fakes/edits.h"

#include <gtest/gtest.h>

#include <set>

#include "core/training/photos/publication.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using testing::make_picture;

bool same(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

/// Expects that a feathered or cloned edge fades out beyond the mask: faint from `reach` pixels on,
/// zero at 64.
void expect_fading(cv::Mat change, const cv::Mat& mask, int reach, const std::string& what) {
    const auto largest_beyond = [&](int distance) {
        cv::Mat around;
        cv::dilate(mask, around,
                   cv::getStructuringElement(cv::MORPH_RECT, {2 * distance + 1, 2 * distance + 1}));
        change.setTo(0, around);
        return cv::norm(change, cv::NORM_INF);
    };
    EXPECT_LE(largest_beyond(reach), 8) << what;
    EXPECT_EQ(largest_beyond(64), 0) << what;
}

/// A texture with a distinct object, and the material for edits.
cv::Mat picture_with_object(int width, int height, std::uint64_t seed) {
    auto picture = make_picture(width, height, seed);
    cv::ellipse(picture, {width / 2, height / 2}, {width / 5, height / 4}, 0, 0, 360, {30, 60, 235},
                cv::FILLED);
    cv::Mat grain(picture.size(), CV_8UC3);
    cv::RNG(seed).fill(grain, cv::RNG::UNIFORM, 0, 12);
    picture += grain;
    return picture;
}

EditMaterial material_for(const cv::Mat& original, std::uint64_t seed) {
    EditMaterial material;
    material.donor = make_picture(original.cols, original.rows, seed);
    material.face = {original.cols / 4, original.rows / 4, original.cols / 2, original.rows / 2};
    material.donor_face = {original.cols / 5, original.rows / 3, original.cols / 2,
                           original.rows / 2};
    return material;
}

class EveryEdit : public ::testing::TestWithParam<EditKind> {};

TEST_P(EveryEdit, ChangesItsMaskAndNothingElse) {
    const auto original = picture_with_object(512, 400, 1);
    const auto material = material_for(original, 2);
    const auto donor_before = material.donor.clone();
    const auto before = original.clone();
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        Dice dice(seed);
        const auto edit = make_edit(original, material, GetParam(), dice);
        ASSERT_TRUE(edit) << "seed " << seed;
        ASSERT_EQ(edit->edited.size(), original.size());
        ASSERT_EQ(edit->mask.size(), original.size());
        const int inside = cv::countNonZero(edit->mask);
        EXPECT_GT(inside, 600);
        EXPECT_LT(inside, 512 * 400 * (GetParam() == EditKind::Background ? 0.97 : 0.5));
        EXPECT_EQ(inside, cv::countNonZero(edit->mask == 255));
        cv::Mat change;
        cv::absdiff(edit->edited, original, change);
        const auto mean = cv::mean(change, edit->mask);
        EXPECT_GE(mean[0] + mean[1] + mean[2], 3 * 0.8) << "seed " << seed;
        expect_fading(change, edit->mask, 16, "seed " + std::to_string(seed));
    }
    EXPECT_TRUE(same(original, before));
    EXPECT_TRUE(same(material.donor, donor_before));
}

TEST_P(EveryEdit, IsReproducible) {
    const auto original = picture_with_object(300, 320, 3);
    const auto material = material_for(original, 4);
    Dice first(42);
    Dice again(42);
    Dice other(43);
    const auto a = make_edit(original, material, GetParam(), first);
    const auto b = make_edit(original, material, GetParam(), again);
    const auto c = make_edit(original, material, GetParam(), other);
    ASSERT_TRUE(a && b && c);
    EXPECT_TRUE(same(a->edited, b->edited));
    EXPECT_TRUE(same(a->mask, b->mask));
    EXPECT_FALSE(same(a->edited, c->edited));
}

TEST_P(EveryEdit, WorksOnTheSmallestPicture) {
    const auto original = picture_with_object(96, 96, 5);
    Dice dice(1);
    const auto edit = make_edit(original, material_for(original, 6), GetParam(), dice);
    ASSERT_TRUE(edit);
    EXPECT_GT(cv::countNonZero(edit->mask), 0);
}

INSTANTIATE_TEST_SUITE_P(All, EveryEdit, ::testing::ValuesIn(kEditKinds), [](const auto& info) {
    std::string name = edit_name(info.param);
    std::erase(name, '-');
    return name;
});

TEST(Edits, AnEditThatChangesNothingIsRejected) {
    const cv::Mat sky(400, 400, CV_8UC3, cv::Scalar(200, 160, 120));
    for (const auto kind :
         {EditKind::Blur, EditKind::Sharpen, EditKind::Resynthesis, EditKind::Warp}) {
        Dice dice(3);
        EXPECT_FALSE(make_edit(sky, {sky, {}, {}}, kind, dice)) << edit_name(kind);
    }
    Dice dice(3);
    EXPECT_TRUE(make_edit(sky, {sky, {}, {}}, EditKind::Noise, dice));
}

TEST(Edits, HaveDistinctNames) {
    std::set<std::string> names;
    for (const auto kind : kEditKinds)
        names.insert(edit_name(kind));
    EXPECT_EQ(names.size(), kEditKinds.size());
    for (const auto kind : kEditKinds)
        EXPECT_EQ(find_edit(edit_name(kind)), kind);
    EXPECT_FALSE(find_edit("smudge"));
}

TEST(Edits, FacesAreSwappedOnlyWhereThereAreTwo) {
    const auto original = make_picture(300, 300, 1);
    auto material = material_for(original, 2);
    Dice dice(1);
    EXPECT_TRUE(make_edit(original, material, EditKind::FaceSwap, dice));
    material.donor_face = {};
    EXPECT_FALSE(make_edit(original, material, EditKind::FaceSwap, dice));
    material = material_for(original, 2);
    material.face = {};
    EXPECT_FALSE(make_edit(original, material, EditKind::FaceSwap, dice));
    // In the corner of both pictures.
    material.face = {0, 0, 90, 90};
    material.donor_face = {200, 210, 100, 90};
    EXPECT_TRUE(make_edit(original, material, EditKind::FaceSwap, dice));
}

TEST(Publication, IsTheSameForBothTwins) {
    int made = 0;
    for (std::uint64_t index = 0; index < 30; ++index) {
        Dice dice(9, index);
        const auto original = make_picture(480, 400, index);
        const auto kind = dice.pick(kEditKinds);
        const auto publication = random_publication(dice);
        const auto edit = make_edit(original, material_for(original, index + 50), kind, dice);
        if (!edit)
            continue;
        ++made;
        const auto untouched = publish(original, publication);
        const auto edited = publish(edit->edited, publication);
        const auto mask = publish_mask(edit->mask, publication);
        ASSERT_EQ(untouched.size(), edited.size());
        ASSERT_EQ(untouched.size(), mask.size());
        cv::Mat change;
        cv::absdiff(untouched, edited, change);
        expect_fading(
            change, mask, 31,
            "picture " + std::to_string(index) + ": compression or size tells the twins apart");
    }
    EXPECT_GT(made, 25);
}

TEST(Publication, LosslessAndShifted) {
    const auto picture = make_picture(320, 240, 1);
    EXPECT_TRUE(same(publish(picture, {}), picture));
    Publication shift;
    shift.shift_x = 5;
    shift.shift_y = 2;
    EXPECT_TRUE(same(publish(picture, shift), picture(cv::Rect(5, 2, 315, 238))));
    Publication jpeg;
    jpeg.quality = 80;
    EXPECT_FALSE(same(publish(picture, jpeg), picture));
    EXPECT_LT(cv::norm(publish(picture, jpeg), picture, cv::NORM_L1) / (320 * 240 * 3), 8);
}

TEST(Crops, KeepTheBlockGrid) {
    const auto picture = make_picture(500, 333, 1);
    Dice dice(8);
    for (int i = 0; i < 40; ++i) {
        const auto crop = random_crop(picture, 200, dice);
        cv::Size whole;
        cv::Point corner;
        crop.locateROI(whole, corner);
        EXPECT_EQ(corner.x % 16, 0);
        EXPECT_EQ(corner.y % 16, 0);
        EXPECT_EQ(crop.cols, 192);
        EXPECT_EQ(crop.rows, 192);
    }
}

}  // namespace
}  // namespace dfd
