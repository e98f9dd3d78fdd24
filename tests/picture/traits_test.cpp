// Traits of pictures whose values are known.
#include "core/picture/pixels/traits.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/base/dice.h"
#include "core/picture/picture.h"
#include "core/picture/pixels/alteration.h"

namespace dfd {
namespace {

Pixels painted(int width, int height, const std::function<int(int, int)>& level) {
    Pixels pixels{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            pixels.rgb.insert(pixels.rgb.end(), 3, static_cast<std::uint8_t>(level(x, y)));
    return pixels;
}

Pixels noise(int side) {
    Dice dice(3);
    return painted(side, side, [&](int, int) { return static_cast<int>(dice.bits() % 256); });
}

Pixels changed(const Pixels& pixels, AlterationStep step, double amount) {
    const Alteration one{step, amount};
    return dfd::altered(pixels, {&one, 1});
}

TEST(Traits, OfOneColour) {
    const auto traits = measure_traits(painted(40, 20, [](int, int) { return 128; }));
    EXPECT_EQ(traits.shorter_side, 20);
    EXPECT_EQ(traits.flat, 1);
    EXPECT_EQ(traits.colours, 0);
    EXPECT_EQ(traits.softness, 2);
    EXPECT_EQ(traits.blocks, 1);
}

TEST(Traits, AFaceIsLookedForOnlyWhenAsked) {
    const auto sample = [](const char* name) {
        return read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/" + name).pixels;
    };
    EXPECT_EQ(measure_traits(sample("portrait.jpg")).face, kNotChecked);
    EXPECT_EQ(measure_face(sample("portrait.jpg")), 1) << "opencv-data is not installed";
    EXPECT_EQ(measure_face(sample("landscape.jpg")), 0);
}

TEST(Traits, OfTheFileThatTheyComeFrom) {
    auto pixels = noise(64);
    EXPECT_EQ(measure_traits(pixels).quality, 100);
    EXPECT_EQ(measure_traits(pixels).alpha, 0);
    pixels.jpeg_quality = 35;
    pixels.alpha = true;
    EXPECT_EQ(measure_traits(pixels).quality, 35);
    EXPECT_EQ(measure_traits(pixels).alpha, 1);
}

TEST(Traits, OfNoise) {
    const auto traits = measure_traits(noise(256));
    EXPECT_LT(traits.flat, 0.01);
    EXPECT_NEAR(traits.softness, 1, 0.02);
    EXPECT_NEAR(traits.blocks, 1, 0.05);
    EXPECT_NEAR(traits.colours, 4, 0.01);  // grey: 16 colours, all alike
}

TEST(Traits, OfARamp) {
    const auto traits = measure_traits(painted(256, 256, [](int x, int y) { return (x + y) / 2; }));
    EXPECT_NEAR(traits.flat, 0.5, 0.01);
    EXPECT_NEAR(traits.softness, 2, 0.02);
}

TEST(Traits, EnlargingMakesSofter) {
    const auto small = noise(128);
    EXPECT_GT(measure_traits(changed(small, AlterationStep::Scale, 3)).softness,
              measure_traits(small).softness + 0.3);
}

TEST(Traits, StrongCompressionShowsBlocks) {
    auto photo = changed(noise(256), AlterationStep::Blur, 3);
    const double before = measure_traits(photo).blocks;
    EXPECT_NEAR(before, 1, 0.1);
    EXPECT_GT(measure_traits(changed(photo, AlterationStep::Jpeg, 8)).blocks, before + 0.3);
}

TEST(Traits, TinyPicturesHaveASize) {
    const auto traits = measure_traits(painted(2, 50, [](int x, int) { return 100 * x; }));
    EXPECT_EQ(traits.shorter_side, 2);
    EXPECT_EQ(traits.flat, 0);
    EXPECT_EQ(measure_traits({}).shorter_side, 0);
}

TEST(Traits, LargePicturesAreSampled) {
    const auto small =
        measure_traits(painted(300, 300, [](int x, int y) { return (x * y) % 200; }));
    const auto large =
        measure_traits(painted(3000, 2000, [](int x, int y) { return (x * y) % 200; }));
    EXPECT_EQ(large.shorter_side, 2000);
    EXPECT_NEAR(large.flat, small.flat, 0.05);
}

}  // namespace
}  // namespace dfd
