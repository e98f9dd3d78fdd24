// Tests of thumbnails, PNG files and heat map overlays.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/picture/picture.h"
#include "core/picture/pixels/heatmap_overlay.h"
#include "core/picture/pixels/map_base.h"
#include "core/picture/pixels/map_outline.h"
#include "core/picture/pixels/map_standing.h"
#include "core/picture/pixels/png_text.h"
#include "core/picture/pixels/signed_overlay.h"
#include "core/picture/pixels/veil.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/picture/corpus.h"
#include "tests/png_text.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

Pixels noisy(int width, int height) {
    Pixels pixels{width, height, {}};
    for (int i = 0; i < 3 * width * height; ++i)
        pixels.rgb.push_back(corpus::noise(static_cast<std::uint64_t>(i)));
    return pixels;
}

Pixels plain(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    Pixels pixels{width, height, {}};
    for (int i = 0; i < width * height; ++i)
        pixels.rgb.insert(pixels.rgb.end(), {r, g, b});
    return pixels;
}

TEST(Thumbnail, KeepsTheAspectRatioAndNeverEnlarges) {
    struct Case {
        int width, height, side, expected_width, expected_height;
    };
    for (const auto& [width, height, side, expected_width, expected_height] :
         {Case{400, 300, 100, 100, 75}, Case{300, 400, 100, 75, 100}, Case{50, 40, 100, 50, 40},
          Case{1000, 1, 100, 100, 1}, Case{100, 100, 100, 100, 100}, Case{10, 10, 0, 1, 1}}) {
        const Pixels small = thumbnail(noisy(width, height), side);
        EXPECT_EQ(small.width, expected_width);
        EXPECT_EQ(small.height, expected_height);
        EXPECT_EQ(small.rgb.size(), static_cast<std::size_t>(3 * small.width * small.height));
    }
    EXPECT_TRUE(thumbnail({}, 100).empty());
}

TEST(Thumbnail, AveragesAreas) {
    const Pixels pixels = noisy(8, 6);
    const Pixels small = thumbnail(pixels, 4);
    for (std::size_t y = 0; y < 3; ++y) {
        for (std::size_t x = 0; x < 4; ++x) {
            for (std::size_t c = 0; c < 3; ++c) {
                double sum = 0;
                for (const std::size_t dy : {0, 1})
                    for (const std::size_t dx : {0, 1})
                        sum += pixels.rgb[3 * ((2 * y + dy) * 8 + 2 * x + dx) + c];
                EXPECT_NEAR(small.rgb[3 * (y * 4 + x) + c], sum / 4, 0.51);
            }
        }
    }
}

TEST(Png, KeepsEveryPixel) {
    const Pixels pixels = noisy(31, 17);
    const Picture back = decode_picture(encode_png(pixels));
    EXPECT_EQ(back.facts.format, "PNG");
    EXPECT_EQ(back.pixels.width, 31);
    EXPECT_EQ(back.pixels.rgb, pixels.rgb);
    EXPECT_THROW((void)encode_png({}), PictureError);
}

TEST(Png, IsWrittenAtomically) {
    const test::TemporaryFolder folder;
    const fs::path path = folder / "odd \xFF name.png";
    const Pixels pixels = noisy(31, 17);
    std::ofstream(path) << "older content";
    write_png(path, pixels);
    EXPECT_EQ(read_picture(path).pixels.rgb, pixels.rgb);
    EXPECT_THROW(write_png(folder / "missing" / "x.png", pixels), std::system_error);
    fs::create_directory(folder / "taken.png");
    EXPECT_THROW(write_png(folder / "taken.png", pixels), std::system_error);
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path()))
        ++entries;  // no temporary file may remain
    EXPECT_EQ(entries, 2U);
}

/// The picture under a map.
Pixels base_of(Pixels picture) {
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
        auto* const at = picture.rgb.data() + i;
        at[0] = at[1] = at[2] = map_base(at[0], at[1], at[2]);
    }
    return picture;
}

TEST(Png, KeepsTextThatOtherProgramsRead) {
    const test::TemporaryFolder folder;
    const auto path = folder / "map.png";
    const PngText text{{"Title", "Heatmap of a.png"}, {"Description", "caf\u00E9\ntwo lines"}};
    const Pixels pixels = noisy(31, 17);
    write_png(path, pixels, text);
    const auto found = test::png_text(path);
    EXPECT_EQ(found, (std::map<std::string, std::string>{text.begin(), text.end()}));
    EXPECT_EQ(read_picture(path).pixels.rgb, pixels.rgb);
    EXPECT_EQ(cv::imread(path.native()).cols, 31);  // another decoder
    write_png(path, pixels);
    EXPECT_TRUE(test::png_text(path).empty());
}

TEST(MapBase, IsGreyAndDarkerThanThePicture) {
    EXPECT_EQ(map_base(0, 0, 0), 0);
    EXPECT_EQ(map_base(255, 255, 255), 175);
    EXPECT_LT(map_base(255, 0, 0), map_base(0, 255, 0));  // the eye sees green brighter
    for (int level = 0; level < 256; ++level) {
        const auto grey = static_cast<std::uint8_t>(level);
        EXPECT_LE(map_base(grey, grey, grey), level);
    }
}

TEST(Outline, SurroundsTheStrongestPartOnly) {
    HeatMap peak{12, 12, std::vector<float>(144, 0.5F)};
    EXPECT_EQ(strongest_level(peak), 0);  // even: no place stands out
    EXPECT_TRUE(outline_of(peak, strongest_level(peak), 60, 60, 1).empty());
    for (const int row : {4, 5, 6, 7})
        for (const int column : {4, 5, 6, 7})
            peak.values[static_cast<std::size_t>(12 * row + column)] = 4;
    ASSERT_GT(strongest_level(peak), 0.5F);
    const Pixels before = plain(60, 60, 90, 90, 90);
    auto drawn = before;
    draw_outline(drawn, peak, 1);
    const auto level = [&](int x, int y) {
        return drawn.rgb[static_cast<std::size_t>(3 * (60 * y + x))];
    };
    EXPECT_EQ(level(2, 2), 90);    // outside
    EXPECT_EQ(level(30, 30), 90);  // inside
    int white = 0, dark = 0;
    for (int x = 0; x < 60; ++x) {
        white += level(x, 30) == 255 ? 1 : 0;
        dark += level(x, 30) < 60 ? 1 : 0;
    }
    EXPECT_EQ(white, 2);  // on both sides, one pixel thin
    EXPECT_EQ(dark, 4);   // between two darker ones each
    auto same = before;
    draw_outline(same, {12, 12, std::vector<float>(144, 1)}, 1);
    EXPECT_EQ(same.rgb, before.rgb);
}

TEST(MapStanding, OnlyAFirmMapIsLoudAndOutlined) {
    HeatMap even{12, 12, std::vector<float>(144, 0.5F)};
    HeatMap peak{12, 12, std::vector<float>(144, 0)};
    for (const int row : {4, 5, 6, 7})
        for (const int column : {4, 5, 6, 7})
            peak.values[static_cast<std::size_t>(12 * row + column)] = 4;
    HeatMap corners = peak;  // strong in places far from each other
    corners.values.assign(144, 0);
    for (const int row : {0, 1, 10, 11})
        for (const int column : {0, 1, 10, 11})
            corners.values[static_cast<std::size_t>(12 * row + column)] = 4;
    EXPECT_EQ(standing_of(peak), MapStanding::Firm);
    EXPECT_EQ(standing_of(HeatMap{}), MapStanding::Firm);  // nothing is drawn
    EXPECT_EQ(standing_of(even), MapStanding::NothingStandsOut);
    EXPECT_EQ(standing_of(corners), MapStanding::NotConcentrated);
    EXPECT_EQ(standing_of(peak, {.assessed = false}), MapStanding::NoAssessment);
    EXPECT_EQ(standing_of(peak, {.support = Support::Unsupported}), MapStanding::NotSupported);
    EXPECT_EQ(standing_of(peak, {.support = Support::Weak}), MapStanding::Firm);
    EXPECT_EQ(standing_of(even, {.is_signed = true}), MapStanding::Firm);
    EXPECT_GT(outlined_level(peak, MapStanding::Firm), 0);
    EXPECT_EQ(opacity_factor(MapStanding::Firm), 1);
    EXPECT_TRUE(standing_sentence(MapStanding::Firm).empty());
    for (const auto standing : {MapStanding::NoAssessment, MapStanding::NotSupported,
                                MapStanding::NothingStandsOut, MapStanding::NotConcentrated}) {
        EXPECT_EQ(outlined_level(peak, standing), 0);
        EXPECT_LT(opacity_factor(standing), 0.5);
        EXPECT_FALSE(standing_sentence(standing).empty());
    }
    // A test that could not be made says nothing.
    DeletionTest test;
    EXPECT_EQ(support_of(std::nullopt), std::nullopt);
    EXPECT_EQ(support_of(test), std::nullopt);
    test.displaced.resize(kDisplacedMaps);
    EXPECT_EQ(support_of(test), Support::Unsupported);
}

TEST(ColourTable, RisesFromDarkToBright) {
    for (const ColourMap map : {ColourMap::Inferno, ColourMap::Cividis}) {
        const auto& table = colour_table(map);
        double before = -1;
        for (const auto& [r, g, b] : table) {
            const double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            EXPECT_GT(luma, before - 1.5);
            before = luma;
        }
        EXPECT_LT(table.front()[0] + table.front()[1], 40);
        EXPECT_GT(table.back()[0] + table.back()[1], 450);
    }
    const auto& inferno = colour_table(ColourMap::Inferno);
    const auto& cividis = colour_table(ColourMap::Cividis);
    EXPECT_GT(inferno[140][0], inferno[140][2]);  // red, not blue: the order is RGB
    EXPECT_GT(cividis[40][2], cividis[40][0]);    // blue, not red
}

TEST(Overlay, IsProportionalToTheEvidence) {
    const Pixels picture = plain(4, 4, 100, 100, 100);
    const int base = map_base(100, 100, 100);
    const HeatMap map{1, 1, {2.0F}};
    const auto& table = colour_table(ColourMap::Inferno);
    const Pixels full = overlay(picture, map, 2.0F, ColourMap::Inferno, 1.0);
    EXPECT_EQ(full.rgb, plain(4, 4, table[255][0], table[255][1], table[255][2]).rgb);
    const Pixels half = overlay(picture, map, 4.0F, ColourMap::Inferno, 0.5);
    for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(half.rgb[c], base + 0.25 * (table[128][c] - base), 0.51);
    EXPECT_EQ(overlay(picture, map, 1.0F, ColourMap::Inferno, 1.0).rgb, full.rgb);  // clamped to 1
}

TEST(Overlay, LeavesTheGreyPictureWithoutEvidence) {
    const Pixels picture = noisy(9, 7);
    const Pixels grey = base_of(picture);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const HeatMap zero{2, 2, {0, 0, 0, 0}};
    const HeatMap some{2, 2, {1, 2, 3, 4}};
    const auto same = [&](const HeatMap& map, float scale, double opacity) {
        return overlay(picture, map, scale, ColourMap::Cividis, opacity).rgb == grey.rgb;
    };
    EXPECT_TRUE(same(zero, 1, 1));
    EXPECT_TRUE(same(some, 0, 1));
    EXPECT_TRUE(same(some, -1, 1));
    EXPECT_TRUE(same(some, nan, 1));
    EXPECT_TRUE(same(some, 1, 0));
    EXPECT_TRUE(same({}, 1, 1));
    EXPECT_TRUE(same({2, 2, {1, 2}}, 1, 1));
    const float endless = std::numeric_limits<float>::infinity();
    EXPECT_TRUE(same({1, 1, {endless}}, 1, 1));
    EXPECT_FALSE(same(some, 4, 1));
    EXPECT_TRUE(overlay({}, some, 4, ColourMap::Cividis, 1).empty());
}

TEST(Overlay, VeilsWhatWasNotLookedAt) {
    const Pixels picture = noisy(32, 16);
    const HeatMap half{1, 2, {0, kNotLookedAt}};
    const HeatMap lit{1, 2, {kNotLookedAt, 3}};
    const Pixels grey = base_of(picture);
    const auto veil = veiled(grey);
    // Also without any evidence, when there is no scale.
    for (const float scale : {0.0F, 1.0F}) {
        const auto drawn = overlay(picture, half, scale, ColourMap::Inferno, 0.5);
        for (std::size_t i = 0; i < drawn.rgb.size(); ++i)
            EXPECT_EQ(drawn.rgb[i], i / 3 % 32 < 16 ? grey.rgb[i] : veil.rgb[i]) << i;
    }
    EXPECT_EQ(maximum(lit), 3);
    EXPECT_EQ(largest_magnitude(lit), 3);
    const auto drawn = overlay(picture, lit, 3, ColourMap::Inferno, 1);
    EXPECT_EQ(drawn.rgb[0], veil.rgb[0]);
    EXPECT_EQ(drawn.rgb[3 * 31], colour_table(ColourMap::Inferno)[255][0]);
    const auto sides = signed_overlay(picture, lit, 3, 1);
    EXPECT_EQ(sides.rgb[0], veil.rgb[0]);
    EXPECT_EQ(sides.rgb[3 * 31], kTowardsFakeColour[0]);
    EXPECT_EQ(overlay(picture, half, 1, ColourMap::Inferno, 0).rgb, grey.rgb);
}

TEST(Overlay, IsEnlargedBilinearlyOverTheWholePicture) {
    const int width = 37;
    const int height = 23;
    HeatMap map{3, 5, {}};
    cv::Mat cells(3, 5, CV_32F);
    for (int i = 0; i < 15; ++i) {
        map.values.push_back(static_cast<float>(corpus::noise(static_cast<std::uint64_t>(i))));
        cells.at<float>(i / 5, i % 5) = map.values.back();
    }
    cv::Mat large;
    cv::resize(cells, large, {width, height}, 0, 0, cv::INTER_LINEAR);
    const Pixels picture = plain(width, height, 0, 0, 0);
    const Pixels result = overlay(picture, map, 255, ColourMap::Inferno, 1);
    const auto& table = colour_table(ColourMap::Inferno);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const float value = large.at<float>(y, x) / 255;
            const double red = value * table[static_cast<std::size_t>(std::lround(value * 255))][0];
            EXPECT_NEAR(result.rgb[static_cast<std::size_t>(3 * (y * width + x))], red, 2.5);
        }
    }
    EXPECT_FLOAT_EQ(maximum(map), *std::max_element(map.values.begin(), map.values.end()));
    EXPECT_EQ(maximum({}), 0);
}

TEST(Png, RowsGiveThePixelsOfThePicture) {
    Pixels picture{301, 97, {}};
    for (int i = 0; i < 3 * picture.width * picture.height; ++i)
        picture.rgb.push_back(static_cast<std::uint8_t>(i * 7919 >> 5));
    EXPECT_EQ(decode_picture(encode_png(picture)).pixels.rgb, picture.rgb);
    HeatMap map{3, 4, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
    map.values[5] = kNotLookedAt;
    const auto whole = overlay(picture, map, 11, ColourMap::Inferno, 0.65);
    std::vector<std::uint8_t> rows;
    const auto draw = overlay_rows(picture, map, 11, ColourMap::Inferno, 0.65);
    std::vector<std::uint8_t> row(std::size_t{3} * 301);
    for (int y = 0; y < picture.height; ++y) {
        draw(y, row);
        rows.insert(rows.end(), row.begin(), row.end());
    }
    EXPECT_EQ(rows, whole.rgb);
    EXPECT_THROW((void)encode_png({}), PictureError);
}

}  // namespace
}  // namespace dfd
