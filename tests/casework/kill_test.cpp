// Tests of scans that are killed at random moments, and of a full disk.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include "core/casework/store/audit_log.h"
#include "tests/casework/case_fixture.h"
#include "tests/casework/scanning_process.h"
#include "tests/says.h"

namespace dfd::test {
namespace {

class Killing : public Casework {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < kPictures; ++i)
            picture("set" + std::to_string(i % 3) + "/img" + std::to_string(i) + ".png", i);
        write_bytes(pictures() / "broken.jpg", "<html>not a picture</html>");
        age(pictures() / "broken.jpg");
        std::filesystem::copy_file(pictures() / "set0/img0.png", pictures() / "copy.png");
        age(pictures() / "copy.png");
    }

    static std::int64_t written(const Process& process) {
        const auto out = process.out();
        const auto end = out.find_last_of('\n');
        if (end == std::string::npos)
            return 0;
        const auto start = end == 0 ? std::string::npos : out.find_last_of('\n', end - 1);
        return std::stoll(out.substr(start == std::string::npos ? 0 : start + 1));
    }
    /// Kills the process with SIGKILL once it has written this many results; false if it had
    /// already ended.
    static bool kill_after(Process& process, std::int64_t results) {
        for (int i = 0; i < 60'000 && process.running(); ++i) {
            if (written(process) >= results) {
                process.send(SIGKILL);
                return process.wait().status == 128 + SIGKILL;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }

    static constexpr unsigned kPictures = 120;
};

TEST_F(Killing, ThreeTimesAtRandomMomentsLosesAndDuplicatesNothing) {
    std::mt19937 random(std::random_device{}());
    std::int64_t before = 0;
    for (int kill = 0; kill < 3; ++kill) {
        auto process = start_scan(folder.path(), case_path(), pictures());
        // Each process counts from 0.
        const auto wanted = std::uniform_int_distribution<std::int64_t>(0, kPictures / 5)(random);
        ASSERT_TRUE(kill_after(process, wanted)) << process.wait().err;
        if (!std::filesystem::exists(case_path()))
            continue;  // killed before the case was created
        // Readable at once, also read-only; intact, and with at least the earlier results.
        const auto check = verify_case(case_path());
        EXPECT_TRUE(check.problems.empty()) << check.problems.front();
        const CaseFile file(case_path(), CaseAccess::Read);
        EXPECT_FALSE(file.writer().has_value());
        const auto finished = count_exhibits(file);
        EXPECT_GE(finished.exhibits, before + wanted);
        EXPECT_EQ(finished.unscored, 0);
        before = finished.exhibits;
    }
    const auto last = start_scan(folder.path(), case_path(), pictures()).wait();
    ASSERT_EQ(last.status, 0) << last.err;
    ASSERT_EQ(start_scan(folder.path(), case_path("whole.dfd"), pictures()).wait().status, 0);

    EXPECT_EQ(listing(case_path()), listing(case_path("whole.dfd")));
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto counts = count_exhibits(file);
    EXPECT_EQ(counts.exhibits, kPictures + 1);
    EXPECT_EQ(counts.files, kPictures + 2);
    EXPECT_EQ(file.database().number("SELECT count(*) FROM results"), kPictures + 1);
    EXPECT_EQ(file.database().number("SELECT count(*) FROM sightings"), kPictures + 2);
    EXPECT_TRUE(verify_case(case_path()).problems.empty());
}

TEST_F(Killing, AnotherProcessReadsAndSeesTheWriter) {
    auto process = start_scan(folder.path(), case_path(), pictures());
    while (process.running() && written(process) < 4)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    process.send(SIGSTOP);  // holds the case open during the checks below
    {
        const CaseFile file(case_path(), CaseAccess::Read);
        const auto writer = file.writer();
        ASSERT_TRUE(writer.has_value());
        EXPECT_NE(writer->process, ::getpid());
        EXPECT_GE(count_exhibits(file).exhibits, 4);
        EXPECT_THROW(CaseFile(case_path(), CaseAccess::Write), CaseBusy);
        EXPECT_TRUE(verify_case(case_path()).problems.empty());
    }
    process.send(SIGCONT);
    EXPECT_EQ(process.wait().status, 0);
    EXPECT_FALSE(CaseFile(case_path(), CaseAccess::Read).writer().has_value());
}

TEST_F(Killing, AFullDiskIsReportedAndLeavesAValidCase) {
    constexpr std::uint64_t kRoom = 700'000;  // file size limit in bytes
    const auto full = start_scan(folder.path(), case_path(), pictures(), kRoom).wait();
    EXPECT_EQ(full.status, 1);
    EXPECT_SAYS(full.err, "free space");
    EXPECT_SAYS(full.err, case_path());
    std::int64_t kept = 0;
    {
        const auto check = verify_case(case_path());
        EXPECT_TRUE(check.problems.empty()) << check.problems.front();
        kept = count_exhibits(CaseFile(case_path(), CaseAccess::Read)).exhibits;
        EXPECT_GT(kept, 0);
        EXPECT_LT(kept, kPictures);
    }
    // With free space, a scan continues where it stopped.
    ASSERT_EQ(start_scan(folder.path(), case_path(), pictures()).wait().status, 0);
    const CaseFile file(case_path(), CaseAccess::Read);
    EXPECT_EQ(count_exhibits(file).exhibits, kPictures + 1);
    EXPECT_EQ(file.database().number("SELECT count(*) FROM results"), kPictures + 1);
}

}  // namespace
}  // namespace dfd::test
