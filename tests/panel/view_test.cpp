// Preprocessing of other people's experts, against Pillow (tests/parity/resizing.py) and PyTorch.
#include "core/panel/foreign/view.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

/// As tests/parity/resizing.py makes it.
Pixels made(int width, int height) {
    Pixels pixels{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            pixels.rgb.push_back(static_cast<std::uint8_t>((x * 7 + y * 13) % 256));
            pixels.rgb.push_back((x / 5 + y / 3) % 2 != 0 ? 255 : 0);
            pixels.rgb.push_back(static_cast<std::uint8_t>((x * y * 3 + 11 * x) % 256));
        }
    return pixels;
}

std::vector<float> levels_in(const std::string& hexadecimal) {
    std::vector<float> levels;
    for (std::size_t i = 0; i < hexadecimal.size(); i += 2)
        levels.push_back(static_cast<float>(std::stoi(hexadecimal.substr(i, 2), nullptr, 16)));
    return levels;
}

const std::map<std::string, Kernel> kKernels{{"nearest", Kernel::Nearest},
                                             {"box", Kernel::Box},
                                             {"bilinear", Kernel::Bilinear},
                                             {"bicubic", Kernel::Bicubic},
                                             {"lanczos", Kernel::Lanczos}};

nlohmann::json golden() {
    return nlohmann::json::parse(test::file_bytes(DFD_TEST_DATA "/resize/pillow.json"));
}

TEST(View, ResizesAsPillowDoesValueForValue) {
    const auto picture = made(37, 29);
    const auto file = golden();
    std::size_t compared = 0;
    for (const auto& each : file.at("resized")) {
        const auto found = resized(picture, each.at("width"), each.at("height"),
                                   kKernels.at(each.at("kernel")), true, true);
        EXPECT_EQ(found, levels_in(each.at("levels")))
            << each.at("kernel") << ' ' << each.at("width") << " x " << each.at("height");
        ++compared;
    }
    EXPECT_EQ(compared, 25u);
}

TEST(View, CutsTheCentreAsTorchvisionAndOthersDo) {
    const auto file = golden();
    for (const auto& each : file.at("cropped")) {
        ForeignInput input;
        input.width = input.height = file.at("size");
        input.fit = Fit::ShorterSide;
        input.shorter_side = file.at("shorter_side");
        input.side_rounded_down = each.at("side_rounding") == "down";
        input.crop_rounded_down = each.at("crop_rounding") == "down";
        input.kernel = Kernel::Bicubic;
        const auto views = views_of(made(each.at("width"), each.at("height")), input);
        ASSERT_EQ(views.size(), 1u);
        EXPECT_EQ(views[0].rgb, levels_in(each.at("levels")))
            << each.at("width") << " x " << each.at("height") << ", " << each.at("side_rounding");
    }
}

/// [1,3,H,W], levels.
torch::Tensor tensor_of_picture(const Pixels& picture) {
    return torch::tensor(torch::ArrayRef<std::uint8_t>(picture.rgb))
        .view({1, picture.height, picture.width, 3})
        .permute({0, 3, 1, 2})
        .to(torch::kFloat32)
        .contiguous();
}

TEST(View, ResizesAsPyTorchDoes) {
    const auto picture = made(37, 29);
    const auto input = tensor_of_picture(picture);
    for (const auto& [width, height] : {std::pair{16, 12}, {61, 50}, {20, 40}, {3, 2}}) {
        const std::vector<std::int64_t> size{height, width};
        const auto compare = [&](const torch::Tensor& wanted, Kernel kernel, bool antialias) {
            const auto found = resized(picture, width, height, kernel, antialias, false);
            const auto shown =
                torch::tensor(found).view({1, height, width, 3}).permute({0, 3, 1, 2});
            EXPECT_LT((shown - wanted).abs().max().item<double>(), 2e-3)
                << width << " x " << height << ", kernel " << static_cast<int>(kernel);
        };
        compare(torch::_upsample_bilinear2d_aa(input, size, false), Kernel::Bilinear, true);
        compare(torch::_upsample_bicubic2d_aa(input, size, false), Kernel::Bicubic, true);
        compare(torch::upsample_bilinear2d(input, size, false), Kernel::Bilinear, false);
        compare(torch::upsample_bicubic2d(input, size, false), Kernel::Bicubic, false);
        compare(torch::upsample_nearest2d(input, size), Kernel::Nearest, false);
    }
}

TEST(View, TheTensorIsAsTheManifestSays) {
    const View view{.width = 2, .height = 1, .rgb = {10, 20, 30, 40, 50, 60}};
    ForeignInput input;
    input.scale = 0.5;
    input.mean = {1, 2, 3};
    input.std = {1, 2, 4};
    EXPECT_EQ(tensor_of(view, input), (std::vector<float>{4, 19, 4, 11.5f, 3, 6.75f}));
    input.bgr = true;
    EXPECT_EQ(tensor_of(view, input), (std::vector<float>{14, 29, 4, 11.5f, 0.5f, 4.25f}));
    input.channels_last = true;
    EXPECT_EQ(tensor_of(view, input), (std::vector<float>{14, 4, 0.5f, 29, 11.5f, 4.25f}));
}

TEST(View, CropsAndTilesAreTheOwnPixelsOfThePicture) {
    const auto picture = made(100, 70);
    ForeignInput input;
    input.width = input.height = 32;
    input.fit = Fit::Tiles;
    input.most = 64;
    const auto tiles = views_of(picture, input);
    EXPECT_EQ(tiles.size(), 12u);  // 4 x 3, which overlap
    EXPECT_DOUBLE_EQ(share_of(picture, tiles), 1);
    for (const auto& tile : tiles) {
        const auto left = static_cast<std::size_t>(tile.area.left);
        const auto top = static_cast<std::size_t>(tile.area.top);
        EXPECT_EQ(tile.rgb[3 * (32 * 5 + 7)],
                  static_cast<float>(picture.rgb[3 * (100 * (top + 5) + left + 7)]));
    }
    input.fit = Fit::Crops;
    input.most = 3;
    const auto crops = views_of(picture, input);
    ASSERT_EQ(crops.size(), 3u);
    EXPECT_LT(crops[0].area.top, crops[2].area.top);
    EXPECT_NEAR(share_of(picture, crops), 3.0 * 32 * 32 / 7000, 1e-12);
    EXPECT_THROW((void)views_of(made(31, 40), input), std::invalid_argument);
}

}  // namespace
}  // namespace dfd
