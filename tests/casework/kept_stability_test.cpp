// Tests of stability results stored in a case: written once, covered by the log, merged, exported.
#include "core/casework/exhibits/kept_stability.h"

#include <gtest/gtest.h>

#include <sstream>

#include "core/casework/exhibits/case_stability.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/report/export_case.h"
#include "core/casework/report/report_text.h"
#include "core/casework/scan/merge_cases.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/schema.h"
#include "tests/casework/case_fixture.h"
#include "tests/casework/report_reading.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
using test::file_bytes;
using test::sentence_of;
namespace fs = std::filesystem;

class KeptStabilities : public test::Casework {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < 3; ++i)
            picture("img" + std::to_string(i) + ".png", i);
        test::write_bytes(pictures() / "page.png", "<html>not a picture</html>");
        test::age(pictures() / "page.png");
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
    }
    [[nodiscard]] static CaseStabilityRequest request(const CaseFile& file,
                                                      const std::vector<std::string>& operations = {
                                                          "blur", "print-scan"}) {
        CaseStabilityRequest request;
        request.ids = find_exhibits(file);
        request.how.operations = find_operations(operations);
        return request;
    }
    [[nodiscard]] static ExhibitRecord record_of(const CaseFile& file, ExhibitId id) {
        return read_exhibit(file, id, false);
    }
    [[nodiscard]] ScoredBy by() const {
        return {evaluator->panel(), evaluator->device().id, evaluator->precision()};
    }
    /// Turns the case into one of an older program: without the table, its triggers and indices.
    void downgrade(const fs::path& path) const {
        Database database(path, Database::Mode::Write);
        database.run("DROP TABLE stabilities; DROP TABLE scopes; PRAGMA user_version = 1");
        database.checkpoint();
    }
    [[nodiscard]] static std::vector<std::string> problems(const fs::path& path) {
        return verify_case(path).problems;
    }
};

TEST_F(KeptStabilities, AreTriedOnceAndReadBack) {
    CaseFile file(case_path(), CaseAccess::Write, "berta");
    std::vector<std::size_t> reported;
    const auto done = try_versions(file, *evaluator, request(file),
                                   [&](const auto& now) { reported.push_back(now.looked_at); });
    EXPECT_EQ(done.exhibits, 4u);
    EXPECT_EQ(done.kept, 3u);
    ASSERT_EQ(done.left_out.size(), 1u);
    EXPECT_SAYS(done.left_out[0], "page.png: It has no score");
    EXPECT_TRUE(std::ranges::is_sorted(reported));
    EXPECT_EQ(reported.back(), 4u);

    const auto id = named_exhibit(file, pictures() / "img1.png");
    const auto record = record_of(file, id);
    ASSERT_TRUE(record.stability.has_value());
    const auto& kept = *record.stability;
    EXPECT_EQ(kept.by, "berta");
    EXPECT_EQ(kept.device, "cpu");
    EXPECT_EQ(kept.firmness.versions, 6);
    EXPECT_EQ(kept.firmness.ordinary, 1);
    EXPECT_EQ(kept.firmness.severe.size(), 1u);
    EXPECT_EQ(kept.firmness.score, record.examination.opinion->score);
    const auto again = stability_of(read_picture(pictures() / "img1.png").pixels, *evaluator,
                                    request(file).how, record.examination.opinion);
    EXPECT_EQ(kept.firmness.low, firmness_of(again).low);
    EXPECT_EQ(kept.stability.points.back().opinion.experts[2].logits,
              again.points.back().opinion.experts[2].logits);

    const auto entry = last_entry(file);
    EXPECT_EQ(entry.action, "stability");
    EXPECT_EQ(entry.by, "berta");
    EXPECT_EQ(entry.rows, 1);
    EXPECT_EQ(json::parse(entry.details)["versions"], 6);

    const int scored = evaluator->evaluated();
    EXPECT_EQ(try_versions(file, *evaluator, request(file)).known, 3u);
    EXPECT_EQ(evaluator->evaluated(), scored);
    // Other operations are added to the stored ones; `again` repeats all.
    EXPECT_EQ(try_versions(file, *evaluator, request(file, {"flip"})).kept, 3u);
    EXPECT_EQ(record_of(file, id).stability->firmness.versions, 8);
    auto anew = request(file, {"flip"});
    anew.again = true;
    EXPECT_EQ(try_versions(file, *evaluator, anew).kept, 3u);
    EXPECT_EQ(record_of(file, id).stability->firmness.versions, 8);
    EXPECT_TRUE(problems(case_path()).empty()) << problems(case_path()).front();
}

TEST_F(KeptStabilities, AStopLosesOnlyTheCurrentExhibit) {
    CaseFile file(case_path(), CaseAccess::Write);
    std::stop_source stop;
    EXPECT_THROW(try_versions(
                     file, *evaluator, request(file),
                     [&](const CaseStabilityProgress& now) {
                         if (now.kept == 1 && now.points == 2)
                             stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    EXPECT_EQ(file.database().number("SELECT count(*) FROM stabilities"), 1);
    const auto done = try_versions(file, *evaluator, request(file));
    EXPECT_EQ(done.known, 1u);
    EXPECT_EQ(done.kept, 2u);
}

TEST_F(KeptStabilities, OtherPanelsScoresAndFilesAreRefused) {
    CaseFile file(case_path(), CaseAccess::Write);
    test::FakeEvaluator other(test::fake_panel("other", 2, false));
    const auto said =
        sentence_of<CaseError>([&] { (void)try_versions(file, other, request(file)); });
    EXPECT_SAYS(said, "shows results of the panel fake");

    const auto id = named_exhibit(file, pictures() / "img1.png");
    const auto entries = last_entry(file).number;
    auto sweep = stability_of(read_picture(pictures() / "img1.png").pixels, *evaluator,
                              request(file).how, record_of(file, id).examination.opinion);
    const auto failing = named_exhibit(file, pictures() / "page.png");
    EXPECT_SAYS(sentence_of<CaseError>([&] { keep_stability(file, failing, by(), sweep); }),
                "has no score");
    sweep.untouched.experts[0].logits[1] += 1;
    combine(sweep.untouched);
    EXPECT_SAYS(sentence_of<CaseError>([&] { keep_stability(file, id, by(), sweep); }),
                "a score that differs");
    EXPECT_THROW(keep_stability(file, id, by(), {}), CaseError);
    EXPECT_EQ(last_entry(file).number, entries);

    test::paint(pictures() / "img1.png", 9);
    fs::remove(pictures() / "img2.png");
    const auto done = try_versions(file, *evaluator, request(file));
    EXPECT_EQ(done.kept, 1u);
    ASSERT_EQ(done.left_out.size(), 3u);
    EXPECT_SAYS(done.left_out[0], "img1.png: The file has changed");
    CaseFile reader(case_path(), CaseAccess::Read);
    EXPECT_THROW((void)try_versions(reader, *evaluator, request(file)), CaseError);
}

TEST_F(KeptStabilities, AreBoundByTheLogAndNeverOverwritten) {
    {
        CaseFile file(case_path(), CaseAccess::Write);
        (void)try_versions(file, *evaluator, request(file));
        for (const auto* change :
             {"UPDATE stabilities SET device = 'cuda:0'", "DELETE FROM stabilities"})
            EXPECT_SAYS(sentence_of<CaseError>([&] { file.database().run(change); }), "only grows");
    }
    EXPECT_TRUE(problems(case_path()).empty());
    const auto whole = file_bytes(case_path());
    for (const auto* change :
         {"DROP TRIGGER stabilities_fixed; UPDATE stabilities SET record = replace(record, "
          "'\"ordinary\":true', '\"ordinary\":false') WHERE id = 2",
          "DROP TRIGGER stabilities_kept; DELETE FROM stabilities WHERE id = 2",
          "INSERT INTO stabilities (exhibit, scorer, device, record, by, at, entry) SELECT "
          "exhibit, scorer, device, record, by, at + 1, 1 FROM stabilities WHERE id = 1"}) {
        test::write_bytes(case_path(), whole);
        {
            Database database(case_path(), Database::Mode::Write);
            auto triggers = database.prepare(
                "SELECT sql FROM sqlite_schema WHERE name IN ('stabilities_fixed', "
                "'stabilities_kept')");
            std::vector<std::string> again;
            while (triggers.step())
                again.push_back(triggers.text(0));
            database.run(change);
            for (const auto& trigger : again) {
                const auto name = trigger.substr(15, trigger.find(' ', 15) - 15);
                database.run("DROP TRIGGER IF EXISTS " + name + ";" + trigger);
            }
            database.checkpoint();
        }
        const auto found = problems(case_path());
        ASSERT_FALSE(found.empty()) << change;
        EXPECT_TRUE(found.front().starts_with("Entry ")) << found.front();
    }
}

TEST_F(KeptStabilities, OlderCasesAreReadAndMigrated) {
    downgrade(case_path());
    const auto before = file_bytes(case_path());
    {
        const CaseFile old(case_path(), CaseAccess::Read);
        EXPECT_EQ(schema_version(old.database()), 1);
        EXPECT_EQ(listing(old).size(), 4u);
        EXPECT_FALSE(record_of(old, 1).stability.has_value());
    }
    EXPECT_TRUE(problems(case_path()).empty()) << problems(case_path()).front();
    EXPECT_EQ(file_bytes(case_path()), before);  // reading and checking does not change the file
    {
        CaseFile merged(case_path("merged.dfd"), CaseAccess::Create);
        EXPECT_EQ(merge_case(merged, case_path()).results, 4);
    }
    CaseFile file(case_path(), CaseAccess::Write);
    EXPECT_EQ(schema_version(file.database()), static_cast<int>(migrations().size()));
    EXPECT_EQ(last_entry(file).action, "migrated");
    EXPECT_EQ(try_versions(file, *evaluator, request(file)).kept, 3u);
    EXPECT_TRUE(problems(case_path()).empty()) << problems(case_path()).front();
}

TEST_F(KeptStabilities, MergingCopiesThemOnce) {
    {
        CaseFile file(case_path(), CaseAccess::Write, "anna");
        (void)try_versions(file, *evaluator, request(file));
    }
    CaseFile merged(case_path("merged.dfd"), CaseAccess::Create, "carl");
    EXPECT_EQ(merge_case(merged, case_path()).stabilities, 3);
    const auto entries = last_entry(merged).number;
    EXPECT_EQ(merge_case(merged, case_path()).stabilities, 0);
    EXPECT_EQ(last_entry(merged).number, entries);
    const CaseFile source(case_path(), CaseAccess::Read);
    for (unsigned i = 0; i < 3; ++i) {
        const auto name = pictures() / ("img" + std::to_string(i) + ".png");
        const auto here = record_of(merged, named_exhibit(merged, name));
        const auto there = record_of(source, named_exhibit(source, name));
        ASSERT_TRUE(here.stability.has_value());
        EXPECT_EQ(here.stability->by, "anna");
        EXPECT_EQ(here.stability->at, there.stability->at);
        EXPECT_EQ(here.stability->firmness.low, there.stability->firmness.low);
    }
    // The result that was merged last wins.
    {
        CaseFile file(case_path("other.dfd"), CaseAccess::Create, "dora");
        scan_all(file);
        (void)try_versions(file, *evaluator, request(file, {"noise"}));
    }
    EXPECT_EQ(merge_case(merged, case_path("other.dfd")).stabilities, 3);
    const auto later = record_of(merged, named_exhibit(merged, pictures() / "img1.png"));
    ASSERT_TRUE(later.stability.has_value());
    EXPECT_EQ(later.stability->by, "dora");
    EXPECT_TRUE(problems(case_path("merged.dfd")).empty());
}

TEST_F(KeptStabilities, ArePartOfEveryExport) {
    ExportRequest wanted;
    ExhibitRecord record;
    {
        CaseFile file(case_path(), CaseAccess::Write, "anna");
        const auto id = named_exhibit(file, pictures() / "img1.png");
        auto one = request(file);
        one.ids = {id};
        (void)try_versions(file, *evaluator, one);
        set_thresholds(file, {"strict", BandThresholds{0.2, 0.3}});
        record = record_of(file, id);
        wanted.ids = find_exhibits(file);
    }
    const auto& firmness = record.stability->firmness;
    const auto sentence = firmness_story(firmness, BandThresholds{0.2, 0.3}).front();
    const auto write = [&](CaseExport format) {
        wanted.format = format;
        wanted.out = folder / "out";
        (void)export_case(case_path(), wanted);
        return file_bytes(wanted.out);
    };
    const auto rows = test::read_csv(write(CaseExport::Csv));
    ASSERT_EQ(rows.size(), 5u);
    const auto cell = [&](std::size_t row, const std::string& name) {
        const auto at = std::ranges::find(rows[0], name);
        EXPECT_NE(at, rows[0].end()) << name;
        return rows[row].at(static_cast<std::size_t>(at - rows[0].begin()));
    };
    EXPECT_EQ(std::stod(cell(2, "stability low")), firmness.low);
    EXPECT_EQ(std::stod(cell(2, "stability high")), firmness.high);
    EXPECT_TRUE(cell(2, "stability").starts_with(sentence));
    EXPECT_EQ(cell(2, "versions tried by"), "anna");
    EXPECT_EQ(cell(1, "stability low"), "");

    std::istringstream lines(write(CaseExport::JsonLines));
    std::vector<json> objects;
    for (std::string line; std::getline(lines, line);)
        objects.push_back(json::parse(line));
    EXPECT_EQ(objects[1]["stability"]["low"], firmness.low);
    EXPECT_EQ(objects[1]["stability"]["passages"].size(), 1u);
    EXPECT_SAYS(objects[1]["summary"].get<std::string>(), sentence);
    EXPECT_EQ(objects[1]["exhibit"]["stability"]["by"], "anna");
    EXPECT_FALSE(objects[0].contains("stability"));

    const auto html = write(CaseExport::Html);
    EXPECT_EQ(test::markup_fault(html), "");
    const auto text = test::shown_text(html);
    EXPECT_SAYS(text, sentence);
    EXPECT_SAYS(text, figure_text(firmness.low) + " to " + figure_text(firmness.high));
    EXPECT_SAYS(text, "After printing and scanning");
    const auto first = text.find("Ordinary re-sharing");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(text.find("Ordinary re-sharing", first + 1),
              std::string::npos);  // the other exhibits have none
}

}  // namespace
}  // namespace dfd
