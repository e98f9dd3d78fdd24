// Tests that tampering with a case is found and located.
#include <gtest/gtest.h>

#include <random>

#include "core/casework/exhibits/review.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/recording.h"
#include "core/casework/verify/verify_case.h"
#include "tests/casework/case_fixture.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

class Verifying : public Casework {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < 12; ++i)
            picture("img" + std::to_string(i) + ".png", i);
        write_bytes(pictures() / "broken.jpg", "<html>not a picture</html>");
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
        mark_exhibits(file, std::vector<ExhibitId>{1, 2}, Mark::Suspicious);
        tag_exhibits(file, std::vector<ExhibitId>{3}, "beach");
        add_note(file, 4, "the shadow falls to the wrong side");
        set_thresholds(file, {"strict", BandThresholds{0.2, 0.9}});
        head = last_entry(file).digest;
    }
    /// Changes the case like a person with a SQLite shell, with the protecting triggers removed
    /// meanwhile.
    void tamper(const std::string& sql) const {
        Database database(case_path(), Database::Mode::Write);
        std::vector<std::pair<std::string, std::string>> triggers;
        auto text = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
        while (text.step())
            triggers.emplace_back(text.text(0), text.text(1));
        for (const auto& [name, ignored] : triggers)
            database.run("DROP TRIGGER " + name);
        database.run(sql);
        for (const auto& [ignored, trigger] : triggers)
            database.run(trigger);
        database.checkpoint();
    }
    std::string first_problem(const std::string& from_head = {}) const {
        const auto check = verify_case(case_path(), {true, from_head});
        return check.problems.empty() ? "" : check.problems.front();
    }

    std::string head;
};

TEST_F(Verifying, AnUnchangedCasePasses) {
    const auto check = verify_case(case_path(), {true, head.substr(0, 12)});
    EXPECT_TRUE(check.problems.empty()) << check.problems.front();
    EXPECT_EQ(check.files, 13);
    EXPECT_EQ(check.unreachable, 0);
    EXPECT_EQ(check.head, head);
    EXPECT_GE(check.entries, 7);
    EXPECT_GT(check.rows, 100);
}

TEST_F(Verifying, EveryTableIsBound) {
    const std::vector<std::string> changes{
        "UPDATE results SET score = score + 1e-9 WHERE id = 5",
        "UPDATE results SET failure = 'x' WHERE state = 2",
        "UPDATE opinions SET logit_fake = logit_fake + 1e-9 WHERE result = 4 AND expert = 1",
        "UPDATE maps SET scale = scale * 2 WHERE result = 4 AND expert = 1",
        "UPDATE facts SET facts = replace(facts, 'PNG', 'GIF') WHERE exhibit = 2",
        "UPDATE facts SET thumbnail = x'00' WHERE exhibit = 2",
        "UPDATE decoded SET phash = 1 WHERE exhibit = 2",
        "UPDATE exhibits SET sha256 = zeroblob(32) WHERE id = 1",
        "UPDATE exhibits SET mark = 2 WHERE id = 1",
        "UPDATE exhibits SET path = x'2f78' WHERE id = 1",
        "UPDATE sightings SET at = at - 1 WHERE id = 3",
        "UPDATE sightings SET current = 0 WHERE id = 3",
        "UPDATE marks SET mark = 2 WHERE id = 1",
        "UPDATE notes SET text = 'nothing to see'",
        "UPDATE choices SET value = replace(value, '0.2', '0.1')",
        "UPDATE tags SET by = 'bert'",
        "DELETE FROM tags",
        "DELETE FROM carried_tags",
        "DELETE FROM results WHERE id = 5",
        "DELETE FROM notes",
        "INSERT INTO notes (exhibit, text, by, at, entry) VALUES (1, 'planted', 'anna', 1, 5)",
        "INSERT INTO carried_tags VALUES ('planted', 1)",
        "UPDATE scorers SET name = 'better panel'",
        "UPDATE sessions SET device = 'cuda:0'",
        "UPDATE log SET by = 'bert' WHERE seq = 4",
        "UPDATE log SET details = replace(details, 'suspicious', 'cleared') WHERE action = "
        "'marked'",
        "UPDATE log SET digest = zeroblob(32) WHERE seq = 3",
        "DELETE FROM log WHERE seq = 4",
        "DROP TRIGGER log_kept; CREATE TRIGGER log_kept BEFORE DELETE ON log BEGIN SELECT 1; END",
    };
    const auto whole = file_bytes(case_path());
    for (const auto& change : changes) {
        write_bytes(case_path(), whole);
        // Changes to triggers bypass tamper(), which would restore the triggers.
        if (change.starts_with("DROP"))
            Database(case_path(), Database::Mode::Write).run(change);
        else
            tamper("PRAGMA foreign_keys = OFF;" + change);
        EXPECT_NE(first_problem(), "") << change;
    }
    write_bytes(case_path(), whole);
    EXPECT_EQ(first_problem(), "");
}

TEST_F(Verifying, ReportsTheFirstProblem) {
    tamper("UPDATE results SET score = 0.5 WHERE id = 5");
    const auto said = first_problem();
    // A slow scan writes its results in several log entries.
    const auto entry = [this] {
        Database database(case_path(), Database::Mode::Write);
        auto& row = database.cached("SELECT entry FROM results WHERE id = 5");
        return row.step() ? row.integer(0) : 0;
    }();
    EXPECT_SAYS(said, "Entry " + std::to_string(entry) + " of the log (results");
    EXPECT_SAYS(said, "changed later");
    EXPECT_SAYS(said, pictures());
}

TEST_F(Verifying, ATruncatedLogIsFoundByAKeptHead) {
    // Anyone with write access can remove the last entries including their rows.
    tamper(
        "DELETE FROM choices WHERE entry = (SELECT max(seq) FROM log); DELETE FROM log WHERE "
        "seq = (SELECT max(seq) FROM log)");
    EXPECT_EQ(first_problem(), "");
    const auto said = first_problem(head);
    EXPECT_SAYS(said, "not in the log");
}

TEST_F(Verifying, AChangedPictureIsFoundAndAMissingOneIsCounted) {
    const auto path = pictures() / "img3.png";
    auto bytes = file_bytes(path);
    bytes[bytes.size() / 2] ^= 1;
    write_bytes(path, bytes);
    std::filesystem::remove(pictures() / "img4.png");
    const auto check = verify_case(case_path());
    ASSERT_EQ(check.problems.size(), 1u);
    EXPECT_SAYS(check.problems[0], "img3.png");
    EXPECT_EQ(check.unreachable, 1);
    EXPECT_EQ(check.files, 11);
    EXPECT_TRUE(verify_case(case_path(), {false, ""}).problems.empty());
}

TEST_F(Verifying, AChangedByteOfTheDatabaseIsFound) {
    const auto whole = file_bytes(case_path());
    std::mt19937 random(7);
    std::uniform_int_distribution<std::size_t> place(0, whole.size() - 1);
    std::uniform_int_distribution<int> bit(0, 7);
    for (int i = 0; i < 60; ++i) {
        auto bytes = whole;
        const auto at = place(random);
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << bit(random));
        write_bytes(case_path(), bytes);
        const auto name = "Page " + std::to_string(at / 4096 + 1) + " of the case";
        EXPECT_SAYS(first_problem(), name) << "byte " << at;
    }
}

}  // namespace
}  // namespace dfd::test
