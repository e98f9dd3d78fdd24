#include "core/engine/studies/atlas.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/engine/studies/atlas_report.h"
#include "core/picture/pixels/pixels.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/engine/scripted_evaluator.h"
#include "tests/peak_memory.h"

namespace dfd {
namespace {

using nlohmann::json;
using test::ScriptedEvaluator;

/// A dark picture with a bright square.
Pixels with_square(int width, int height, int left, int top, int side) {
    Pixels pixels{width, height,
                  std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height), 20)};
    for (int y = top; y < top + side; ++y)
        std::fill_n(pixels.rgb.begin() + 3 * (y * width + left), 3 * side, std::uint8_t{250});
    return pixels;
}

/// Mean value of all channels.
double brightness(const Pixels& pixels) {
    double sum = 0;
    for (const auto value : pixels.rgb)
        sum += value;
    return sum / (255 * static_cast<double>(pixels.rgb.size()));
}

/// All rows of the picture with its atlas.
Pixels drawn(const Pixels& picture, const Atlas& atlas) {
    Pixels result{picture.width, picture.height, std::vector<std::uint8_t>(picture.rgb.size())};
    const auto draw = atlas_rows(picture, atlas);
    const auto length = std::size_t{3} * static_cast<std::size_t>(picture.width);
    for (int y = 0; y < picture.height; ++y)
        draw(y, std::span(result.rgb).subspan(static_cast<std::size_t>(y) * length, length));
    return result;
}

AtlasOptions small_windows() {
    AtlasOptions options;
    options.side = 64;
    options.faces = false;
    return options;
}

TEST(Atlas, WindowsLieOnTheGridOfEightAndCoverThePicture) {
    for (const auto& [width, height] :
         {std::pair(1024, 768), std::pair(1003, 517), std::pair(512, 512), std::pair(513, 2000)}) {
        const auto places = atlas_places(width, height, {});
        int right = 0, bottom = 0;
        for (const auto& place : places) {
            EXPECT_EQ(place.x % 8, 0);
            EXPECT_EQ(place.y % 8, 0);
            EXPECT_EQ(place.width, 512);
            EXPECT_EQ(place.height, 512);
            EXPECT_LE(place.x + place.width, width);
            EXPECT_LE(place.y + place.height, height);
            right = std::max(right, place.x + place.width);
            bottom = std::max(bottom, place.y + place.height);
        }
        EXPECT_GT(right, width - 8);
        EXPECT_GT(bottom, height - 8);
    }
    EXPECT_EQ(atlas_places(1024, 768, {}).size(), 6u);  // x: 0, 256, 512; y: 0, 256
}

TEST(Atlas, AScaleTakesMoreOrLessOfThePicture) {
    AtlasOptions options;
    options.scales = {0.5, 2};
    const auto places = atlas_places(1024, 1024, options);
    EXPECT_EQ(places.front().width, 1024);  // 512 pixels of the half-size picture
    EXPECT_EQ(places.front().scale, 0.5);
    EXPECT_EQ(places.back().width, 256);
    EXPECT_EQ(places.back().x + places.back().width, 1024);
    EXPECT_EQ(places.size(), 1u + 49u);
    const auto shown = atlas_pixels(with_square(1024, 1024, 0, 0, 8), places.front());
    EXPECT_EQ(shown.width, 512);
    EXPECT_EQ(atlas_pixels(with_square(1024, 1024, 0, 0, 8), places.back()).width, 512);
}

TEST(Atlas, ASmallPictureIsOneWindow) {
    const auto places = atlas_places(300, 10, {});
    ASSERT_EQ(places.size(), 1u);
    EXPECT_EQ(places[0].width, 300);
    EXPECT_EQ(places[0].height, 10);
    AtlasOptions tiny;
    tiny.scales = {0.01};
    EXPECT_EQ(atlas_places(3, 3, tiny).front().width, 3);
}

TEST(Atlas, RefusesOddOptions) {
    for (const auto& [scale, side, overlap] :
         {std::tuple(0.0, 512, 0.5), std::tuple(5.0, 512, 0.5), std::tuple(1.0, 8, 0.5),
          std::tuple(1.0, 512, 0.95), std::tuple(1.0, 512, -0.1)}) {
        AtlasOptions options;
        options.scales = {scale};
        options.side = side;
        options.overlap = overlap;
        EXPECT_THROW((void)atlas_places(100, 100, options), std::invalid_argument);
    }
}

TEST(Atlas, AFaceIsInTheMiddleWhereThereIsRoom) {
    const AtlasOptions options;
    const auto inside = face_place(2000, 2000, {900, 800, 300, 300}, options);
    EXPECT_TRUE(inside.face);
    EXPECT_EQ(inside.width, 600);
    EXPECT_EQ(inside.x + inside.width / 2, 1050);
    EXPECT_EQ(inside.y + inside.height / 2, 950);
    const auto corner = face_place(2000, 600, {0, 0, 40, 40}, options);
    EXPECT_EQ(corner.x, 0);
    EXPECT_EQ(corner.width, 512);
    const auto cut = face_place(400, 300, {100, 100, 200, 200}, options);
    EXPECT_EQ(cut.width, 400);
    EXPECT_EQ(cut.height, 300);
}

TEST(Atlas, FindsWhatTheWholeDoesNotShow) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return brightness(pixels); }});
    const auto picture = with_square(256, 192, 128, 64, 64);
    std::vector<std::size_t> received;
    const auto atlas = atlas_of(picture, panel, small_windows(), {}, [&](const Atlas& so_far) {
        received.push_back(so_far.windows.size());
    });
    EXPECT_TRUE(atlas.complete);
    EXPECT_FALSE(atlas.faces_sought);
    EXPECT_EQ(atlas.windows.size(), 7u * 5u);
    EXPECT_EQ(received.size(), 1 + atlas.windows.size());
    const auto best = std::ranges::max_element(
        atlas.windows, {}, [](const AtlasWindow& window) { return window.opinion.score; });
    EXPECT_EQ(best->place.x, 128);
    EXPECT_EQ(best->place.y, 64);
    EXPECT_NEAR(best->opinion.score, 250 / 255.0, 1e-9);
    EXPECT_LT(atlas.whole.score, 0.2);

    const auto map = atlas_map(atlas);
    ASSERT_EQ(map.columns, 16);
    ASSERT_EQ(map.rows, 12);
    const auto top = std::ranges::max_element(map.values) - map.values.begin();
    EXPECT_GE(top % map.columns, 8);
    EXPECT_LT(top % map.columns, 12);
    EXPECT_GE(top / map.columns, 4);
    EXPECT_LT(top / map.columns, 8);
    // The first cell is covered only by the first window.
    EXPECT_NEAR(map.values.front(), 20 / 255.0, 1e-6);
    const auto shown = drawn(picture, atlas);
    EXPECT_EQ(shown.width, picture.width);
    EXPECT_NE(shown.rgb, picture.rgb);
}

TEST(Atlas, BorderCellsWithoutAWindowTakeTheNearest) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.5; }});
    auto options = small_windows();
    options.scales = {0.5};
    // One window of 128 pixels; the centres of the last cells are at 133.
    const auto atlas = atlas_of(with_square(142, 142, 0, 0, 4), panel, options);
    ASSERT_EQ(atlas.windows.size(), 1u);
    for (const float value : atlas_map(atlas).values)
        EXPECT_NEAR(value, 0.5F, 1e-6);
    EXPECT_TRUE(atlas_map({}).values.empty());
}

TEST(Atlas, AddsAWindowForEachFace) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.5; }});
    const auto picture =
        read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/portrait.jpg").pixels;
    const auto atlas = atlas_of(picture, panel);
    ASSERT_TRUE(atlas.faces_sought) << "opencv-data is not installed";
    EXPECT_TRUE(atlas.windows.back().place.face);
    EXPECT_EQ(atlas.windows.size(), atlas.planned.size());
    const auto shown = drawn(picture, atlas);
    const auto& face = atlas.windows.back().place;
    const auto corner = static_cast<std::size_t>(3 * (face.y * picture.width + face.x));
    EXPECT_EQ(shown.rgb[corner], 255);
    const auto inside = corner + static_cast<std::size_t>(3 * (picture.width + 1));
    EXPECT_EQ(shown.rgb[inside], 0);
    const auto last = corner + static_cast<std::size_t>(3 * (face.width - 1));
    EXPECT_EQ(shown.rgb[last], 255);
    const auto bottom =
        static_cast<std::size_t>(3 * ((face.y + face.height - 1) * picture.width + face.x));
    EXPECT_EQ(shown.rgb[bottom], 255);
}

TEST(Atlas, AStopKeepsWhatIsFinished) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.5; }});
    std::stop_source stop;
    auto options = small_windows();
    options.batch = 1;
    const auto atlas = atlas_of(
        with_square(256, 192, 0, 0, 4), panel, options, {},
        [&](const Atlas& so_far) {
            if (so_far.windows.size() == 3)
                stop.request_stop();
        },
        stop.get_token());
    EXPECT_FALSE(atlas.complete);
    EXPECT_EQ(atlas.windows.size(), 3u);
    EXPECT_EQ(panel.evaluated, 4);
    EXPECT_THROW(
        (void)atlas_of(with_square(9, 9, 0, 0, 4), panel, options, {}, {}, stop.get_token()),
        Cancelled);
    EXPECT_THROW((void)atlas_of({}, panel), PictureError);
}

TEST(Atlas, KnownWindowsAreNotScoredAgain) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return brightness(pixels); }});
    const auto picture = with_square(256, 192, 128, 64, 64);
    const auto first = atlas_of(picture, panel, small_windows());
    auto more = small_windows();
    more.scales = {0.5, 1};
    const std::vector some{first.windows[3], first.windows[20]};
    panel.evaluated = 0;
    const auto second = atlas_of(picture, panel, more, first.whole, {}, {}, some);
    EXPECT_TRUE(second.complete);
    ASSERT_EQ(second.windows.size(), second.planned.size());
    EXPECT_EQ(panel.evaluated, static_cast<int>(second.planned.size()) - 2);
    EXPECT_EQ(second.windows[0].place, first.windows[3].place);
    EXPECT_EQ(second.windows[1].opinion.score, first.windows[20].opinion.score);
    // Every window exists exactly once.
    for (const auto& place : second.planned)
        EXPECT_EQ(std::ranges::count(second.windows, place, &AtlasWindow::place), 1);
    // The same place at another scale is another window.
    auto other = first.windows[0];
    other.place.scale = 2;
    panel.evaluated = 0;
    (void)atlas_of(picture, panel, small_windows(), first.whole, {}, {}, {&other, 1});
    EXPECT_EQ(panel.evaluated, static_cast<int>(first.planned.size()));
}

TEST(Atlas, CellsWithoutAWindowGetTheGivenValue) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return brightness(pixels); }});
    auto atlas = atlas_of(with_square(256, 192, 128, 64, 64), panel, small_windows());
    atlas.windows.resize(1);  // 64 pixels in the upper left corner: 4 x 4 cells
    const auto map = atlas_map(atlas, -1);
    for (int row = 0; row < map.rows; ++row)
        for (int column = 0; column < map.columns; ++column)
            EXPECT_EQ(map.values[static_cast<std::size_t>(row * map.columns + column)] < 0,
                      row >= 4 || column >= 4)
                << row << ' ' << column;
}

TEST(Atlas, IsDrawnWithoutASecondPicture) {
    ScriptedEvaluator panel({[](const Pixels&) { return 0.5; }});
    constexpr int kWidth = 6000, kHeight = 4000;
    const auto picture = with_square(kWidth, kHeight, 128, 64, 64);
    AtlasOptions options;
    options.faces = false;
    const test::TemporaryFolder folder;
    const auto added = test::added_peak([&] {
        const auto atlas = atlas_of(picture, panel, options);
        write_png(folder / "atlas.png", kWidth, kHeight, atlas_rows(picture, atlas));
    });
    EXPECT_EQ(read_picture(folder / "atlas.png").pixels.width, kWidth);
    if (!added)
        GTEST_SKIP() << "the peak memory is not known here";
    EXPECT_LT(*added, std::int64_t{3} * kWidth * kHeight / 2);
}

TEST(AtlasReport, ListsEveryWindowBesideTheReference) {
    ScriptedEvaluator panel({[](const Pixels& pixels) { return brightness(pixels); }});
    const auto atlas = atlas_of(with_square(96, 64, 0, 0, 32), panel, small_windows());
    const ScoredBy by{panel.panel(), "cpu", Precision::Float32};
    const auto object = json::parse(atlas_json(atlas, {"a.png", "ab"}, by));
    EXPECT_EQ(object["width"], 96);
    EXPECT_EQ(object["complete"], true);
    ASSERT_EQ(object["windows"].size(), 2u);
    EXPECT_EQ(object["windows"][1]["x"], 32);
    EXPECT_EQ(object["windows"][1]["face"], false);
    EXPECT_EQ(object["windows"][1]["score"], atlas.windows[1].opinion.score);
    EXPECT_EQ(object["windows"][1]["experts"][0]["name"], "a");
    EXPECT_EQ(atlas_csv_header(panel.panel()),
              "path,sha256,x,y,width,height,scale,face,score,score a");
    EXPECT_EQ(atlas_csv(atlas, {"a.png", "ab"}).substr(0, 33), "a.png,ab,0,0,96,64,1.0,false,0.22");
    const auto text = atlas_text(atlas, {"a.png", "ab"}, by, 1);
    EXPECT_NE(text.find("2 of 2 windows scored.\n"), std::string::npos) << text;
    EXPECT_NE(text.find("and 1 windows with lower scores"), std::string::npos) << text;
}

}  // namespace
}  // namespace dfd
