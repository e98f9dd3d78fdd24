// Tests of filters and orders against brute force, and of marks, tags and thresholds.
#include "core/casework/exhibits/exhibits.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "core/casework/exhibits/review.h"
#include "core/casework/report/case_text.h"
#include "core/casework/report/log_words.h"
#include "core/casework/store/audit_log.h"
#include "tests/casework/case_fixture.h"
#include "tests/in_german.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

class Exhibits : public Casework {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < 60; ++i)
            paint_sized("set" + std::to_string(i % 3) + "/Img" + std::to_string(i) + ".png", i,
                        i % 5 == 0 ? 40 : 72);  // small pictures get a warning
        for (int i = 0; i < 3; ++i)
            write_bytes(pictures() / ("set1/broken" + std::to_string(i) + ".jpg"),
                        std::string(static_cast<std::size_t>(i) + 10, 'x'));
        file = std::make_unique<CaseFile>(case_path(), CaseAccess::Create, "anna");
        scan_all(*file);
        all = exhibit_rows(*file, find_exhibits(*file));
        ASSERT_EQ(all.size(), 63u);
        mark_exhibits(*file, ids_of({0, 5, 9}), Mark::Suspicious);
        mark_exhibits(*file, ids_of({1, 2}), Mark::ToCheck);
        mark_exhibits(*file, ids_of({2}), Mark::Cleared);
        tag_exhibits(*file, ids_of({3, 4, 5}), "beach");
        add_note(*file, all[7].id, "The Shadow is wrong");
        all = exhibit_rows(*file, find_exhibits(*file));
    }
    void paint_sized(const std::string& name, unsigned number, int side) const {
        const auto path = pictures() / name;
        std::filesystem::create_directories(path.parent_path());
        write_png(path, numbered_picture(number, side));
        age(path);
    }
    std::vector<ExhibitId> ids_of(const std::vector<std::size_t>& at) const {
        std::vector<ExhibitId> ids;
        for (const auto i : at)
            ids.push_back(all.at(i).id);
        return ids;
    }
    /// Compares a filter's result with a check of every row, as sets.
    template <typename Holds>
    void expect_same(const ExhibitFilter& filter, Holds&& holds, const char* what) {
        auto found = find_exhibits(*file, filter);
        std::vector<ExhibitId> truth;
        for (const auto& row : all)
            if (holds(row))
                truth.push_back(row.id);
        EXPECT_EQ(found, truth) << what;  // both sorted by name
        EXPECT_EQ(count_exhibits(*file, filter).exhibits, static_cast<std::int64_t>(truth.size()))
            << what;
    }

    std::unique_ptr<CaseFile> file;
    std::vector<ExhibitRow> all;
};

TEST_F(Exhibits, FiltersEqualACheckOfEveryRow) {
    const auto scored = [](const ExhibitRow& row) { return row.state == ExhibitState::Scored; };
    expect_same(
        {}, [](const auto&) { return true; }, "all");
    expect_same(
        {.text = "IMG1"},
        [](const auto& row) { return row.path.native().find("/Img1") != std::string::npos; },
        "text");
    expect_same(
        {.text = "shadow"}, [&](const auto& row) { return row.id == all[7].id; }, "note");
    expect_same(
        {.text = all[20].sha256.substr(0, 10)},
        [&](const auto& row) { return row.id == all[20].id; }, "digest");
    expect_same(
        {.text = "%"}, [](const auto&) { return false; }, "no wildcard");
    expect_same(
        {.score_from = 0.4, .score_to = 0.8},
        [&](const auto& row) { return scored(row) && row.score >= 0.4 && row.score <= 0.8; },
        "score");
    const double spread = all[10].spread;
    expect_same(
        {.spread_from = spread},
        [&](const auto& row) { return scored(row) && row.spread >= spread; },
        "spread from, inclusive");
    expect_same(
        {.spread_to = spread}, [&](const auto& row) { return scored(row) && row.spread <= spread; },
        "spread to, inclusive");
    for (const auto state : {ExhibitState::Scored, ExhibitState::Failed, ExhibitState::Unscored})
        expect_same(
            {.state = state}, [&](const auto& row) { return row.state == state; },
            state_name(state));
    for (const auto mark : {Mark::None, Mark::Suspicious, Mark::Cleared, Mark::ToCheck})
        expect_same(
            {.mark = mark}, [&](const auto& row) { return row.mark == mark; }, mark_name(mark));
    expect_same(
        {.tag = "beach"},
        [&](const auto& row) {
            const auto carrying = ids_of({3, 4, 5});
            return std::ranges::find(carrying, row.id) != carrying.end();
        },
        "tag");
    for (const bool warned : {true, false})
        expect_same(
            {.warned = warned}, [&](const auto& row) { return row.warned == warned; }, "warned");
    expect_same(
        {.folder = pictures() / "set1"},
        [&](const auto& row) { return row.path.parent_path() == pictures() / "set1"; }, "folder");
    expect_same(
        {.folder = pictures() / "set"}, [](const auto&) { return false; },
        "a prefix of a folder is not a folder");
    expect_same(
        {.text = "set1", .score_to = 0.5, .warned = false, .folder = pictures()},
        [&](const auto& row) {
            return row.path.parent_path().filename() == "set1" && scored(row) && row.score <= 0.5 &&
                   !row.warned;
        },
        "all must hold");
}

TEST_F(Exhibits, UnscoredExhibitsComeLast) {
    const auto ordered = [&](ExhibitOrder order, bool descending) {
        return exhibit_rows(*file, find_exhibits(*file, {}, order, descending));
    };
    std::vector<std::string> names;
    for (const auto& row : ordered(ExhibitOrder::Name, false))
        if (row.path.parent_path().filename() == "set0")
            names.push_back(row.path.filename());
    EXPECT_EQ(names[0], "Img0.png");
    EXPECT_EQ(names[1], "Img3.png");
    EXPECT_EQ(names[4], "Img12.png");
    for (const bool descending : {false, true}) {
        const auto by_score = ordered(ExhibitOrder::Score, descending);
        const auto by_spread = ordered(ExhibitOrder::Spread, descending);
        const auto by_size = ordered(ExhibitOrder::Size, descending);
        const auto by_added = ordered(ExhibitOrder::Added, descending);
        ASSERT_EQ(by_score.size(), 63u);
        for (std::size_t i = 0; i + 1 < 63; ++i) {
            if (i >= 60) {
                EXPECT_EQ(by_score[i].state, ExhibitState::Failed);
                EXPECT_EQ(by_spread[i].state, ExhibitState::Failed);
            }
            const std::size_t a = descending ? i + 1 : i, b = descending ? i : i + 1;
            if (i + 1 < 60) {
                EXPECT_LE(by_score[a].score, by_score[b].score);
                EXPECT_LE(by_spread[a].spread, by_spread[b].spread);
            }
            EXPECT_LE(by_size[a].bytes, by_size[b].bytes);
            EXPECT_LE(by_added[a].added, by_added[b].added);
        }
    }
    auto names_up = find_exhibits(*file),
         names_down = find_exhibits(*file, {}, ExhibitOrder::Name, true);
    std::ranges::reverse(names_down);
    EXPECT_EQ(names_up, names_down);
}

TEST_F(Exhibits, CountsHistogramAndPointsAgree) {
    const auto counts = count_exhibits(*file);
    EXPECT_EQ(counts.exhibits, 63);
    EXPECT_EQ(counts.scored, 60);
    EXPECT_EQ(counts.failed, 3);
    EXPECT_EQ(counts.looks_real + counts.undecided + counts.looks_fake, 60);
    EXPECT_EQ(counts.suspicious, 3);
    EXPECT_EQ(counts.to_check, 1);
    EXPECT_EQ(counts.cleared, 1);
    const auto points = score_points(*file);
    EXPECT_EQ(points.size(), 60u);
    const auto histogram = score_histogram(*file, {}, 10);
    std::vector<std::int64_t> truth(10);
    for (const auto& point : points)
        ++truth[std::min<std::size_t>(static_cast<std::size_t>(point.score * 10), 9)];
    EXPECT_EQ(histogram, truth);
}

TEST_F(Exhibits, ThresholdsChangeBandsWithoutScoring) {
    const int evaluated = evaluator->evaluated();
    set_thresholds(*file, {"strict", BandThresholds{0, 0}});
    EXPECT_EQ(count_exhibits(*file).looks_fake, 60);
    set_thresholds(*file, {"never", BandThresholds{1, 1}});
    EXPECT_GE(count_exhibits(*file).looks_real, 59);
    EXPECT_EQ(evaluator->evaluated(), evaluated);
    EXPECT_EQ(threshold_profiles(*file).size(), 3u);
    EXPECT_EQ(active_thresholds(*file).name, "never");
    const auto entry = last_entry(*file);
    EXPECT_EQ(entry.action, "thresholds set");
    EXPECT_NE(entry.details.find("strict"), std::string::npos);  // the previous value
    EXPECT_EQ(entry.by, "anna");
    for (const BandThresholds wrong : {BandThresholds{0.6, 0.4}, BandThresholds{-0.1, 0.5},
                                       BandThresholds{0.1, 1.5}, BandThresholds{NAN, 0.5}})
        EXPECT_THROW(set_thresholds(*file, {"wrong", wrong}), CaseError);
    EXPECT_THROW(set_thresholds(*file, {" ", BandThresholds{}}), CaseError);
}

TEST_F(Exhibits, DecisionsAreRecordsWithTheirAuthor) {
    const auto id = all[2].id;
    auto record = read_exhibit(*file, id, false);
    ASSERT_EQ(record.marks.size(), 2u);  // to check, then cleared
    EXPECT_EQ(record.marks[0].mark, Mark::ToCheck);
    EXPECT_EQ(record.marks[1].mark, Mark::Cleared);
    EXPECT_EQ(record.marks[1].by, "anna");
    // Undo sets the previous mark again.
    const auto before = mark_exhibits(*file, std::vector{id}, Mark::None);
    EXPECT_EQ(before, std::vector{Mark::Cleared});
    mark_exhibits(*file, std::vector{id}, before[0]);
    EXPECT_EQ(read_exhibit(*file, id, false).row.mark, Mark::Cleared);
    EXPECT_EQ(read_exhibit(*file, id, false).marks.size(), 4u);

    EXPECT_EQ(tag_exhibits(*file, ids_of({3, 6}), "beach"), ids_of({6}));
    EXPECT_EQ(tags_in_use(*file).at("beach"), 4);
    EXPECT_EQ(tag_exhibits(*file, ids_of({3, 8}), "beach", false), ids_of({3}));
    EXPECT_EQ(tags_in_use(*file).at("beach"), 3);
    EXPECT_TRUE(read_exhibit(*file, all[3].id, false).tags.empty());

    const auto entries = last_entry(*file).number;
    EXPECT_THROW(mark_exhibits(*file, std::vector<ExhibitId>{id, 9999}, Mark::None), CaseError);
    EXPECT_THROW(add_note(*file, id, " \n"), CaseError);
    EXPECT_THROW(tag_exhibits(*file, std::vector<ExhibitId>{9999}, "x"), CaseError);
    EXPECT_EQ(last_entry(*file).number, entries);
    EXPECT_EQ(read_exhibit(*file, id, false).row.mark, Mark::Cleared);
    const auto check = verify_case(case_path());
    EXPECT_TRUE(check.problems.empty()) << check.problems.front();
}

TEST_F(Exhibits, FiltersAreSavedCompletely) {
    const ExhibitFilter filter{.text = "a",
                               .score_from = 0.1,
                               .score_to = 0.2,
                               .spread_from = 0.3,
                               .spread_to = 0.4,
                               .state = ExhibitState::Failed,
                               .word = Band::LooksFake,
                               .mark = Mark::ToCheck,
                               .tag = "beach",
                               .warned = false,
                               .folder = "/odd\xff"};
    save_filter(*file, "mine", filter);
    save_filter(*file, "other", {});
    forget_filter(*file, "other");
    const auto saved = saved_filters(*file);
    ASSERT_EQ(saved.size(), 1u);
    const auto& back = saved.at("mine");
    EXPECT_EQ(back.text, filter.text);
    EXPECT_EQ(back.score_from, filter.score_from);
    EXPECT_EQ(back.score_to, filter.score_to);
    EXPECT_EQ(back.spread_from, filter.spread_from);
    EXPECT_EQ(back.spread_to, filter.spread_to);
    EXPECT_EQ(back.state, filter.state);
    EXPECT_EQ(back.word, filter.word);
    EXPECT_EQ(back.mark, filter.mark);
    EXPECT_EQ(back.tag, filter.tag);
    EXPECT_EQ(back.warned, filter.warned);
    EXPECT_EQ(back.folder, filter.folder);
}

TEST_F(Exhibits, AreFoundByPathOrDigest) {
    const auto& row = all[12];
    EXPECT_EQ(named_exhibit(*file, row.path), row.id);
    EXPECT_EQ(named_exhibit(*file, row.sha256), row.id);
    EXPECT_EQ(named_exhibit(*file, row.sha256.substr(0, 11)), row.id);
    auto upper = row.sha256;
    for (auto& c : upper)
        c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(named_exhibit(*file, upper), row.id);
    for (const auto& wrong : {row.sha256.substr(0, 7), std::string(64, '0'), std::string("img")})
        EXPECT_THROW((void)named_exhibit(*file, wrong), CaseError) << wrong;
}

TEST_F(Exhibits, TextAndJsonGiveTheSameInformation) {
    const auto json = nlohmann::json::parse(case_info_json(*file));
    EXPECT_EQ(json["exhibits"], 63);
    EXPECT_EQ(json["scored"], 60);
    EXPECT_EQ(json["failed"], 3);
    EXPECT_EQ(json["unscored"], 0);
    EXPECT_EQ(json["marks"]["suspicious"], 3);
    EXPECT_EQ(json["tags"]["beach"], 3);
    EXPECT_EQ(json["writer"]["process"], ::getpid());
    EXPECT_EQ(json["log"]["head"], last_entry(*file).digest);
    const auto text = case_info_text(*file);
    EXPECT_NE(text.find("63 in 63 files"), std::string::npos) << text;
    EXPECT_NE(text.find("60 scored, 3 failed"), std::string::npos) << text;
    EXPECT_NE(text.find(last_entry(*file).digest), std::string::npos);
    const auto entry = nlohmann::json::parse(log_json(last_entry(*file)));
    EXPECT_EQ(entry["action"], "noted");
    EXPECT_EQ(entry["details"]["text"], "The Shadow is wrong");
}

TEST_F(Exhibits, TheLogIsToldInSentences) {
    tag_exhibits(*file, ids_of({3}), "beach", false);
    set_thresholds(*file, {"strict", BandThresholds{0.1, 0.2}});
    save_filter(*file, "mine", {});
    forget_filter(*file, "mine");
    const auto entries = read_log(*file);
    std::string told;
    for (const auto& sentence : log_sentences(*file, entries)) {
        EXPECT_EQ(sentence.find_first_of("{}?"), std::string::npos) << sentence;
        told += sentence + '\n';
    }
    const auto name = [this](std::size_t at) { return all.at(at).path.filename().string(); };
    for (const auto& part :
         {std::string("The case was created.\n"),
          "A scan began, with the panel fake (fp32): " + pictures().string() + '\n',
          std::string("Files looked at: 63. Scored: 60, failed: 3, gone: 0.\n"),
          "Marked as \"suspicious\": " + name(0) + ", " + name(5) + ", " + name(9) + '\n',
          "Tagged \"beach\": " + name(3) + ", " + name(4) + ", " + name(5) + '\n',
          "The tag \"beach\" was removed: " + name(3) + '\n',
          "Note on " + name(7) + ": The Shadow is wrong\n",
          std::string(
              "The thresholds \"strict\" apply: looks real below 0.1, looks fake from 0.2\n"),
          std::string("The filter \"mine\" was deleted.\n")})
        EXPECT_SAYS(told, part);
    mark_exhibits(*file, ids_of({0, 1, 2, 3, 4}), Mark::Cleared);
    const auto many = log_sentences(*file, {last_entry(*file)}).at(0);
    EXPECT_SAYS(many, name(2) + ", and 2 more");
    mark_exhibits(*file, ids_of({0}), Mark::None);
    EXPECT_EQ(log_sentences(*file, {last_entry(*file)}).at(0), "The mark was removed: " + name(0));
    // What another version wrote, or somebody damaged, is shown as it is.
    LogEntry entry;
    entry.action = "sealed";
    entry.details = R"({"by": "a key", "count": 2})";
    EXPECT_EQ(log_sentences(*file, {entry}).at(0), "sealed: by a key; count 2");
    entry.action = "marked";
    entry.details = R"({"mark": 7, "exhibits": {"a": 1}})";
    EXPECT_NO_THROW((void)log_sentences(*file, {entry}));
    entry.details = "not JSON";
    EXPECT_EQ(log_sentences(*file, {entry}).at(0), "marked: not JSON");
    const InGerman german;
    EXPECT_SAYS(log_sentences(*file, entries).at(0), "Der Fall wurde angelegt.");
}

}  // namespace
}  // namespace dfd::test
