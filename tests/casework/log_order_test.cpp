// Tests that the audit log's order decides what counts, whatever the clock said, that every entry
// has the name of who did it, and that scans which did not end are announced.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/hexadecimal.h"
#include "core/base/text.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/report/case_text.h"
#include "core/casework/report/exhibit_lines.h"
#include "core/casework/report/export_case.h"
#include "core/casework/scan/merge_cases.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/case_recognition.h"
#include "core/casework/store/interrupted_scans.h"
#include "core/casework/store/recording.h"
#include "core/casework/store/schema.h"
#include "tests/casework/case_fixture.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

constexpr CaseTime kHour = 3'600'000;

class LogOrder : public Casework {
  protected:
    static void check(const std::filesystem::path& path) {
        const auto checked = verify_case(path);
        EXPECT_TRUE(checked.problems.empty()) << checked.problems.front();
    }
    /// An entry as it would have been written when the clock was `ahead`.
    template <typename Write>
    static void record_ahead(CaseFile& file, CaseTime ahead, Write&& write) {
        auto& database = file.database();
        Transaction transaction(database);
        LogEntry entry;
        entry.number = last_entry(file).number + 1;
        entry.at = case_time_now() + ahead;
        entry.by = "ahead";
        entry.host = "host";
        entry.action = "marked";
        entry.details = "{}";
        write(database, entry);
        const auto bound = bound_rows(database, entry.number);
        entry.rows = bound.rows;
        const auto previous = from_hex_digest(last_entry(file).digest);
        database.insert("log (seq, at, by, host, action, details, rows, content, previous, digest)",
                        entry.number, entry.at, entry.by, entry.host, entry.action, entry.details,
                        entry.rows, bound.digest, previous,
                        entry_digest(previous, entry, bound.digest));
        transaction.commit();
    }
    static Blob from_hex_digest(const std::string& digest) {
        Blob bytes;
        for (std::size_t i = 0; i < digest.size(); i += 2)
            bytes.push_back(static_cast<std::uint8_t>(std::stoi(digest.substr(i, 2), nullptr, 16)));
        return bytes;
    }
};

TEST_F(LogOrder, ALaterDecisionCountsThoughTheClockWentBack) {
    const auto path = picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create, "anna");
    scan_all(file);
    const auto id = named_exhibit(file, path);
    record_ahead(file, kHour, [&](Database& database, const LogEntry& entry) {
        database.insert("marks (exhibit, mark, by, at, entry)", id,
                        static_cast<int>(Mark::Suspicious), "ahead", entry.at, entry.number);
        database.insert("tags (exhibit, tag, carried, by, at, entry)", id, "beach", 1, "ahead",
                        entry.at, entry.number);
        database.insert("choices (key, value, by, at, entry)", "profile", "night", "ahead",
                        entry.at, entry.number);
    });
    mark_exhibits(file, std::vector{id}, Mark::Cleared);
    EXPECT_EQ(read_exhibit(file, id, false).row.mark, Mark::Cleared);
    EXPECT_EQ(read_exhibit(file, id, false).marks.back().mark, Mark::Cleared);
    tag_exhibits(file, std::vector{id}, "beach", false);
    EXPECT_TRUE(read_exhibit(file, id, false).tags.empty());
    set_thresholds(file, {"day", BandThresholds{0.1, 0.2}});
    EXPECT_EQ(active_thresholds(file).name, "day");
    check(case_path());

    // The clock's step is noted once, where it happened.
    int noted = 0;
    for (const auto& entry : read_log(file))
        noted += entry.action == "clock went back" ? 1 : 0;
    EXPECT_EQ(noted, 1);
    const auto notes = verify_case(case_path()).notes;
    EXPECT_TRUE(std::ranges::any_of(
        notes, [](const auto& note) { return note.starts_with("The clock went back 1 time"); }));
}

TEST_F(LogOrder, AChangedFileIsSeenThoughTheClockWentBack) {
    const auto path = picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto before = named_exhibit(file, path);
    // A sighting of the same content from a clock that was ahead.
    record_ahead(file, kHour, [&](Database& database, const LogEntry& entry) {
        database.run("UPDATE sightings SET current = 0");
        database.insert(
            "sightings (path, size, modified, exhibit, at, session, folder, entry, current)",
            as_bytes(path.native()), 1, 1, before, entry.at, 1, 0, entry.number, 1);
    });
    picture("a.png", 2);
    scan_all(file);
    EXPECT_NE(named_exhibit(file, path), before);
    EXPECT_EQ(count_exhibits(file).gone, 1);
    check(case_path());
}

TEST_F(LogOrder, AnOlderCaseIsBroughtToTheLogsOrder) {
    const auto path = picture("a.png", 1);
    ExhibitId id = 0;
    {
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
        id = named_exhibit(file, path);
        record_ahead(file, kHour, [&](Database& database, const LogEntry& entry) {
            database.insert("marks (exhibit, mark, by, at, entry)", id,
                            static_cast<int>(Mark::Suspicious), "ahead", entry.at, entry.number);
        });
        mark_exhibits(file, std::vector{id}, Mark::Cleared);
        // As the older version listed it: by the clock.
        file.database().run(
            "DROP TABLE scopes; UPDATE exhibits SET mark = 1; PRAGMA "
            "user_version = 2");
    }
    const auto notes = verify_case(case_path()).notes;
    EXPECT_TRUE(std::ranges::any_of(
        notes, [](const auto& note) { return note.find("older version") != std::string::npos; }));
    {
        const CaseFile file(case_path(), CaseAccess::Write);
        EXPECT_EQ(schema_version(file.database()), static_cast<int>(migrations().size()));
        EXPECT_EQ(read_exhibit(file, id, false).row.mark, Mark::Cleared);
    }
    check(case_path());
}

TEST_F(LogOrder, AMergedDecisionComesAfterTheTargetsOwn) {
    const auto path = picture("a.png", 1);
    {
        CaseFile a(case_path("a"), CaseAccess::Create, "anna");
        scan_all(a);
        CaseFile b(case_path("b"), CaseAccess::Create, "bert");
        scan_all(b);
        mark_exhibits(b, std::vector{named_exhibit(b, path)}, Mark::Cleared);
        mark_exhibits(a, std::vector{named_exhibit(a, path)}, Mark::Suspicious);  // later
        const auto done = merge_case(a, case_path("b"));
        EXPECT_EQ(done.decisions, 1);
        EXPECT_EQ(done.replaced, 1);
        EXPECT_EQ(row_of(a, path).mark, Mark::Cleared);
        // What is decided after the merge stays.
        mark_exhibits(a, std::vector{named_exhibit(a, path)}, Mark::ToCheck);
        EXPECT_EQ(merge_case(a, case_path("b")).decisions, 0);
        EXPECT_EQ(row_of(a, path).mark, Mark::ToCheck);
    }
    check(case_path("a"));
}

TEST_F(LogOrder, AMergeKeepsTheSourcesOrder) {
    const auto path = picture("a.png", 1);
    const auto mark_in = [&](const std::string& name, Mark mark) {
        CaseFile file(case_path(name), CaseAccess::Create, name);
        scan_all(file);
        mark_exhibits(file, std::vector{named_exhibit(file, path)}, mark);
    };
    mark_in("b", Mark::Suspicious);
    mark_in("c", Mark::Cleared);
    CaseFile a(case_path("a"), CaseAccess::Create, "anna");
    merge_case(a, case_path("c"));
    {
        CaseFile b(case_path("b"), CaseAccess::Write);
        merge_case(b, case_path("c"));
        EXPECT_EQ(row_of(b, path).mark, Mark::Cleared);
    }
    // Only bert's mark is missing, but in his case it came before the other one.
    merge_case(a, case_path("b"));
    EXPECT_EQ(row_of(a, path).mark, Mark::Cleared);
    check(case_path("a"));
}

TEST_F(LogOrder, EveryEntryHasTheNameOfWhoDidIt) {
    const auto path = picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create, "scanner");
    scan_all(file);
    const auto id = named_exhibit(file, path);
    mark_exhibits(file, std::vector{id}, Mark::Cleared, "reviewer");
    EXPECT_EQ(last_entry(file).by, "reviewer");
    EXPECT_EQ(read_exhibit(file, id, false).marks.back().by, "reviewer");
    ExportRequest request;
    request.format = CaseExport::Csv;
    request.out = folder / "case.csv";
    request.ids = {id};
    request.by = "exporter";
    log_export(file, export_case(case_path(), request));
    EXPECT_EQ(last_entry(file).by, "exporter");
    picture("b.png", 2);
    scan_all(file);
    EXPECT_EQ(last_entry(file).by, "scanner");
    add_note(file, id, "text");
    EXPECT_EQ(last_entry(file).by, "scanner");
}

TEST_F(LogOrder, CopiesWhoseNamesAreNotUtf8KeepTheirBytes) {
    const auto first = picture("m.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto odd = pictures() / "a\xff.png", other_odd = pictures() / "a\xfe.png";
    for (const auto& copy : {pictures() / "b.png", odd, other_odd}) {
        std::filesystem::copy_file(first, copy);
        age(copy);
    }
    scan_all(file);
    const auto record = read_exhibit(file, row_of(file, first).id, false);
    const auto copies = record.copies();
    ASSERT_EQ(copies.size(), 3u);
    const auto listed = nlohmann::json::parse(listed_json(record, {}, false));
    const auto exported = nlohmann::json::parse(exhibit_json(record, {}, false))["exhibit"];
    for (const auto& json : {listed, exported}) {
        ASSERT_EQ(json["also"].size(), 3u);
        ASSERT_EQ(json["also_bytes"].size(), 3u);
        for (std::size_t i = 0; i < 3; ++i) {
            if (copies[i] == pictures() / "b.png") {
                EXPECT_EQ(json["also"][i], copies[i].native());
                EXPECT_TRUE(json["also_bytes"][i].is_null());
            } else {
                EXPECT_EQ(json["also_bytes"][i], to_hex(as_bytes(copies[i].native())));
            }
        }
    }
    std::filesystem::remove(odd);
    std::filesystem::remove(other_odd);
    scan_all(file);
    EXPECT_FALSE(nlohmann::json::parse(
                     listed_json(read_exhibit(file, row_of(file, first).id, false), {}, false))
                     .contains("also_bytes"));
}

TEST_F(LogOrder, AnExhibitKeepsThePathWhereItWasFirstFound) {
    const auto first = picture("m.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    for (const auto* name : {"a.png", "z.png"}) {
        std::filesystem::copy_file(first, pictures() / name);
        age(pictures() / name);
    }
    scan_all(file);
    auto row = row_of(file, first);
    EXPECT_EQ(row.path, first);
    EXPECT_EQ(row.copies, 3);
    const auto record = read_exhibit(file, row.id, false);
    EXPECT_EQ(record.copies(),
              (std::vector<std::filesystem::path>{pictures() / "a.png", pictures() / "z.png"}));
    EXPECT_EQ(record.paths.front(), first);
    const auto json = nlohmann::json::parse(listed_json(record, {}, false));
    EXPECT_EQ(json["also"].size(), 2u);
    // A file that is gone does not name an exhibit of which there are copies.
    std::filesystem::remove(first);
    scan_all(file);
    row = row_of(file, pictures() / "a.png");
    EXPECT_EQ(row.path, pictures() / "a.png");
    std::filesystem::remove(pictures() / "a.png");
    std::filesystem::remove(pictures() / "z.png");
    scan_all(file);
    EXPECT_EQ(row_of(file, first).path, first);
    EXPECT_EQ(row_of(file, first).copies, 0);
    check(case_path());
}

TEST_F(LogOrder, RecognisingAnOpenCaseKeepsItsLocks) {
    const auto path = case_path("case.sqlite");
    const CaseFile file(path, CaseAccess::Create);
    const auto locked = [&] {
        const auto child = ::fork();
        if (child == 0) {
            const int descriptor = ::open(path.c_str(), O_RDWR);
            struct flock lock {};
            lock.l_type = F_WRLCK;
            lock.l_whence = SEEK_SET;
            const bool asked = ::fcntl(descriptor, F_GETLK, &lock) == 0;
            ::_exit(asked && lock.l_type != F_UNLCK ? 1 : 0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 1;
    };
    ASSERT_TRUE(locked());
    EXPECT_TRUE(is_case_file(path));
    EXPECT_TRUE(locked());
}

TEST_F(LogOrder, ACaseWithoutAWriteAheadLogIsRefused) {
    // SQLite keeps no log for a database in memory and answers so.
    Database database("", Database::Mode::Memory);
    EXPECT_SAYS(sentence_of<CaseError>([&] { database.use_write_ahead_log(); }),
                "cannot use a write-ahead log");
}

TEST_F(LogOrder, AnInterruptedScanIsAnnouncedUntilItIsRepeated) {
    for (unsigned i = 0; i < 30; ++i)
        picture(std::to_string(i) + ".png", i);
    CaseFile file(case_path(), CaseAccess::Create, "anna");
    const auto done = scan_until(file, 7);
    const auto left = done.found - done.looked_at;
    ASSERT_GT(left, 0);
    const auto interrupted = interrupted_scans(file);
    ASSERT_EQ(interrupted.size(), 1u);
    EXPECT_EQ(interrupted[0].not_looked_at, left);
    EXPECT_EQ(interrupted[0].by, "anna");
    EXPECT_SAYS(case_info_text(file), std::to_string(left) + " files were not looked at");
    EXPECT_EQ(nlohmann::json::parse(case_info_json(file))["interrupted"][0]["not_looked_at"], left);
    ExportRequest request;
    request.format = CaseExport::Html;
    request.out = folder / "case.html";
    static_cast<void>(export_case(case_path(), request));
    EXPECT_SAYS(file_bytes(request.out), std::to_string(left) + " files were not looked at");

    scan_all(file);
    EXPECT_TRUE(interrupted_scans(file).empty());
}

TEST_F(LogOrder, AScanThatWasKilledIsAnnounced) {
    for (unsigned i = 0; i < 4; ++i)
        picture(std::to_string(i) + ".png", i);
    {
        CaseFile file(case_path(), CaseAccess::Create);
        scan_all(file);
        // Without its last entry, as when the process was killed.
        auto& database = file.database();
        database.run("DROP TRIGGER log_kept; DROP TRIGGER log_fixed");
        database.run("DELETE FROM log WHERE action = 'scan ended'");
        database.run(
            "UPDATE log SET details = json_set(details, '$.found', 9) WHERE action = 'results'");
        // The one writer may be the scan itself, unless it knows better.
        EXPECT_TRUE(interrupted_scans(file).empty());
        ASSERT_EQ(interrupted_scans(file, false).size(), 1u);
        EXPECT_TRUE(interrupted_scans(file, false)[0].whole);
    }
    const auto interrupted = interrupted_scans(CaseFile(case_path(), CaseAccess::Read));
    ASSERT_EQ(interrupted.size(), 1u);
    ASSERT_TRUE(interrupted[0].not_looked_at);
    EXPECT_GE(*interrupted[0].not_looked_at, 5);
}

/// Ends the process, as the system does when memory runs out, at the picture that is all white.
class DeadlyEvaluator : public FakeEvaluator {
  public:
    using FakeEvaluator::FakeEvaluator;
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        for (const auto* picture : pictures)
            if (std::ranges::all_of(picture->rgb, [](auto value) { return value == 255; }))
                ::_exit(9);
        return FakeEvaluator::evaluate(pictures, options, std::move(stop));
    }
};

TEST_F(LogOrder, APictureThatEndsTheProcessTwiceIsSetAside) {
    for (unsigned i = 0; i < 6; ++i)
        picture(std::to_string(i) + ".png", i);
    const auto deadly = pictures() / "3a.png";
    write_png(deadly, {70, 70, std::vector<std::uint8_t>(std::size_t{3} * 70 * 70, 255)});
    age(deadly);
    const auto scan_and_die = [&] {
        const auto child = ::fork();
        if (child == 0) {
            CaseFile file(case_path(), CaseAccess::Create);
            scan(file, std::make_shared<DeadlyEvaluator>(fake_panel("fake", 3, false)), options());
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    EXPECT_EQ(scan_and_die(), 9);
    EXPECT_EQ(scan_and_die(), 9);
    EXPECT_EQ(scan_and_die(), 0);
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto counts = count_exhibits(file);
    EXPECT_EQ(counts.scored, 6);
    EXPECT_EQ(counts.failed, 1);
    EXPECT_SAYS(row_of(file, deadly).failure, "was ended 2 times while it examined this picture");
    EXPECT_FALSE(std::filesystem::exists(case_path().native() + "-examining"));
    EXPECT_EQ(scan_and_die(), 0);  // it stays aside
    check(case_path());
}

TEST_F(LogOrder, AStopBlamesNoPicture) {
    picture("a.png", 1);
    const auto gate = std::make_shared<Gate>();
    gate->close();
    const auto gated = std::make_shared<FakeEvaluator>(fake_panel("fake", 3, false), gate);
    CaseFile file(case_path(), CaseAccess::Create);
    std::stop_source stop;
    std::thread scanning([&] { scan(file, gated, options(), {}, stop.get_token()); });
    while (gate->waiting() == 0)
        std::this_thread::yield();
    EXPECT_TRUE(std::filesystem::exists(case_path().native() + "-examining"));
    stop.request_stop();
    scanning.join();
    EXPECT_FALSE(std::filesystem::exists(case_path().native() + "-examining"));
}

TEST_F(LogOrder, AListenerThatThrowsEndsTheScanAndKeepsWhatIsDone) {
    for (unsigned i = 0; i < 20; ++i)
        picture(std::to_string(i) + ".png", i);
    CaseFile file(case_path(), CaseAccess::Create);
    EXPECT_THROW(scan(file, evaluator, options(),
                      [](const ScanProgress& now) {
                          if (now.scored == 5)
                              throw std::runtime_error("listener");
                      }),
                 std::runtime_error);
    check(case_path());
    EXPECT_EQ(scan_all(file).failed, 0);
    EXPECT_EQ(count_exhibits(file).scored, 20);
}

}  // namespace
}  // namespace dfd::test
