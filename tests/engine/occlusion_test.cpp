// Maps of occlusion, of an expert that is asked about several views at once and one by one.
#include "core/engine/scoring/occlusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "core/base/cancelled.h"

namespace dfd {
namespace {

/// Its log-odds are the mean of (red - green) / 10 of what it reads: the left and the right half.
class Halves final : public ForeignExpert {
  public:
    explicit Halves(std::size_t batch) : batch_(batch) {}

    [[nodiscard]] const ForeignManifest& manifest() const override { return manifest_; }
    [[nodiscard]] std::vector<View> views(const Pixels& picture) const override {
        std::vector<View> halves;
        const int width = picture.width / 2;
        for (const int left : {0, width}) {
            auto& view = halves.emplace_back(View{.width = width, .height = picture.height});
            view.area = {static_cast<double>(left), 0, static_cast<double>(left + width),
                         static_cast<double>(picture.height)};
            for (int y = 0; y < picture.height; ++y)
                for (int x = 3 * left; x < 3 * (left + width); ++x)
                    view.rgb.push_back(
                        picture.rgb[static_cast<std::size_t>(3 * picture.width * y + x)]);
        }
        return halves;
    }
    [[nodiscard]] ForeignAnswer answer(const View& view, const std::stop_token&) override {
        double sum = 0;
        for (std::size_t i = 0; i < view.rgb.size(); i += 3)
            sum += static_cast<double>(view.rgb[i]) - static_cast<double>(view.rgb[i + 1]);
        ForeignAnswer answer;
        answer.log_odds = sum / (view.width * view.height) / 10;
        return answer;
    }
    [[nodiscard]] std::size_t batch() const override { return batch_; }
    [[nodiscard]] std::vector<ForeignAnswer> answers(std::span<const View> views,
                                                     const std::stop_token& stop) override {
        sizes.push_back(views.size());
        return ForeignExpert::answers(views, stop);
    }

    std::vector<std::size_t> sizes;  ///< of the batches that it was given

  private:
    ForeignManifest manifest_;
    std::size_t batch_;
};

/// Noise with a red patch on the left.
Pixels patched() {
    unsigned seed = 3;
    Pixels pixels{224, 112, {}};
    for (int y = 0; y < pixels.height; ++y)
        for (int x = 0; x < pixels.width; ++x) {
            seed = seed * 1664525u + 1013904223u;
            const auto grey = static_cast<std::uint8_t>(90 + (seed >> 24) % 32);
            const bool red = x >= 32 && x < 64 && y >= 48 && y < 80;
            pixels.rgb.insert(pixels.rgb.end(), {red ? std::uint8_t{250} : grey, grey, grey});
        }
    return pixels;
}

TEST(Occlusion, IsTheSameInBatchesAndOneByOne) {
    const auto picture = patched();
    const auto found = [&](Halves& expert, int& steps) {
        const auto asked = ask(expert, picture, {});
        expert.sizes.clear();
        return occlude(asked, 1, /*test=*/true, 5, {}, [&](double) { ++steps; });
    };
    Halves one(1), seven(7);
    int steps_of_one = 0, steps_of_seven = 0;
    const auto alone = found(one, steps_of_one);
    const auto together = found(seven, steps_of_seven);
    EXPECT_EQ(alone.map.values.size(), together.map.values.size());
    for (std::size_t i = 0; i < alone.map.values.size(); ++i) {
        if (looked_at(alone.map.values[i])) {
            EXPECT_FLOAT_EQ(alone.map.values[i], together.map.values.at(i));
        }
    }
    ASSERT_TRUE(alone.test && together.test);
    EXPECT_EQ(alone.test->verdict, together.test->verdict);
    // 49 cells in each half, and 35 answers of the test, each told of.
    EXPECT_EQ(steps_of_one, 2 * 49 + 35);
    EXPECT_EQ(steps_of_seven, steps_of_one);
    EXPECT_EQ(std::ranges::count(seven.sizes.begin(), seven.sizes.begin() + 14, 7u), 14);
    EXPECT_TRUE(std::ranges::all_of(seven.sizes, [](std::size_t size) { return size <= 7; }));
    EXPECT_TRUE(std::ranges::all_of(one.sizes, [](std::size_t size) { return size == 1; }));
    EXPECT_LT(seven.sizes.size(), one.sizes.size() / 5);
}

TEST(Occlusion, StopsBetweenTwoBatches) {
    const auto picture = patched();
    Halves expert(7);
    const auto asked = ask(expert, picture, {});
    expert.sizes.clear();
    std::stop_source stop;
    EXPECT_THROW(
        (void)occlude(asked, 1, false, 5, stop.get_token(), [&](double) { stop.request_stop(); }),
        Cancelled);
    EXPECT_EQ(expert.sizes.size(), 1u);
}

}  // namespace
}  // namespace dfd
