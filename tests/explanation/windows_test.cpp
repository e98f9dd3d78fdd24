// Tests of panels whose native experts read windows of large pictures.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/engine/results/explanation_export.h"
#include "core/engine/scoring/card_evaluator.h"
#include "core/engine/scoring/explanation.h"
#include "core/engine/scoring/input_pictures.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/engine/scoring/removed_pixels.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/maps/grad_cam.h"
#include "core/panel/panel_networks.h"
#include "core/picture/pixels/veil.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr WindowPolicy kPolicy{64, 5};

bool was_seen(float value) {
    return looked_at(value);
}

/// A sample of 300 x 220 pixels: 4 x 3 slots.
Pixels picture() {
    const auto sample =
        read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/desk-edited-splice.jpg")
            .pixels;
    Pixels part{300, 220, {}};
    for (int y = 0; y < 220; ++y) {
        const auto first = sample.rgb.begin() + std::ptrdiff_t{3} * sample.width * (y + 40) + 120;
        part.rgb.insert(part.rgb.end(), first, first + 900);
    }
    return part;
}

class WindowedPanel : public testing::Test {
  protected:
    WindowedPanel() {
        const fs::path starter = std::string(DFD_SOURCE_DIR) + "/tests/data/traces";
        record = read_panel(starter);
        record.experts.erase(record.experts.begin());
        for (auto& expert : record.experts) {
            fs::copy_file(starter / expert.file, folder / expert.file);
            expert.input.windows = kPolicy;
        }
        record.experts.back().input.windows.reset();  // one reads everything
        record = write_panel(folder.path(), record);
        evaluator = open_evaluator(record, "cpu");
    }

    static PanelOpinion opinion_of(Evaluator& by, const Pixels& pixels,
                                   const EvaluateOptions& how = {}) {
        const Pixels* const pictures[] = {&pixels};
        return by.evaluate(pictures, how, {}).front();
    }
    [[nodiscard]] std::unique_ptr<Evaluator> on_card() const {
        DeviceInfo info;
        info.id = "cuda:0";
        info.name = "A card";
        return open_card_evaluator(record, torch::kCPU, info, Precision::Float32, {}, {}, {});
    }
    /// The expert's map of the stacked windows and its logits, computed by hand.
    [[nodiscard]] Explained by_hand(std::size_t expert, const Pixels& pixels,
                                    const WindowChoice& windows) const {
        const auto network = load_expert(record, record.experts[expert]);
        const torch::NoGradGuard no_gradients;
        std::vector<torch::Tensor> stack;
        for (const auto& corner : windows.corners)
            stack.push_back(expert_input(pixels, record.experts[expert].input, torch::kCPU)
                                .narrow(2, corner.y, windows.height)
                                .narrow(3, corner.x, windows.width));
        return grad_cam(*network,
                        network->feature_map_of_windows(torch::cat(stack, 2), windows.height),
                        kFakeClass);
    }

    test::TemporaryFolder folder;
    PanelRecord record;
    std::unique_ptr<Evaluator> evaluator;
    EvaluateOptions with_maps{true};
};

TEST_F(WindowedPanel, ScoresAndMapsAreThoseOfTheWindows) {
    const auto pixels = picture();
    const auto windows = choose_windows(pixels, kPolicy.size, kPolicy.most);
    ASSERT_EQ(windows.corners.size(), 5u);
    const auto opinion = opinion_of(*evaluator, pixels, with_maps);
    const auto other = opinion_of(*on_card(), pixels, with_maps);
    for (std::size_t e = 0; e + 1 < record.experts.size(); ++e) {
        SCOPED_TRACE(record.experts[e].name);
        const auto expected = by_hand(e, pixels, windows);
        const auto& map = opinion.experts[e].map.value();
        EXPECT_NEAR(opinion.experts[e].logits[1], expected.logits[0][1].item<double>(), 1e-5);
        EXPECT_NEAR(other.experts[e].logits[1], opinion.experts[e].logits[1], 1e-4);
        ASSERT_EQ(map.rows, 220 / 8);
        ASSERT_EQ(map.columns, 300 / 8);
        int looked = 0;
        for (int row = 0; row < map.rows; ++row)
            for (int column = 0; column < map.columns; ++column) {
                const auto at = static_cast<std::size_t>(row * map.columns + column);
                std::size_t in = 0;
                for (; in < windows.corners.size(); ++in) {
                    const auto& corner = windows.corners[in];
                    const int y = 8 * row - corner.y, x = 8 * column - corner.x;
                    if (y < 0 || x < 0 || y >= 64 || x >= 64)
                        continue;
                    EXPECT_NEAR(
                        map.values[at],
                        expected.maps[0][static_cast<int>(in) * 8 + y / 8][x / 8].item<float>(),
                        1e-5);
                    EXPECT_NEAR(other.experts[e].map->values[at], map.values[at], 1e-4);
                    ++looked;
                    break;
                }
                EXPECT_EQ(looked_at(map.values[at]), in < windows.corners.size());
            }
        EXPECT_EQ(looked, 5 * 64);
        EXPECT_EQ(opinion.experts[e].looked_at, (LookedAt{5, 64, 5 * 4096 / 66'000.0}));
    }
    EXPECT_FALSE(opinion.experts.back().looked_at);
    ASSERT_EQ(opinion.warnings.size(), 1u);
    EXPECT_EQ(opinion.warnings.front(),
              "The experts " + record.experts[0].name + " and " + record.experts[1].name +
                  " looked at 5 windows of 64 pixels, 31 % of the picture.");
    // Of the mean, every place was looked at by the last expert.
    const auto mean = mean_map(opinion);
    EXPECT_TRUE(std::ranges::all_of(mean.values, was_seen));
}

TEST_F(WindowedPanel, SmallPicturesAndEverywhereAreReadWhole) {
    auto whole = record;
    for (auto& expert : whole.experts)
        expert.input.windows.reset();
    const auto plain = open_evaluator(whole, "cpu");
    EvaluateOptions everywhere = with_maps;
    everywhere.everywhere = true;
    const auto small = thumbnail(picture(), 150);
    const std::pair<const Pixels, EvaluateOptions> cases[] = {{picture(), everywhere},
                                                              {small, with_maps}};
    for (const auto& [pixels, how] : cases) {
        const auto one = opinion_of(*evaluator, pixels, how);
        const auto other = opinion_of(*plain, pixels, with_maps);
        EXPECT_TRUE(one.warnings.empty());
        for (std::size_t e = 0; e < one.experts.size(); ++e) {
            EXPECT_EQ(one.experts[e].logits, other.experts[e].logits);
            EXPECT_EQ(one.experts[e].map->values, other.experts[e].map->values);
            EXPECT_FALSE(one.experts[e].looked_at);
        }
    }
    EXPECT_NE(opinion_of(*evaluator, picture()).experts[0].logits,
              opinion_of(*plain, picture()).experts[0].logits);
}

TEST_F(WindowedPanel, PicturesInABatchAreScoredAsAlone) {
    const auto one = picture();
    auto other = one;
    std::ranges::reverse(other.rgb);
    const auto small = thumbnail(one, 100);
    const Pixels* const pictures[] = {&one, &other, &small};
    const auto card = on_card();
    for (auto* by : {evaluator.get(), card.get()}) {
        const auto together = by->evaluate(pictures, {}, {});
        for (std::size_t p = 0; p < 3; ++p)
            EXPECT_NEAR(together[p].score, opinion_of(*by, *pictures[p]).score, 1e-5) << p;
    }
}

TEST_F(WindowedPanel, WindowsCanBePinned) {
    const auto pixels = picture();
    auto altered = pixels;  // without texture where it was, with it elsewhere
    std::ranges::reverse(altered.rgb);
    ASSERT_NE(choose_windows(altered, 64, 5), choose_windows(pixels, 64, 5));
    EvaluateOptions pinned;
    pinned.windows_of = &pixels;
    const auto windows = choose_windows(pixels, 64, 5);
    EXPECT_NEAR(opinion_of(*evaluator, altered, pinned).experts[0].logits[1],
                by_hand(0, altered, windows).logits[0][1].item<double>(), 1e-5);
    EXPECT_NEAR(opinion_of(*on_card(), altered, pinned).experts[0].logits[1],
                by_hand(0, altered, windows).logits[0][1].item<double>(), 1e-4);
    const auto small = thumbnail(pixels, 250);
    EXPECT_THROW((void)opinion_of(*evaluator, small, pinned), std::invalid_argument);
}

TEST_F(WindowedPanel, ExplanationsAreOfTheWindows) {
    const auto pixels = picture();
    const auto opinion = opinion_of(*evaluator, pixels, with_maps);
    const auto found = explain(*evaluator, pixels, {});
    for (std::size_t e = 0; e + 1 < record.experts.size(); ++e) {
        const auto& expert = found.experts[e];
        SCOPED_TRACE(expert.name);
        EXPECT_NEAR(expert.logits[1], opinion.experts[e].logits[1], 1e-4);
        EXPECT_NEAR(sum_of(expert.map) + expert.rest, expert.value, 1e-5);
        ASSERT_EQ(expert.map.rows, 220 / 8);
        for (std::size_t i = 0; i < expert.map.values.size(); ++i)
            EXPECT_EQ(looked_at(expert.map.values[i]),
                      looked_at(opinion.experts[e].map->values[i]));
        EXPECT_SAYS(exactness_text(expert), "looked at 5 windows");
        // 5 windows of 7 x 7 cells each.
        EXPECT_EQ(expert.test.value().cells, 5 * 49);
        EXPECT_EQ(expert.test->displaced.size(), 5u);
    }
    EXPECT_NEAR(sum_of(found.mean.map) + found.mean.rest, found.mean.value, 1e-5);
    // The mean's curves end at scores of the remaining picture in the pinned windows.
    const auto grid = deletion_grid(pixels.width, pixels.height);
    const auto order = most_first(cell_importance(found.mean.map, grid), 1);
    const auto half = removed_cells(0.5, static_cast<int>(order.size()));
    const auto rest = with_cells_from(pixels, softened_rows(pixels), grid,
                                      std::span(order).first(static_cast<std::size_t>(half)));
    EvaluateOptions pinned;
    pinned.windows_of = &pixels;
    double odds = 0;
    for (const auto& expert : opinion_of(*evaluator, rest, pinned).experts)
        odds += (expert.logits[1] - expert.logits[0]) / static_cast<double>(record.experts.size());
    EXPECT_NEAR(found.mean.test.value().most.back(), odds, 1e-4);

    ExplainOptions finer;
    finer.layer = "layers.5";
    finer.method = AttributionMethod::LayerCam;
    finer.test = false;
    const auto at_layer = explain(*evaluator, pixels, finer);
    const auto luma =
        std::ranges::find(at_layer.experts, "trace_luma", &ExpertExplanation::architecture);
    ASSERT_NE(luma, at_layer.experts.end());
    EXPECT_EQ(luma->layer, "layers.5");
    EXPECT_EQ(luma->map.rows, 220 / 2);
    EXPECT_EQ(std::ranges::count_if(luma->map.values, was_seen), 5 * 32 * 32);

    finer.everywhere = true;
    const auto all = explain(*evaluator, pixels, finer);
    EXPECT_TRUE(std::ranges::all_of(all.experts[0].map.values, was_seen));
}

TEST_F(WindowedPanel, JsonSaysWhatWasLookedAt) {
    const auto pixels = picture();
    Examination examination;
    examination.state = ExaminationState::Explained;
    examination.opinion = opinion_of(*evaluator, pixels, with_maps);
    const ScoredBy by{record, "cpu", Precision::Float32};
    const auto object = json::parse(to_json(examination, by, true));
    const auto& expert = object.at("experts").at(0);
    EXPECT_EQ(expert.at("looked_at").at("windows"), 5);
    EXPECT_EQ(expert.at("looked_at").at("size"), 64);
    EXPECT_NEAR(expert.at("looked_at").at("share").get<double>(), 5 * 4096 / 66'000.0, 1e-9);
    int nulls = 0;
    for (const auto& row : expert.at("gradcam"))
        for (const auto& value : row)
            nulls += value.is_null() ? 1 : 0;
    EXPECT_EQ(nulls, 27 * 37 - 5 * 64);
    EXPECT_FALSE(object.at("experts").at(2).contains("looked_at"));
    ExplainOptions quick;
    quick.test = false;
    const auto explained =
        json::parse(explained_json(examination, by, explain(*evaluator, pixels, quick), true));
    EXPECT_TRUE(explained.at("experts").at(0).at("explanation").at("map").at(26).at(36).is_null() ||
                expert.at("gradcam").at(26).at(36).is_number());
}

TEST_F(WindowedPanel, InputsAreShownAndSummarisedByTheirWindows) {
    const auto pixels = picture();
    const auto& policy = record.experts[0].input;
    const auto windows = windows_of(pixels, policy);
    const auto summary = summarise_input(pixels, policy, "cpu");
    EXPECT_EQ(summary.width, 64);
    EXPECT_EQ(summary.height, 5 * 64);
    auto everything = policy;
    everything.windows.reset();
    EXPECT_EQ(summary.sha256,
              summarise_input(stacked_windows(pixels, windows), everything, "cpu").sha256);
    EXPECT_NE(input_key(policy), input_key(everything));
    const auto shown = input_picture(pixels, policy, "cpu");
    const auto veil = veiled(pixels);
    std::size_t read = 0;
    for (int y = 0; y < pixels.height; ++y)
        for (int x = 0; x < pixels.width; ++x) {
            const bool looked = std::ranges::any_of(windows.corners, [&](const auto& corner) {
                return x >= corner.x && x < corner.x + 64 && y >= corner.y && y < corner.y + 64;
            });
            const auto at = 3 * static_cast<std::size_t>(y * pixels.width + x);
            EXPECT_EQ(shown.rgb[at], looked ? pixels.rgb[at] : veil.rgb[at]);
            read += looked ? 1 : 0;
        }
    EXPECT_EQ(read, 5u * 4096);
    EXPECT_EQ(residual_picture(pixels, policy).width, pixels.width);
    EXPECT_EQ(residual_picture(pixels).width, pixels.width / 8 * 8);
}

TEST(WindowViews, MapsOfNarrowPicturesCoverThem) {
    const auto windows =
        choose_windows({2000, 21, std::vector<std::uint8_t>(3 * 2000 * 21, 5)}, 64, 4);
    HeatMap stacked{4 * 4, 8, std::vector<float>(128, 1)};  // a trace network pads 21 rows to 32
    const auto map = map_of_picture(stacked, windows);
    EXPECT_EQ(map.rows, 4);
    EXPECT_EQ(map.columns, 250);
    EXPECT_EQ(std::ranges::count_if(map.values, was_seen), 128);
    const InputPolicy policy{Resize::Native, 0, {0, 0, 0}, {1, 1, 1}, WindowPolicy{64, 4}};
    EXPECT_EQ(looked_at(2000, 21, policy), looked_at(windows, policy));
    EXPECT_FALSE(looked_at(100, 21, policy));
}

TEST(RemovedPixels, SofteningByRowsIsTheSameToTheEye) {
    const auto pixels = picture();
    const auto one = softened_copy(pixels), other = softened_by_rows(pixels);
    ASSERT_EQ(one.rgb.size(), other.rgb.size());
    int largest = 0;
    for (std::size_t i = 0; i < one.rgb.size(); ++i)
        largest = std::max(largest, std::abs(one.rgb[i] - other.rgb[i]));
    EXPECT_LE(largest, 3);
    // Windows are cut out of the same picture.
    const auto windows = choose_windows(pixels, 64, 5);
    ASSERT_FALSE(windows.whole());
    EXPECT_EQ(softened_windows(pixels, windows).rgb, stacked_windows(other, windows).rgb);
    const auto grid = deletion_grid(pixels.width, pixels.height);
    const std::vector<int> cells{0, 3, 7};
    EXPECT_EQ(with_cells_from(pixels, softened_rows(pixels), grid, cells).rgb,
              with_cells_from(pixels, rows_of(other), grid, cells).rgb);
}

}  // namespace
}  // namespace dfd
