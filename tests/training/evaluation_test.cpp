#include "core/training/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/training/edits.h"
#include "core/training/trainer.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using testing::Folder;

// Knows the untouched pictures' noise: the first expert answers by it, the second always the same.
class FakePanel final : public Evaluator {
  public:
    FakePanel() {
        panel_.name = "fake";
        panel_.digest = "0123";
        for (const auto* name : {"grain", "constant"}) {
            ExpertRecord expert;
            expert.name = name;
            panel_.experts.push_back(expert);
        }
        info_.id = "cpu";
    }
    [[nodiscard]] const PanelRecord& panel() const override { return panel_; }
    [[nodiscard]] const DeviceInfo& device() const override { return info_; }
    [[nodiscard]] Precision precision() const override { return Precision::Float32; }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options, std::stop_token) override {
        std::vector<PanelOpinion> opinions;
        for (const auto* pixels : pictures) {
            PanelOpinion opinion;
            const auto map = grain(*pixels);
            double strongest = 0;
            for (const float value : map.values)
                strongest = std::max(strongest, static_cast<double>(value));
            opinion.experts.resize(2);
            opinion.experts[0].logits = {0, strongest - 12};
            if (options.maps) {
                opinion.experts[0].map = map;
                opinion.experts[1].map = HeatMap{20, 20, std::vector<float>(400, 1.0f)};
            }
            combine(opinion);
            opinions.push_back(opinion);
        }
        return opinions;
    }

  private:
    // Mean absolute second difference of green in 16 x 16 places.
    static HeatMap grain(const Pixels& pixels) {
        HeatMap map;
        map.rows = pixels.height / 16;
        map.columns = pixels.width / 16;
        for (int row = 0; row < map.rows; ++row)
            for (int column = 0; column < map.columns; ++column) {
                double sum = 0;
                for (int y = 0; y < 16; ++y)
                    for (int x = 1; x < 15; ++x) {
                        const auto at = [&](int dx) {
                            return static_cast<double>(pixels.rgb[static_cast<std::size_t>(
                                3 * ((row * 16 + y) * pixels.width + column * 16 + x + dx) + 1)]);
                        };
                        sum += std::abs(at(-1) - 2 * at(0) + at(1));
                    }
                map.values.push_back(static_cast<float>(sum / (16 * 14)));
            }
        return map;
    }

    PanelRecord panel_;
    DeviceInfo info_;
};

void write_photos(const Folder& folder) {
    for (int i = 0; i < 12; ++i) {
        const auto sub = folder.path() / std::to_string(i);
        std::filesystem::create_directories(sub);
        cv::imwrite((sub / "x.png").string(),
                    testing::make_picture(384, 384, static_cast<std::uint64_t>(i)));
    }
}

Evaluation evaluate_fake(const Folder& folder, EvaluationOptions options = {}) {
    write_photos(folder);
    FakePanel panel;
    options.photos = folder.path();
    options.side = 320;
    return evaluate_panel(panel, options);
}

TEST(Evaluation, MeasuresWhatAPanelCanAndCannot) {
    const Folder folder;
    const auto evaluation = evaluate_fake(folder);
    EXPECT_EQ(evaluation.split, "all");
    EXPECT_EQ(evaluation.photographs, 12);
    EXPECT_EQ(evaluation.untouched, 24);
    int by_kind = 0;
    for (const int count : evaluation.edited_by_kind)
        by_kind += count;
    EXPECT_EQ(by_kind, evaluation.edited);
    EXPECT_GT(evaluation.edited, 100);
    ASSERT_EQ(evaluation.rows.size(), 3u);
    const auto& grain = evaluation.rows[0];
    const auto& constant = evaluation.rows[1];
    const auto noise = static_cast<std::size_t>(EditKind::Noise);
    const auto blur = static_cast<std::size_t>(EditKind::Blur);
    EXPECT_GT(grain.by_kind[noise], 0.7);
    EXPECT_LT(grain.by_kind[blur], grain.by_kind[noise]);
    EXPECT_GT(grain.high, grain.auc);
    EXPECT_LT(grain.low, grain.auc);
    EXPECT_GT(grain.places, 0.2);
    for (const double value : constant.by_kind)
        EXPECT_DOUBLE_EQ(value, 0.5);
    EXPECT_DOUBLE_EQ(constant.auc, 0.5);
    EXPECT_DOUBLE_EQ(constant.places, 0.5);
    EXPECT_DOUBLE_EQ(constant.false_alarms, 1);  // 0.5 counts as caught
    // The panel ranks as its only expert that tells pictures apart.
    EXPECT_DOUBLE_EQ(evaluation.rows[2].auc, grain.auc);
}

TEST(Evaluation, IsReproducible) {
    const Folder folder;
    const auto a = evaluate_fake(folder);
    const auto b = evaluate_fake(folder);
    EXPECT_EQ(evaluation_json(a), evaluation_json(b));
    EvaluationOptions other;
    other.seed = 8;
    EXPECT_NE(evaluation_json(a), evaluation_json(evaluate_fake(folder, other)));
}

TEST(Evaluation, WritesItsFigures) {
    const Folder folder;
    EvaluationOptions options;
    options.maps = false;
    const auto evaluation = evaluate_fake(folder, options);
    const auto json = nlohmann::json::parse(evaluation_json(evaluation));
    EXPECT_EQ(json["rows"].size(), 3u);
    EXPECT_EQ(json["rows"][0]["name"], "grain");
    EXPECT_DOUBLE_EQ(json["rows"][0]["auc"], evaluation.rows[0].auc);
    EXPECT_TRUE(json["rows"][0]["places"].is_null());
    EXPECT_EQ(json["rows"][2]["by_kind"].size(), kEditKinds.size());
    const auto table = evaluation_markdown(evaluation);
    EXPECT_NE(table.find("| grain | constant | panel |"), std::string::npos);
    EXPECT_NE(table.find("12 photographs"), std::string::npos);
    for (const auto kind : kEditKinds)
        EXPECT_NE(table.find(std::string("| ") + edit_name(kind) + " ("), std::string::npos);
    EXPECT_EQ(table.find("nan"), std::string::npos);
}

TEST(Evaluation, StopsWhenAsked) {
    const Folder folder;
    write_photos(folder);
    FakePanel panel;
    EvaluationOptions options;
    options.photos = folder.path();
    std::stop_source stop;
    EXPECT_THROW(static_cast<void>(evaluate_panel(
                     panel, options,
                     [&](double share) {
                         if (share > 0.3)
                             stop.request_stop();
                     },
                     stop.get_token())),
                 Cancelled);
}

}  // namespace
}  // namespace dfd
