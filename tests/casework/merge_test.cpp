// Tests of merging cases: shards of one scan, and reviews by several people.
#include <gtest/gtest.h>

#include "core/casework/exhibits/review.h"
#include "core/casework/scan/merge_cases.h"
#include "core/casework/store/audit_log.h"
#include "tests/casework/case_fixture.h"

namespace dfd::test {
namespace {

class Merging : public Casework {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < 40; ++i)
            picture("img" + std::to_string(i) + ".png", i);
        write_bytes(pictures() / "broken.jpg", "<html>not a picture</html>");
        age(pictures() / "broken.jpg");
        std::filesystem::copy_file(pictures() / "img7.png", pictures() / "copy.png");
        age(pictures() / "copy.png");
    }
    void scan_shard(const std::string& name, int shard, int shards) {
        CaseFile file(case_path(name), CaseAccess::Create);
        auto how = options();
        how.shard = shard;
        how.shards = shards;
        how.paths.push_back(folder / "never there.png");
        const auto done = scan_all(file, how);
        EXPECT_EQ(done.found, 43);
        EXPECT_EQ(done.elsewhere + done.scored + done.known + done.failed, 43);
        EXPECT_GT(done.scored, 0);
    }
    static CaseCounts counts(const std::filesystem::path& path) {
        return count_exhibits(CaseFile(path, CaseAccess::Read));
    }
};

TEST_F(Merging, MergedShardsEqualOneScan) {
    scan_shard("whole", 0, 1);
    for (int i = 0; i < 3; ++i)
        scan_shard("shard" + std::to_string(i), i, 3);
    std::int64_t exhibits = 0;
    for (int i = 0; i < 3; ++i)
        exhibits += counts(case_path("shard" + std::to_string(i))).exhibits;
    EXPECT_EQ(exhibits, 42);  // no duplicates, nothing missing
    const auto whole = listing(case_path("whole"));
    ASSERT_EQ(whole.size(), 42u);

    for (const std::string order : {"012", "201"}) {
        const auto path = case_path("merged" + order);
        {
            CaseFile merged(path, CaseAccess::Create);
            for (const char shard : order) {
                const auto done = merge_case(merged, case_path(std::string("shard") + shard));
                EXPECT_GT(done.results, 0);
                EXPECT_EQ(done.differing, 0);
            }
        }
        EXPECT_EQ(listing(path), whole);
        EXPECT_EQ(counts(path).files, 43);
        const auto check = verify_case(path);
        EXPECT_TRUE(check.problems.empty()) << check.problems.front();

        CaseFile merged(path, CaseAccess::Write);
        const auto entries = last_entry(merged).number;
        for (const char shard : order) {
            const auto again = merge_case(merged, case_path(std::string("shard") + shard));
            EXPECT_EQ(again.exhibits + again.files + again.results + again.decisions, 0);
        }
        EXPECT_EQ(last_entry(merged).number, entries);
        // A scan of the whole folder continues from there: everything is known.
        EXPECT_EQ(scan_all(merged).unchanged, 42);
    }
}

TEST_F(Merging, DecisionsAreCopiedAndTheMarkMergedLastCounts) {
    scan_shard("a", 0, 1);
    scan_shard("b", 0, 1);
    const auto id_in = [](const CaseFile& file, const std::filesystem::path& path) {
        return named_exhibit(file, path);
    };
    const auto path = pictures() / "img3.png";
    {
        CaseFile a(case_path("a"), CaseAccess::Write, "anna");
        mark_exhibits(a, std::vector{id_in(a, path)}, Mark::Suspicious);
        tag_exhibits(a, std::vector{id_in(a, path)}, "beach");
        add_note(a, id_in(a, path), "shadow");
        set_thresholds(a, {"strict", BandThresholds{0.2, 0.9}});
    }
    {
        CaseFile b(case_path("b"), CaseAccess::Write, "bert");
        mark_exhibits(b, std::vector{id_in(b, path)}, Mark::Cleared);
        tag_exhibits(b, std::vector{id_in(b, path)}, "sea");
    }
    for (const std::string order : {"ab", "ba"}) {
        CaseFile merged(case_path("merged" + order), CaseAccess::Create);
        std::int64_t decisions = 0;
        for (const char which : order)
            decisions += merge_case(merged, case_path(std::string(1, which))).decisions;
        EXPECT_EQ(decisions, 7);  // two marks, two tags, a note, thresholds, their choice
        const auto record = read_exhibit(merged, id_in(merged, path), false);
        EXPECT_EQ(record.row.mark, order == "ab" ? Mark::Cleared : Mark::Suspicious);
        ASSERT_EQ(record.marks.size(), 2u);
        EXPECT_EQ(record.marks[0].by, order == "ab" ? "anna" : "bert");
        EXPECT_EQ(record.tags, (std::vector<std::string>{"beach", "sea"}));
        ASSERT_EQ(record.notes.size(), 1u);
        EXPECT_EQ(record.notes[0].by, "anna");
        EXPECT_EQ(active_thresholds(merged).name, "strict");
        EXPECT_EQ(merge_case(merged, case_path("a")).decisions, 0);
        const auto check = verify_case(merged.path());
        EXPECT_TRUE(check.problems.empty()) << check.problems.front();
    }
}

TEST_F(Merging, DifferingResultsAreCountedAndTheFirstStays) {
    scan_shard("a", 0, 1);
    {
        // The same panel by name and digest with different scores, as from a device that computes
        // differently.
        CaseFile b(case_path("b"), CaseAccess::Create);
        scan(b, std::make_shared<ChangedEvaluator>([](PanelOpinion& opinion) {
                 opinion.experts[0].logits[1] += 1;
                 combine(opinion);
             }),
             options());
    }
    const auto before = listing(case_path("a"));
    CaseFile a(case_path("a"), CaseAccess::Write);
    const auto done = merge_case(a, case_path("b"));
    EXPECT_EQ(done.differing, 40);
    EXPECT_EQ(done.results, 0);
    EXPECT_EQ(listing(a), before);
}

TEST_F(Merging, RefusesItselfAndOtherFiles) {
    CaseFile file(case_path(), CaseAccess::Create);
    EXPECT_NE(sentence_of<CaseError>([&] { merge_case(file, case_path()); }).find("into itself"),
              std::string::npos);
    EXPECT_THROW(merge_case(file, pictures() / "broken.jpg"), CaseError);
    EXPECT_THROW(merge_case(file, folder / "nowhere"), CaseError);
}

}  // namespace
}  // namespace dfd::test
