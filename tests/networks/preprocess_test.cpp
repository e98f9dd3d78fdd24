// Stretching in bands of rows.
#include "core/networks/experts/preprocess.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/networks/hardware/device_constant.h"

namespace dfd {
namespace {

TEST(Stretched, BandsGiveTheSameBits) {
    constexpr std::array<float, 3> kMean{0.485f, 0.456f, 0.406f}, kStd{0.229f, 0.224f, 0.225f};
    torch::manual_seed(3);
    for (const auto& [height, width] : {std::pair{301, 97}, {97, 301}, {64, 64}, {1000, 33}}) {
        const auto rgb = torch::randint(0, 256, {height, width, 3}, torch::kUInt8);
        for (const int size : {32, 224, 512}) {
            const auto whole = stretch(normalise(rgb, kMean, kStd), size);
            for (const std::int64_t most : {1, 1000, 5000, 20000, 16'000'000})
                EXPECT_TRUE(torch::equal(stretched(rgb, kMean, kStd, size, most), whole))
                    << height << " x " << width << " to " << size << ", " << most;
        }
    }
}

TEST(DeviceConstant, IsCopiedOnceADevice) {
    static const auto constant = torch::arange(3, torch::kFloat32), second = torch::ones({3});
    EXPECT_TRUE(constant_on(constant, torch::kCPU).is_same(constant));
    const torch::Device other(torch::kMeta);  // a device without hardware
    const auto copy = constant_on(constant, other);
    EXPECT_EQ(copy.device().type(), torch::kMeta);
    EXPECT_TRUE(constant_on(constant, other).is_same(copy));
    EXPECT_FALSE(constant_on(second, other).is_same(copy));
}

}  // namespace
}  // namespace dfd
