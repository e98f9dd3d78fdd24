// Benchmark of a case with 100 000 pictures; see resources/manual/numbers.md.
//
//   dfd_casework_benchmark make FOLDER COUNT     small JPEG files, a thousand per folder
//   dfd_casework_benchmark bare FOLDER           the engine alone, with a fake panel
//   dfd_casework_benchmark scan FOLDER CASE      the same into a case
//   dfd_casework_benchmark list CASE             opening, ordering, filtering, counting
//   dfd_casework_benchmark pages FOLDER ROWS     cost of page checksums; FOLDER must be empty
//   dfd_casework_benchmark kill FOLDER CASE [SEED]   kills scan as a child process three
//                                                times; nothing may be lost or duplicated
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/duplicates.h"
#include "core/casework/exhibits/exhibits.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/scan/scan.h"
#include "core/casework/verify/verify_case.h"
#include "tests/casework/numbered_picture.h"
#include "tests/ui/fake_evaluator.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

int make(const fs::path& folder, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        const auto into = folder / ("set" + std::to_string(i / 1000));
        if (i % 1000 == 0)
            fs::create_directories(into);
        const auto bytes = small_jpeg(test::numbered_picture(i, 80), 96);
        std::ofstream(into / ("img" + std::to_string(i) + ".jpg"), std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
    return 0;
}

std::shared_ptr<Evaluator> fake() {
    return std::make_shared<test::FakeEvaluator>(test::fake_panel("fake", 7, false));
}

void report(const char* what, double seconds, std::int64_t pictures) {
    std::printf("%s: %lld pictures in %.1f s, %.0f a second, peak %.0f MB\n", what,
                static_cast<long long>(pictures), seconds, static_cast<double>(pictures) / seconds,
                peak_megabytes());
}

int bare(const fs::path& folder) {
    const auto pictures = find_pictures(folder, true);
    const double start = now();
    {
        ExaminerOptions options;
        Examiner examiner(fake(), options, [](const ExaminationPtr&) {});
        for (const auto& picture : pictures) {
            examiner.submit({picture, nullptr, {}});
            examiner.wait_until_pending_at_most(8);
        }
        examiner.wait_until_pending_at_most(0);
    }
    report("engine alone", now() - start, static_cast<std::int64_t>(pictures.size()));
    return 0;
}

int scan_into(const fs::path& folder, const fs::path& path) {
    const double start = now();
    ScanProgress done;
    {
        CaseFile file(path, CaseAccess::Create);
        ScanOptions options;
        options.paths = {folder};
        options.recursive = true;
        done = scan(file, fake(), options);
    }
    report("into a case", now() - start, done.found);
    std::printf("  %lld scored, %lld known, %lld unchanged, %lld failed; %.0f MB\n",
                static_cast<long long>(done.scored), static_cast<long long>(done.known),
                static_cast<long long>(done.unchanged), static_cast<long long>(done.failed),
                static_cast<double>(fs::file_size(path)) / 1e6);
    return 0;
}

/// The median of five.
void timed(const char* what, const std::function<std::size_t()>& work) {
    std::vector<double> times;
    std::size_t result = 0;
    for (int i = 0; i < 5; ++i) {
        const double start = now();
        result = work();
        times.push_back(now() - start);
    }
    std::ranges::sort(times);
    std::printf("%-34s %8.1f ms  (%zu)\n", what, 1000 * times[2], result);
}

int list(const fs::path& path) {
    double start = now();
    const CaseFile file(path, CaseAccess::Read);
    const auto ids = find_exhibits(file);
    const auto screen =
        exhibit_rows(file, std::span(ids).first(std::min<std::size_t>(ids.size(), 50)));
    std::printf("%-34s %8.1f ms  (%zu)\n", "open, all by name, first 50 rows",
                1000 * (now() - start), ids.size());
    const auto find = [&](const ExhibitFilter& filter, ExhibitOrder order) {
        return [&file, filter, order] { return find_exhibits(file, filter, order, true).size(); };
    };
    timed("all by score", find({}, ExhibitOrder::Score));
    timed("all by spread", find({}, ExhibitOrder::Spread));
    timed("all by size", find({}, ExhibitOrder::Size));
    timed("all by time", find({}, ExhibitOrder::Modified));
    timed("text \"img77\", by name", find({.text = "img77"}, ExhibitOrder::Name));
    timed("score 0.8 to 1, by score",
          find({.score_from = 0.8, .score_to = 1.0}, ExhibitOrder::Score));
    timed("one folder, by score", [&] {
        return find_exhibits(file, {.folder = screen.at(0).path.parent_path()}, ExhibitOrder::Score)
            .size();
    });
    timed("with warnings, by score", find({.warned = true}, ExhibitOrder::Score));
    timed("counts by state, band and mark",
          [&] { return static_cast<std::size_t>(count_exhibits(file).exhibits); });
    timed("histogram of scores", [&] { return score_histogram(file, {}, 50).size(); });
    timed("50 rows from the middle", [&] {
        return exhibit_rows(file, std::span(ids)
                                      .subspan(ids.size() / 2)
                                      .first(std::min<std::size_t>(50, ids.size() / 2)))
            .size();
    });
    timed("50 thumbnails", [&] {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(50, ids.size()); ++i)
            bytes += exhibit_thumbnail(file, ids[ids.size() / 2 + i / 2]).size();
        return bytes;
    });
    timed("look-alikes", [&] { return find_look_alikes(file).size(); });
    std::printf("peak %.0f MB\n", peak_megabytes());
    start = now();
    const auto check = verify_case(path, {false, ""});
    std::printf("verify without files: %.1f s, %lld rows, %zu problems, peak %.0f MB\n",
                now() - start, static_cast<long long>(check.rows), check.problems.size(),
                peak_megabytes());
    return 0;
}

// --- cost of page checksums

/// CPU seconds to write like a scan, to checkpoint everything into the file, and to read it in a
/// new connection. Disk time is the same with and without checksums.
std::array<double, 4> write_and_read(const fs::path& path, Database::Mode mode, std::int64_t rows) {
    std::array<double, 4> seconds{};
    const auto processor = [] {
        return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
    };
    double start = processor();
    const auto lap = [&] {
        const double from = std::exchange(start, processor());
        return start - from;
    };
    {
        Database database(path, mode);
        database.run(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE results (id "
            "INTEGER PRIMARY KEY, score REAL, name TEXT, map BLOB); CREATE INDEX by_score ON "
            "results (score, name)");
        Blob map(1800, 7);
        for (std::int64_t id = 1; id <= rows;) {
            Transaction transaction(database);
            for (int batch = 0; batch < 256 && id <= rows; ++batch, ++id)
                database.cached("INSERT INTO results VALUES (?1, ?2, ?3, ?4)")
                    .bind(1, id)
                    .bind(2, static_cast<double>(id * 7919 % rows) / static_cast<double>(rows))
                    .bind(3, "folder/img" + std::to_string(id) + ".jpg")
                    .bind(4, map)
                    .run();
            transaction.commit();
        }
        seconds[0] = lap();
        database.checkpoint();
        seconds[1] = lap();
    }
    Database database(path, Database::Mode::Read);
    start = processor();
    (void)database.number("SELECT count(*) FROM results WHERE score > 0.5 AND name LIKE '%77%'");
    seconds[2] = lap();
    (void)database.number("SELECT sum(length(map)) FROM results NOT INDEXED WHERE map <> x'00'");
    seconds[3] = lap();
    return seconds;
}

int cost_of_checksums(const fs::path& folder, std::int64_t rows) {
    constexpr const char* kWhat[] = {"write", "move to the file", "list by score", "read all maps"};
    constexpr int kRounds = 5;
    std::array<std::array<std::vector<double>, 4>, 2> times;
    for (int round = 0; round < kRounds; ++round)
        for (const bool checked : {false, true}) {
            const auto path = folder / ("pages" + std::to_string(round) + (checked ? "c" : "p"));
            if (!checked)
                std::ofstream{path};  // an existing file gets no checksums
            const auto took = write_and_read(
                path, checked ? Database::Mode::Create : Database::Mode::Write, rows);
            for (std::size_t i = 0; i < took.size(); ++i)
                times[checked ? 1 : 0][i].push_back(took[i]);
            fs::remove(path);
        }
    for (std::size_t i = 0; i < 4; ++i) {
        for (auto& kind : times)
            std::ranges::sort(kind[i]);
        const double plain = times[0][i][kRounds / 2], checked = times[1][i][kRounds / 2];
        std::printf("%-18s %8.1f ms without, %8.1f ms with checksums: x %.3f\n", kWhat[i],
                    1000 * plain, 1000 * checked, checked / plain);
    }
    return 0;
}

// --- killing a scan

/// Runs `scan FOLDER CASE` of this program as a child process.
pid_t start_scan(const fs::path& folder, const fs::path& path) {
    const auto program = fs::read_symlink("/proc/self/exe").native();
    std::string scan = "scan", from = folder.native(), into = path.native();
    std::string name = program;
    char* arguments[] = {name.data(), scan.data(), from.data(), into.data(), nullptr};
    pid_t process = 0;
    if (const int error =
            ::posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments, environ);
        error != 0)
        throw std::system_error(error, std::generic_category(), program);
    return process;
}

/// Number of results, read as by a second program; 0 while there is no case yet.
std::int64_t results_in(const fs::path& path) {
    try {
        return CaseFile(path, CaseAccess::Read).database().number("SELECT count(*) FROM results");
    } catch (const CaseError&) {
        return 0;
    }
}

/// Describes differences between the pictures on disk and those in the case.
std::vector<std::string> losses(const fs::path& folder, const fs::path& path) {
    std::vector<std::string> problems;
    std::vector<std::pair<std::string, std::string>> on_disk, in_case;  // path, digest
    for (const auto& picture : find_pictures(folder, true))
        on_disk.emplace_back(fs::absolute(picture).lexically_normal(), sha256_hex_of_file(picture));
    const CaseFile file(path, CaseAccess::Read);
    auto& database = file.database();
    auto rows = database.prepare(
        "SELECT s.path, e.sha256 FROM sightings s JOIN exhibits e ON e.id = s.exhibit WHERE "
        "s.current = 1");
    while (rows.step())
        in_case.emplace_back(rows.path(0).native(), to_hex(rows.blob(1)));
    std::ranges::sort(on_disk);
    std::ranges::sort(in_case);
    const auto named = [&](const char* what, const auto& these, const auto& others) {
        std::vector<std::pair<std::string, std::string>> left;
        std::ranges::set_difference(these, others, std::back_inserter(left));
        if (!left.empty())
            problems.push_back(std::to_string(left.size()) + ' ' + what + ", the first is " +
                               left[0].first);
    };
    named("pictures are not in the case", on_disk, in_case);
    named("files of the case are not on the disk or there twice", in_case, on_disk);
    const auto none = [&](const char* what, const std::string& sql) {
        if (const auto count = database.number("SELECT count(*) FROM (" + sql + ")"); count != 0)
            problems.push_back(std::to_string(count) + ' ' + what);
    };
    none("exhibits have no result",
         "SELECT id FROM exhibits WHERE id NOT IN (SELECT exhibit FROM results)");
    none("exhibits have several results",
         "SELECT exhibit FROM results GROUP BY exhibit HAVING count(*) > 1");
    none("results lack an expert's opinion",
         "SELECT r.id FROM results r LEFT JOIN opinions o ON o.result = r.id WHERE r.state = 1 "
         "GROUP BY r.id HAVING count(o.expert) <> 7");
    return problems;
}

int kill_and_go_on(const fs::path& folder, const fs::path& path, unsigned seed) {
    if (fs::exists(path)) {
        std::fprintf(stderr, "%s is there already; name a new case.\n", path.c_str());
        return 2;
    }
    const auto pictures = static_cast<std::int64_t>(find_pictures(folder, true).size());
    std::printf("%lld pictures, seed %u\n", static_cast<long long>(pictures), seed);
    std::mt19937 random(seed);
    const auto draw = [&random](std::int64_t last) {
        return std::uniform_int_distribution<std::int64_t>(0, last)(random);
    };
    std::int64_t before = 0;
    bool well = true;
    for (int kill = 1; kill <= 3; ++kill) {
        const auto process = start_scan(folder, path);
        const auto wanted = before + draw(pictures / 4);
        int status = 0;
        bool ended = false;
        while (!ended && results_in(path) < wanted) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            ended = ::waitpid(process, &status, WNOHANG) == process;
        }
        // Also kills at moments other than just after a write.
        std::this_thread::sleep_for(std::chrono::microseconds(draw(1'500'000)));
        if (!ended) {
            ::kill(process, SIGKILL);
            ::waitpid(process, &status, 0);
        }
        const double start = now();
        // Before the first result, the file may be missing or empty.
        const auto check = results_in(path) > 0 ? verify_case(path, {false, ""}) : CaseCheck{};
        const auto left = results_in(path);
        std::printf("kill %d: %s, %lld results then, %lld now, %zu problems (checked in %.1f s)\n",
                    kill, WIFSIGNALED(status) ? "killed" : "had ended before",
                    static_cast<long long>(wanted), static_cast<long long>(left),
                    check.problems.size(), now() - start);
        for (const auto& problem : check.problems)
            std::printf("  %s\n", problem.c_str());
        well &= WIFSIGNALED(status) && check.problems.empty() && left >= wanted;
        before = left;
    }
    int status = 0;
    ::waitpid(start_scan(folder, path), &status, 0);
    const auto problems = losses(folder, path);
    for (const auto& problem : problems)
        std::printf("  %s\n", problem.c_str());
    const auto check = verify_case(path, {true, ""});
    for (const auto& problem : check.problems)
        std::printf("  %s\n", problem.c_str());
    well &=
        WIFEXITED(status) && WEXITSTATUS(status) == 0 && problems.empty() && check.problems.empty();
    std::printf("%s: %lld results for %lld pictures\n",
                well ? "nothing lost, nothing doubled" : "FAILED",
                static_cast<long long>(results_in(path)), static_cast<long long>(pictures));
    return well ? 0 : 1;
}

}  // namespace
}  // namespace dfd

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "make" && argc == 4)
        return dfd::make(argv[2], static_cast<unsigned>(std::stoul(argv[3])));
    if (what == "bare" && argc == 3)
        return dfd::bare(argv[2]);
    if (what == "scan" && argc == 4)
        return dfd::scan_into(argv[2], argv[3]);
    if (what == "list" && argc == 3)
        return dfd::list(argv[2]);
    if (what == "pages" && argc == 4)
        return dfd::cost_of_checksums(argv[2], std::stoll(argv[3]));
    if (what == "kill" && (argc == 4 || argc == 5))
        return dfd::kill_and_go_on(
            argv[2], argv[3],
            argc == 5 ? static_cast<unsigned>(std::stoul(argv[4])) : std::random_device{}());
    std::fputs(
        "dfd_casework_benchmark make FOLDER COUNT | bare FOLDER | scan FOLDER CASE | list CASE | "
        "pages FOLDER ROWS | kill FOLDER CASE [SEED]\n",
        stderr);
    return 2;
}
