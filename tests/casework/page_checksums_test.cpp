// Tests that a changed byte anywhere in a case file or its write-ahead log is found, and of related
// faults.
#include "core/casework/database/page_checksums.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "core/casework/exhibits/review.h"
#include "core/casework/verify/page_check.h"
#include "tests/casework/case_fixture.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

namespace fs = std::filesystem;

TEST(PageChecksum, CoversEveryBitAndThePageNumber) {
    std::mt19937 random(11);
    std::vector<std::uint8_t> page(kPageBytes);
    for (auto& byte : page)
        byte = static_cast<std::uint8_t>(random());
    const auto sum = [&page](std::uint32_t number) {
        return page_checksum(PageBytes(page.data(), kPageBytes), number);
    };
    const auto right = sum(7);
    EXPECT_NE(sum(8), right);
    for (std::size_t bit = 0; bit < 8 * (kPageBytes - kChecksumBytes); ++bit) {
        page[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        ASSERT_NE(sum(7), right) << "bit " << bit;
        page[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    }
    EXPECT_EQ(sum(7), right);
}

class Pages : public Casework {
  protected:
    /// A case with rows in every table, and with free pages.
    void make() {
        for (unsigned i = 0; i < 12; ++i)
            picture("img" + std::to_string(i) + ".png", i);
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
        mark_exhibits(file, std::vector<ExhibitId>{1, 2}, Mark::Suspicious);
        tag_exhibits(file, std::vector<ExhibitId>{3}, "beach");
        add_note(file, 4, "the shadow falls to the wrong side");
        auto& database = file.database();
        database.run(
            "CREATE TABLE filler (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
            "n WHERE i < 40) INSERT INTO filler SELECT randomblob(3000) FROM n");
        database.checkpoint();
        database.run("DROP TABLE filler");
        EXPECT_GT(database.number("PRAGMA freelist_count"), 30);
    }
    [[nodiscard]] std::size_t page_count() const { return fs::file_size(case_path()) / kPageBytes; }

    /// XORs one byte with `by`; a second call with the same value restores it.
    static void flip(const fs::path& path, std::size_t at, unsigned char by) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const auto place = static_cast<std::streamoff>(at);
        const auto byte = static_cast<char>(file.seekg(place).get() ^ by);
        file.seekp(place).write(&byte, 1);
    }
    [[nodiscard]] std::vector<std::string> problems() const {
        return check_pages(case_path()).problems;
    }
    /// All problems of the full check, concatenated.
    [[nodiscard]] std::string said() const {
        std::string all;
        for (const auto& problem : verify_case(case_path(), {false, ""}).problems)
            all += problem + '\n';
        return all;
    }
    /// Leaves the files of a writer that died after this work, with pages in its write-ahead log.
    template <typename Work>
    void die_after(Work&& work) const {
        const auto child = ::fork();
        if (child == 0) {
            CaseFile file(case_path(), CaseAccess::Write, "bert");
            work(file);
            ::_exit(0);  // no orderly close
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_EQ(status, 0);
        ASSERT_GT(fs::file_size(wal()), 0u);
    }
    [[nodiscard]] fs::path wal() const { return case_path().native() + "-wal"; }
};

TEST_F(Pages, AChangedByteInAnyPageIsFound) {
    make();
    ASSERT_TRUE(problems().empty()) << problems().front();
    std::mt19937 random(5);
    std::uniform_int_distribution<std::size_t> place(0, kPageBytes - 1);
    std::uniform_int_distribution<unsigned> change(1, 255);
    const auto found = [&](std::size_t at) {
        const auto by = static_cast<unsigned char>(change(random));
        flip(case_path(), at, by);
        const auto broken = problems();
        flip(case_path(), at, by);
        const auto name = "Page " + std::to_string(at / kPageBytes + 1) + " of";
        return !broken.empty() && broken[0].starts_with(name);
    };
    for (std::size_t page = 0; page < page_count(); ++page)
        for (int i = 0; i < 8; ++i) {
            const auto at =
                page * kPageBytes + (i < 6 ? place(random) : kPageBytes - 1 - random() % 8);
            ASSERT_TRUE(found(at)) << "byte " << at;
        }
    // The database header, which determines how the rest is read, byte by byte.
    for (std::size_t at = 0; at < 100; ++at)
        ASSERT_TRUE(found(at)) << "byte " << at;
    EXPECT_TRUE(problems().empty());
}

TEST_F(Pages, VerifyReportsABrokenPageOfAnyKind) {
    make();
    std::vector<std::pair<std::string, std::size_t>> places;  // table or index -> its root page
    {
        const CaseFile file(case_path(), CaseAccess::Read);
        auto rows =
            file.database().prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0");
        while (rows.step())
            places.emplace_back(rows.text(0), static_cast<std::size_t>(rows.integer(1)));
        // The last page of the file is a free one.
        places.emplace_back("free", page_count());
    }
    places.emplace_back("the header", 1);
    ASSERT_GT(places.size(), 15u);
    for (const auto& [name, page] : places) {
        const auto at = (page - 1) * kPageBytes + 2000;  // mostly unused space
        flip(case_path(), at, 0x40);
        EXPECT_SAYS(said(), "Page " + std::to_string(page) + " of the case") << name << ": ";
        flip(case_path(), at, 0x40);
    }
    // The free pages come from a dropped table.
    EXPECT_EQ(said(), "");
}

TEST_F(Pages, TheLogIsStillCheckedInIntactPages) {
    make();
    const auto before = verify_case(case_path(), {false, ""});
    flip(case_path(), page_count() * kPageBytes - 50, 1);  // a free page
    const auto check = verify_case(case_path(), {false, ""});
    EXPECT_EQ(check.problems.size(), 1u);
    EXPECT_EQ(check.entries, before.entries);
    EXPECT_EQ(check.rows, before.rows);
    EXPECT_EQ(check.head, before.head);
}

TEST_F(Pages, ReadingABrokenPageNamesIt) {
    make();
    std::size_t page = 0;
    {
        const CaseFile file(case_path(), CaseAccess::Read);
        page = static_cast<std::size_t>(
            file.database().number("SELECT rootpage FROM sqlite_schema WHERE name = 'notes'"));
    }
    flip(case_path(), page * kPageBytes - 100, 1);
    const CaseFile file(case_path(), CaseAccess::Read);
    EXPECT_EQ(count_exhibits(file).exhibits, 12);  // the other pages remain readable
    try {
        (void)file.database().number("SELECT count(*) FROM notes NOT INDEXED");
        FAIL() << "read a broken page";
    } catch (const CaseError& error) {
        const std::string text = error.what();
        EXPECT_SAYS(text, "page " + std::to_string(page) + " ");
        EXPECT_SAYS(text, case_path());
    }
}

TEST_F(Pages, ATruncatedOrExtendedFileIsFound) {
    make();
    const auto size = fs::file_size(case_path());
    const auto whole = file_bytes(case_path());
    for (const auto less : {std::uintmax_t{1}, std::uintmax_t{kPageBytes}, size / 2}) {
        fs::resize_file(case_path(), size - less);
        ASSERT_FALSE(problems().empty()) << less;
        EXPECT_SAYS(problems().back(), "truncated");
        EXPECT_NE(said(), "") << less;
        write_bytes(case_path(), whole);
    }
    for (const auto& more : {std::string("x"), std::string(kPageBytes, '\0'),
                             whole.substr(whole.size() - kPageBytes)}) {
        write_bytes(case_path(), whole + more);
        ASSERT_FALSE(problems().empty());
        EXPECT_SAYS(problems().back(), "after its last page");
    }
    // Each of two swapped pages is intact in itself.
    auto swapped = whole;
    std::swap_ranges(swapped.end() - 2 * kPageBytes, swapped.end() - kPageBytes,
                     swapped.end() - kPageBytes);
    write_bytes(case_path(), swapped);
    EXPECT_EQ(problems().size(), 2u);
}

TEST_F(Pages, TheWriteAheadLogOfADeadWriterIsChecked) {
    make();
    const auto before = fs::file_size(case_path());
    die_after([](CaseFile& file) {
        for (int i = 0; i < 3; ++i)
            add_note(file, 5, "note " + std::to_string(i));
    });
    ASSERT_EQ(fs::file_size(case_path()), before);
    ASSERT_TRUE(problems().empty()) << problems().front();
    EXPECT_EQ(said(), "");
    const auto size = fs::file_size(wal());
    ASSERT_EQ((size - 32) % (24 + kPageBytes), 0u);
    std::mt19937 random(3);
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < 32; ++at)
        places.push_back(at);
    for (std::size_t frame = 32; frame < size; frame += 24 + kPageBytes) {
        for (std::size_t at = 0; at < 24; ++at)
            places.push_back(frame + at);
        for (int i = 0; i < 10; ++i)
            places.push_back(frame + 24 + random() % kPageBytes);
    }
    for (const auto at : places) {
        flip(wal(), at, 0x10);
        const auto broken = problems();
        flip(wal(), at, 0x10);
        ASSERT_FALSE(broken.empty()) << "byte " << at;
        EXPECT_SAYS(broken[0], "write-ahead log");
    }
    // Checking lost nothing, and the next writer recovers everything from the log.
    { CaseFile(case_path(), CaseAccess::Write, "anna").require_writable(); }
    EXPECT_EQ(said(), "");
    EXPECT_EQ(
        CaseFile(case_path(), CaseAccess::Read).database().number("SELECT count(*) FROM notes"), 4);
}

TEST_F(Pages, FramesOfAnEarlierLogAreNotDamage) {
    make();
    die_after([](CaseFile& file) {
        for (int i = 0; i < 3; ++i)
            add_note(file, 5, std::string(9000, 'x'));
        // Checkpoints everything into the file; the log keeps its length and starts over.
        file.database().run("PRAGMA wal_checkpoint(RESTART)");
        add_note(file, 6, "after");
    });
    EXPECT_TRUE(problems().empty()) << problems().front();
    EXPECT_EQ(said(), "");
    flip(wal(), 32 + 24 + 50, 1);
    EXPECT_FALSE(problems().empty());
}

TEST_F(Pages, ACaseIsCheckedWhileItIsWritten) {
    make();
    CaseFile writer(case_path(), CaseAccess::Write, "bert");
    add_note(writer, 5, "still in the log");
    const auto check = check_pages(case_path());
    EXPECT_TRUE(check.problems.empty()) << check.problems.front();
    ASSERT_EQ(check.notes.size(), 1u);
    EXPECT_SAYS(check.notes[0], "being written");
    // A page that is not in the log cannot be in the middle of a change.
    flip(case_path(), page_count() * kPageBytes - 1, 1);
    EXPECT_EQ(problems().size(), 1u);
    flip(case_path(), page_count() * kPageBytes - 1, 1);
    // The check released no lock that the writer relies on.
    add_note(writer, 5, "and on");
}

TEST_F(Pages, AReadOnlyCaseIsChecked) {
    make();
    const auto count = [this] {
        return Database(case_path(), Database::Mode::ReadImmutable)
            .number("SELECT count(*) FROM exhibits NOT INDEXED");
    };
    EXPECT_EQ(count(), 12);
    const auto page = CaseFile(case_path(), CaseAccess::Read)
                          .database()
                          .number("SELECT rootpage FROM sqlite_schema WHERE name = 'exhibits'");
    flip(case_path(), static_cast<std::size_t>(page) * kPageBytes - 20, 1);
    EXPECT_THROW((void)count(), CaseError);
}

TEST_F(Pages, AnOlderCaseWithoutChecksumsGivesANote) {
    write_bytes(case_path(), "");  // an existing file gets no space for checksums
    {
        CaseFile file(case_path(), CaseAccess::Write, "anna");
        picture("a.png", 1);
        scan_all(file);
    }
    EXPECT_EQ(file_bytes(case_path())[20], '\0');
    const auto check = verify_case(case_path());
    EXPECT_TRUE(check.problems.empty()) << check.problems.front();
    ASSERT_EQ(check.notes.size(), 1u);
    EXPECT_SAYS(check.notes[0], "older version");
    EXPECT_EQ(check.files, 1);
}

TEST_F(Pages, PlainSqliteReadsACaseAsBefore) {
    make();
    EXPECT_EQ(file_bytes(case_path())[20], '\x08');
    const auto out = folder / "out";
    const auto command = "sqlite3 -readonly '" + case_path().native() +
                         "' 'PRAGMA integrity_check; SELECT count(*) FROM exhibits' > '" +
                         out.native() + "'";
    if (std::system("command -v sqlite3 > /dev/null") != 0)
        GTEST_SKIP() << "no sqlite3 on this machine";
    ASSERT_EQ(std::system(command.c_str()), 0);
    EXPECT_EQ(file_bytes(out), "ok\n12\n");
}

}  // namespace
}  // namespace dfd::test
