#include "core/picture/pixels/registration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/picture/pixels/alteration.h"

namespace dfd {
namespace {

/// Coloured rectangles at places drawn from the seed: many corners, no two alike.
Pixels scene(int width, int height, std::uint32_t seed) {
    Pixels pixels{width, height, {}};
    pixels.rgb.assign(static_cast<std::size_t>(3 * width * height), 120);
    const auto drawn = [&](int below) {
        seed = seed * 1664525U + 1013904223U;
        return static_cast<int>((seed >> 8) % static_cast<std::uint32_t>(below));
    };
    for (int box = 0; box < 250; ++box) {
        const int left = drawn(width), top = drawn(height);
        const int right = std::min(width, left + 4 + drawn(width / 8));
        const int bottom = std::min(height, top + 4 + drawn(height / 8));
        const std::array colour{drawn(256), drawn(256), drawn(256)};
        for (int y = top; y < bottom; ++y)
            for (int x = left; x < right; ++x)
                for (int channel = 0; channel < 3; ++channel)
                    pixels.rgb[static_cast<std::size_t>(3 * (y * width + x) + channel)] =
                        static_cast<std::uint8_t>(colour[static_cast<std::size_t>(channel)]);
    }
    return pixels;
}

Pixels altered(const Pixels& pixels, AlterationStep step, double amount) {
    const Alteration one{step, amount};
    return dfd::altered(pixels, {&one, 1});
}

/// The part that begins at (left, top).
Pixels cut_out(const Pixels& pixels, int left, int top, int width, int height) {
    Pixels part{width, height, {}};
    for (int y = top; y < top + height; ++y) {
        const auto row = pixels.rgb.begin() + 3 * (y * pixels.width + left);
        part.rgb.insert(part.rgb.end(), row, row + 3 * width);
    }
    return part;
}

int difference_at(const Registration& found, int x, int y) {
    return found.difference[static_cast<std::size_t>(y * found.first.width + x)];
}

TEST(Registration, TheSamePixelsAreIdentical) {
    const auto picture = scene(320, 240, 1);
    const auto found = register_pictures(picture, picture);
    EXPECT_EQ(found.laid, Laid::Identical);
    EXPECT_EQ(found.mean_difference, 0);
    EXPECT_EQ(found.share_differing, 0);
    EXPECT_EQ(found.share_covered, 1);
    EXPECT_EQ(found.first.rgb, picture.rgb);
    EXPECT_EQ(found.second.rgb, picture.rgb);
}

TEST(Registration, AReplacedPartIsWhereTheDifferenceIs) {
    const auto picture = scene(400, 300, 2);
    auto edited = picture;
    for (int y = 100; y < 140; ++y)
        for (int x = 200; x < 260; ++x)
            for (int channel = 0; channel < 3; ++channel) {
                auto& value = edited.rgb[static_cast<std::size_t>(3 * (y * 400 + x) + channel)];
                value = static_cast<std::uint8_t>(value ^ 0x80);
            }
    const auto found = register_pictures(picture, altered(edited, AlterationStep::Jpeg, 92));
    EXPECT_EQ(found.laid, Laid::Registered);
    EXPECT_NEAR(found.scale, 1, 1e-9);
    EXPECT_GT(difference_at(found, 230, 120), 0);
    // The edited part is 2 % of the picture; recompression makes the rest.
    const auto unedited = register_pictures(picture, altered(picture, AlterationStep::Jpeg, 92));
    EXPECT_GT(found.share_differing, unedited.share_differing + 0.01);
    EXPECT_LT(found.share_differing, unedited.share_differing + 0.03);
}

TEST(Registration, ASmallerCopyLiesByItsCorners) {
    const auto picture = scene(800, 600, 3);
    const auto found = register_pictures(picture, altered(picture, AlterationStep::Scale, 0.5));
    EXPECT_EQ(found.laid, Laid::Registered);
    EXPECT_NEAR(found.scale, 2, 0.02);
    EXPECT_NEAR(found.degrees, 0, 0.05);
    EXPECT_NEAR(found.right, 0, 1);
    EXPECT_GT(found.share_covered, 0.99);
    EXPECT_EQ(found.first.width, found.second.width);
}

TEST(Registration, ACropLiesWhereItWasCut) {
    const auto picture = scene(800, 600, 4);
    const auto found = register_pictures(picture, cut_out(picture, 130, 90, 400, 380));
    ASSERT_EQ(found.laid, Laid::Registered);
    EXPECT_NEAR(found.scale, 1, 0.01);
    EXPECT_NEAR(found.right, 130, 1.5);
    EXPECT_NEAR(found.down, 90, 1.5);
    EXPECT_NEAR(found.share_covered, 400.0 * 380 / (800 * 600), 0.02);
    // What was cut off is no difference.
    EXPECT_EQ(difference_at(found, 20, 20), 0);
    EXPECT_EQ(found.covered[0], 0);
}

TEST(Registration, ATurnedCopyIsTurnedBack) {
    const auto picture = scene(800, 600, 5);
    const auto found = register_pictures(picture, altered(picture, AlterationStep::Rotation, 6));
    ASSERT_EQ(found.laid, Laid::Registered);
    EXPECT_NEAR(found.degrees, -6, 0.3);
}

TEST(Registration, OtherPicturesAreOnlyStretched) {
    const auto found = register_pictures(scene(400, 300, 6), scene(300, 300, 7));
    EXPECT_EQ(found.laid, Laid::Stretched);
    EXPECT_EQ(found.second.width, 400);
    EXPECT_EQ(found.second.height, 300);
    const Pixels flat{200, 100, std::vector<std::uint8_t>(60000, 7)};
    EXPECT_EQ(register_pictures(flat, scene(200, 100, 8)).laid, Laid::Stretched);
}

TEST(Registration, LargePicturesAreReduced) {
    const auto picture = scene(900, 300, 9);
    const auto found = register_pictures(picture, cut_out(picture, 90, 30, 700, 240), 450);
    EXPECT_EQ(found.first.width, 450);
    EXPECT_EQ(found.first.height, 150);
    ASSERT_EQ(found.laid, Laid::Registered);
    EXPECT_NEAR(found.right, 90, 4);  // in pixels of the picture, not of the reduced one
    EXPECT_NEAR(found.scale, 1, 0.02);
}

TEST(Registration, PicturesWithoutPixelsAreRefused) {
    EXPECT_THROW((void)register_pictures({}, scene(10, 10, 1)), PictureError);
}

}  // namespace
}  // namespace dfd
