// Exhibits without an assessment: a state of its own, in lists, filters, counts and exports.
#include "core/casework/exhibits/record_json.h"
#include "core/casework/exhibits/recorded_opinions.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/report/case_text.h"
#include "core/casework/scan/merge_cases.h"
#include "tests/casework/case_fixture.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

class Scope : public Casework {
  protected:
    void SetUp() override {
        auto panel = fake_panel("fake", 3, false);
        panel.calibrations[0].answers[0].answer.scope = {{"shorter_side", 60}};
        panel.calibrations[0].answers[0].limits = {{}};
        panel.calibrations[0].answers[0].answer.unusual_fake_below = 0.3;
        panel.calibrations[0].answers[0].answer.unusual_real_from = 0.7;
        evaluator = std::make_shared<FakeEvaluator>(panel);
        for (unsigned i = 0; i < 6; ++i)
            paint_sized("p" + std::to_string(i) + ".png", i, i < 2 ? 40 : 72);
        file = std::make_unique<CaseFile>(case_path(), CaseAccess::Create, "anna");
        scan_all(*file);
    }
    void paint_sized(const std::string& name, unsigned number, int side) const {
        std::filesystem::create_directories(pictures());
        write_png(pictures() / name, numbered_picture(number, side));
        age(pictures() / name);
    }
    static std::vector<ExhibitId> in_state(const CaseFile& file, ExhibitState state) {
        ExhibitFilter filter;
        filter.state = state;
        return find_exhibits(file, filter);
    }

    std::unique_ptr<CaseFile> file;
};

TEST_F(Scope, IsAStateOfItsOwn) {
    const auto row = row_of(*file, (pictures() / "p0.png").native());
    EXPECT_EQ(row.state, ExhibitState::NoAssessment);
    EXPECT_EQ(row_of(*file, (pictures() / "p3.png").native()).state, ExhibitState::Scored);
    EXPECT_EQ(in_state(*file, ExhibitState::NoAssessment).size(), 2u);
    EXPECT_EQ(in_state(*file, ExhibitState::Scored).size(), 4u);
    EXPECT_EQ(in_state(*file, ExhibitState::Failed).size(), 0u);
    const auto counts = count_exhibits(*file);
    EXPECT_EQ(counts.no_assessment, 2);
    EXPECT_EQ(counts.scored, 4);
    EXPECT_EQ(counts.looks_real + counts.undecided + counts.looks_fake, 4);
    EXPECT_EQ(counts.unnamed, 0);
    // Raw scores are no verdict: they are neither counted nor found, and sorted last.
    EXPECT_EQ(score_points(*file).size(), 4u);
    ExhibitFilter any;
    any.score_from = 0;
    EXPECT_EQ(find_exhibits(*file, any).size(), 4u);
    for (const bool descending : {false, true}) {
        const auto sorted = find_exhibits(*file, {}, ExhibitOrder::Score, descending);
        const auto rows = exhibit_rows(*file, sorted);
        EXPECT_EQ(rows[4].state, ExhibitState::NoAssessment);
        EXPECT_EQ(rows[5].state, ExhibitState::NoAssessment);
    }
    EXPECT_NE(case_info_text(*file).find("2 without an assessment"), std::string::npos);
}

TEST_F(Scope, TheReasonIsReadBack) {
    const auto id = in_state(*file, ExhibitState::NoAssessment).front();
    const auto record = read_exhibit(*file, id, false);
    ASSERT_TRUE(record.examination.opinion);
    EXPECT_TRUE(no_assessment(*record.examination.opinion));
    const auto object = nlohmann::json::parse(to_json(record.examination, record.by, false));
    EXPECT_EQ(object["assessment"]["state"], "no assessment");
    EXPECT_EQ(object["assessment"]["reasons"][0]["code"], "shorter_side");
    EXPECT_EQ(object["band"]["name"], "no assessment");
    EXPECT_TRUE(object["score"].is_number());
}

TEST_F(Scope, SurvivesAMergeAndIsBoundByTheLog) {
    {
        CaseFile merged(case_path("merged.dfd"), CaseAccess::Create);
        EXPECT_EQ(merge_case(merged, case_path()).results, 6);
        EXPECT_EQ(in_state(merged, ExhibitState::NoAssessment).size(), 2u);
    }
    file.reset();
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
    Database(case_path(), Database::Mode::Write)
        .run("DROP TRIGGER scopes_fixed; UPDATE scopes SET withheld = 0");
    EXPECT_FALSE(verify_case(case_path()).problems.empty());
}

TEST_F(Scope, OlderCasesHaveNone) {
    file.reset();
    Database(case_path(), Database::Mode::Write).run("DROP TABLE scopes; PRAGMA user_version = 2");
    const CaseFile old(case_path(), CaseAccess::Read);
    EXPECT_EQ(in_state(old, ExhibitState::Scored).size(), 6u);
    EXPECT_EQ(count_exhibits(old).no_assessment, 0);
}

TEST_F(Scope, ThresholdsOfTheDefaultProfileAreTheMeasuredOnes) {
    const auto measured = active_thresholds(*file);
    EXPECT_EQ(measured.bands, (BandThresholds{0.3, 0.7, true}));
    set_thresholds(*file, {"default", BandThresholds{0.1, 0.2}});
    EXPECT_EQ(active_thresholds(*file).bands, (BandThresholds{0.1, 0.2, true}));
    set_thresholds(*file, measured);  // undone
    EXPECT_EQ(active_thresholds(*file).bands, measured.bands);
}

TEST_F(Scope, ACaseHasOneCalibration) {
    // The panel is calibrated anew, without a scope; the case keeps what it knew.
    auto panel = evaluator->panel();
    panel.calibrations[0].answers[0].answer.scope = {{"shorter_side", 1000}};
    evaluator = std::make_shared<FakeEvaluator>(panel);
    paint_sized("p6.png", 6, 72);
    scan_all(*file);
    const auto id = named_exhibit(*file, (pictures() / "p6.png").native());
    EXPECT_EQ(exhibit_rows(*file, {&id, 1}).at(0).state, ExhibitState::Scored);
    EXPECT_FALSE(no_assessment(*read_exhibit(*file, id, false).examination.opinion));
    EXPECT_EQ(count_exhibits(*file).no_assessment, 2);
}

TEST_F(Scope, IsNotDisputed) {
    int seen = 0;
    static_cast<void>(read_opinions(*file, {}, [&](const RecordedOpinion&) { ++seen; }, {}));
    EXPECT_EQ(seen, 4);
}

TEST(ScopeText, WhatIsKnownOfFacesIsKept) {
    PanelOpinion opinion;
    opinion.traits = PictureTraits{.shorter_side = 50};
    opinion.experts.resize(2);
    opinion.experts[0].name = "a";
    opinion.experts[1].name = "b";
    EXPECT_EQ(scope_text(opinion).find("face"), std::string::npos);  // nobody looked for one
    opinion.traits->face = 0;
    opinion.experts[1].no_face = true;
    auto read = opinion;
    read.traits.reset();
    read.experts[1].no_face = false;
    read_scope(scope_text(opinion), read);
    ASSERT_TRUE(read.traits);
    EXPECT_EQ(read.traits->face, 0);
    EXPECT_FALSE(read.experts[0].no_face);
    EXPECT_TRUE(read.experts[1].no_face);
    read_scope(R"({"shorter_side": 50})", read);  // of an older version
    EXPECT_EQ(read.traits->face, kNotChecked);
}

class Gates : public Casework {
  protected:
    void SetUp() override {
        auto panel = fake_panel("fake", 3, false);
        auto& measured = panel.calibrations[0].answers[0];
        measured.answer.gates = {{panel.experts[0].name, 2}};
        measured.gates = {{}};
        measured.features = std::string(64, 'a');
        panel.calibrations[0].name = panel.calibration = "newsroom";
        evaluator = std::make_shared<FakeEvaluator>(panel);
        std::filesystem::create_directories(pictures());
        for (const int side : {40, 72}) {  // distances of 2.5 and 1.4
            const auto path = pictures() / (std::to_string(side) + ".png");
            write_png(path, numbered_picture(7, side));
            age(path);
        }
        file = std::make_unique<CaseFile>(case_path(), CaseAccess::Create, "anna");
        scan_all(*file);
    }
    [[nodiscard]] ExhibitRecord record(int side) const {
        const auto path = pictures() / (std::to_string(side) + ".png");
        return read_exhibit(*file, named_exhibit(*file, path.native()), true);
    }
    std::unique_ptr<CaseFile> file;
};

TEST_F(Gates, ACaseKeepsWhoDidNotCount) {
    const auto small = record(40);
    const auto& opinion = *small.examination.opinion;
    EXPECT_TRUE(opinion.experts[0].left);
    EXPECT_NEAR(*opinion.experts[0].distance, 2.5, 1e-12);
    EXPECT_FALSE(opinion.experts[1].left);
    EXPECT_NEAR(opinion.score, (opinion.experts[1].score + opinion.experts[2].score) / 2, 1e-12);
    EXPECT_FALSE(no_assessment(opinion));
    const auto object = nlohmann::json::parse(to_json(small.examination, small.by, false));
    EXPECT_EQ(object["experts"][0]["left"], true);
    EXPECT_EQ(object["experts"][0]["distance"], 2.5);
    EXPECT_EQ(object["experts"][1]["left"], false);
    EXPECT_EQ(object["disagreement"]["fake_votes"].get<int>() +
                  object["disagreement"]["real_votes"].get<int>(),
              2);
    EXPECT_SAYS(csv_header(small.by.panel), ",calibration,experts out of scope,log10 LR,");
    EXPECT_SAYS(to_csv(small.examination, small.by),
                ",newsroom," + small.by.panel.experts[0].name + ",");
    // The other picture has no trace of it.
    EXPECT_FALSE(record(72).examination.opinion->experts[0].left);
    int seen = 0;
    static_cast<void>(read_opinions(*file, {},
                                    [&](const RecordedOpinion& each) {
                                        ++seen;
                                        EXPECT_EQ(each.opinion->experts[0].left,
                                                  each.path.filename() == "40.png");
                                    },
                                    {}));
    EXPECT_EQ(seen, 2);
}

TEST_F(Gates, ACaseSaysWhichCalibrationItHas) {
    const auto by = record(72).by;
    EXPECT_EQ(by.panel.calibration, "newsroom");
    EXPECT_EQ(calibration_note(by.panel), ", calibration newsroom");
    EXPECT_EQ(
        nlohmann::json::parse(to_json(record(72).examination, by, false))["panel"]["calibration"],
        "newsroom");
    // Another one is refused; without a choice the case's own is used.
    auto panel = evaluator->panel();
    panel.calibrations[0].name = panel.calibration = "faces";
    evaluator = std::make_shared<FakeEvaluator>(panel);
    try {
        scan_all(*file);
        FAIL();
    } catch (const CaseError& error) {
        EXPECT_SAYS(error.what(), "was scored with the calibration newsroom of this panel");
    }
    panel.calibration.clear();
    evaluator = std::make_shared<FakeEvaluator>(panel);
    picture("another.png", 9);
    EXPECT_EQ(scan_all(*file).scored, 1);
    EXPECT_EQ(record(72).by.panel.calibration, "newsroom");
}

TEST_F(Casework, ACaseOfAnUncalibratedPanelHasNoWords) {
    auto panel = fake_panel("fake", 3, false);
    panel.calibrations.clear();
    evaluator = std::make_shared<FakeEvaluator>(panel);
    picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create, "anna");
    EXPECT_FALSE(active_thresholds(file).bands.of(0).named);
    scan_all(file);
    EXPECT_FALSE(active_thresholds(file).bands.of(0).named);
    const auto counts = count_exhibits(file);
    EXPECT_EQ(counts.unnamed, 1);
    EXPECT_EQ(counts.scored, 1);
    EXPECT_NE(case_info_text(file).find("not calibrated"), std::string::npos);
    // People may still choose words, and take that back.
    const auto before = active_thresholds(file);
    set_thresholds(file, {"default", BandThresholds{0, 0}});
    EXPECT_EQ(count_exhibits(file).looks_fake, 1);
    set_thresholds(file, before);
    EXPECT_EQ(count_exhibits(file).unnamed, 1);
}

}  // namespace
}  // namespace dfd::test
