// Tests of CaseFile: a single writer, busy errors for others, and schema migration.
#include <gtest/gtest.h>

#include "core/casework/exhibits/review.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/recording.h"
#include "core/casework/store/schema.h"
#include "tests/casework/case_fixture.h"

namespace dfd::test {
namespace {

using CaseFiles = Casework;

TEST_F(CaseFiles, AMissingCaseIsCreatedOnlyOnRequest) {
    for (const auto access : {CaseAccess::Read, CaseAccess::Write}) {
        const auto said = sentence_of<CaseError>([&] { CaseFile(case_path(), access); });
        EXPECT_NE(said.find("There is no case"), std::string::npos) << said;
    }
    EXPECT_FALSE(std::filesystem::exists(case_path()));
    std::string id;
    {
        const CaseFile file(case_path(), CaseAccess::Create, "anna");
        id = file.id();
        EXPECT_EQ(id.size(), 32u);
        EXPECT_EQ(file.by(), "anna");
        const auto log = read_log(file);
        ASSERT_EQ(log.size(), 1u);
        EXPECT_EQ(log[0].action, "created");
        EXPECT_EQ(log[0].by, "anna");
    }
    // A clean close leaves a single file.
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
    EXPECT_EQ(CaseFile(case_path(), CaseAccess::Read).id(), id);
}

TEST_F(CaseFiles, UnusualNamesAreFileNames) {
    for (const std::string name : {":memory:", "file:x?mode=memory", "a b\n%20#'\xff.dfd"}) {
        {
            CaseFile file(folder / name, CaseAccess::Create);
            save_filter(file, "all", {});
        }
        EXPECT_TRUE(std::filesystem::exists(folder / name));
        EXPECT_EQ(saved_filters(CaseFile(folder / name, CaseAccess::Read)).size(), 1u);
    }
}

TEST_F(CaseFiles, OtherFilesAreRefusedAndUnchanged) {
    write_bytes(folder / "text", std::string(4096, 'x'));
    Database(folder / "other.sqlite", Database::Mode::Create).run("CREATE TABLE t (x)");
    const auto other = file_bytes(folder / "other.sqlite");
    for (const auto access : {CaseAccess::Read, CaseAccess::Write, CaseAccess::Create}) {
        EXPECT_NE(sentence_of<CaseError>([&] {
                      CaseFile(folder / "text", access);
                  }).find("is not a case"),
                  std::string::npos);
        EXPECT_NE(sentence_of<CaseError>([&] {
                      CaseFile(folder / "other.sqlite", access);
                  }).find("database of another program"),
                  std::string::npos);
        EXPECT_NE(sentence_of<CaseError>([&] { CaseFile(folder.path(), access); }),
                  "(nothing was thrown)");
    }
    EXPECT_EQ(file_bytes(folder / "other.sqlite"), other);
    EXPECT_EQ(file_bytes(folder / "text"), std::string(4096, 'x'));
}

TEST_F(CaseFiles, OnlyOneWriterAndReadersSeeWho) {
    auto writing = std::make_unique<CaseFile>(case_path(), CaseAccess::Create);
    const CaseFile reading(case_path(), CaseAccess::Read);
    const auto writer = reading.writer();
    ASSERT_TRUE(writer.has_value());
    EXPECT_EQ(writer->process, ::getpid());
    EXPECT_FALSE(writer->user.empty());
    EXPECT_FALSE(writer->host.empty());
    EXPECT_GT(writer->since, case_time_now() - 600'000);
    try {
        CaseFile second(case_path(), CaseAccess::Write);
        FAIL() << "two writers";
    } catch (const CaseBusy& busy) {
        EXPECT_EQ(busy.writer().process, ::getpid());
        EXPECT_NE(std::string(busy.what()).find("process " + std::to_string(::getpid())),
                  std::string::npos);
    }
    // Writes are visible at once, and readers do not block the writer.
    EXPECT_EQ(read_log(reading).size(), 1u);
    save_filter(*writing, "all", {});
    EXPECT_EQ(read_log(reading).size(), 2u);
    EXPECT_THROW(reading.require_writable(), CaseError);
    writing.reset();
    EXPECT_FALSE(reading.writer().has_value());
    EXPECT_NO_THROW(CaseFile(case_path(), CaseAccess::Write));
}

TEST_F(CaseFiles, StatementsCannotChangeOrDeleteRows) {
    picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    add_note(file, 1, "as seen");
    auto& database = file.database();
    for (const auto& table : bound_tables()) {
        if (database.number(std::string("SELECT count(*) FROM ") + table.name) == 0)
            continue;
        const auto said =
            sentence_of<CaseError>([&] { database.run(std::string("DELETE FROM ") + table.name); });
        EXPECT_NE(said.find("a case only grows"), std::string::npos) << table.name << said;
    }
    for (const auto* change :
         {"UPDATE log SET by = 'somebody'", "DELETE FROM log", "UPDATE results SET score = 0",
          "UPDATE notes SET text = ''", "UPDATE exhibits SET bytes = 0",
          "UPDATE opinions SET score = 0.5", "UPDATE facts SET facts = '{}'"})
        EXPECT_NE(sentence_of<CaseError>([&] { database.run(change); }).find("only grows"),
                  std::string::npos)
            << change;
}

TEST_F(CaseFiles, KeysAreUnique) {
    picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    auto& database = file.database();
    EXPECT_THROW(
        database.run("INSERT INTO exhibits (sha256, bytes, added, entry) SELECT sha256, 1, 1, 1 "
                     "FROM exhibits"),
        CaseError);
    EXPECT_THROW(
        database.run("INSERT INTO results (exhibit, scorer, session, state, score, spread, "
                     "warned, seconds, scored, warnings, failure_code, failure, entry, "
                     "current) SELECT exhibit, scorer, session, 1, 0.5, 0, 0, 0, 0, '[]', "
                     "'', '', 1, 0 FROM results"),
        CaseError);
    EXPECT_THROW(database.run("INSERT INTO notes (exhibit, text, by, at, entry) VALUES (99, 'x', "
                              "'x', 1, 1)"),
                 CaseError);
}

TEST_F(CaseFiles, MigrationsRunStepByStepAndAtomically) {
    const auto path = folder / "old.dfd";
    const Migration first = [](Database& database) {
        database.run(
            "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (7); PRAGMA application_id "
            "= " +
            std::to_string(kApplicationId));
    };
    const Migration second = [](Database& database) {
        database.run("ALTER TABLE t ADD COLUMN y INTEGER NOT NULL DEFAULT 3");
    };
    const Migration broken = [](Database& database) {
        database.run("ALTER TABLE t ADD COLUMN z INTEGER NOT NULL DEFAULT 4");
        database.run("INSERT INTO nowhere VALUES (1)");
    };
    Database database(path, Database::Mode::Create);
    EXPECT_EQ(schema_version(database), 0);
    EXPECT_EQ(migrate(database, std::vector{first}), 0);
    EXPECT_EQ(schema_version(database), 1);
    EXPECT_THROW(migrate(database, std::vector{first, second, broken}), CaseError);
    // The failed step kept the previous version intact.
    EXPECT_EQ(schema_version(database), 2);
    EXPECT_EQ(database.number("SELECT x + y FROM t"), 10);
    EXPECT_THROW((void)database.number("SELECT z FROM t"), CaseError);
    EXPECT_EQ(migrate(database, std::vector{first, second}), 2);
    const auto said = sentence_of<CaseError>([&] { migrate(database, std::vector{first}); });
    EXPECT_NE(said.find("version 2"), std::string::npos) << said;
    EXPECT_NE(said.find("newer version"), std::string::npos) << said;
}

TEST_F(CaseFiles, ANewerCaseIsRefused) {
    { const CaseFile file(case_path(), CaseAccess::Create); }
    Database(case_path(), Database::Mode::Write).run("PRAGMA user_version = 99");
    for (const auto access : {CaseAccess::Read, CaseAccess::Write})
        EXPECT_NE(
            sentence_of<CaseError>([&] { CaseFile(case_path(), access); }).find("has version 99"),
            std::string::npos);
}

TEST_F(CaseFiles, AnUnfinishedRecordingIsRolledBack) {
    CaseFile file(case_path(), CaseAccess::Create);
    {
        Recording recording(file);
        recording.database().run(
            "INSERT INTO choices (key, value, by, at, entry) VALUES ('k', 'v', 'me', 1, 2)");
    }
    EXPECT_EQ(file.database().number("SELECT count(*) FROM choices WHERE key = 'k'"), 0);
    EXPECT_EQ(read_log(file).size(), 1u);
}

TEST_F(CaseFiles, TimesAreFormattedAsIso8601) {
    EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso_time(1'767'225'600'007), "2026-01-01T00:00:00.007Z");
    EXPECT_EQ(iso_time(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace dfd::test
