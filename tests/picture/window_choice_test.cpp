// Tests of the windows that are chosen in large pictures.
#include "core/picture/pixels/window_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/picture/pixels/veil.h"
#include "tests/picture/corpus.h"

namespace dfd {
namespace {

using Corner = WindowChoice::Corner;

Pixels grey(int width, int height) {
    return {width, height,
            std::vector<std::uint8_t>(
                3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 128)};
}

/// Noise of this strength in a rectangle.
void roughen(Pixels& pixels, Corner from, int side, int strength) {
    for (int y = from.y; y < from.y + side; ++y)
        for (int x = from.x; x < from.x + side; ++x) {
            const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) +
                            static_cast<std::size_t>(x);
            const auto value = static_cast<std::uint8_t>(128 + corpus::noise(at) % strength);
            std::fill_n(pixels.rgb.begin() + static_cast<std::ptrdiff_t>(3 * at), 3, value);
        }
}

void expect_valid(const WindowChoice& choice) {
    EXPECT_TRUE(std::ranges::is_sorted(choice.corners, [](const Corner& a, const Corner& b) {
        return std::pair(a.y, a.x) < std::pair(b.y, b.x);
    }));
    for (std::size_t i = 0; i < choice.corners.size(); ++i) {
        const auto& one = choice.corners[i];
        EXPECT_EQ(one.x % 8, 0);
        EXPECT_EQ(one.y % 8, 0);
        EXPECT_GE(std::min(one.x, one.y), 0);
        EXPECT_LE(one.x + choice.width, choice.picture_width);
        EXPECT_LE(one.y + choice.height, choice.picture_height);
        for (std::size_t j = 0; j < i; ++j) {
            const auto& other = choice.corners[j];
            EXPECT_TRUE(std::abs(one.x - other.x) >= choice.width ||
                        std::abs(one.y - other.y) >= choice.height);
        }
    }
}

TEST(WindowChoice, SmallPicturesAreReadWhole) {
    for (const auto& [width, height] :
         {std::pair{1, 1}, {7, 900}, {256, 256}, {512, 256}, {64, 2048}, {333, 250}}) {
        EXPECT_TRUE(choose_windows(grey(width, height), 64, 32).whole()) << width;
        EXPECT_EQ(window_count(width, height, 64, 32), 0);
        EXPECT_EQ(window_slots(width, height, 64, 32).share(), 1);
    }
    EXPECT_FALSE(choose_windows(grey(513, 256), 64, 32).whole());
}

TEST(WindowChoice, SlotsReachBothEdgesAndAreAligned) {
    const auto slots = window_slots(331, 150, 64, 2);
    EXPECT_EQ(slots.width, 64);
    EXPECT_EQ(slots.height, 64);
    ASSERT_EQ(slots.corners.size(), 10u);  // 5 x 2; 331 - 5 * 64 = 11 pixels lie between them
    EXPECT_EQ(slots.corners.front(), (Corner{0, 0}));
    EXPECT_EQ(slots.corners[1], (Corner{64, 0}));
    EXPECT_EQ(slots.corners.back(), (Corner{264, 80}));  // 267 and 86, rounded down to eights
    expect_valid(slots);
    for (int width = 60; width < 700; width += 13)
        for (int height = 3; height < 700; height += 29) {
            const auto any = window_slots(width, height, 64, 3);
            expect_valid(any);
            EXPECT_EQ(window_count(width, height, 64, 3),
                      std::min<int>(3, static_cast<int>(any.corners.size())));
        }
}

TEST(WindowChoice, ASideShorterThanAWindowIsReadInFull) {
    const auto choice = choose_windows(grey(2000, 21), 64, 4);
    EXPECT_EQ(choice.width, 64);
    EXPECT_EQ(choice.height, 21);
    ASSERT_EQ(choice.corners.size(), 4u);
    EXPECT_NEAR(choice.share(), 4 * 64 / 2000.0, 1e-12);
    expect_valid(choice);
}

TEST(WindowChoice, HalfAreSpreadOverThePicture) {
    // Without texture the rest is filled from the first slot on, in reading order.
    const auto choice = choose_windows(grey(64 * 12, 64 * 12), 64, 18);
    ASSERT_EQ(choice.corners.size(), 18u);
    expect_valid(choice);
    std::set<std::pair<int, int>> ninths;
    for (const auto& corner : choice.corners)
        ninths.emplace((corner.x + 32) / 256, (corner.y + 32) / 256);
    EXPECT_EQ(ninths.size(), 9u);
    // A long strip is covered along its length.
    const auto strip = choose_windows(grey(6400, 64), 64, 8);
    std::set<int> quarters;
    for (const auto& corner : strip.corners)
        quarters.insert(corner.x / 1600);
    EXPECT_EQ(quarters.size(), 4u);
    // An odd number favours cover.
    EXPECT_EQ(choose_windows(grey(640, 640), 64, 1).corners, (std::vector<Corner>{{320, 320}}));
}

TEST(WindowChoice, HalfGoToTheTexture) {
    auto pixels = grey(64 * 10, 64 * 10);
    const std::vector<Corner> rough{{64, 0}, {576, 64}, {128, 320}, {0, 576}};
    int strength = 100;
    for (const auto& corner : rough)
        roughen(pixels, corner, 64, strength -= 20);
    const auto choice = choose_windows(pixels, 64, 8);
    ASSERT_EQ(choice.corners.size(), 8u);
    for (const auto& corner : rough)
        EXPECT_TRUE(std::ranges::find(choice.corners, corner) != choice.corners.end());
    // With one window less for texture, the weakest is left out.
    const auto fewer = choose_windows(pixels, 64, 6);
    EXPECT_TRUE(std::ranges::find(fewer.corners, rough[2]) != fewer.corners.end());
    EXPECT_TRUE(std::ranges::find(fewer.corners, rough[3]) == fewer.corners.end());
}

TEST(WindowChoice, IsAPureFunctionOfThePixels) {
    auto pixels = grey(1000, 700);
    for (std::size_t i = 0; i < pixels.rgb.size(); ++i)
        pixels.rgb[i] = corpus::noise(i / 5000 * 7 + i % 11);
    const auto once = choose_windows(pixels, 64, 10);
    EXPECT_EQ(once, choose_windows(pixels, 64, 10));
    EXPECT_EQ(once, choose_windows(Pixels(pixels), 64, 10));
    expect_valid(once);
    EXPECT_EQ(once.corners.size(), 10u);
    EXPECT_NEAR(once.share(), 10 * 64 * 64 / 700'000.0, 1e-12);
}

TEST(WindowChoice, FewSlotsAreAllChosen) {
    const auto choice = choose_windows(grey(100, 100), 64, 2);
    EXPECT_EQ(choice.corners, (std::vector<Corner>{{16, 16}}));
    EXPECT_EQ(window_count(100, 100, 64, 2), 1);
}

TEST(WindowChoice, VeryLargePicturesAreSampledByRows) {
    auto pixels = grey(8192, 4096);  // 33 million pixels: every third row is measured
    roughen(pixels, {512, 768}, 256, 90);
    const auto choice = choose_windows(pixels, 256, 2);
    ASSERT_EQ(choice.corners.size(), 2u);
    EXPECT_TRUE(std::ranges::find(choice.corners, Corner{512, 768}) != choice.corners.end());
}

TEST(WindowChoice, StackedWindowsAreTheirPixels) {
    Pixels pixels = grey(200, 130);
    for (std::size_t i = 0; i < pixels.rgb.size(); ++i)
        pixels.rgb[i] = corpus::noise(i);
    const auto choice = choose_windows(pixels, 64, 3);
    const auto stack = stacked_windows(pixels, choice);
    EXPECT_EQ(stack.width, 64);
    EXPECT_EQ(stack.height, 3 * 64);
    ASSERT_EQ(stack.rgb.size(), 3u * 64 * 192);
    for (std::size_t i = 0; i < 3; ++i)
        for (const auto& [x, y] : {std::pair{0, 0}, {63, 63}, {5, 40}}) {
            const auto& corner = choice.corners[i];
            EXPECT_EQ(
                stack.rgb[3 * ((64 * i + static_cast<std::size_t>(y)) * 64 +
                               static_cast<std::size_t>(x))],
                pixels.rgb[3 * static_cast<std::size_t>((corner.y + y) * 200 + corner.x + x)]);
        }
}

TEST(VeiledPictures, AreDarkAndHaveLines) {
    const auto veil = veiled({64, 64, std::vector<std::uint8_t>(3 * 64 * 64, 255)});
    const auto [darkest, brightest] = std::ranges::minmax(veil.rgb);
    EXPECT_LT(darkest, 150);
    EXPECT_GT(brightest, darkest + 40);
    EXPECT_LT(std::ranges::count(veil.rgb, brightest), std::ssize(veil.rgb) / 4);
}

}  // namespace
}  // namespace dfd
