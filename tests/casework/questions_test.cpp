// A case of a panel that asks two questions: each result's word is that of the question that its
// score answers.
#include "core/casework/exhibits/duplicates.h"
#include "core/casework/exhibits/recorded_opinions.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/case_text.h"
#include "core/casework/report/exhibit_lines.h"
#include "core/casework/report/filter_words.h"
#include "tests/casework/case_fixture.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

class CaseOfQuestions : public Casework {
  protected:
    void SetUp() override {
        auto panel = fake_panel_of_questions("fake", false);  // the third one's scores are lower
        auto& second = panel.calibrations[0].answers[1].answer;
        second.unusual_real_from = 0.97;
        second.unusual_fake_below = 0.28;
        evaluator = std::make_shared<FakeEvaluator>(panel);
        for (unsigned i = 0; i < 40; ++i)
            picture(std::to_string(i) + ".png", i);
        file = std::make_unique<CaseFile>(case_path(), CaseAccess::Create, "anna");
        scan_all(*file);
    }
    [[nodiscard]] std::vector<ExhibitRow> rows() const {
        return exhibit_rows(*file, find_exhibits(*file));
    }
    std::unique_ptr<CaseFile> file;
};

TEST_F(CaseOfQuestions, RowsPointsAndCountsKnowTheQuestion) {
    const auto bands = active_thresholds(*file).bands;
    EXPECT_EQ(bands.of(0), (BandThresholds{0.5, 0.54}));
    EXPECT_EQ(bands.of(1), (BandThresholds{0.28, 0.97}));
    ASSERT_EQ(shown_questions(*file).size(), 2u);
    CaseCounts truth;
    int smaller = 0;
    std::map<ExhibitId, std::size_t> asked;
    for (const auto& row : rows()) {
        const auto opinion = *read_exhibit(*file, row.id, false).examination.opinion;
        EXPECT_EQ(row.question, opinion.leading);
        EXPECT_EQ(row.score, opinion.answers[opinion.leading].score);
        EXPECT_EQ(band_of(row.score, bands.of(row.question)), band_of(opinion, bands));
        smaller += opinion.score < opinion.answers[1 - opinion.leading].score ? 1 : 0;
        count_band(band_of(opinion, bands), truth);
        asked[row.id] = row.question;
    }
    EXPECT_GT(smaller, 0);  // a smaller score leads where it has the stronger word
    EXPECT_LT(smaller, 40);
    const auto counts = count_exhibits(*file);
    EXPECT_EQ(counts.looks_fake, truth.looks_fake);
    EXPECT_EQ(counts.undecided, truth.undecided);
    EXPECT_EQ(counts.looks_real, truth.looks_real);
    EXPECT_GT(truth.looks_fake, 0);
    EXPECT_GT(truth.looks_real, 0);
    for (const auto& point : score_points(*file))
        EXPECT_EQ(band_of(point.score, bands.of(point.question)),
                  band_of(point.score, bands.of(asked.at(point.id))));
}

TEST_F(CaseOfQuestions, AreFilteredByTheirWords) {
    const auto bands = active_thresholds(*file).bands;
    std::map<Band, std::set<ExhibitId>> truth;
    for (const auto& row : rows())
        truth[band_of(row.score, bands.of(row.question))].insert(row.id);
    ASSERT_GE(truth.size(), 3u);
    for (const auto& [word, ids] : truth) {
        const ExhibitFilter filter{.word = word};
        const auto found = find_exhibits(*file, filter);
        EXPECT_EQ(std::set(found.begin(), found.end()), ids);
        EXPECT_EQ(count_exhibits(*file, filter).exhibits, static_cast<std::int64_t>(ids.size()));
        EXPECT_EQ(score_points(*file, filter).size(), ids.size());
        std::set<ExhibitId> read;
        EXPECT_TRUE(read_opinions(*file, filter,
                                  [&](const RecordedOpinion& each) { read.insert(each.id); }, {}));
        EXPECT_EQ(read, ids);
    }
    const ExhibitFilter narrow{.score_from = 2, .word = Band::LooksFake};
    EXPECT_TRUE(find_exhibits(*file, narrow).empty());
}

TEST_F(CaseOfQuestions, NoUndecidedExhibitStandsAmongThoseThatLookFake) {
    const auto bands = active_thresholds(*file).bands;
    picture("not a picture.png", 1);
    write_bytes(pictures() / "not a picture.png", {1, 2, 3});
    scan_all(*file);
    for (const bool descending : {true, false}) {
        std::vector<std::pair<int, double>> order;
        const auto ids = find_exhibits(*file, {}, ExhibitOrder::Score, descending);
        ASSERT_EQ(ids.size(), 41u);
        for (const auto& row : exhibit_rows(*file, ids))
            if (row.state == ExhibitState::Scored)
                order.emplace_back(rank_of(band_of(row.score, bands.of(row.question))), row.score);
        ASSERT_EQ(order.size(), 40u);
        if (descending)
            std::ranges::reverse(order);
        EXPECT_TRUE(std::ranges::is_sorted(order));
        EXPECT_EQ(exhibit_rows(*file, {&ids.back(), 1}).at(0).state, ExhibitState::Failed);
        std::vector<double> scores;
        for (const auto& [rank, score] : order)
            scores.push_back(score);
        EXPECT_FALSE(std::ranges::is_sorted(scores));  // the words differ
    }
}

TEST_F(CaseOfQuestions, AChosenQuestionHasItsOwnOrdersCountsAndFilters) {
    const auto bands = active_thresholds(*file).bands;
    std::map<ExhibitId, PanelOpinion> truth;
    for (const auto& row : rows()) {
        const auto& opinion = truth[row.id] =
            *read_exhibit(*file, row.id, false).examination.opinion;
        ASSERT_EQ(row.answers.size(), 2u);
        for (std::size_t q = 0; q < 2; ++q) {
            EXPECT_NEAR(row.answers[q].score, opinion.answers[q].score, 1e-12);
            EXPECT_NEAR(row.answers[q].spread, opinion.answers[q].spread, 1e-12);
            EXPECT_TRUE(row.answers[q].assessed);
        }
    }
    for (std::size_t q = 0; q < 2; ++q) {
        const auto score_in = [&](ExhibitId id) { return truth.at(id).answers[q].score; };
        const auto spread_in = [&](ExhibitId id) { return truth.at(id).answers[q].spread; };
        const ExhibitFilter asked{.question = q};
        EXPECT_TRUE(
            std::ranges::is_sorted(find_exhibits(*file, asked, ExhibitOrder::Score), {}, score_in));
        EXPECT_TRUE(std::ranges::is_sorted(find_exhibits(*file, asked, ExhibitOrder::Score, true),
                                           std::ranges::greater(), score_in));
        EXPECT_TRUE(std::ranges::is_sorted(find_exhibits(*file, asked, ExhibitOrder::Spread), {},
                                           spread_in));
        CaseCounts expected;
        for (const auto& [id, opinion] : truth)
            count_band(band_of(score_in(id), bands.of(q)), expected);
        const auto counts = count_exhibits(*file, asked);
        EXPECT_EQ(counts.scored, 40);
        EXPECT_EQ(counts.looks_fake, expected.looks_fake);
        EXPECT_EQ(counts.undecided, expected.undecided);
        EXPECT_EQ(counts.looks_real, expected.looks_real);
        std::vector<std::int64_t> bars(10);
        for (const auto& point : score_points(*file, asked)) {
            EXPECT_NEAR(point.score, score_in(point.id), 1e-12);
            EXPECT_NEAR(point.spread, spread_in(point.id), 1e-12);
            EXPECT_EQ(point.question, q);
            ++bars[std::min(static_cast<std::size_t>(point.score * 10), std::size_t{9})];
        }
        EXPECT_EQ(score_histogram(*file, asked, 10), bars);
        for (const ExhibitFilter& filter :
             {ExhibitFilter{.score_from = 0.4, .score_to = 0.9, .question = q},
              ExhibitFilter{.word = Band::LooksReal, .question = q},
              ExhibitFilter{.spread_to = 0.1, .state = ExhibitState::Scored, .question = q},
              ExhibitFilter{.state = ExhibitState::NoAssessment, .question = q}}) {
            std::set<ExhibitId> wanted;
            for (const auto& [id, opinion] : truth)
                if (score_in(id) >= filter.score_from.value_or(0) &&
                    score_in(id) <= filter.score_to.value_or(1) &&
                    spread_in(id) <= filter.spread_to.value_or(1) &&
                    filter.state != ExhibitState::NoAssessment &&
                    (!filter.word || band_of(score_in(id), bands.of(q)) == *filter.word))
                    wanted.insert(id);
            const auto found = find_exhibits(*file, filter);
            EXPECT_EQ(std::set(found.begin(), found.end()), wanted);
            std::set<ExhibitId> read;
            EXPECT_TRUE(read_opinions(
                *file, filter, [&](const RecordedOpinion& each) { read.insert(each.id); }, {}));
            EXPECT_EQ(read, wanted);
        }
    }
    save_filter(*file, "edited", {.score_from = 0.6, .question = 1});
    const auto saved = saved_filters(*file).at("edited");
    EXPECT_EQ(saved.question, std::optional<std::size_t>(1));
    EXPECT_EQ(filter_words(saved, shown_questions(*file)),
              "score from 0.6; by the answers to \u201CTwo?\u201D");
    // Another panel's second question is another one, so the filter is not there for it.
    EXPECT_SAYS(last_entry(*file).details, "\"question\":\"" + shown_questions(*file)[1].id + '"');
    evaluator = std::make_shared<FakeEvaluator>(fake_panel("one", 2, false));
    scan_all(*file);
    EXPECT_FALSE(saved_filters(*file).contains("edited"));
    show_scorer(*file, scorers(*file).front().id);
    EXPECT_TRUE(saved_filters(*file).contains("edited"));
}

TEST_F(Casework, AnswersOutOfScopeAreNotAmongThoseOfTheirQuestion) {
    auto panel = fake_panel_of_questions("fake", false);
    auto& second = panel.calibrations[0].answers[1];
    second.answer.scope = {{"shorter_side", 1000}};
    second.limits = {{}};
    evaluator = std::make_shared<FakeEvaluator>(panel);
    for (unsigned i = 0; i < 4; ++i)
        picture(std::to_string(i) + ".png", i);
    CaseFile file(case_path(), CaseAccess::Create, "anna");
    scan_all(file);
    EXPECT_EQ(count_exhibits(file).no_assessment, 0);  // the first question has an assessment
    const auto counts = count_exhibits(file, {.question = 1});
    EXPECT_EQ(counts.no_assessment, 4);
    EXPECT_EQ(counts.scored, 0);
    EXPECT_TRUE(score_points(file, {.question = 1}).empty());
    EXPECT_EQ(score_points(file, {.question = 0}).size(), 4u);
    EXPECT_EQ(find_exhibits(file, {.state = ExhibitState::NoAssessment, .question = 1}).size(), 4u);
    EXPECT_TRUE(find_exhibits(file, {.score_from = 0, .question = 1}).empty());
}

TEST_F(CaseOfQuestions, TextAndExportsSayTheBandsOfEach) {
    EXPECT_SAYS(case_info_text(*file),
                "default: One? looks real below 0.5, looks fake from 0.54; Two? looks real below "
                "0.28, looks fake from 0.97");
    auto json = nlohmann::json::parse(case_info_json(*file))["thresholds"];
    EXPECT_TRUE(json["fake_from"].is_null());
    EXPECT_EQ(json["questions"][0]["fake_from"], 0.54);
    EXPECT_EQ(json["questions"][1]["real_below"], 0.28);
    const auto profile = active_thresholds(*file);
    for (const auto& row : rows()) {
        const auto record = read_exhibit(*file, row.id, false);
        json = nlohmann::json::parse(exhibit_json(record, profile, false));
        const auto own = profile.bands.of(row.question);
        EXPECT_EQ(json["band"]["fake_from"], own.fake_from);
        EXPECT_EQ(json["exhibit"]["thresholds"]["fake_from"], own.fake_from);
        for (std::size_t q = 0; q < 2; ++q) {
            const auto& each = json["questions"][q];
            EXPECT_EQ(each["fake_from"], profile.bands.of(q).fake_from);
            EXPECT_EQ(each["band"],
                      band_name(band_of(each["score"].get<double>(), profile.bands.of(q))));
        }
    }
    // What people choose holds for both.
    set_thresholds(*file, {"strict", BandThresholds{0.1, 0.2}});
    EXPECT_SAYS(case_info_text(*file), "strict: looks real below 0.1, looks fake from 0.2\n");
    EXPECT_EQ(nlohmann::json::parse(case_info_json(*file))["thresholds"]["fake_from"], 0.2);
    EXPECT_SAYS(last_entry(*file).details, R"("questions":[{"real_below":0.5,)");
    EXPECT_THROW(set_thresholds(*file, {"each", profile.bands}), CaseError);
    set_thresholds(*file, profile);  // undone
    EXPECT_EQ(active_thresholds(*file).bands, profile.bands);
}

TEST_F(CaseOfQuestions, OlderResultsKeepTheQuestionThatTheyRecorded) {
    // Before, the larger score led.
    std::map<ExhibitId, double> larger;
    for (const auto& row : rows()) {
        const auto opinion = *read_exhibit(*file, row.id, false).examination.opinion;
        larger[row.id] = std::max(opinion.answers[0].score, opinion.answers[1].score);
    }
    file.reset();
    {
        Database database(case_path(), Database::Mode::Write);
        database.run("DROP TRIGGER results_fixed");
        for (const auto& [id, score] : larger)
            database.prepare("UPDATE results SET score = ?1 WHERE exhibit = ?2", score, id).step();
    }
    file = std::make_unique<CaseFile>(case_path(), CaseAccess::Read);
    for (const auto& row : rows()) {
        EXPECT_EQ(row.score, larger.at(row.id));
        EXPECT_EQ(row.question, 1u);
        const auto opinion = *read_exhibit(*file, row.id, false).examination.opinion;
        EXPECT_EQ(opinion.leading, 1u);
        EXPECT_EQ(opinion.score, row.score);
    }
}

TEST_F(CaseOfQuestions, CopiesAreJudgedByTheirWords) {
    for (unsigned i = 0; i < 40; ++i) {
        const auto bytes = small_jpeg(numbered_picture(i), 72);
        write_bytes(pictures() / (std::to_string(i) + ".jpg"), {bytes.begin(), bytes.end()});
    }
    scan_all(*file);
    const auto groups = find_look_alikes(*file);
    EXPECT_GE(groups.size(), 20u);
    for (const auto& group : groups) {
        const auto bands = active_thresholds(*file).bands;
        std::set<Band> words;
        for (const auto& row : exhibit_rows(*file, group.ids))
            words.insert(band_of(row.score, bands.of(row.question)));
        EXPECT_EQ(group.judged_differently, words.size() > 1);
    }
}

}  // namespace
}  // namespace dfd::test
