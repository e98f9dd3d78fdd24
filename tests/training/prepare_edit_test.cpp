#include "core/training/fakes/prepare_edit.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/engine/scoring/evaluator.h"
#include "core/training/manifest/manifest.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using testing::Folder;
using testing::make_picture;
using testing::tree_of;

class PrepareEdit : public ::testing::Test {
  protected:
    void SetUp() override {
        options.photos = folder.path() / "photos";
        options.out = folder.path() / "out";
        options.per_photo = 4;
        options.side = 320;
        // Face detection would need real faces; these pictures have none.
        options.operations = edit_operations();
        std::erase(options.operations, "face-swap");
        testing::write_photos(options.photos, 4, 400, 340);
    }

    Folder folder;
    PrepareEditOptions options;
};

TEST_F(PrepareEdit, MakesFakesMasksAndTwins) {
    const auto report = prepare_edit(options);
    EXPECT_EQ(report.photographs, 4);
    EXPECT_EQ(report.made, 16);
    const auto manifest = read_manifest(options.out / "manifest.csv");
    ASSERT_EQ(manifest.rows.size(), 32u);
    std::set<std::string> operations;
    std::set<std::string> groups;
    std::map<fs::path, const ManifestRow*> by_path;
    for (const auto& row : manifest.rows)
        by_path[row.path] = &row;
    EXPECT_EQ(by_path.size(), 32u);
    for (const auto& row : manifest.rows) {
        const auto picture = cv::imread(row.path);
        ASSERT_FALSE(picture.empty()) << row.path;
        groups.insert(row.group);
        EXPECT_EQ(row.fold, kNoFold);
        if (!row.fake) {
            EXPECT_TRUE(row.operation.empty());
            EXPECT_TRUE(row.mask.empty());
            continue;
        }
        operations.insert(row.operation);
        const auto mask = cv::imread(row.mask, cv::IMREAD_UNCHANGED);
        ASSERT_EQ(mask.size(), picture.size());
        ASSERT_EQ(mask.type(), CV_8U);
        EXPECT_GT(cv::countNonZero(mask), 0);
        const auto twin = by_path.find(manifest.resolve(row.parameter("twin")));
        ASSERT_NE(twin, by_path.end());
        EXPECT_FALSE(twin->second->fake);
        EXPECT_EQ(twin->second->group, row.group);
        EXPECT_EQ(twin->second->path.extension(), row.path.extension());
        const auto untouched = cv::imread(twin->second->path);
        ASSERT_EQ(untouched.size(), picture.size());
        EXPECT_GT(cv::norm(untouched, picture, cv::NORM_L1), 0);
    }
    EXPECT_EQ(groups.size(), 4u);
    EXPECT_GE(operations.size(), 10u);
}

TEST_F(PrepareEdit, IsTheSameToTheByteForAnyNumberOfThreads) {
    options.threads = 1;
    prepare_edit(options);
    auto again = options;
    again.out = folder.path() / "again";
    again.threads = 3;
    prepare_edit(again);
    EXPECT_EQ(tree_of(options.out), tree_of(again.out));
    again.out = folder.path() / "other";
    again.seed = 2;
    prepare_edit(again);
    EXPECT_NE(tree_of(options.out), tree_of(again.out));
}

TEST_F(PrepareEdit, ResumesWhereItWasStopped) {
    prepare_edit(options);
    const auto whole = tree_of(options.out);
    // State after a kill: a photograph is missing in the manifest, another lost a file.
    auto rows = read_manifest(options.out / "manifest.csv").rows;
    fs::remove(rows[1].path);
    rows.resize(24);
    write_manifest(options.out / "manifest.csv", rows);
    const auto report = prepare_edit(options);
    EXPECT_EQ(report.made, 8);
    EXPECT_EQ(report.reused, 8);
    EXPECT_EQ(tree_of(options.out), whole);
}

TEST_F(PrepareEdit, StopsAtOnceAndKeepsWhatIsFinished) {
    std::stop_source stop;
    options.threads = 1;
    EXPECT_THROW(prepare_edit(
                     options,
                     [&](double done, double total, const std::string& what) {
                         if (what == "editing photographs" && done > 0.6 * total)
                             stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    const auto rows = read_manifest(options.out / "manifest.csv").rows;
    EXPECT_GT(rows.size(), 0u);
    EXPECT_LT(rows.size(), 32u);
    EXPECT_EQ(prepare_edit(options).reused, static_cast<int>(rows.size() / 2));
}

TEST_F(PrepareEdit, ACamerasFolderIsNotOneSeries) {
    options.photos = folder.path() / "DCIM";
    fs::create_directories(options.photos);
    for (int i = 0; i < 14; ++i)
        cv::imwrite(options.photos / ("IMG_" + std::to_string(1037 + i) + ".jpg"),
                    make_picture(200, 180, static_cast<std::uint64_t>(100 + i)));
    options.operations = {"splice", "face-swap", "noise"};
    options.per_photo = 3;
    const auto report = prepare_edit(options);
    // No face, so another operation takes the turn.
    EXPECT_EQ(report.made, 42);
    std::set<std::string> groups;
    int splices = 0;
    for (const auto& row : read_manifest(options.out / "manifest.csv").rows) {
        groups.insert(row.group);
        splices += row.operation == "splice";
    }
    EXPECT_EQ(groups.size(), 14u);
    EXPECT_GE(splices, 14);
}

TEST_F(PrepareEdit, RefusesAnotherRunsFolder) {
    options.operations = {"noise"};
    options.per_photo = 1;
    prepare_edit(options);
    auto other = options;
    other.seed = 9;
    EXPECT_THROW(prepare_edit(other), TrainingError);
    other = options;
    other.out = options.photos / "series0" / "a.jpg";
    EXPECT_THROW(prepare_edit(other), TrainingError);
    other = options;
    other.out = folder.path() / "foreign";
    fs::create_directories(other.out);
    write_manifest(other.out / "manifest.csv", {});
    EXPECT_THROW(prepare_edit(other), TrainingError);
    other = options;
    other.photos = folder.path() / "nowhere";
    EXPECT_THROW(prepare_edit(other), TrainingError);
    other = options;
    other.out = options.photos / "edits";
    EXPECT_THROW(prepare_edit(other), TrainingError);
    other = options;
    other.operations = {"smudge"};
    EXPECT_THROW(prepare_edit(other), TrainingError);
    other = options;
    other.per_photo = 0;
    EXPECT_THROW(prepare_edit(other), TrainingError);
}

}  // namespace
}  // namespace dfd
