// calibration.json, and the opinions that it belongs to.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/opinion/expert_words.h"
#include "core/opinion/story.h"
#include "core/panel/calibration_json.h"
#include "core/panel/calibration_words.h"
#include "core/panel/combination_words.h"
#include "core/panel/panel_add.h"
#include "core/panel/population_words.h"
#include "tests/panel/opinions.h"
#include "tests/panel/panel_fixture.h"
#include "tests/says.h"

namespace dfd {
namespace {

MeasuredAnswer measured(const std::string& question, double bias = 0.25) {
    MeasuredAnswer result;
    result.answer.question = question;
    result.answer.slope = 1.5;
    result.answer.bias = bias;
    result.answer.bound = 2;
    result.answer.alarms = {{0, 1, 1, 1}, {0.5, 0.1, 0.05, 0.2}};
    result.answer.misses = {{0.2, 0.04, 0.01, 0.1}, {0.3, 0.06, 0.02, 0.12}, {1, 1, 1, 1}};
    result.answer.unusual_real_from = 0.62;
    result.answer.unusual_fake_below = 0.21;
    result.answer.scope = {{"flat", 0.4}};
    result.limits = {{0.01, 0.9, 12}};
    result.withheld = 0.01;
    result.outside = {"others.csv", 60, 14, 2, 30};
    result.manifest = "m.csv";
    result.date = "2026-01-02";
    result.real = 100;
    result.real_groups = 50;
    result.cllr = 0.6;
    result.experts = {{.expert = "one",
                       .slope = 0.5,
                       .bias = -0.25,
                       .bound_fake = 1,
                       .bound_real = 2,
                       .cllr = 0.75,
                       .cllr_min = 0.5,
                       .auc = 0.8}};
    return result;
}

class CalibrationFile : public test::PanelTest {
  protected:
    void SetUp() override {
        write({"convnextv2_atto"});
        panel = install_panel(request());
    }
    PanelCalibration calibration(const std::string& question = "") const {
        return {panel.digest, "fp32", {panel.experts[0].name}, {measured(question)}};
    }
    std::filesystem::path file() const { return panel.folder / kCalibrationFile; }

    PanelRecord panel;
};

TEST_F(CalibrationFile, AFusionComesBackAndOlderVersionsRefuseIt) {
    auto fused = calibration();
    fused.name = "fused";
    fused.answers[0].answer.fusion = {{{panel.experts[0].name, 0.75}}, -0.5};
    fused.answers[0].cllr_of_mean = 0.8;
    fused.answers[0].auc_of_mean = 0.7;
    write_calibration(panel.folder, calibration());
    EXPECT_EQ(nlohmann::json::parse(test::file_bytes(file())).at("format"), 1);
    write_calibration(panel.folder, fused);
    EXPECT_EQ(nlohmann::json::parse(test::file_bytes(file())).at("format"), 2);
    const auto read = with_calibration(read_panel(panel.folder), "fused");
    const auto answers = calibration_for(read, "fp32");
    ASSERT_TRUE(answers);
    ASSERT_EQ(answers->front().fusion.experts.size(), 1u);
    EXPECT_EQ(answers->front().fusion.experts[0].slope, 0.75);
    EXPECT_EQ(answers->front().fusion.bias, -0.5);
    EXPECT_EQ(matching_calibration(read, "fp32")->answers[0].cllr_of_mean, 0.8);
    EXPECT_STREQ(combination_words(read), "logistic regression over the experts' log-odds");
    EXPECT_STREQ(combination_words(with_calibration(read, "")), "mean of the experts' scores");
    // And in what a case keeps.
    EXPECT_EQ(parse_calibrations(calibrations_text({fused}))[0].answers[0].answer.fusion.bias,
              -0.5);
    auto damaged = nlohmann::json::parse(calibrations_text({fused}));
    damaged["calibrations"][0]["answers"][0]["fusion"]["slopes"][panel.experts[0].name] = -1;
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)parse_calibrations(damaged.dump()); }),
                "a slope of its fusion");
}

TEST_F(CalibrationFile, ComesBackAsWritten) {
    EXPECT_TRUE(panel.calibrations.empty());
    EXPECT_FALSE(calibration_for(panel, "fp32"));
    write_calibration(panel.folder, calibration());
    const auto read = read_panel(panel.folder);
    EXPECT_TRUE(read.calibration_problem.empty());
    EXPECT_EQ(read.digest, panel.digest);
    ASSERT_EQ(read.calibrations.size(), 1u);
    const auto& answer = read.calibrations[0].answers.at(0);
    EXPECT_EQ(answer.manifest, "m.csv");
    EXPECT_EQ(answer.date, "2026-01-02");
    EXPECT_EQ(answer.real_groups, 50u);
    EXPECT_EQ(answer.cllr, 0.6);
    EXPECT_EQ(answer.limits, measured("").limits);
    EXPECT_EQ(answer.withheld, 0.01);
    EXPECT_EQ(answer.outside, measured("").outside);
    EXPECT_EQ(answer.answer.scope, measured("").answer.scope);
    EXPECT_EQ(answer.answer.misses.at(0).high, 0.1);
    EXPECT_EQ(answer.answer.unusual_real_from, 0.62);
    EXPECT_EQ(answer.answer.unusual_fake_below, 0.21);
    const auto used = calibration_for(read, "fp32");
    ASSERT_TRUE(used);
    ASSERT_EQ(used->size(), 1u);
    EXPECT_EQ(used->front().slope, 1.5);
    EXPECT_EQ(used->front().alarms.at(1).high, 0.2);
    EXPECT_FALSE(calibration_for(read, "bf16"));
    auto fewer = read;
    fewer.experts.clear();
    EXPECT_FALSE(calibration_for(fewer, "fp32"));
    EXPECT_EQ(parse_calibrations(calibrations_text(read.calibrations)).at(0).experts,
              read.calibrations[0].experts);
    EXPECT_TRUE(nlohmann::json::parse(panel_text(read)).contains("calibration"));
}

TEST_F(CalibrationFile, OlderOnesAreRead) {
    auto root = nlohmann::json::parse(calibrations_text({calibration()}));
    auto& answer = root["calibrations"][0]["answers"][0];
    for (const auto* member : {"misses", "unusual_real_from", "unusual_fake_below", "scope"})
        answer.erase(member);
    answer["alarms"].push_back({0.7, 0.03, 0.01, 0.06});
    answer["alarms"].push_back({0.8, 0.01, 0, 0.04});
    const auto read = parse_calibrations(root.dump()).at(0).answers.at(0).answer;
    EXPECT_TRUE(read.misses.empty());
    EXPECT_TRUE(read.scope.empty());
    EXPECT_EQ(read.unusual_real_from, 0.7);  // the first below 5 in 100
    EXPECT_LT(read.unusual_fake_below, 0);   // never measured
}

TEST_F(CalibrationFile, ReplacesTheSameQuestionAndKeepsOthers) {
    write_calibration(panel.folder, calibration("a"));
    write_calibration(panel.folder, calibration("b"));
    auto again = calibration("a");
    again.answers[0].answer.bias = 9;
    write_calibration(panel.folder, again);
    auto other = calibration("a");
    other.precision = "bf16";
    write_calibration(panel.folder, other);
    const auto all = read_calibrations(panel.folder);
    ASSERT_EQ(all.size(), 2u);
    ASSERT_EQ(all[0].answers.size(), 2u);
    EXPECT_EQ(all[0].answers[0].answer.question, "b");
    EXPECT_EQ(all[0].answers[1].answer.bias, 9);
    EXPECT_EQ(all[1].precision, "bf16");
}

TEST_F(CalibrationFile, HasThePicturesItWasMadeOn) {
    auto known = calibration();
    auto& population = known.answers[0].population;
    population = {"press photographs",
                  {{"anna", 6, 2}, {"", 1, 0}},
                  {{"splice", 0, 2}},
                  {0.1, 0.2, 1.5, 12, 24},
                  {{"JPEG", 7, 0}, {"PNG", 0, 2}}};
    auto json = nlohmann::json::parse(calibrations_text({known}));
    EXPECT_EQ(parse_calibrations(json.dump())[0].answers[0].population, population);
    const auto facts = population_facts(population);
    using Fact = std::pair<std::string, std::string>;
    EXPECT_EQ(facts, (std::vector<Fact>{
                         {"Described as", "press photographs"},
                         {"Sources", "anna: 6 real, 2 fake; others: 1 real"},
                         {"Kinds of fake", "splice: 2 fake"},
                         {"Sizes",
                          "0.1 to 24 megapixels; nine of ten have 0.2 to 12, half have at most "
                          "1.5"},
                         {"Formats", "JPEG: 7 real; PNG: 2 fake"}}));
    auto& answer = json["calibrations"][0]["answers"][0];
    answer["population"]["megapixels"] = {1, 2};
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)parse_calibrations(json.dump()); }),
                "not in order");
    answer.erase("population");  // older versions had none
    EXPECT_TRUE(population_facts(parse_calibrations(json.dump())[0].answers[0].population).empty());
    for (const auto& wrong :
         {std::string(kLongestDescription + 1, 'a'), std::string("a\nb"), std::string("\xff")})
        EXPECT_THROW(check_description(wrong), PanelError);
    EXPECT_NO_THROW(check_description("Größe, “old” press photographs"));
}

TEST_F(CalibrationFile, HasItsExpertsOneByOne) {
    auto json = nlohmann::json::parse(calibrations_text({calibration()}));
    auto& answer = json["calibrations"][0]["answers"][0];
    EXPECT_EQ(parse_calibrations(json.dump())[0].answers[0].experts, measured("").experts);
    answer["experts"][0]["bounds"]["real"] = -1;
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)parse_calibrations(json.dump()); }),
                "no usable slope or bound");
    answer.erase("experts");  // older versions had none
    EXPECT_TRUE(parse_calibrations(json.dump())[0].answers[0].experts.empty());
}

TEST_F(CalibrationFile, HasABoundForEachClass) {
    auto two = calibration();
    const auto same = nlohmann::json::parse(calibrations_text({two}));
    EXPECT_FALSE(same["calibrations"][0]["answers"][0].contains("bounds"));
    EXPECT_FALSE(parse_calibrations(same.dump())[0].answers[0].answer.bound_real);
    two.answers[0].answer.bound_real = 1.25;
    auto json = nlohmann::json::parse(calibrations_text({two}));
    auto& answer = json["calibrations"][0]["answers"][0];
    EXPECT_EQ(answer["bound"], 1.25);  // the smaller one, for versions that know only one
    const auto read = parse_calibrations(json.dump())[0].answers[0].answer;
    EXPECT_EQ(read.bound_for(true), 2);
    EXPECT_EQ(read.bound_for(false), 1.25);
    answer["bounds"]["real"] = -1;
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)parse_calibrations(json.dump()); }),
                "no usable rates or bound");
}

TEST_F(CalibrationFile, OneForEachCombinationOfExperts) {
    auto record = panel;
    record.experts.push_back(panel.experts[0]);
    record.experts[1].name = "second";
    record.experts[1].file = "second.safetensors";
    const auto whole = write_panel(panel.folder, record);
    EXPECT_EQ(digest_of_experts(whole, expert_names(whole)), whole.digest);
    auto fewer = whole;
    fewer.experts.pop_back();
    fewer.digest = digest_of_experts(whole, expert_names(fewer));
    EXPECT_NE(fewer.digest, whole.digest);
    const auto of = [&](const PanelRecord& one, double bias) {
        return PanelCalibration{one.digest, "fp32", expert_names(one), {measured("", bias)}};
    };
    write_calibration(panel.folder, of(fewer, 3));
    EXPECT_TRUE(read_panel(panel.folder).calibration_problem.empty());
    EXPECT_FALSE(calibration_for(read_panel(panel.folder), "fp32"));
    write_calibration(panel.folder, of(whole, 4));
    const auto read = read_panel(panel.folder);
    ASSERT_EQ(read.calibrations.size(), 2u);
    fewer.calibrations = read.calibrations;
    EXPECT_EQ(calibration_for(read, "fp32")->front().bias, 4);
    EXPECT_EQ(calibration_for(fewer, "fp32")->front().bias, 3);
    // A combination that the panel does not have is not its own.
    auto foreign = of(fewer, 5);
    foreign.experts = {"second"};
    write_calibration(panel.folder, foreign);
    EXPECT_EQ(read_panel(panel.folder).calibrations.size(), 2u);
}

TEST_F(CalibrationFile, AChangedPanelLosesItAndSaysSo) {
    write_calibration(panel.folder, calibration());
    auto record = panel;
    record.title = "Another title";
    const auto changed = write_panel(panel.folder, record);
    EXPECT_TRUE(changed.calibrations.empty());
    EXPECT_SAYS(changed.calibration_problem, "before the panel was changed");
    auto fresh = calibration();
    fresh.digest = changed.digest;
    write_calibration(panel.folder, fresh);  // drops the old one
    EXPECT_EQ(read_calibrations(panel.folder).size(), 1u);
    EXPECT_TRUE(read_panel(panel.folder).calibration_problem.empty());
}

TEST_F(CalibrationFile, DamagedOnesAreSentences) {
    const auto problem = [&](const std::string& text) {
        test::write_bytes(file(), text);
        const auto read = read_panel(panel.folder);
        EXPECT_TRUE(read.calibrations.empty());
        return read.calibration_problem;
    };
    EXPECT_SAYS(problem("{"), "The calibration cannot be used: ");
    EXPECT_SAYS(problem("[]"), "The calibration cannot be used: ");
    EXPECT_SAYS(problem(R"({"format": 3, "calibrations": []})"), "newer version");
    const auto changed = [&](const std::function<void(nlohmann::json&)>& change) {
        auto root = nlohmann::json::parse(calibrations_text({calibration()}));
        change(root["calibrations"][0]["answers"][0]);
        return problem(root.dump());
    };
    EXPECT_SAYS(changed([](auto& answer) { answer["alarms"] = nlohmann::json::array(); }),
                "no usable rates");
    EXPECT_SAYS(changed([](auto& answer) { answer["alarms"][1][0] = 0; }), "not in order");
    EXPECT_SAYS(changed([](auto& answer) { answer["alarms"][1][3] = 2; }), "not in order");
    EXPECT_SAYS(changed([](auto& answer) { answer.erase("slope"); }), "slope");
    EXPECT_SAYS(changed([](auto& answer) { answer["bound"] = -1; }), "bound");
}

TEST(CalibrationWords, ErrorsAndLimitsAreSaid) {
    auto answer = measured("");
    answer.fake = 80;
    answer.fake_groups = 40;
    answer.equal_error_rate = 0.125;
    answer.auc = 0.9;
    answer.answer.gates = {{"a", 1.5}};
    std::string text;
    for (const auto& [name, value] : calibration_facts(answer))
        text += name + ": " + value + '\n';
    for (const auto* line :
         {"Calibrated on: 100 real pictures in 50 groups and 80 fakes in 40 groups, of m.csv, "
          "2026-01-02\n",
          "Bound: This calibration states at most 100 to 1, either way.\n",
          "Cllr: 0.600 bits out of fold", "Rates of errors: equal error rate 12.5 %, AUC 0.900\n",
          "Unusual for a real picture: from 0.62 on. Of 100 real pictures like those measured, "
          "about 10 score this high (5 to 20).\n",
          // The next score of the table speaks for this one.
          "Unusual for a fake: up to 0.21. Of 100 fakes like those measured, about 6 score this "
          "low (2 to 12).",
          "Limit of the scope: at most 40 % of neighbouring pixels equal\n",
          "Limit of the scope: a counts only for pictures that it sees at most 1.50 away",
          "Without an assessment: 1.0 % of the pictures measured\n",
          "Other pictures: 14 of 60 of others.csv were misleading, 2 of them within the limits\n"})
        EXPECT_SAYS(text, line);
    answer.answer.unusual_real_from = 2;
    answer.answer.unusual_fake_below = -1;
    answer.answer.scope.clear();
    answer.answer.gates.clear();
    text.clear();
    for (const auto& [name, value] : calibration_facts(answer))
        text += name + ": " + value + '\n';
    EXPECT_SAYS(text, "Unusual for a real picture: no score is\n");
    EXPECT_SAYS(text, "Unusual for a fake: no score is\n");
    EXPECT_SAYS(text, "Limit of the scope: none: every picture gets an assessment\n");
    for (const auto* trait : {"shorter_side", "flat", "colours", "softness", "blocks", "quality"})
        EXPECT_EQ(limit_words({trait, 0.5}).find("%1"), std::string::npos) << trait;
    EXPECT_EQ(limit_words({"shorter_side", 256}), "at least 256 pixels along the shorter side");
    EXPECT_EQ(limit_words({"alpha", 0}), "no alpha channel");
    EXPECT_EQ(limit_words({"unknown", 0}), "");
}

TEST(CalibratedOpinion, OnlyTheReferenceCombinationIsAssessed) {
    auto opinion = of_answers({{0.2, 0.4}, {0.9, 0.6}});
    EXPECT_FALSE(assessment_of(opinion, 1));
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(
        std::vector{AnswerCalibration{}, measured("q", 0).answer});
    EXPECT_FALSE(assessment_of(opinion, 0));  // this question was not calibrated
    const auto assessed = assessment_of(opinion, 1);
    ASSERT_TRUE(assessed);
    EXPECT_NEAR(assessed->log10_lr, 1.5 * std::log10(3.0), 1e-9);  // the odds of 0.75
    EXPECT_NEAR(assessment_of(part(opinion, 1), 0)->log10_lr, assessed->log10_lr, 1e-12);
    EXPECT_SAYS(summary_of(opinion, {}),
                "favours \"It is edited or generated\" over \"It is untouched\" by about 5.2 to 1");
    combine(opinion, std::array{1.0, 1.0, 1.0, 0.5});
    EXPECT_FALSE(assessment_of(opinion, 1));
    combine(opinion, std::array{1.0, 1.0, 1.0, 1.0});
    EXPECT_TRUE(assessment_of(opinion, 1));
}

TEST_F(CalibrationFile, SeveralNamesAreKeptAndOneIsChosen) {
    auto named = calibration();
    write_calibration(panel.folder, named);
    named.name = "newsroom";
    named.answers[0].answer.bias = 5;
    write_calibration(panel.folder, named);
    const auto read = read_panel(panel.folder);
    EXPECT_EQ(calibration_names(read), (std::vector<std::string>{"", "newsroom"}));
    EXPECT_EQ(calibration_for(read, "fp32")->front().bias, 0.25);
    const auto chosen = with_calibration(read, "newsroom");
    EXPECT_EQ(calibration_for(chosen, "fp32")->front().bias, 5);
    EXPECT_EQ(calibration_for(with_calibration(chosen, ""), "fp32")->front().bias, 0.25);
    // What is stored with results is the chosen one alone.
    const auto stored = nlohmann::json::parse(panel_text(chosen)).at("calibration");
    ASSERT_EQ(stored.at("calibrations").size(), 1u);
    EXPECT_EQ(parse_calibrations(stored.dump()).at(0).name, "newsroom");
    // The same name replaces, another one does not.
    named.answers[0].answer.bias = 6;
    write_calibration(panel.folder, named);
    EXPECT_EQ(read_calibrations(panel.folder).size(), 2u);
    try {
        static_cast<void>(with_calibration(read, "faces"));
        FAIL();
    } catch (const PanelError& error) {
        EXPECT_SAYS(error.what(), "no calibration named \"faces\"");
        EXPECT_SAYS(error.what(), "It has: newsroom.");
    }
    for (const auto* wrong : {"", "Newsroom", "a b", "a/b", "012345678901234567890123456789012"})
        EXPECT_THROW(check_calibration_name(wrong), PanelError) << wrong;
    EXPECT_NO_THROW(check_calibration_name("scans_2-b"));
}

TEST_F(CalibrationFile, IsOfOnePreprocessing) {
    // Files of older versions say nothing: they have no name, and version 1.
    auto root = nlohmann::json::parse(calibrations_text({calibration()}));
    root["calibrations"][0].erase("name");
    root["calibrations"][0].erase("preprocessing");
    EXPECT_EQ(parse_calibrations(root.dump()).at(0).preprocessing, 1);
    EXPECT_EQ(parse_calibrations(root.dump()).at(0).name, "");
    auto other = calibration();
    other.preprocessing = kPreprocessingVersion + 1;
    write_calibration(panel.folder, other);
    const auto read = read_panel(panel.folder);
    EXPECT_TRUE(read.calibrations.empty());
    EXPECT_SAYS(read.calibration_problem, "another version of the preprocessing");
}

/// Four features along the first of which the pictures differ by 2.
FeatureModel model() {
    return {{1, 0, 0, 0}, {1, 0, 0, 0}, {4}, 0.25F};
}

TEST(FeatureModels, TheDistanceIsByHand) {
    const std::vector<float> at{5, 0, 0, 1};
    // (4 / 2)^2 + (1 / 0.5)^2 = 8, over four features.
    EXPECT_NEAR(model().distance(at), std::sqrt(2.0), 1e-6);
    EXPECT_EQ(model().distance(model().mean), 0);
    EXPECT_THROW(static_cast<void>(model().distance(std::vector<float>{1, 2})),
                 std::invalid_argument);
    EXPECT_EQ(as_stored({{0}, {1.0002F}, {1}, 1}).components[0], 1.0F);
}

TEST_F(CalibrationFile, KeepsTheModelsOfItsGates) {
    auto gated = calibration();
    gated.answers[0].answer.gates = {{panel.experts[0].name, 1.5}};
    gated.answers[0].gates = {{0.01, 0.8, 4}};
    write_calibration(panel.folder, gated, {{panel.experts[0].name, model()}});
    const auto read = read_panel(panel.folder);
    EXPECT_EQ(read.calibration_problem, "");
    const auto& measured = read.calibrations.at(0).answers.at(0);
    EXPECT_EQ(measured.answer.gates, gated.answers[0].answer.gates);
    EXPECT_EQ(measured.gates, gated.answers[0].gates);
    const auto models = read_feature_models(panel.folder, measured.features);
    EXPECT_EQ(models.at(panel.experts[0].name).mean, model().mean);
    EXPECT_EQ(models.at(panel.experts[0].name).residual, 0.25F);
    const auto file = panel.folder / feature_file_name(measured.features);
    const auto checks = verify_panel(read);
    EXPECT_TRUE(std::ranges::any_of(
        checks, [&](const FileCheck& check) { return check.ok && check.file == file.filename(); }));
    // A copy of the panel has it, under another name, too.
    const auto copy = add_panel({panel.folder, "copy", panel.folder.parent_path(), false});
    EXPECT_EQ(copy.calibrations.at(0).answers.at(0).features, measured.features);
    EXPECT_TRUE(std::filesystem::exists(copy.folder / file.filename()));
    // Another file in its place is noticed; the panel works without the calibration.
    test::write_bytes(file, "something else");
    EXPECT_SAYS(read_panel(panel.folder).calibration_problem, "is not the file that");
    std::filesystem::remove(file);
    EXPECT_SAYS(read_panel(panel.folder).calibration_problem, "is missing");
}

TEST_F(CalibrationFile, AMissingModelLeavesTheOtherCalibrations) {
    auto gated = calibration();
    gated.name = "newsroom";
    gated.answers[0].answer.gates = {{panel.experts[0].name, 1.5}};
    gated.answers[0].gates = {{}};
    write_calibration(panel.folder, calibration());
    write_calibration(panel.folder, gated, {{panel.experts[0].name, model()}});
    const auto both = read_panel(panel.folder);
    ASSERT_EQ(both.calibrations.size(), 2u);
    EXPECT_EQ(both.calibration_problem, "");
    const auto chosen = with_calibration(both, "newsroom");
    const auto* named = matching_calibration(chosen, gated.precision);
    ASSERT_NE(named, nullptr);
    std::filesystem::remove(panel.folder / feature_file_name(named->answers.at(0).features));

    const auto read = read_panel(panel.folder);
    ASSERT_EQ(read.calibrations.size(), 1u);
    EXPECT_EQ(read.calibrations[0].name, "");
    EXPECT_TRUE(calibration_for(read, gated.precision));
    EXPECT_SAYS(read.calibration_problem, "The calibration \"newsroom\" cannot be used: ");
    EXPECT_SAYS(read.calibration_problem, "is missing");
    EXPECT_THROW((void)read_calibrations(panel.folder), PanelError);
}

TEST_F(CalibrationFile, UnusedModelsAreRemoved) {
    auto gated = calibration();
    gated.answers[0].answer.gates = {{panel.experts[0].name, 1.5}};
    gated.answers[0].gates = {{}};
    write_calibration(panel.folder, gated, {{panel.experts[0].name, model()}});
    const auto before = read_calibrations(panel.folder).at(0).answers.at(0).features;
    auto other = model();
    other.residual = 1;
    write_calibration(panel.folder, gated, {{panel.experts[0].name, other}});
    const auto after = read_calibrations(panel.folder).at(0).answers.at(0).features;
    EXPECT_NE(before, after);
    EXPECT_FALSE(std::filesystem::exists(panel.folder / feature_file_name(before)));
    EXPECT_TRUE(std::filesystem::exists(panel.folder / feature_file_name(after)));
}

}  // namespace
}  // namespace dfd
