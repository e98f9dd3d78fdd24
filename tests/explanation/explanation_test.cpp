// Tests of explanations of the whole bundled panel, on a small picture.
#include "core/engine/scoring/explanation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/engine/results/explanation_export.h"
#include "core/engine/scoring/removed_pixels.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/engine/test_evaluator.h"
#include "tests/png_text.h"

namespace dfd {
namespace {

using nlohmann::json;

class ExplainedPanel : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        evaluator =
            open_evaluator(read_panel(std::string(DFD_SOURCE_DIR) + "/tests/data/traces"), "cpu")
                .release();
        const auto picture = read_picture(std::string(DFD_SOURCE_DIR) +
                                          "/resources/samples/desk-edited-blurred-titles.jpg");
        small = new Pixels(thumbnail(picture.pixels, 128));
    }
    static void TearDownTestSuite() {
        delete evaluator;
        delete small;
    }
    static Examination examined(bool maps) {
        Examination examination;
        examination.state = ExaminationState::Explained;
        examination.source.path = "desk.jpg";
        examination.facts.sha256 = std::string(64, 'a');
        const Pixels* const pictures[] = {small};
        EvaluateOptions options;
        options.maps = maps;
        examination.opinion = evaluator->evaluate(pictures, options, {}).front();
        return examination;
    }

    static inline Evaluator* evaluator = nullptr;
    static inline const Pixels* small = nullptr;
};

TEST_F(ExplainedPanel, SumsAndMapsAgreeWithTheScores) {
    const auto opinion = examined(true).opinion.value();
    std::vector<std::string> reported;
    double last = 0;
    const auto found = explain(
        *evaluator, *small, {}, {},
        [&](const ExpertExplanation& expert) { reported.push_back(expert.name); },
        [&](double done, double total, const std::string&) {
            EXPECT_GE(done, last);
            last = done;
            EXPECT_LE(done, total + 1e-9);
        });
    ASSERT_EQ(found.experts.size(), opinion.experts.size());
    double mean = 0;
    for (std::size_t e = 0; e < found.experts.size(); ++e) {
        const auto& expert = found.experts[e];
        SCOPED_TRACE(expert.name);
        EXPECT_EQ(reported.at(e), opinion.experts[e].name);
        EXPECT_EQ(expert.index, static_cast<int>(e));
        EXPECT_NEAR(expert.logits[1], opinion.experts[e].logits[1], 1e-4);
        EXPECT_NEAR(sum_of(expert.map) + expert.rest, expert.value, 1e-6);
        EXPECT_EQ(expert.layer, "context.5");
        EXPECT_NE(expert.exactness.find("strongest"), std::string::npos);
        ASSERT_TRUE(expert.test);
        EXPECT_EQ(expert.test->displaced.size(), 5u);
        mean += expert.value / static_cast<double>(found.experts.size());
    }
    EXPECT_NEAR(found.mean.value, mean, 1e-9);
    ASSERT_TRUE(found.mean.test);
    EXPECT_NEAR(found.mean.test->whole, mean, 1e-9);
    EXPECT_GT(found.seconds, 0);

    // Grad-CAM of the fake logit, clipped at 0, equals the heatmap that comes with a score.
    ExplainOptions today;
    today.method = AttributionMethod::GradCam;
    today.target = AttributionTarget::Fake;
    today.test = false;
    const auto again = explain(*evaluator, *small, today);
    for (std::size_t e = 0; e < again.experts.size(); ++e) {
        const auto& values = again.experts[e].map.values;
        const auto& expected = opinion.experts[e].map->values;
        ASSERT_EQ(values.size(), expected.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_EQ(std::max(values[i], 0.0f), expected[i]);
    }
}

/// Each expert's log-odds for the picture without the first half of the cells in `order`.
std::vector<double> half_removed(Evaluator& evaluator, const Pixels& picture,
                                 const std::vector<int>& order) {
    const auto grid = deletion_grid(picture.width, picture.height);
    const auto half = static_cast<std::size_t>(removed_cells(0.5, grid.count()));
    const auto rest = with_cells_from(picture, rows_of(softened_copy(picture)), grid,
                                      std::span(order).first(half));
    const Pixels* const pictures[] = {&rest};
    std::vector<double> odds;
    const auto opinions = evaluator.evaluate(pictures, {}, {});
    for (const auto& expert : opinions.front().experts)
        odds.push_back(expert.logits[1] - expert.logits[0]);
    return odds;
}

TEST_F(ExplainedPanel, CurvesEndAtTheScoreOfTheRemainingPicture) {
    const ExplainOptions options;
    const auto found = explain(*evaluator, *small, options);
    const auto grid = deletion_grid(small->width, small->height);
    const auto orders = [&](const ContributionMap& map) {
        const auto importance = cell_importance(map, grid);
        return std::pair{most_first(importance, options.seed),
                         least_first(importance, options.seed)};
    };
    for (std::size_t e = 0; e < found.experts.size(); ++e) {
        SCOPED_TRACE(found.experts[e].name);
        const auto [most, least] = orders(found.experts[e].map);
        const auto& test = found.experts[e].test.value();
        EXPECT_NEAR(test.most.back(), half_removed(*evaluator, *small, most).at(e), 1e-4);
        EXPECT_NEAR(test.least.back(), half_removed(*evaluator, *small, least).at(e), 1e-4);
        EXPECT_NE(test.most.back(), test.least.back());
    }
    const auto mean = [](const std::vector<double>& values) {
        return std::accumulate(values.begin(), values.end(), 0.0) /
               static_cast<double>(values.size());
    };
    const auto [most, least] = orders(found.mean.map);
    const auto& test = found.mean.test.value();
    EXPECT_NEAR(test.most.back(), mean(half_removed(*evaluator, *small, most)), 1e-4);
    EXPECT_NEAR(test.least.back(), mean(half_removed(*evaluator, *small, least)), 1e-4);
}

TEST_F(ExplainedPanel, ReusesKnownResults) {
    ExplainOptions options;
    options.test = false;
    const auto whole = explain(*evaluator, *small, options);
    auto first = whole.experts.front();
    first.rest = 123;  // to recognize the given explanation in the result
    std::vector<std::string> reported;
    const auto again = explain(
        *evaluator, *small, options, {},
        [&](const ExpertExplanation& expert) { reported.push_back(expert.name); }, {}, {first});
    EXPECT_EQ(reported.size(), whole.experts.size());
    EXPECT_EQ(again.experts.front().rest, 123);
    EXPECT_EQ(again.experts.back().map.values, whole.experts.back().map.values);
    EXPECT_EQ(again.mean.map.values, whole.mean.map.values);
}

/// The panel with a gate that its first expert is beyond.
class Gated : public Evaluator, public ExpertExplainer {
  public:
    explicit Gated(Evaluator& inner) : inner_(inner), panel_(inner.panel()) {
        PanelCalibration gated;
        gated.digest = panel_.digest;
        gated.precision = precision_name(inner.precision());
        for (const auto& expert : panel_.experts)
            gated.experts.push_back(expert.name);
        auto& answer = gated.answers.emplace_back().answer;
        answer.question = panel_.questions.empty() ? "" : panel_.questions.front().id;
        answer.alarms = {{0, 1, 1, 1}};
        answer.gates = {{panel_.experts.front().name, 1}};
        panel_.calibrations = {gated};
        panel_.calibration.clear();
    }
    [[nodiscard]] const PanelRecord& panel() const override { return panel_; }
    [[nodiscard]] const DeviceInfo& device() const override { return inner_.device(); }
    [[nodiscard]] Precision precision() const override { return inner_.precision(); }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        auto opinions = inner_.evaluate(pictures, options, std::move(stop));
        for (auto& opinion : opinions) {
            opinion.calibration = calibration_for(panel_, precision_name(precision()));
            opinion.experts.front().distance = 2;
            combine(opinion);
        }
        return opinions;
    }
    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override {
        return explainer_of(inner_).explain(picture, expert, options, std::move(stop), progress);
    }
    std::vector<std::string> layers(std::size_t expert) override {
        return explainer_of(inner_).layers(expert);
    }

  private:
    Evaluator& inner_;
    PanelRecord panel_;
};

TEST_F(ExplainedPanel, AnExpertBeyondItsGateIsNotInTheMean) {
    Gated gated(*evaluator);
    ASSERT_GE(gated.panel().experts.size(), 2u);
    const auto found = explain(gated, *small, {});
    double mean = 0;
    int counting = 0;
    for (std::size_t e = 1; e < found.experts.size(); ++e)
        if (gated.panel().experts[e].question == found.question) {
            mean += found.experts[e].value;
            ++counting;
        }
    ASSERT_GT(counting, 0);
    EXPECT_NEAR(found.mean.value, mean / counting, 1e-9);
    EXPECT_NEAR(found.mean.test->whole, mean / counting, 1e-9);
    EXPECT_NE(found.experts.front().value, mean / counting);
}

TEST_F(ExplainedPanel, JsonContainsEachExpertAndTheMean) {
    const auto found = explain(*evaluator, *small, {});
    const ScoredBy by{evaluator->panel(), "cpu", Precision::Float32};
    const auto object = json::parse(explained_json(examined(false), by, found, true));
    ASSERT_EQ(object.at("experts").size(), found.experts.size());
    for (const auto& expert : object.at("experts")) {
        const auto& explanation = expert.at("explanation");
        EXPECT_EQ(explanation.at("method"), "exact");
        EXPECT_EQ(explanation.at("layer"), "context.5");
        EXPECT_EQ(explanation.at("target"), "log-odds");
        const std::string verdict = explanation.at("verdict");
        EXPECT_TRUE(verdict == "supported" || verdict == "weak" || verdict == "unsupported");
        EXPECT_LE(std::abs(explanation.at("support").get<double>()), 1);
        const auto& deletion = explanation.at("deletion");
        EXPECT_EQ(deletion.at("removed").size(), kRemovedShares.size());
        EXPECT_EQ(deletion.at("most_first").size(), kRemovedShares.size());
        EXPECT_EQ(deletion.at("displaced").size(), 5u);
        double sum = explanation.at("rest");
        for (const auto& row : explanation.at("map"))
            for (const double value : row)
                sum += value;
        EXPECT_NEAR(sum, explanation.at("value").get<double>(), 1e-3);
    }
    EXPECT_EQ(object.at("explanation").at("rule"), deletion_rule());
    EXPECT_TRUE(object.at("explanation").at("verdict").is_string());
    const auto plain = json::parse(explained_json(examined(false), by, found, false));
    EXPECT_FALSE(plain.at("experts").at(0).at("explanation").contains("map"));
    EXPECT_NE(explanation_text(found).find(found.experts[0].name), std::string::npos);

    const test::TemporaryFolder folder;
    const auto files = write_explanation(folder / "maps", *small, examined(false), found, by, "d");
    ASSERT_EQ(files.size(), found.experts.size() + 1);
    auto text = test::png_text(files[0]);
    EXPECT_EQ(text["Description"], "Mean of the experts: orange speaks for fake, blue for real");
    EXPECT_NE(text["Comment"].find("not a photograph"), std::string::npos);
    EXPECT_EQ(read_picture(files[0]).pixels.width, small->width);
}

TEST_F(ExplainedPanel, LayersAreCheckedFirstAndUsedWhereTheyExist) {
    ExplainOptions options;
    options.test = false;
    options.layer = "stages.2";
    EXPECT_THROW((void)explain(*evaluator, *small, options), std::invalid_argument);
    options.layer = "layers.11";  // only trace_luma has this layer
    const auto found = explain(*evaluator, *small, options);
    int there = 0;
    for (const auto& expert : found.experts) {
        const bool luma = expert.architecture == "trace_luma";
        there += luma;
        EXPECT_EQ(expert.layer, luma ? "layers.11" : "context.5");
        EXPECT_EQ(expert.map.rows, small->height / 8 * (luma ? 2 : 1));
    }
    EXPECT_GT(there, 0);
}

TEST_F(ExplainedPanel, StopsWithinAnExpert) {
    std::stop_source stopping;
    int reported = 0;
    EXPECT_THROW((void)explain(
                     *evaluator, *small, {}, stopping.get_token(),
                     [&](const ExpertExplanation&) { ++reported; },
                     [&](double done, double, const std::string&) {
                         if (done > 1.2)
                             stopping.request_stop();
                     }),
                 Cancelled);
    EXPECT_EQ(reported, 1);
}

TEST(Explanation, NeedsNetworks) {
    class Scores : public test::TestEvaluator {
      public:
        std::vector<PanelOpinion> evaluate(std::span<const Pixels* const>, const EvaluateOptions&,
                                           std::stop_token) override {
            return {};
        }
    };
    Scores scores;
    EXPECT_THROW((void)explain(scores, Pixels{1, 1, {0, 0, 0}}, {}), DeviceError);
}

}  // namespace
}  // namespace dfd
