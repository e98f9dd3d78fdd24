#include "core/training/measuring/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/training/manifest/csv.h"
#include "core/training/measuring/evaluation_report.h"
#include "core/training/measuring/evaluation_subsets.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/engine/test_evaluator.h"
#include "tests/says.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using testing::Folder;

// The first expert's score is the picture's mean red, 0..1; its map is the red of 4 x 4 cells. The
// second always scores 0.5 with an empty map.
class FakePanel final : public test::TestEvaluator {
  public:
    FakePanel() {
        panel_.name = "fake";
        panel_.digest = "0123456789abcdef";
        for (const auto* name : {"red", "constant"}) {
            ExpertRecord expert;
            expert.name = name;
            expert.architecture = "none";
            panel_.experts.push_back(expert);
        }
    }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options, std::stop_token) override {
        batches.push_back(pictures.size());
        mapped += options.maps ? pictures.size() : 0;
        std::vector<PanelOpinion> opinions;
        for (const auto* pixels : pictures) {
            PanelOpinion opinion;
            const auto map = red_of(*pixels);
            double mean = 0;
            for (const float value : map.values)
                mean += static_cast<double>(value) / 16;
            opinion.experts.resize(2);
            opinion.experts[0].name = "red";
            opinion.experts[0].logits = {0, std::log(mean / (1 - mean))};
            if (broken)
                opinion.experts[0].logits[1] = std::nan("");
            if (options.maps) {
                opinion.experts[0].map = map;
                opinion.experts[1].map = HeatMap{4, 4, std::vector<float>(16, 0.0f)};
            }
            combine(opinion);
            opinions.push_back(opinion);
        }
        return opinions;
    }

    std::vector<std::size_t> batches;
    std::size_t mapped = 0;
    bool broken = false;

  private:
    static HeatMap red_of(const Pixels& pixels) {
        HeatMap map{4, 4, {}};
        const int width = pixels.width / 4;
        const int height = pixels.height / 4;
        for (int place = 0; place < 16; ++place) {
            double sum = 0;
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x)
                    sum += pixels.rgb[static_cast<std::size_t>(
                        3 * ((place / 4 * height + y) * pixels.width + place % 4 * width + x))];
            map.values.push_back(static_cast<float>(sum / (255.0 * width * height)));
        }
        return map;
    }
};

class EvaluationTest : public ::testing::Test {
  protected:
    // A uniform picture for which the first expert scores red / 255.
    ManifestRow add(int red, bool fake, const std::string& operation = "",
                    const std::string& source = "", const std::string& group = "",
                    int fold = kNoFold) {
        ManifestRow row;
        row.path = folder.path() / (std::to_string(manifest.rows.size()) + ".png");
        cv::imwrite(row.path.string(), cv::Mat(32, 32, CV_8UC3, cv::Scalar(0, 0, red)));
        row.fake = fake;
        row.operation = operation;
        row.source = source;
        row.group = group;
        row.fold = fold;
        manifest.rows.push_back(row);
        return row;
    }
    void add_usual() {
        add(204, true, "splice", "anna", "1");  // 0.8
        add(51, false, "", "anna", "1");        // 0.2
        add(153, true, "splice", "bert", "2");  // 0.6
        add(153, false, "", "bert", "2");       // 0.6
        add(102, true, "", "anna", "3");        // 0.4
        add(76, false, "", "anna", "3");        // 0.298
    }
    Evaluation evaluate(EvaluationOptions options = {}) {
        manifest.file = folder.path() / "list.csv";
        return evaluate_manifest(panel, manifest, std::move(options));
    }
    std::string refusal(const EvaluationOptions& options = {}) {
        return test::sentence_of<TrainingError>([&] { static_cast<void>(evaluate(options)); });
    }
    Folder folder;
    Manifest manifest;
    FakePanel panel;
};

TEST_F(EvaluationTest, MeasuresExpertsPanelOperationsAndSources) {
    add_usual();
    const auto evaluation = evaluate();
    EXPECT_EQ(evaluation.fold, "all");
    EXPECT_EQ(evaluation.fake, 3u);
    EXPECT_EQ(evaluation.real, 3u);
    EXPECT_EQ(evaluation.groups, 3u);
    ASSERT_EQ(evaluation.columns.size(), 3u);
    const auto& red = evaluation.columns[0];
    EXPECT_EQ(red.name, "red");
    EXPECT_NEAR(evaluation.pictures[0].scores[0], 0.8, 1e-6);
    EXPECT_NEAR(evaluation.pictures[0].scores[2], 0.65, 1e-6);  // the mean of 0.8 and 0.5
    // 0.8 beats three, 0.6 beats two and ties one, 0.4 beats two.
    EXPECT_DOUBLE_EQ(red.all.auc, (3 + 2.5 + 2) / 9);
    EXPECT_LE(red.all.low, red.all.auc);
    EXPECT_GE(red.all.high, red.all.auc);
    EXPECT_DOUBLE_EQ(red.all.caught, 2.0 / 3);
    EXPECT_DOUBLE_EQ(red.all.false_alarms, 1.0 / 3);
    ASSERT_EQ(evaluation.operations.size(), 2u);
    EXPECT_EQ(evaluation.operations[0].name, "splice");
    EXPECT_EQ(evaluation.operations[0].fake, 2u);
    EXPECT_EQ(evaluation.operations[1].name, kUnnamed);
    EXPECT_DOUBLE_EQ(red.operations[0].auc, (3 + 2.5) / 6);
    EXPECT_EQ(red.operations[0].real, 3u);  // all real pictures, not only those of the same group
    EXPECT_DOUBLE_EQ(red.operations[1].auc, 2.0 / 3);
    ASSERT_EQ(evaluation.sources.size(), 2u);
    EXPECT_EQ(evaluation.sources[0].name, "anna");
    EXPECT_EQ(evaluation.sources[0].real, 2u);
    EXPECT_DOUBLE_EQ(red.sources[0], 1);       // 0.8 and 0.4 against 0.2 and 0.298
    EXPECT_DOUBLE_EQ(red.sources[1], 0.5);     // 0.6 against 0.6
    ASSERT_EQ(evaluation.subsets.size(), 2u);  // small ones, and not processed here: all of them
    EXPECT_EQ(evaluation.subsets[0].fake, 3u);
    EXPECT_DOUBLE_EQ(red.subsets[1].auc, red.all.auc);
    EXPECT_SAYS(evaluation_markdown(evaluation), "| up to 0.25 megapixels (3 / 3) | 0.83 / 0.33 |");
    const auto& constant = evaluation.columns[1];
    EXPECT_DOUBLE_EQ(constant.all.auc, 0.5);
    EXPECT_DOUBLE_EQ(constant.all.false_alarms, 1);  // 0.5 counts as fake
    EXPECT_EQ(evaluation.columns[2].name, "panel");
    EXPECT_DOUBLE_EQ(evaluation.columns[2].all.auc, red.all.auc);
    EXPECT_TRUE(std::isnan(red.places));
}

TEST(EvaluationSubsets, AreNamedBySizeAndProcessing) {
    const auto names_of = [](const std::string& parameters, double megapixels) {
        ManifestRow row;
        row.parameters = parameters;
        std::vector<std::string> names;
        for (const auto subset : subsets_of(row, megapixels))
            names.push_back(subset_names().at(subset));
        return names;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(names_of("", 0.25), (Names{"up to 0.25 megapixels", "not processed here"}));
    EXPECT_EQ(names_of("not JSON", 0.26), (Names{"0.25 to 1 megapixels", "not processed here"}));
    EXPECT_EQ(names_of(R"({"processing": "?"})", 4.1),
              (Names{"over 4 megapixels", "not processed here"}));
    // Scales count together, and of two JPEGs the stronger one.
    EXPECT_EQ(names_of(R"({"processing": ["crop 0.9", "scale 0.4 area", "jpeg 92", 5, "tone",
                           "scale 0.5 cubic", "jpeg 59", "local contrast 2"]})",
                       2),
              (Names{"1 to 4 megapixels", "jpeg below 60", "scaled below 0.25", "crop", "tone",
                     "local contrast"}));
    EXPECT_EQ(names_of(R"({"processing": ["scale 2 area", "webp 80", "jpeg 85"]})", 2),
              (Names{"1 to 4 megapixels", "jpeg 85 or more", "webp", "enlarged"}));
}

TEST_F(EvaluationTest, ChoosesRowsByFold) {
    add(200, true, "a", "", "", 0);
    add(50, false, "", "", "", 0);
    add(190, true, "a", "", "", 1);
    add(60, false, "", "", "", 1);
    EXPECT_EQ(evaluate().fold, "all");
    EXPECT_EQ(evaluate().pictures.size(), 4u);
    add(180, true, "a", "", "", kTestFold);
    const auto test = evaluate();
    EXPECT_EQ(test.fold, "test");
    ASSERT_EQ(test.pictures.size(), 1u);
    EXPECT_EQ(test.pictures[0].row.path, manifest.rows[4].path);
    EXPECT_TRUE(std::isnan(test.columns[0].all.auc));  // fakes only
    EvaluationOptions options;
    options.fold = "1";
    ASSERT_EQ(evaluate(options).pictures.size(), 2u);
    EXPECT_EQ(evaluate(options).pictures[0].row.path, manifest.rows[2].path);
    options.fold = "all";
    EXPECT_EQ(evaluate(options).pictures.size(), 5u);
    options.fold = "2";
    EXPECT_NE(refusal(options).find("no row of the fold 2"), std::string::npos);
    for (const auto* wrong : {"-1", "one", "1x", "held-out"}) {
        options.fold = wrong;
        EXPECT_NE(refusal(options).find("Unknown fold"), std::string::npos) << wrong;
    }
    manifest.rows.clear();
    EXPECT_NE(refusal().find("contains no picture"), std::string::npos);
}

TEST_F(EvaluationTest, NamesWhatItCannotRead) {
    add_usual();
    ManifestRow missing;
    missing.path = folder.path() / "missing.png";
    manifest.rows.insert(manifest.rows.begin() + 2, missing);
    ManifestRow damaged;
    damaged.path = folder.path() / "damaged.png";
    std::ofstream(damaged.path) << "not a picture";
    manifest.rows.push_back(damaged);
    const auto evaluation = evaluate();
    EXPECT_EQ(evaluation.pictures.size(), 6u);
    ASSERT_EQ(evaluation.unread.size(), 2u);
    EXPECT_EQ(evaluation.unread[0].path, missing.path);
    EXPECT_FALSE(evaluation.unread[0].why.empty());
    EXPECT_EQ(evaluation.unread[1].path, damaged.path);
    EXPECT_DOUBLE_EQ(evaluation.columns[0].all.auc, 7.5 / 9);
    EXPECT_NE(evaluation_markdown(evaluation).find("2 pictures could not be read"),
              std::string::npos);

    manifest.rows = {missing, damaged};
    const auto sentence = refusal();
    EXPECT_NE(sentence.find("None of the 2 pictures"), std::string::npos);
    EXPECT_NE(sentence.find("missing.png"), std::string::npos);
}

TEST_F(EvaluationTest, MeasuresWhereMapsPoint) {
    add_usual();
    // The left half is red, and the mask marks it as edited.
    const auto half = folder.path() / "half.png";
    cv::Mat picture(32, 32, CV_8UC3, cv::Scalar(0, 0, 40));
    picture.colRange(0, 16).setTo(cv::Scalar(0, 0, 240));
    cv::imwrite(half.string(), picture);
    cv::Mat mask(32, 32, CV_8U, cv::Scalar(0));
    mask.colRange(0, 16).setTo(255);
    cv::imwrite((folder.path() / "mask.png").string(), mask);
    cv::imwrite((folder.path() / "small.png").string(), mask.colRange(0, 30));
    ManifestRow row;
    row.path = half;
    row.fake = true;
    row.mask = folder.path() / "mask.png";
    manifest.rows.push_back(row);
    // The inverse: red pixels are not marked as edited.
    cv::imwrite((folder.path() / "other.png").string(), 255 - mask);
    row.mask = folder.path() / "other.png";
    manifest.rows.push_back(row);
    manifest.rows.push_back(row);
    row.mask = folder.path() / "mask.png";
    manifest.rows.push_back(row);
    manifest.rows.push_back(row);
    row.mask = folder.path() / "small.png";
    manifest.rows.push_back(row);
    row.mask = folder.path() / "no-mask.png";
    manifest.rows.push_back(row);
    row.fake = false;  // the mask of a real picture is ignored
    row.mask = folder.path() / "mask.png";
    manifest.rows.push_back(row);

    const auto evaluation = evaluate();
    EXPECT_EQ(evaluation.pictures.size(), manifest.rows.size());
    EXPECT_EQ(evaluation.maps, 5u);
    EXPECT_EQ(panel.mapped, 5u);
    EXPECT_DOUBLE_EQ(evaluation.columns[0].places, 3.0 / 5);  // 1, 0, 0, 1, 1
    EXPECT_DOUBLE_EQ(evaluation.columns[1].places, 0.5);
    EXPECT_DOUBLE_EQ(evaluation.columns[2].places, 3.0 / 5);
    ASSERT_EQ(evaluation.unread_masks.size(), 2u);
    EXPECT_NE(evaluation.unread_masks[0].why.find("different size"), std::string::npos);
    EXPECT_EQ(evaluation.unread_masks[1].path, folder.path() / "no-mask.png");
    EXPECT_TRUE(evaluation.unread.empty());

    panel.mapped = 0;
    EvaluationOptions options;
    options.maps = false;
    const auto without = evaluate(options);
    EXPECT_EQ(panel.mapped, 0u);
    EXPECT_TRUE(std::isnan(without.columns[0].places));
    EXPECT_DOUBLE_EQ(without.columns[0].all.auc, evaluation.columns[0].all.auc);
}

TEST_F(EvaluationTest, BatchesKeepTheOrderAndTheScores) {
    for (int i = 0; i < 23; ++i)
        add(10 + 10 * i, i % 3 == 0, i % 3 == 0 ? "a" : "");
    EvaluationOptions options;
    options.batch = 1;
    const auto single = evaluate(options);
    EXPECT_EQ(panel.batches, std::vector<std::size_t>(23, 1));
    panel.batches.clear();
    options.batch = 5;
    const auto batched = evaluate(options);
    EXPECT_EQ(panel.batches, (std::vector<std::size_t>{5, 5, 5, 5, 3}));
    ASSERT_EQ(batched.pictures.size(), single.pictures.size());
    for (std::size_t i = 0; i < single.pictures.size(); ++i) {
        EXPECT_EQ(batched.pictures[i].row.path, manifest.rows[i].path);
        EXPECT_EQ(batched.pictures[i].scores, single.pictures[i].scores);
    }
    EXPECT_EQ(evaluation_json(batched), evaluation_json(single));
    options.seed = 2;
    EXPECT_NE(evaluation_json(evaluate(options)), evaluation_json(single));
    options.batch = 0;
    EXPECT_NE(refusal(options).find("at least one"), std::string::npos);
}

TEST_F(EvaluationTest, RefusesScoresThatAreNotNumbers) {
    add_usual();
    panel.broken = true;
    const auto sentence = refusal();
    EXPECT_NE(sentence.find("expert red"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("0.png"), std::string::npos);
}

TEST_F(EvaluationTest, StopsOnRequestAndReportsProgress) {
    for (int i = 0; i < 40; ++i)
        add(100 + i, i % 2 == 0);
    manifest.file = folder.path() / "list.csv";
    std::stop_source stop;
    double last = -1;
    EXPECT_THROW(static_cast<void>(evaluate_manifest(
                     panel, manifest, {},
                     [&](double done, double total, const std::string&) {
                         EXPECT_GE(done, last);
                         EXPECT_EQ(total, 40);
                         last = done;
                         if (done == 20)
                             stop.request_stop();
                     },
                     stop.get_token())),
                 Cancelled);
    EXPECT_EQ(last, 20);
    EXPECT_LE(panel.batches.size(), 3u);
}

TEST_F(EvaluationTest, WritesScoresThatReproduceTheFigures) {
    add_usual();
    add(230, true, "in|paint, \"x\"", "<&>", "3");
    const auto evaluation = evaluate();
    const auto out = folder.path() / "deep" / "out";
    write_evaluation(out, evaluation);
    const auto json = nlohmann::json::parse(test::file_bytes(out / "metrics.json"));
    const auto& red = json["experts"][0];
    EXPECT_EQ(red["name"], "red");
    EXPECT_DOUBLE_EQ(red["auc"], evaluation.columns[0].all.auc);
    EXPECT_DOUBLE_EQ(red["operations"]["splice"], 5.5 / 6);
    EXPECT_DOUBLE_EQ(red["operation_metrics"]["splice"]["auc"], 5.5 / 6);
    EXPECT_DOUBLE_EQ(red["sources"]["anna"], 1);
    EXPECT_TRUE(red["sources"]["<&>"].is_null());  // fakes only
    EXPECT_TRUE(red["places"].is_null());
    const auto& panel_json = json["panel"];
    EXPECT_EQ(panel_json["name"], "fake");
    EXPECT_EQ(panel_json["digest"], "0123456789abcdef");
    for (const auto* key :
         {"auc", "low", "high", "average_precision", "equal_error_rate", "tpr_at_fpr_10",
          "tpr_at_fpr_1", "tpr_at_fpr_01", "accuracy", "best_accuracy", "best_threshold",
          "calibration_error", "caught", "false_alarms"})
        EXPECT_TRUE(panel_json[key].is_number()) << key;
    EXPECT_EQ(json["operations"], panel_json["operations"]);
    EXPECT_EQ(json["sources"], panel_json["sources"]);
    EXPECT_EQ(json["counts"]["fake"], 4);
    EXPECT_EQ(json["counts"]["operations"]["splice"], 2);
    EXPECT_EQ(json["counts"]["sources"]["anna"]["real"], 2);
    EXPECT_EQ(json["manifest"], "list.csv");
    EXPECT_EQ(json["fold"], "all");
    EXPECT_EQ(json["seed"], 1);

    const auto rows = parse_csv(test::file_bytes(out / "scores.csv"));
    ASSERT_EQ(rows.size(), 8u);
    EXPECT_EQ(rows[0], (std::vector<std::string>{"path", "label", "operation", "source", "group",
                                                 "red", "constant", "panel"}));
    EXPECT_EQ(rows[1][0], "0.png");  // as in a manifest in that folder
    EXPECT_EQ(rows[7][2], "in|paint, \"x\"");
    std::vector<double> fake;
    std::vector<double> real;
    for (std::size_t i = 1; i < rows.size(); ++i)
        (rows[i][1] == "fake" ? fake : real).push_back(std::stod(rows[i][7]));
    EXPECT_DOUBLE_EQ(roc_auc(fake, real), panel_json["auc"].get<double>());

    const auto table = test::file_bytes(out / "metrics.md");
    EXPECT_NE(table.find("| red | constant | panel |"), std::string::npos);
    EXPECT_NE(table.find("4 fakes against 3 real pictures in 3 groups"), std::string::npos);
    EXPECT_NE(table.find("| splice (2) | 0.92 | 0.50 | 0.92 |"), std::string::npos) << table;
    EXPECT_NE(table.find("| in\\|paint, \"x\" (1) |"), std::string::npos);
    EXPECT_EQ(table.find("nan"), std::string::npos);
    for (const auto* name : {"roc.svg", "calibration.svg", "scores.svg"}) {
        const auto svg = test::file_bytes(out / name);
        EXPECT_TRUE(svg.starts_with("<svg")) << name;
        EXPECT_EQ(svg.find("nan"), std::string::npos) << name;
    }
    EXPECT_NE(test::file_bytes(out / "roc.svg").find("red ("), std::string::npos);
}

TEST_F(EvaluationTest, ASingleExpertsLineIsNotHiddenByThePanels) {
    add(200, true, "a");
    add(100, false, "");
    auto evaluation = evaluate();
    ASSERT_GT(evaluation.columns.size(), 2u);
    EXPECT_EQ(roc_svg(evaluation).find("the whole panel"), std::string::npos);
    EXPECT_NE(roc_svg(evaluation).find("panel ("), std::string::npos);
    const auto others = static_cast<std::ptrdiff_t>(evaluation.columns.size()) - 2;
    const auto drop = [&](auto& list) { list.erase(list.begin() + 1, list.begin() + 1 + others); };
    drop(evaluation.columns);
    for (auto& picture : evaluation.pictures)
        drop(picture.scores);
    const auto svg = roc_svg(evaluation);
    EXPECT_NE(svg.find(evaluation.columns[0].name + ", the whole panel ("), std::string::npos);
    EXPECT_EQ(svg.find(">panel ("), std::string::npos);
}

TEST_F(EvaluationTest, SaysWhichFalsePositiveRatesAllowNoFalseAlarm) {
    add(200, true, "a");
    add(100, false, "");
    auto evaluation = evaluate();
    const auto says = [&](std::size_t real, const std::string& part) {
        evaluation.real = real;
        return evaluation_markdown(evaluation).find(part) != std::string::npos;
    };
    EXPECT_TRUE(says(9, "With 9 real pictures, an FPR of 10 % or 1 % or 0.1 % means"));
    EXPECT_TRUE(says(10, "With 10 real pictures, an FPR of 1 % or 0.1 % means"));
    EXPECT_TRUE(says(999, "With 999 real pictures, an FPR of 0.1 % means"));
    EXPECT_FALSE(says(1000, "none of them is called fake"));
    EXPECT_FALSE(says(0, "none of them is called fake"));
}

TEST_F(EvaluationTest, ReportsOneClassWithoutFigures) {
    add(200, true, "a");
    add(100, true, "a");
    const auto evaluation = evaluate();
    const auto json = nlohmann::json::parse(evaluation_json(evaluation));
    EXPECT_TRUE(json["panel"]["auc"].is_null());
    EXPECT_TRUE(json["panel"]["low"].is_null());
    EXPECT_TRUE(json["operations"]["a"].is_null());
    EXPECT_DOUBLE_EQ(json["experts"][0]["caught"], 0.5);
    EXPECT_EQ(evaluation_markdown(evaluation).find("nan"), std::string::npos);
    EXPECT_EQ(roc_svg(evaluation).find("nan"), std::string::npos);
    EXPECT_EQ(calibration_svg(evaluation).find("nan"), std::string::npos);
    EXPECT_EQ(scores_svg(evaluation).find("nan"), std::string::npos);
}

}  // namespace
}  // namespace dfd
