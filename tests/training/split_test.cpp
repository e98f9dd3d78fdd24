#include "core/training/folds/split.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"

namespace dfd {
namespace {

using test::sentence_of;

ManifestRow row(const std::string& name, bool fake, int cluster, const std::string& group = {},
                const std::string& source = {}) {
    ManifestRow made;
    made.path = "/data/" + name;
    made.fake = fake;
    made.cluster = cluster;
    made.group = group;
    made.source = source;
    return made;
}

ManifestRow with_twin(ManifestRow fake, const std::string& twin) {
    fake.parameters = R"({"twin":")" + twin + R"("})";
    return fake;
}

Manifest manifest_of(std::vector<ManifestRow> rows) {
    return {"/data/m.csv", std::move(rows)};
}

std::vector<int> folds(const Manifest& manifest) {
    std::vector<int> all;
    for (const auto& each : manifest.rows)
        all.push_back(each.fold);
    return all;
}

/// 12 sources of 20 photographs in groups of two, each with a fake; clusters rotate.
Manifest many() {
    std::vector<ManifestRow> rows;
    for (int source = 0; source < 12; ++source)
        for (int photo = 0; photo < 20; ++photo) {
            const auto name = std::to_string(source) + "-" + std::to_string(photo);
            const auto group = std::to_string(source) + "." + std::to_string(photo / 2);
            const auto from = "source " + std::to_string(source);
            rows.push_back(row(name + ".png", false, (source + photo / 2) % 4, group, from));
            rows.push_back(row(name + "-fake.png", true, (source + photo / 2) % 4, group, from));
        }
    return manifest_of(std::move(rows));
}

void expect_groups_whole(const Manifest& manifest) {
    std::map<std::string, std::set<int>> groups;
    for (const auto& each : manifest.rows)
        if (!each.group.empty())
            groups[each.group].insert(each.fold);
    for (const auto& [group, seen] : groups)
        EXPECT_EQ(seen.size(), 1u) << group;
}

TEST(Split, AFoldIsACluster) {
    auto manifest = manifest_of({row("a", false, 0), row("b", true, 0), row("c", false, 1),
                                 row("d", true, 1), row("e", true, 2), row("f", false, 2)});
    const auto report = split(manifest, {});
    EXPECT_EQ(folds(manifest), (std::vector<int>{0, 0, 1, 1, 2, 2}));
    ASSERT_EQ(report.folds.size(), 3u);
    EXPECT_EQ(report.folds[1].real, 1);
    EXPECT_EQ(report.folds[1].fake, 1);
    EXPECT_EQ(report.folds[1].pieces, 2);
    EXPECT_EQ(report.moved, 0);
    EXPECT_TRUE(report.warnings.empty());
    EXPECT_EQ(report.test.size(), 0);
}

TEST(Split, AGroupGoesWhereMostOfItIs) {
    auto manifest =
        manifest_of({row("a", false, 0, "g"), row("b", true, 1, "g"), row("c", true, 1, "g"),
                     row("d", false, 0), row("e", true, 0), row("f", false, 1)});
    const auto report = split(manifest, {});
    EXPECT_EQ(folds(manifest), (std::vector<int>{1, 1, 1, 0, 0, 1}));
    EXPECT_EQ(report.moved, 1);
    EXPECT_EQ(report.folds[1].pieces, 2);
}

TEST(Split, OfEqualsTheSmallestClusterWins) {
    auto manifest = manifest_of({row("a", false, 2, "g"), row("b", true, 1, "g"), row("c", true, 0),
                                 row("d", false, 0), row("e", false, 1), row("f", true, 2),
                                 row("h", false, 2)});
    (void)split(manifest, {});
    EXPECT_EQ(manifest.rows[0].fold, 1);
    EXPECT_EQ(manifest.rows[1].fold, 1);
}

TEST(Split, TwinsAreTogetherAlsoWithoutGroupsAndThroughOthers) {
    auto manifest = manifest_of(
        {row("real/a", false, 0), with_twin(row("fake/a", true, 1), "real/a"),
         with_twin(row("fake/b", true, 1), "/data/real/a"),   // absolute
         with_twin(row("fake/c", true, 0), "real/unlisted"),  // joined by a twin that is not listed
         with_twin(row("fake/d", true, 1), "real/../real/unlisted"), row("e", false, 1, "g"),
         with_twin(row("fake/e", true, 0, "h"), "e"),  // joins two groups
         row("f", false, 0, "h"), row("z", false, 1), row("y", true, 0)});
    const auto report = split(manifest, {});
    const auto all = folds(manifest);
    EXPECT_EQ(all[0], 1);  // two of three are in cluster 1
    EXPECT_EQ(all[1], 1);
    EXPECT_EQ(all[2], 1);
    EXPECT_EQ(all[3], 0);  // a tie
    EXPECT_EQ(all[4], 0);
    EXPECT_EQ(all[5], 0);
    EXPECT_EQ(all[6], 0);
    EXPECT_EQ(all[7], 0);
    EXPECT_EQ(report.folds[0].pieces + report.folds[1].pieces, 5);
    EXPECT_EQ(report.moved, 3);
    ASSERT_EQ(report.warnings.size(), 1u);  // 3 of 10
    EXPECT_SAYS(report.warnings[0], "3 of 10");
}

TEST(Split, AFoldWithoutRealOrFakePicturesIsReported) {
    auto manifest =
        manifest_of({row("a", false, 0), row("b", true, 0), row("c", true, 1), row("d", false, 2),
                     row("e", false, 3, "g"), row("f", false, 2, "g"), row("h", false, 2, "g")});
    const auto report = split(manifest, {});
    const auto text = split_text(report);
    EXPECT_SAYS(text, "fold 0: 2 pictures, 1 real, 1 fake, in 2 groups");
    EXPECT_SAYS(text, "warning: Fold 1 has no real pictures");
    EXPECT_SAYS(text, "warning: Fold 2 has no fake pictures");
    EXPECT_SAYS(text, "warning: Fold 3 is empty");
    EXPECT_SAYS(text, "1 picture put into another cluster's fold");
}

TEST(Split, FewerFoldsThanClustersPutClustersTogether) {
    auto manifest =
        manifest_of({row("a", false, 0), row("b", true, 0), row("c", false, 0), row("d", true, 0),
                     row("e", true, 1), row("f", false, 1), row("g", false, 2), row("h", true, 2)});
    SplitOptions options;
    options.folds = 2;
    const auto report = split(manifest, options);
    EXPECT_EQ(report.folds[0].size(), 4);
    EXPECT_EQ(report.folds[1].size(), 4);
    EXPECT_EQ(manifest.rows[4].fold, manifest.rows[6].fold);
    EXPECT_EQ(report.moved, 0);
    options.folds = 4;
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(manifest, options); }), "3 clusters");
}

TEST(Split, RandomFoldsAreBalancedWholeAndSeeded) {
    auto manifest = many();
    SplitOptions options;
    options.by = SplitBy::Random;
    options.folds = 4;
    const auto report = split(manifest, options);
    expect_groups_whole(manifest);
    for (const auto& fold : report.folds) {
        EXPECT_EQ(fold.real, 60);
        EXPECT_EQ(fold.fake, 60);
        EXPECT_EQ(fold.pieces, 30);
    }
    auto again = many();
    (void)split(again, options);
    EXPECT_EQ(folds(again), folds(manifest));
    options.seed = 2;
    (void)split(again, options);
    EXPECT_NE(folds(again), folds(manifest));
    options.folds = 0;
    EXPECT_EQ(split(again, options).folds.size(), 5u);
}

TEST(Split, RandomFoldsBalanceRealAndFakeWhereNothingIsGrouped) {
    std::vector<ManifestRow> rows;
    for (int i = 0; i < 30; ++i)
        rows.push_back(row(std::to_string(i), i % 3 == 0, -1));
    auto manifest = manifest_of(std::move(rows));
    SplitOptions options;
    options.by = SplitBy::Random;
    options.folds = 5;
    for (const auto& fold : split(manifest, options).folds) {
        EXPECT_EQ(fold.fake, 2);
        EXPECT_EQ(fold.real, 4);
    }
}

TEST(Split, SourcesStayWhole) {
    auto manifest = many();
    SplitOptions options;
    options.by = SplitBy::Source;
    options.folds = 3;
    const auto report = split(manifest, options);
    std::map<std::string, std::set<int>> seen;
    for (const auto& each : manifest.rows)
        seen[each.source].insert(each.fold);
    for (const auto& [source, its] : seen)
        EXPECT_EQ(its.size(), 1u) << source;
    for (const auto& fold : report.folds)
        EXPECT_EQ(fold.pieces, 4);
    options.folds = 13;
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(manifest, options); }), "12 pieces");
}

TEST(Split, TheTestShareTakesWholeGroupsOfEverySource) {
    auto manifest = many();
    for (int i = 0; i < 6; ++i)  // a rare source: 6 of 486 rows
        manifest.rows.push_back(
            row("rare" + std::to_string(i), i % 2 == 0, i % 4, "rare", "rare source"));
    SplitOptions options;
    options.test = 0.2;
    const auto report = split(manifest, options);
    expect_groups_whole(manifest);
    EXPECT_NEAR(static_cast<double>(report.test.size()), 0.2 * 486, 4.0);
    std::map<std::string, int> tested;
    for (const auto& each : manifest.rows)
        tested[each.source] += each.fold == kTestFold;
    EXPECT_EQ(tested["rare source"], 6);  // completely
    for (int source = 0; source < 12; ++source) {
        const int its = tested["source " + std::to_string(source)];
        EXPECT_GE(its, 4) << source;
        EXPECT_LE(its, 12) << source;
    }
    std::int64_t all = report.test.size();
    for (const auto& fold : report.folds)
        all += fold.size();
    EXPECT_EQ(all, 486);

    // Rows in the test fold stay there: another seed keeps them and adds none.
    const auto before = folds(manifest);
    options.seed = 9;
    const auto second = split(manifest, options);
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_EQ(before[i] == kTestFold, manifest.rows[i].fold == kTestFold);
    EXPECT_EQ(second.test.size(), report.test.size());
    // Without their fold they are drawn again.
    for (auto& each : manifest.rows)
        each.fold = kNoFold;
    (void)split(manifest, options);
    EXPECT_NE(before, folds(manifest));
}

TEST(Split, NamedSourcesAreTestedWhole) {
    auto manifest = many();
    SplitOptions options;
    options.test_sources = {"source 3", "source 7"};
    const auto report = split(manifest, options);
    EXPECT_EQ(report.test.size(), 80);
    for (const auto& each : manifest.rows)
        EXPECT_EQ(each.fold == kTestFold, each.source == "source 3" || each.source == "source 7");
    options.test_sources = {"nobody"};
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(manifest, options); }), "\"nobody\"");
}

TEST(Split, ARowMarkedForTestTakesItsGroupAlong) {
    auto manifest = many();
    manifest.rows[0].fold = kTestFold;  // in a group of two photographs and their fakes
    const auto report = split(manifest, {});
    EXPECT_EQ(report.test.size(), 4);
    expect_groups_whole(manifest);
}

TEST(Split, WhatCannotBeDividedIsRefused) {
    auto unclustered = manifest_of({row("a", false, -1), row("b", true, 0)});
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(unclustered, {}); }), "/data/a");
    auto absurd = manifest_of({row("a", false, 2'000'000'000), row("b", true, 0)});
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(absurd, {}); }), "2000000000");
    auto single = manifest_of({row("a", false, 0), row("b", true, 0)});
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(single, {}); }), "one fold");
    auto one_group = manifest_of({row("a", false, 0, "g"), row("b", true, 1, "g")});
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(one_group, {}); }), "1 piece");
    Manifest empty{"/data/m.csv", {}};
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(empty, {}); }), "no picture");
    SplitOptions options;
    options.test = 1;
    EXPECT_SAYS(sentence_of<TrainingError>([&] { split(one_group, options); }), "share");
}

TEST(Split, AFoldThatLeavesLittleToLearnFromIsReported) {
    std::vector<ManifestRow> rows;
    for (int i = 0; i < 20; ++i)
        rows.push_back(row(std::to_string(i), i % 2 == 1, i < 14 ? 0 : 1, std::to_string(i / 2)));
    auto manifest = manifest_of(rows);
    const auto lopsided = split(manifest, {});
    ASSERT_EQ(lopsided.warnings.size(), 1u);
    EXPECT_SAYS(lopsided.warnings[0], "holds out fold 0 learns from only 6 pictures of 20");
    for (int i = 10; i < 20; ++i)
        rows[static_cast<std::size_t>(i)].cluster = 1;
    manifest = manifest_of(rows);
    EXPECT_TRUE(split(manifest, {}).warnings.empty());
}

}  // namespace
}  // namespace dfd
