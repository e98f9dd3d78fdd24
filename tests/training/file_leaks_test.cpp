#include "core/training/measuring/file_leaks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/dice.h"
#include "core/engine/scoring/evaluator.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using testing::Folder;

class FileLeaks : public ::testing::Test {
  protected:
    void add(bool fake, int quality, int width, int height, const std::string& group,
             const std::string& extension = ".jpg") {
        ManifestRow row;
        row.path = folder.path() / (std::to_string(manifest.rows.size()) + extension);
        cv::imwrite(row.path.string(), testing::make_picture(width, height, manifest.rows.size()),
                    {cv::IMWRITE_JPEG_QUALITY, quality});
        row.fake = fake;
        row.group = group;
        manifest.file = folder.path() / "list.csv";
        manifest.rows.push_back(row);
    }
    /// Pairs of an edit and its original, published alike except for `fakes_quality`.
    void add_pairs(int count, int fakes_quality) {
        Dice dice(3);
        for (int i = 0; i < count; ++i) {
            const int quality = dice.whole(60, 95);
            const int width = 8 * dice.whole(10, 20);
            const auto group = "g" + std::to_string(i);
            add(true, fakes_quality > 0 ? fakes_quality : quality, width, 96, group);
            add(false, quality, width, 96, group);
        }
    }
    static const Leak& leak(const LeakReport& report, const std::string& name) {
        for (const auto& each : report.leaks)
            if (each.name == name)
                return each;
        throw std::runtime_error("no fact " + name);
    }

    Folder folder;
    Manifest manifest;
};

TEST_F(FileLeaks, DetectsThatOnlyFakesWereSavedAgain) {
    add_pairs(40, 98);
    const auto report = find_leaks(manifest);
    EXPECT_EQ(report.real, 40u);
    EXPECT_EQ(report.fake, 40u);
    EXPECT_EQ(report.groups, 40u);
    EXPECT_EQ(report.parts, 5);
    EXPECT_EQ(report.leaks.front().name, "all facts");
    EXPECT_GT(report.leaks.front().auc, 0.97);
    EXPECT_GT(report.leaks.front().low, 0.9);
    EXPECT_TRUE(report.leaking());
    EXPECT_GT(leak(report, "JPEG quality").auc, 0.97);
    EXPECT_LT(leak(report, "width").auc, 0.6);
    EXPECT_NE(leaks_text(report).find("WARNING"), std::string::npos);
    const auto json = nlohmann::json::parse(leaks_json(report));
    EXPECT_EQ(json["leaking"], true);
    EXPECT_DOUBLE_EQ(json["auc"], report.leaks.front().auc);
    EXPECT_EQ(json["facts"][0]["name"], "all facts");
    // Constant facts are not listed: every picture has 8 bits and is a JPEG.
    for (const auto& each : report.leaks) {
        EXPECT_NE(each.name, "bits a channel");
        EXPECT_FALSE(each.name.starts_with("format"));
    }
}

TEST_F(FileLeaks, StaysNearAHalfWhenPublishedAlike) {
    add_pairs(60, 0);
    const auto report = find_leaks(manifest);
    EXPECT_NEAR(report.leaks.front().auc, 0.5, 0.12);
    EXPECT_FALSE(report.leaking());
    EXPECT_EQ(leaks_text(report).find("WARNING"), std::string::npos);
    // Seeded: the same seed gives the same result, another seed another division.
    EXPECT_EQ(leaks_json(find_leaks(manifest)), leaks_json(report));
    LeakOptions other;
    other.seed = 2;
    EXPECT_NE(leaks_json(find_leaks(manifest, other)), leaks_json(report));
}

TEST_F(FileLeaks, AGroupIsNeverInBothTrainingAndTest) {
    // Each group has its own size and one class. A picture of the same group would reveal the
    // class, but sizes say nothing about other groups.
    Dice dice(8);
    for (int i = 0; i < 12; ++i) {
        const int width = dice.whole(65, 190);
        const int height = dice.whole(65, 190);
        for (int copy = 0; copy < 6; ++copy)
            add(i % 2 == 0, 90, width, height, "g" + std::to_string(i));
    }
    const auto report = find_leaks(manifest);
    EXPECT_EQ(report.groups, 12u);
    EXPECT_LT(report.leaks.front().auc, 0.75);
    EXPECT_FALSE(report.leaking());
    for (auto& row : manifest.rows)
        row.group.clear();
    EXPECT_GT(find_leaks(manifest).leaks.front().auc, 0.9);
}

TEST_F(FileLeaks, DetectsFormatsAndMiddleValues) {
    // All fakes have one width, between those of real pictures, and one of the formats.
    Dice dice(1);
    for (int i = 0; i < 30; ++i) {
        add(true, 90, 128, 96, "", ".png");
        add(false, 90, i % 2 == 0 ? 96 : 160, 96, "", i % 3 == 0 ? ".png" : ".jpg");
    }
    const auto report = find_leaks(manifest);
    EXPECT_GT(leak(report, "width").auc, 0.95);
    EXPECT_GT(leak(report, "format JPEG").auc, 0.75);
    EXPECT_THROW(static_cast<void>(leak(report, "format PNG")), std::runtime_error);
    EXPECT_TRUE(report.leaking());
}

TEST_F(FileLeaks, ReportsWhatItCannotMeasure) {
    const auto refusal = [&] {
        return test::sentence_of<TrainingError>([&] { static_cast<void>(find_leaks(manifest)); });
    };
    manifest.file = folder.path() / "list.csv";
    EXPECT_NE(refusal().find("0 real pictures and 0 fakes"), std::string::npos);
    add(true, 90, 96, 96, "a");
    add(true, 80, 96, 96, "b");
    EXPECT_NE(refusal().find("0 real pictures and 2 fakes"), std::string::npos);
    add(false, 70, 96, 96, "a");
    ManifestRow missing;
    missing.path = folder.path() / "missing.jpg";
    manifest.rows.push_back(missing);
    const auto report = find_leaks(manifest);  // without b there is no real picture to learn from
    ASSERT_EQ(report.unread.size(), 1u);
    EXPECT_EQ(report.unread[0].path, missing.path);
    EXPECT_EQ(report.parts, 2);
    EXPECT_TRUE(std::isnan(report.leaks.front().auc));
    EXPECT_FALSE(report.leaking());
    EXPECT_NE(leaks_text(report).find("could not be measured"), std::string::npos);
    EXPECT_TRUE(nlohmann::json::parse(leaks_json(report))["auc"].is_null());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(find_leaks(manifest, {}, {}, stop.get_token())), Cancelled);
}

TEST_F(FileLeaks, EqualFilesLeakNothing) {
    for (int i = 0; i < 6; ++i) {
        add(i % 2 == 0, 90, 96, 96, "");
        if (i > 0)
            std::filesystem::copy_file(manifest.rows[0].path, manifest.rows.back().path,
                                       std::filesystem::copy_options::overwrite_existing);
    }
    const auto report = find_leaks(manifest);
    EXPECT_TRUE(report.leaks.empty());
    EXPECT_FALSE(report.leaking());
    EXPECT_NE(leaks_text(report).find("nothing leaks"), std::string::npos);
}

}  // namespace
}  // namespace dfd
