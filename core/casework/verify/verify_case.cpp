#include "core/casework/verify/verify_case.h"

#include <algorithm>

#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/case_file.h"
#include "core/casework/store/derived.h"
#include "core/casework/store/recording.h"
#include "core/casework/store/schema.h"
#include "core/casework/verify/page_check.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProblems = 20;

std::string schema_text(Database& database) {
    auto rows = database.prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER "
        "BY name");
    Blob text;
    while (rows.step())
        rows.append_row(text);
    return as_text(text);
}

class Verifier {
  public:
    Verifier(const fs::path& path, const CaseCheckOptions& options, const Progress& progress,
             std::stop_token stop, PageCheck pages)
        : file_(path, CaseAccess::Read),
          database_(file_.database()),
          lock_(database_.lock()),
          options_(options),
          progress_(progress),
          stop_(std::move(stop)) {
        check_.notes = std::move(pages.notes);
        for (const auto& problem : pages.problems)
            report(problem);
    }

    CaseCheck run() {
        // One state of the file, even while somebody writes.
        attempt([this] { database_.run("BEGIN"); });
        // What is on a broken page cannot be read, which is reported; everything else still can.
        const auto known = check_.problems.size();
        attempt([this] { structure(); });
        if (known != 0 || check_.problems.empty()) {
            attempt([this] { chain(); });
            attempt([this] { unbound_rows(); });
            attempt([this] { clock(); });
            if (schema_version(database_) >= kLogOrderVersion) {
                attempt([this] { derived_rows(); });
                attempt([this] { derived_flags(); });
            } else {
                check_.notes.emplace_back(
                    "The case is of an older version, which ordered decisions by the clock. Its "
                    "lists were not compared with its records. Any change, for instance a mark, "
                    "brings it to the present version; then check it again.");
            }
        }
        if (options_.files)
            attempt([this] { files(); });
        return std::move(check_);
    }

  private:
    void report(const std::string& problem) {
        if (check_.problems.size() < kMostProblems &&
            std::ranges::find(check_.problems, problem) == check_.problems.end())
            check_.problems.push_back(problem);
    }

    /// A database may be too broken for a check to finish.
    template <typename Check>
    void attempt(Check&& check) {
        try {
            check();
        } catch (const CaseError& error) {
            report(error.what());
        }
    }

    void report_progress(std::int64_t done, std::int64_t total, const char* what) {
        check_stop(stop_);
        if (progress_)
            progress_(static_cast<double>(done),
                      static_cast<double>(std::max<std::int64_t>(total, 1)), say(what));
    }

    /// SQLite's own check of its pages, indices and constraints.
    void structure() {
        report_progress(0, 1, to_say("Checking the database"));
        auto rows = database_.prepare("PRAGMA integrity_check(20)");
        while (rows.step())
            if (const auto message = rows.text(0); message != "ok")
                report("The database is damaged: " + message + ".");
        const auto version = static_cast<std::size_t>(schema_version(database_));
        if (schema_text(database_) != [version] {
                Database fresh("", Database::Mode::Memory);
                migrate(fresh, std::span(migrations()).first(version));
                return schema_text(fresh);
            }())
            report(
                "The tables, indices and triggers differ from those that the program creates: they "
                "were changed.");
        if (auto foreign = database_.prepare("PRAGMA foreign_key_check"); foreign.step())
            report("The database is damaged: a row of " + foreign.text(0) +
                   " refers to a missing row of " + foreign.text(2) + ".");
    }

    void chain() {
        const auto total = database_.number("SELECT max(seq) FROM log");
        auto rows = database_.prepare(
            "SELECT seq, at, by, host, action, details, rows, content, previous, digest FROM log "
            "ORDER BY seq");
        Blob previous(32, 0);
        bool head_seen = options_.head.empty();
        std::int64_t expected = 1;
        for (; rows.step(); ++expected) {
            report_progress(expected - 1, total, to_say("Checking the log"));
            const LogEntry entry{rows.integer(0), rows.integer(1), rows.text(2),    rows.text(3),
                                 rows.text(4),    rows.text(5),    rows.integer(6), {}};
            const auto content = rows.blob(7), stored_previous = rows.blob(8),
                       digest = rows.blob(9);
            const auto name = "Entry " + std::to_string(entry.number) + " of the log (" +
                              entry.action + ", " + iso_time(entry.at) + ")";
            if (entry.number != expected) {
                report("Entry " + std::to_string(expected) + " of the log is missing.");
                expected = entry.number;
            }
            if (stored_previous != previous)
                report(name + " does not link to the entry before it.");
            if (entry_digest(stored_previous, entry, content) != digest)
                report(name + " was changed: it does not match its digest.");
            const auto bound = bound_rows(database_, entry.number, &per_table_);
            if (bound.rows != entry.rows)
                report(name + " bound " + std::to_string(entry.rows) + " rows, but the case has " +
                       std::to_string(bound.rows) + ".");
            else if (bound.digest != content)
                report(name + " bound rows that were changed later" +
                       exhibits_of_entry(entry.number) + ".");
            previous = digest;
            check_.head = to_hex(digest);
            head_seen |= check_.head.starts_with(options_.head);
            ++check_.entries;
            check_.rows += bound.rows;
        }
        if (check_.entries == 0)
            report("The audit log is empty.");
        if (!head_seen)
            report("The given digest " + options_.head +
                   " is not in the log: entries were removed or replaced.");
    }

    /// The exhibits that an entry wrote, as a hint where to look.
    std::string exhibits_of_entry(std::int64_t entry) {
        auto rows = database_.prepare(
            "SELECT path FROM exhibits WHERE id IN (SELECT exhibit FROM results WHERE entry = ?1 "
            "UNION SELECT id FROM exhibits WHERE entry = ?1) LIMIT 2",
            entry);
        if (!rows.step())
            return {};
        const auto first = quoted(rows.path(0));
        return rows.step() ? " (it wrote " + first + " and others)" : " (it wrote " + first + ")";
    }

    /// Times that go back are no damage, but readers of the log must know.
    void clock() {
        const auto back = database_.number(
            "SELECT count(*) FROM log a JOIN log b ON b.seq = a.seq + 1 WHERE b.at + " +
            std::to_string(kClockStep) + " <= a.at");
        if (back > 0)
            check_.notes.push_back(
                "The clock went back " + std::to_string(back) + (back == 1 ? " time" : " times") +
                " while the log was written, so its times are not in order. The log's own order "
                "counts.");
    }

    /// Finds rows that no entry binds.
    void unbound_rows() {
        std::size_t table = 0;
        for (const auto& each : bound_tables(schema_version(database_))) {
            const auto there = database_.number(std::string("SELECT count(*) FROM ") + each.name);
            const auto bound = table < per_table_.size() ? per_table_[table] : 0;
            if (there != bound)
                report("The table " + std::string(each.name) + " has " + std::to_string(there) +
                       " rows, but the log accounts for " + std::to_string(bound) + ".");
            ++table;
        }
    }

    void derived_rows() {
        const auto total = database_.number("SELECT count(*) FROM exhibits");
        auto rows = database_.prepare("SELECT id FROM exhibits ORDER BY id");
        for (std::int64_t done = 0; rows.step(); ++done) {
            if (done % 1024 == 0)
                report_progress(done, total, to_say("Checking the exhibits"));
            const auto stored = derived_columns(database_, rows.integer(0));
            if (stored != derive_columns(database_, rows.integer(0)))
                report("The listed data of exhibit " + std::to_string(rows.integer(0)) + " (" +
                       quoted(fs::path(stored.path)) + ") differs from its records.");
        }
    }

    void derived_flags() {
        const auto expect_none = [this](const std::string& sql, const std::string& problem) {
            if (database_.number("SELECT count(*) FROM (" + sql + ")") != 0)
                report(problem);
        };
        if (!wrongly_current(database_).empty())
            report("A file's current sighting is not its last one.");
        expect_none(
            "SELECT exhibit, scorer, sum(current) AS n, max(id) AS last, max(CASE WHEN current "
            "THEN id END) AS shown FROM results GROUP BY exhibit, scorer HAVING n <> 1 OR shown "
            "<> last",
            "An exhibit's current result is not its last one.");
        expect_none(
            "SELECT exhibit, tag FROM carried_tags EXCEPT SELECT exhibit, tag FROM tags t WHERE "
            "carried <> 0 AND NOT EXISTS (SELECT 1 FROM tags u WHERE u.exhibit = t.exhibit AND "
            "u.tag = t.tag AND u.id > t.id)",
            "An exhibit is listed with a tag that it does not have.");
        expect_none(
            "SELECT exhibit, tag FROM tags t WHERE carried <> 0 AND NOT EXISTS (SELECT 1 FROM "
            "tags u WHERE u.exhibit = t.exhibit AND u.tag = t.tag AND u.id > t.id) EXCEPT SELECT "
            "exhibit, tag FROM carried_tags",
            "An exhibit is listed without a tag that it has.");
    }

    /// Reads the pictures themselves, where they are reachable.
    void files() {
        const auto total = database_.number(
            "SELECT count(*) FROM sightings s JOIN exhibits e ON e.id = s.exhibit WHERE s.current "
            "= 1 AND e.sha256 IS NOT NULL");
        auto rows = database_.prepare(
            "SELECT s.path, e.sha256 FROM sightings s JOIN exhibits e ON e.id = s.exhibit WHERE "
            "s.current = 1 AND e.sha256 IS NOT NULL ORDER BY s.id");
        for (std::int64_t done = 0; rows.step(); ++done) {
            report_progress(done, total, to_say("Reading the pictures again"));
            const auto path = rows.path(0);
            std::string now;
            try {
                if (std::error_code error; fs::is_regular_file(path, error))
                    now = sha256_hex_of_file(path);
            } catch (const std::system_error&) {  // unreachable
            }
            if (now.empty())
                ++check_.unreachable;
            else if (now == to_hex(rows.blob(1)))
                ++check_.files;
            else
                report("The file " + quoted(path) +
                       " has changed since it was examined: its SHA-256 is " + now + ", expected " +
                       to_hex(rows.blob(1)) + ".");
        }
    }

    CaseFile file_;
    Database& database_;
    Database::Lock lock_;
    const CaseCheckOptions& options_;
    const Progress& progress_;
    std::stop_token stop_;
    std::vector<std::int64_t> per_table_;
    CaseCheck check_;
};

}  // namespace

CaseCheck verify_case(const fs::path& path, const CaseCheckOptions& options,
                      const Progress& progress, std::stop_token stop) {
    PageCheck pages;
    if (std::error_code error; fs::is_regular_file(path, error))
        pages = check_pages(path, progress, stop);
    try {
        return Verifier(path, options, progress, stop, pages).run();
    } catch (const CaseError& error) {
        if (pages.problems.empty())
            throw;
        // Too broken to be opened; the page check says where.
        CaseCheck check;
        check.problems = std::move(pages.problems);
        check.notes = std::move(pages.notes);
        if (check.problems.size() > kMostProblems)
            check.problems.resize(kMostProblems);
        check.problems.emplace_back(error.what());
        return check;
    }
}

}  // namespace dfd
