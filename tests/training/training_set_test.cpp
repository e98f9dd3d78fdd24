#include "core/training/batches/training_set.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/training/test_manifest.h"

namespace dfd {
namespace {

using test::sentence_of;
using testing::Folder;
using testing::make_rows;

Manifest manifest_in(const std::filesystem::path& folder, const std::vector<ManifestRow>& rows) {
    write_manifest(folder / "manifest.csv", rows);
    return read_manifest(folder / "manifest.csv");
}

TEST(TrainingSet, LeavesTheHeldOutFoldAndTheTestRowsAlone) {
    const Folder folder;
    auto rows = make_rows(folder.path(), {.pairs = 8, .folds = 4});
    rows[14].fold = rows[15].fold = kTestFold;  // pair 7, otherwise in fold 3
    const auto manifest = manifest_in(folder.path(), rows);
    const TrainingSet set(manifest, {1}, 0.1, 5);
    EXPECT_EQ(set.fakes(), 5u);  // 8 - pairs 1 and 5 - pair 7
    EXPECT_EQ(set.reals(), 5u);
    std::map<std::string, int> met;
    for (std::uint64_t i = 0; i < 10; ++i) {
        const auto pair = set.at(i);
        EXPECT_TRUE(pair.twins);
        EXPECT_TRUE(pair.fake.fake);
        EXPECT_FALSE(pair.real.fake);
        EXPECT_EQ(pair.fake.path.filename(), pair.real.path.filename());
        EXPECT_NE(pair.fake.fold, 1);
        ++met[pair.fake.path.filename()];
    }
    EXPECT_EQ(met.size(), 5u);
    for (const auto& [name, times] : met) {
        EXPECT_EQ(times, 2) << name;  // once per epoch
        EXPECT_EQ(std::set<std::string>({"1.png", "5.png", "7.png"}).count(name), 0u);
    }
    const auto validation = set.validation(0, 100);
    ASSERT_EQ(validation.size(), 4u);
    for (const auto& picture : validation)
        EXPECT_EQ(picture.fold, 1);
    const auto few = set.validation(0, 2);
    ASSERT_EQ(few.size(), 2u);
    EXPECT_NE(few[0].fake, few[1].fake);
}

TEST(TrainingSet, OrderChangesWithEpochAndSeedAndIsReproducible) {
    const Folder folder;
    const auto manifest = manifest_in(folder.path(), make_rows(folder.path(), {.pairs = 12}));
    const auto order = [&](std::uint64_t seed, std::uint64_t first) {
        const TrainingSet set(manifest, {0}, 0.1, seed);
        std::vector<std::string> names;
        for (std::uint64_t i = 0; i < set.fakes(); ++i)
            names.push_back(set.at(first + i).fake.path.filename());
        return names;
    };
    EXPECT_EQ(order(1, 0), order(1, 0));
    EXPECT_NE(order(1, 0), order(1, 8));
    EXPECT_NE(order(1, 0), order(2, 0));
}

TEST(TrainingSet, PairsFakesWithoutATwinWithAnyReal) {
    const Folder folder;
    const auto manifest =
        manifest_in(folder.path(), make_rows(folder.path(), {.pairs = 9, .twins = false}));
    const TrainingSet set(manifest, {0}, 0.1, 1);
    std::set<std::string> reals;
    for (std::uint64_t i = 0; i < 60; ++i) {
        const auto pair = set.at(i);
        EXPECT_FALSE(pair.twins);
        EXPECT_FALSE(pair.real.fake);
        EXPECT_NE(pair.real.fold, 0);
        reals.insert(pair.real.path);
    }
    EXPECT_EQ(reals.size(), 6u);
}

TEST(TrainingSet, SeveralExpertsHoldOutTheirOwnFolds) {
    const Folder folder;
    const auto manifest = manifest_in(folder.path(), make_rows(folder.path(), {.pairs = 6}));
    const TrainingSet set(manifest, {0, 2}, 0.1, 1);
    EXPECT_EQ(set.fakes(), 6u);  // each is outside at least one expert's fold
    EXPECT_EQ(set.fold(1), 2);
    EXPECT_EQ(set.validation(0, 100).size(), 4u);
    for (const auto& picture : set.validation(1, 100))
        EXPECT_EQ(picture.fold, 2);
}

TEST(TrainingSet, DrawsGroupsWhenNoFoldIsGiven) {
    const Folder folder;
    const auto manifest =
        manifest_in(folder.path(), make_rows(folder.path(), {.pairs = 10, .folds = 0}));
    const TrainingSet set(manifest, {kNoFold}, 0.25, 7);
    EXPECT_EQ(set.fakes(), 7u);
    std::set<std::string> held;
    for (const auto& picture : set.validation(0, 100))
        held.insert(picture.path.filename());
    EXPECT_EQ(held.size(), 3u);  // both pictures of a pair
    for (std::uint64_t i = 0; i < 14; ++i)
        EXPECT_EQ(held.count(set.at(i).fake.path.filename()), 0u);
}

TEST(TrainingSet, SaysWhatIsWrong) {
    const Folder folder;
    const auto rows = make_rows(folder.path(), {.pairs = 4, .folds = 2});
    const auto sentence = [&](std::vector<ManifestRow> changed, int fold = 0) {
        const auto manifest = manifest_in(folder.path(), changed);
        return sentence_of<TrainingError>([&] { const TrainingSet set(manifest, {fold}, 0.1, 1); });
    };
    EXPECT_NE(sentence(rows, 9).find("its folds are 0, 1"), std::string::npos);
    auto changed = rows;
    for (auto& row : changed)
        row.fold = kNoFold;
    EXPECT_NE(sentence(changed).find("dfd prepare split"), std::string::npos);
    changed = rows;
    changed[3].path = folder.path() / "gone.png";
    EXPECT_NE(sentence(changed).find("gone.png"), std::string::npos);
    changed = rows;
    changed[2].fold = 0;  // the twin of a fake in fold 1
    EXPECT_NE(sentence(changed).find("twin"), std::string::npos);
    changed = rows;
    std::erase_if(changed, [](const auto& row) { return row.fake && row.fold == 1; });
    EXPECT_NE(sentence(changed).find("no fakes"), std::string::npos);
    changed = rows;
    std::erase_if(changed, [](const auto& row) { return !row.fake && row.fold == 1; });
    EXPECT_NE(sentence(changed).find("no real"), std::string::npos);
}

}  // namespace
}  // namespace dfd
