#include "core/training/folds/few_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

using test::sentence_of;

ManifestRow row(const std::string& name, const std::string& group, int fold = kNoFold,
                int cluster = -1) {
    ManifestRow made;
    made.path = "/data/" + name;
    made.group = group;
    made.fold = fold;
    made.cluster = cluster;
    return made;
}

Manifest manifest_of(std::vector<ManifestRow> rows) {
    return {"/data/m.csv", std::move(rows)};
}

SplitReport report_of(std::size_t folds) {
    SplitReport report;
    report.folds.resize(folds);
    return report;
}

std::vector<std::string> names(const Manifest& manifest) {
    std::vector<std::string> all;
    for (const auto& each : manifest.rows)
        all.push_back(each.path.filename());
    return all;
}

TEST(FewPictures, AtMostThatManyPerGroupInTheirOrder) {
    std::vector<ManifestRow> rows;
    for (int i = 0; i < 60; ++i)
        rows.push_back(row(std::to_string(i), "g" + std::to_string(i % 3)));
    rows.push_back(row("alone", ""));
    const auto all = manifest_of(rows);
    const auto few = few_pictures(all, 4, 1);
    ASSERT_EQ(few.rows.size(), 13u);
    std::map<std::string, int> groups;
    for (const auto& each : few.rows)
        ++groups[each.group];
    EXPECT_EQ(groups, (std::map<std::string, int>{{"", 1}, {"g0", 4}, {"g1", 4}, {"g2", 4}}));
    const auto listed = names(few);
    std::vector<int> numbers;
    for (std::size_t i = 0; i + 1 < listed.size(); ++i)
        numbers.push_back(std::stoi(listed[i]));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    EXPECT_EQ(listed.back(), "alone");

    EXPECT_EQ(names(few_pictures(all, 4, 1)), listed);
    EXPECT_NE(names(few_pictures(all, 4, 2)), listed);
    EXPECT_EQ(few_pictures(all, 1000, 1).rows.size(), all.rows.size());
    EXPECT_NE(sentence_of<TrainingError>([&] { (void)few_pictures(all, 0, 1); }).find("at least 1"),
              std::string::npos);
}

TEST(FewPictures, AFakeWithoutAGroupBelongsToItsTwin) {
    auto fake = row("fake", "");
    fake.fake = true;
    fake.parameters = R"({"twin":"real"})";
    EXPECT_EQ(few_pictures(manifest_of({row("real", ""), fake}), 1, 1).rows.size(), 1u);
}

TEST(SpreadFolds, EveryRowTakesTheFoldOfItsGroup) {
    const auto few = manifest_of({row("a0", "a", 1, 1), row("b1", "b", kTestFold, 0)});
    auto fake = row("a2", "a");
    fake.fake = true;
    auto all = manifest_of({row("a0", "a"), row("a1", "a"), fake, row("b0", "b"), row("b1", "b")});
    auto report = report_of(2);
    report.folds[0].real = 99;  // of the sample; must be recomputed
    report.moved = 3;
    report.warnings = {"A sentence."};
    spread_folds(few, all, report);
    std::vector<int> folds, clusters;
    for (const auto& each : all.rows) {
        folds.push_back(each.fold);
        clusters.push_back(each.cluster);
    }
    EXPECT_EQ(folds, (std::vector{1, 1, 1, kTestFold, kTestFold}));
    EXPECT_EQ(clusters, (std::vector{1, -1, -1, -1, 0}));
    EXPECT_EQ(report.folds[0].size(), 0);
    EXPECT_EQ(report.folds[1].real, 2);
    EXPECT_EQ(report.folds[1].fake, 1);
    EXPECT_EQ(report.folds[1].pieces, 1);
    EXPECT_EQ(report.test.real, 2);
    EXPECT_EQ(report.moved, 3);
    EXPECT_EQ(report.warnings.front(), "A sentence.");
    ASSERT_EQ(report.warnings.size(), 4u);  // and the test fold has no fakes
    EXPECT_NE(report.warnings[1].find("Fold 0 is empty"), std::string::npos);
    EXPECT_NE(report.warnings[2].find("learns from only 0 pictures of 3"), std::string::npos);
}

TEST(SpreadFolds, AGroupInSeveralFoldsStaysWhole) {
    auto all = manifest_of({row("a0", "a"), row("a1", "a"), row("a2", "a"), row("a3", "a")});
    auto report = report_of(3);
    spread_folds(manifest_of({row("a0", "a", 2), row("a1", "a", 1), row("a2", "a", 2)}), all,
                 report);
    EXPECT_EQ(all.rows[3].fold, 2);
    EXPECT_EQ(all.rows[1].fold, 2);
    spread_folds(manifest_of({row("a0", "a", 2), row("a1", "a", 1)}), all, report);
    EXPECT_EQ(all.rows[3].fold, 1);
    spread_folds(manifest_of({row("a0", "a", 2), row("a1", "a", kTestFold), row("a2", "a", 2)}),
                 all, report);
    EXPECT_EQ(all.rows[0].fold, kTestFold);  // nothing may learn from test rows
}

TEST(SpreadFolds, AGroupWithoutAFoldIsNamed) {
    auto all = manifest_of({row("a0", "a"), row("b0", "b")});
    auto report = report_of(1);
    const auto message = sentence_of<TrainingError>(
        [&] { spread_folds(manifest_of({row("a0", "a", 0)}), all, report); });
    EXPECT_NE(message.find("/data/b0"), std::string::npos) << message;
    EXPECT_NE(sentence_of<TrainingError>([&] {
                  spread_folds(manifest_of({row("a0", "a"), row("b0", "b", 0)}), all, report);
              }).find("/data/a0"),
              std::string::npos);
}

}  // namespace
}  // namespace dfd
