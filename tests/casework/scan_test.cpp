// Tests of scans with files that are new, known, renamed, changed, missing or broken.
#include "core/casework/scan/scan.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/casework/exhibits/review.h"
#include "core/casework/report/case_text.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/left_out_files.h"
#include "tests/casework/case_fixture.h"
#include "tests/deep_folder.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

using namespace std::chrono_literals;
using Scanning = Casework;

TEST_F(Scanning, RecordsEveryPictureOnce) {
    for (unsigned i = 0; i < 20; ++i)
        picture("img" + std::to_string(i) + ".png", i);
    CaseFile file(case_path(), CaseAccess::Create, "anna");
    std::int64_t told = 0;
    const auto begun = std::chrono::steady_clock::now();
    const auto done = scan(file, evaluator, options(), [&](const ScanProgress& now) {
        EXPECT_GE(now.scored, told);
        told = now.scored;
        EXPECT_TRUE(!now.seconds_left || now.counted >= begun);
    });
    EXPECT_EQ(done.found, 20);
    EXPECT_EQ(done.looked_at, 20);
    EXPECT_EQ(done.scored, 20);
    EXPECT_EQ(done.written, 20);
    EXPECT_EQ(done.failed, 0);
    const auto ids = find_exhibits(file);
    ASSERT_EQ(ids.size(), 20u);
    for (std::size_t i = 0; i < ids.size(); ++i) {  // in natural order: img2 before img10
        const auto path = pictures() / ("img" + std::to_string(i) + ".png");
        const auto record = read_exhibit(file, ids[i], true);
        EXPECT_EQ(record.row.path, path);
        EXPECT_EQ(record.row.copies, 1);
        EXPECT_EQ(record.scored_by.substr(0, 5), "anna@");
        EXPECT_EQ(record.perceptual.size(), 16u);
        const auto truth = read_picture(path);
        const auto& examination = record.examination;
        EXPECT_EQ(examination.state, ExaminationState::Explained);
        EXPECT_EQ(examination.facts.sha256, truth.facts.sha256);
        EXPECT_EQ(examination.facts.decoder, truth.facts.decoder);
        EXPECT_EQ(examination.facts.bytes, truth.facts.bytes);
        EXPECT_EQ(examination.width, 72);
        const auto opinion = evaluator->opinion_of(truth.pixels, true);
        ASSERT_TRUE(examination.opinion.has_value());
        EXPECT_EQ(examination.opinion->score, opinion.score);  // bit-identical
        EXPECT_EQ(examination.opinion->spread, opinion.spread);
        ASSERT_EQ(examination.opinion->experts.size(), 3u);
        for (std::size_t e = 0; e < 3; ++e) {
            const auto& expert = examination.opinion->experts[e];
            EXPECT_EQ(expert.name, opinion.experts[e].name);
            EXPECT_EQ(expert.logits, opinion.experts[e].logits);
            EXPECT_EQ(expert.without, opinion.experts[e].without);
            ASSERT_TRUE(expert.map.has_value());
            ASSERT_EQ(expert.map->values.size(), opinion.experts[e].map->values.size());
            for (std::size_t v = 0; v < expert.map->values.size(); ++v)
                EXPECT_NEAR(expert.map->values[v], opinion.experts[e].map->values[v],
                            1e-3 * opinion.experts[e].map->values[v] + 1e-6);
        }
        EXPECT_FALSE(exhibit_thumbnail(file, ids[i]).empty());
        const auto small = decode_picture(exhibit_thumbnail(file, ids[i]));
        EXPECT_EQ(small.pixels.width, 72);
    }
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, KnownFilesAreNotReadAgain) {
    for (unsigned i = 0; i < 5; ++i)
        picture(std::to_string(i) + ".png", i);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto entries = read_log(file).size();
    const auto again = scan_all(file);
    EXPECT_EQ(again.unchanged, 5);
    EXPECT_EQ(again.scored, 0);
    EXPECT_EQ(evaluator->evaluated(), 5);
    EXPECT_EQ(read_log(file).size(), entries + 2);  // "began" and "ended" with nothing between
    auto how = options();
    how.rehash = true;
    const auto rehashed = scan_all(file, how);
    EXPECT_EQ(rehashed.known, 5);
    EXPECT_EQ(evaluator->evaluated(), 5);
    EXPECT_EQ(count_exhibits(file).files, 5);
}

TEST_F(Scanning, RehashingFindsChangesWithEqualSizeAndTime) {
    const auto path = picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto time = std::filesystem::last_write_time(path);
    auto bytes = file_bytes(path);
    bytes.back() ^= 1;  // in the checksum of the last chunk, which a decoder may not check
    write_bytes(path, bytes);
    std::filesystem::last_write_time(path, time);
    EXPECT_EQ(scan_all(file).unchanged, 1);
    auto how = options();
    how.rehash = true;
    EXPECT_EQ(scan_all(file, how).unchanged, 0);
    EXPECT_EQ(count_exhibits(file).exhibits, 2);
    EXPECT_EQ(count_exhibits(file).gone, 1);
}

TEST_F(Scanning, RecentlyModifiedFilesAreReadAgain) {
    paint(pictures() / "a.png", 1);  // just written: may change within the clock's resolution
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto again = scan_all(file);
    EXPECT_EQ(again.known, 1);
    EXPECT_EQ(evaluator->evaluated(), 1);
}

TEST_F(Scanning, RenamedChangedAndMissingFilesAreRecognised) {
    const auto first = picture("first.png", 1);
    const auto second = picture("second.png", 2);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto id = named_exhibit(file, first);
    mark_exhibits(file, std::vector{id}, Mark::Suspicious);

    std::filesystem::rename(first, pictures() / "renamed.png");
    const auto renamed = scan_all(file);
    EXPECT_EQ(renamed.known, 1);
    EXPECT_EQ(renamed.gone, 1);
    EXPECT_EQ(evaluator->evaluated(), 2);
    EXPECT_EQ(named_exhibit(file, pictures() / "renamed.png"), id);
    auto row = row_of(file, pictures() / "renamed.png");
    EXPECT_EQ(row.path, pictures() / "renamed.png");
    EXPECT_EQ(row.mark, Mark::Suspicious);
    EXPECT_EQ(row.copies, 1);
    EXPECT_EQ(find_exhibits(file).size(), 2u);

    picture("second.png", 3);
    const auto changed = scan_all(file);
    EXPECT_EQ(changed.scored, 1);
    EXPECT_EQ(evaluator->evaluated(), 3);
    const auto counts = count_exhibits(file);
    EXPECT_EQ(counts.exhibits, 3);  // the old content of second.png stays an exhibit
    EXPECT_EQ(counts.gone, 1);
    EXPECT_EQ(counts.files, 2);
    EXPECT_EQ(row_of(file, second).copies, 1);

    std::filesystem::remove(second);
    EXPECT_EQ(scan_all(file).gone, 1);
    EXPECT_EQ(row_of(file, second).copies, 0);
    EXPECT_EQ(row_of(file, second).state, ExhibitState::Scored);
    EXPECT_EQ(scan_all(file).gone, 0);  // reported once
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, AMissingFolderRemovesNothing) {
    picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    std::filesystem::rename(pictures(), folder / "unplugged");
    const auto done = scan_all(file);
    EXPECT_EQ(done.gone, 0);
    EXPECT_EQ(done.failed, 1);
    EXPECT_EQ(count_exhibits(file).files, 2);  // the picture, and the missing folder
    std::filesystem::rename(folder / "unplugged", pictures());
    EXPECT_EQ(scan_all(file).unchanged, 1);
    EXPECT_EQ(count_exhibits(file).exhibits, 1);  // the entry for the folder is gone again
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, CopiesAreOneExhibit) {
    const auto one = picture("b/copy10.png", 1);
    for (const auto* name : {"a/x.png", "b/copy2.png", "c/y.png"}) {
        std::filesystem::create_directories((pictures() / name).parent_path());
        std::filesystem::copy_file(one, pictures() / name);
        age(pictures() / name);
    }
    CaseFile file(case_path(), CaseAccess::Create);
    const auto done = scan_all(file);
    EXPECT_EQ(done.scored, 1);
    EXPECT_EQ(done.known, 3);
    EXPECT_EQ(evaluator->evaluated(), 1);
    ASSERT_EQ(find_exhibits(file).size(), 1u);
    auto row = row_of(file, one);
    EXPECT_EQ(row.copies, 4);
    EXPECT_EQ(row.path, pictures() / "a/x.png");
    EXPECT_EQ(read_exhibit(file, row.id, false).paths.size(), 4u);
    const auto folders = case_folders(file);
    ASSERT_EQ(folders.size(), 3u);
    EXPECT_EQ(folders[1].folder, pictures() / "b");
    EXPECT_EQ(folders[1].exhibits, 1);
    EXPECT_EQ(find_exhibits(file, {.folder = pictures() / "c"}).size(), 1u);
    EXPECT_EQ(find_exhibits(file, {.folder = pictures() / "c/y"}).size(), 0u);
}

TEST_F(Scanning, FailuresAreRecorded) {
    std::filesystem::create_directories(pictures());
    write_bytes(pictures() / "empty.jpg", "");
    write_bytes(pictures() / "page.jpg", "<html>not a picture</html>");
    auto bytes = file_bytes(picture("cut.png", 1));
    write_bytes(pictures() / "cut.png", bytes.substr(0, bytes.size() / 2));
    age(pictures() / "cut.png");
    age(pictures() / "empty.jpg");
    age(pictures() / "page.jpg");
    picture("good.png", 2);
    auto how = options();
    how.paths.push_back(folder / "not there.png");
    CaseFile file(case_path(), CaseAccess::Create);
    const auto done = scan_all(file, how);
    EXPECT_EQ(done.failed, 4);
    EXPECT_EQ(done.scored, 1);
    const auto counts = count_exhibits(file);
    EXPECT_EQ(counts.failed, 4);
    EXPECT_EQ(counts.scored, 1);
    for (const auto& [name, code] :
         std::vector<std::pair<std::string, std::string>>{{"empty.jpg", "empty"},
                                                          {"page.jpg", "not_a_picture"},
                                                          {"cut.png", "damaged"},
                                                          {"../not there.png", "not_found"}}) {
        const auto record = read_exhibit(file, named_exhibit(file, pictures() / name), true);
        EXPECT_EQ(record.examination.state, ExaminationState::Failed);
        EXPECT_EQ(record.examination.failure.code, code);
        EXPECT_EQ(record.row.failure, record.examination.failure.message);
        const auto object = nlohmann::json::parse(to_json(record.examination, record.by, false));
        EXPECT_EQ(object["error"]["code"], code);
    }
    // Failures caused by the bytes are not retried; a missing file is, and fails again.
    const auto entries = read_log(file).size();
    const auto again = scan_all(file, how);
    EXPECT_EQ(again.unchanged, 4);
    EXPECT_EQ(again.failed, 1);
    EXPECT_EQ(read_log(file).size(), entries + 2);
    EXPECT_TRUE(verify_case(case_path()).problems.empty());

    // It becomes an ordinary exhibit once the file exists.
    paint(folder / "not there.png", 7);
    EXPECT_EQ(scan_all(file, how).scored, 1);
    EXPECT_EQ(row_of(file, folder / "not there.png").state, ExhibitState::Scored);
    EXPECT_EQ(count_exhibits(file).failed, 3);
    EXPECT_EQ(count_exhibits(file).exhibits, 5);
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

/// Fails for one picture until told to work.
class FlakyEvaluator : public FakeEvaluator {
  public:
    using FakeEvaluator::FakeEvaluator;
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        if (broken)
            throw DeviceError("The device went away.");
        return FakeEvaluator::evaluate(pictures, options, std::move(stop));
    }
    bool broken = true;
};

TEST_F(Scanning, FailuresOfTheMachineAreRetried) {
    picture("a.png", 1);
    const auto flaky = std::make_shared<FlakyEvaluator>(fake_panel("fake", 3, false));
    CaseFile file(case_path(), CaseAccess::Create);
    EXPECT_EQ(scan(file, flaky, options()).failed, 1);
    EXPECT_EQ(row_of(file, pictures() / "a.png").failure, "The device went away.");
    EXPECT_EQ(scan(file, flaky, options()).failed, 1);
    EXPECT_EQ(file.database().number("SELECT count(*) FROM results"), 1);  // recorded once
    flaky->broken = false;
    EXPECT_EQ(scan(file, flaky, options()).scored, 1);
    EXPECT_EQ(row_of(file, pictures() / "a.png").state, ExhibitState::Scored);
    EXPECT_EQ(count_exhibits(file).failed, 0);
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, AnyFileNameIsScanned) {
    const std::set<std::string> names{"sp ace.png", "new\nline.png", "byte\xff\xfe.png",
                                      "-dash.png",  "quote'\"%.png", "ünïcode.png"};
    unsigned number = 0;
    for (const auto& name : names)
        picture(name, number++);
    CaseFile file(case_path(), CaseAccess::Create);
    EXPECT_EQ(scan_all(file).scored, 6);
    std::set<std::string> seen;
    for (const auto& row : exhibit_rows(file, find_exhibits(file)))
        seen.insert(row.path.filename());
    EXPECT_EQ(seen, names);
    EXPECT_EQ(scan_all(file).unchanged, 6);
    EXPECT_EQ(find_exhibits(file, {.text = "SP ACE"}).size(), 1u);
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, AnotherPanelIsAnotherResultOfTheSameExhibit) {
    const auto path = picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const double first = row_of(file, path).score;
    const auto other = std::make_shared<FakeEvaluator>(fake_panel("other", 2, false));
    EXPECT_EQ(scan(file, other, options()).scored, 1);
    EXPECT_EQ(count_exhibits(file).exhibits, 1);
    const auto known = scorers(file);
    ASSERT_EQ(known.size(), 2u);
    EXPECT_EQ(shown_scorer(file), known[1].id);  // of the latest scan
    EXPECT_EQ(read_exhibit(file, 1, false).examination.opinion->experts.size(), 2u);
    show_scorer(file, known[0].id);
    EXPECT_EQ(row_of(file, path).score, first);
    EXPECT_EQ(read_exhibit(file, 1, false).by.panel.name, "fake");
    picture("b.png", 2);
    scan_all(file);
    show_scorer(file, known[1].id);
    EXPECT_EQ(count_exhibits(file).unscored, 1);
}

TEST_F(Scanning, StoppingKeepsFinishedResultsAndResumes) {
    for (unsigned i = 0; i < 30; ++i)
        picture(std::to_string(i) + ".png", i);
    std::int64_t kept = 0;
    {
        CaseFile file(case_path(), CaseAccess::Create);
        const auto done = scan_until(file, 7);
        EXPECT_GE(done.written, 7);
        EXPECT_LT(done.written, 30);
        kept = done.written;
        EXPECT_EQ(last_entry(file).action, "scan stopped");
        EXPECT_EQ(count_exhibits(file).scored, kept);
    }
    CaseFile file(case_path(), CaseAccess::Write);
    const auto rest = scan_all(file);
    EXPECT_EQ(rest.unchanged, kept);
    EXPECT_EQ(rest.scored, 30 - kept);
    EXPECT_EQ(last_entry(file).action, "scan ended");
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, StoppedWhileAnExpertWorks) {
    for (unsigned i = 0; i < 4; ++i)
        picture(std::to_string(i) + ".png", i);
    const auto gate = std::make_shared<Gate>();
    gate->close();
    const auto gated = std::make_shared<FakeEvaluator>(fake_panel("fake", 3, false), gate);
    CaseFile file(case_path(), CaseAccess::Create);
    std::stop_source stop;
    ScanProgress done;
    std::thread scanning([&] { done = scan(file, gated, options(), {}, stop.get_token()); });
    while (gate->waiting() == 0)
        std::this_thread::yield();
    stop.request_stop();
    scanning.join();
    EXPECT_EQ(done.scored, 0);
    EXPECT_EQ(count_exhibits(file).exhibits, 0);
}

TEST_F(Scanning, WatchingFindsNewAndChangedFiles) {
    picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    auto how = options();
    how.watch = true;
    how.poll = 5ms;
    std::stop_source stop;
    std::mutex mutex;
    std::condition_variable changed;
    ScanProgress last;
    std::thread scanning([&] {
        scan(
            file, evaluator, how,
            [&](const ScanProgress& now) {
                const std::lock_guard lock(mutex);
                last = now;
                changed.notify_all();
            },
            stop.get_token());
    });
    const auto until = [&](auto&& condition) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 60s, [&] { return condition(last); });
    };
    EXPECT_TRUE(until([](const auto& now) { return now.written == 1 && now.waiting; }));
    picture("deeper/b.png", 2);
    EXPECT_TRUE(until([](const auto& now) { return now.written == 2 && now.waiting; }));
    picture("a.png", 3);
    EXPECT_TRUE(until([](const auto& now) { return now.written == 3 && now.waiting; }));
    std::filesystem::remove(pictures() / "a.png");
    EXPECT_TRUE(until([](const auto& now) { return now.gone == 1 && now.waiting; }));
    stop.request_stop();
    scanning.join();
    EXPECT_EQ(count_exhibits(file).exhibits, 3);
    EXPECT_EQ(count_exhibits(file).files, 1);
}

TEST_F(Scanning, FoldersAndPathsThatCannotBeUsedAreFailures) {
    picture("a.png", 1);
    // Deeper than a path may be long: the last folders cannot be opened by their path.
    const std::string name(200, 'd');
    test::make_deep_folder(pictures(), name);
    ASSERT_FALSE(HasFatalFailure());
    CaseFile file(case_path(), CaseAccess::Create);
    const auto done = scan_all(file);
    EXPECT_EQ(done.scored, 1);
    EXPECT_EQ(done.failed, 1);
    const auto failed = find_exhibits(file, {.state = ExhibitState::Failed});
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_NE(exhibit_rows(file, failed)[0].failure.find("too long"), std::string::npos);
    EXPECT_EQ(std::system(("rm -rf '" + pictures().native() + "/" + name + "'").c_str()), 0);
}

TEST_F(Scanning, PicturesWithOtherNamesAreNamed) {
    picture("a.png", 1);
    std::filesystem::copy_file(pictures() / "a.png", pictures() / "IMG_0001");
    std::filesystem::copy_file(pictures() / "a.png", pictures() / "b.png.bak");
    write_bytes(pictures() / "notes.txt", "not a picture");
    CaseFile file(case_path(), CaseAccess::Create);
    EXPECT_TRUE(left_out_of_scans(file).empty());
    const auto done = scan_all(file);
    EXPECT_EQ(done.found, 1);
    EXPECT_EQ(done.left_out.misnamed, (std::vector<std::filesystem::path>{
                                          pictures() / "IMG_0001", pictures() / "b.png.bak"}));
    EXPECT_TRUE(done.left_out.unsupported.empty());
    const auto left_out = left_out_of_scans(file);
    ASSERT_EQ(left_out.size(), 1u);
    EXPECT_EQ(left_out[0].misnamed.count, 2);
    EXPECT_EQ(left_out[0].unsupported.count, 0);
    const auto ended = nlohmann::json::parse(last_entry(file).details);
    EXPECT_EQ(ended["misnamed"]["files"][0], (pictures() / "IMG_0001").native());
    EXPECT_EQ(ended["unsupported"]["count"], 0);

    // The last scan of the same paths counts.
    std::filesystem::remove(pictures() / "IMG_0001");
    std::filesystem::remove(pictures() / "b.png.bak");
    write_bytes(pictures() / "layers.psd", "8BPS");
    scan_all(file);
    const auto now = left_out_of_scans(file);
    ASSERT_EQ(now.size(), 1u);
    EXPECT_EQ(now[0].misnamed.count, 0);
    EXPECT_EQ(now[0].unsupported.named,
              std::vector<std::string>{(pictures() / "layers.psd").native()});
}

TEST_F(Scanning, ManyPicturesThatAreLeftOutAreCountedAndTheFirstNamed) {
    picture("a.png", 1);
    const auto most = static_cast<int>(kNamedLeftOut);
    for (int i = 0; i < most + 5; ++i)
        write_bytes(pictures() / (std::to_string(100 + i) + ".tga"), "x");
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto info = case_info_text(file);
    EXPECT_SAYS(info, "25 files are pictures of kinds that are not supported");
    EXPECT_SAYS(info, "119.tga");
    EXPECT_EQ(info.find("120.tga"), std::string::npos) << info;
    EXPECT_SAYS(info, "and 5 more");
    const auto json = nlohmann::json::parse(case_info_json(file));
    EXPECT_EQ(json["left_out"][0]["unsupported"]["count"], 25);
    EXPECT_EQ(json["left_out"][0]["unsupported"]["files"].size(), 20u);
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Scanning, LargeMapsAreAveragedDown) {
    const auto path = picture("a.png", 1);
    CaseFile file(case_path(), CaseAccess::Create);
    auto how = options();
    how.map_side = 8;
    scan_all(file, how);
    const auto record = read_exhibit(file, named_exhibit(file, path), true);
    const auto& map = *record.examination.opinion->experts[0].map;
    EXPECT_EQ(map.rows, 8);
    const auto whole = *evaluator->opinion_of(read_picture(path).pixels, true).experts[0].map;
    double mean = 0, kept = 0;
    for (const auto value : whole.values)
        mean += value / 256;
    for (const auto value : map.values)
        kept += value / 64;
    EXPECT_NEAR(kept, mean, 1e-3 * mean + 1e-6);
    EXPECT_EQ(file.database().number("SELECT native_rows FROM maps"), 16);
}

TEST_F(Scanning, UnreadableFoldersAndFiles) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may read everything";
    const auto path = picture("locked.png", 1);
    ::chmod(path.c_str(), 0);
    CaseFile file(case_path(), CaseAccess::Create);
    EXPECT_EQ(scan_all(file).failed, 1);
    EXPECT_EQ(row_of(file, path).sha256, "");
    ::chmod(path.c_str(), 0600);
    EXPECT_EQ(scan_all(file).scored, 1);
}

}  // namespace
}  // namespace dfd::test
