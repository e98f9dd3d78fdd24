#include "core/training/processing/prepare_process.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/base/cancelled.h"
#include "core/training/manifest/manifest.h"
#include "core/training/processing/everyday.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Folder;
using testing::make_picture;
using testing::tree_of;

class PrepareProcess : public ::testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 4; ++i)
            cv::imwrite(folder / (std::to_string(i) + ".png"),
                        make_picture(400 + 100 * i, 360, static_cast<std::uint64_t>(i)));
        cv::imwrite(folder / "edited.png", make_picture(400, 360, 9));
        cv::Mat mask = cv::Mat::zeros(360, 400, CV_8U);
        mask(cv::Rect(100, 80, 200, 200)).setTo(255);
        cv::imwrite(folder / "mask.png", mask);
        write("manifest.csv", {false, false, true, true});
    }

    /// Rows of the four pictures with these labels, then the edited twin of the first.
    void write(const std::string& name, const std::vector<bool>& fakes) {
        std::vector<ManifestRow> rows;
        for (std::size_t i = 0; i < fakes.size(); ++i) {
            ManifestRow row;
            row.path = folder / (std::to_string(i) + ".png");
            row.fake = fakes[i];
            row.source = "source";
            row.fold = 1;
            rows.push_back(row);
        }
        auto twin = rows.front();
        twin.path = folder / "edited.png";
        twin.fake = true;
        twin.operation = "splice";
        twin.mask = folder / "mask.png";
        twin.parameters = R"({"kept":7,"twin":"0.png"})";
        rows.push_back(twin);
        write_manifest(folder / name, rows);
    }

    [[nodiscard]] PrepareProcessOptions options(const std::string& out, int copies = 6) const {
        PrepareProcessOptions options;
        options.manifest = folder / "manifest.csv";
        options.out = folder / out;
        options.copies = copies;
        options.seed = 3;
        options.threads = 1;
        return options;
    }

    Folder folder;
};

TEST_F(PrepareProcess, BytesDependOnSeedAlone) {
    const auto report = prepare_process(options("a"));
    EXPECT_EQ(report.made, 30);
    auto other = options("b");
    other.threads = 3;
    prepare_process(other);
    EXPECT_EQ(tree_of(folder / "a"), tree_of(folder / "b"));
    other = options("c");
    other.seed = 4;
    prepare_process(other);
    EXPECT_NE(tree_of(folder / "a"), tree_of(folder / "c"));
}

TEST_F(PrepareProcess, ResumesAndRefusesOtherSettings) {
    prepare_process(options("whole"));
    auto first = options("parts");
    std::stop_source stop;
    EXPECT_THROW(prepare_process(
                     first, [&](double, double, const std::string&) { stop.request_stop(); },
                     stop.get_token()),
                 Cancelled);
    const auto report = prepare_process(first);
    EXPECT_GT(report.reused, 0);
    EXPECT_EQ(report.made + report.reused, 30);
    EXPECT_EQ(tree_of(folder / "whole"), tree_of(folder / "parts"));
    first.seed = 5;
    EXPECT_THROW(prepare_process(first), TrainingError);
}

TEST_F(PrepareProcess, TheLabelChangesNoPixel) {
    prepare_process(options("a"));
    write("manifest.csv", {true, true, false, false});
    prepare_process(options("b"));
    auto a = tree_of(folder / "a/pictures");
    EXPECT_FALSE(a.empty());
    EXPECT_EQ(a, tree_of(folder / "b/pictures"));
}

TEST_F(PrepareProcess, TwinsAreProcessedAlike) {
    prepare_process(options("a"));
    const auto manifest = read_manifest(folder / "a/manifest.csv");
    int twins = 0;
    for (const auto& row : manifest.rows) {
        if (row.operation != "splice")
            continue;
        ++twins;
        const auto parameters = json::parse(row.parameters);
        EXPECT_EQ(parameters["kept"], 7);
        const auto original = manifest.resolve(row.parameter("twin"));
        const auto found = std::ranges::find(manifest.rows, original, &ManifestRow::path);
        ASSERT_NE(found, manifest.rows.end());
        EXPECT_EQ(json::parse(found->parameters)["processing"], parameters["processing"]);
        const auto picture = cv::imread(row.path.native());
        EXPECT_EQ(cv::imread(original.native()).size(), picture.size());
        const auto mask = cv::imread(row.mask.native(), cv::IMREAD_GRAYSCALE);
        EXPECT_EQ(mask.size(), picture.size());
        EXPECT_GT(cv::countNonZero(mask), 0);
    }
    EXPECT_GE(twins, 4);  // a crop may leave nothing of the edit
}

TEST_F(PrepareProcess, EverydaySizesAndKeptColumns) {
    prepare_process(options("a", 40));
    std::set<std::string> operations;
    for (const auto& row : read_manifest(folder / "a/manifest.csv").rows) {
        const auto size = cv::imread(row.path.native()).size();
        EXPECT_GE(std::max(size.width, size.height), 100) << row.path;
        EXPECT_LE(std::max(size.width, size.height), 1500) << row.path;
        EXPECT_EQ(row.source, "source");
        EXPECT_EQ(row.fold, 1);
        const auto parameters = json::parse(row.parameters);
        for (const auto& each : parameters["processing"]) {
            const auto text = each.get<std::string>();
            operations.insert(text.substr(0, text.find(' ')));
        }
    }
    for (const auto* name : {"crop", "scale", "tone", "sharpen", "jpeg", "webp", "noise"})
        EXPECT_TRUE(operations.contains(name)) << name;
}

TEST_F(PrepareProcess, HalfSizeAsJpeg) {
    auto half = options("half", 1);
    half.processing = "half-jpeg75";
    prepare_process(half);
    const auto rows = read_manifest(half.out / "manifest.csv").rows;
    ASSERT_EQ(rows.size(), 5u);
    EXPECT_EQ(rows[1].path.extension(), ".jpg");
    EXPECT_EQ(cv::imread(rows[1].path.native()).size(), cv::Size(250, 180));
    EXPECT_EQ(json::parse(rows[1].parameters)["processing"],
              json::array({"scale 0.5 area", "jpeg 75"}));
}

TEST_F(PrepareProcess, UnreadableAndTinyPicturesAreListed) {
    test::write_bytes(folder / "1.png", "<html></html>");
    cv::imwrite(folder / "2.png", make_picture(20, 200, 1));
    const auto report = prepare_process(options("a", 2));
    ASSERT_EQ(report.unread.size(), 2u);
    EXPECT_EQ(report.unread[0].first.filename(), "1.png");
    EXPECT_FALSE(report.unread[0].second.empty());
    EXPECT_EQ(report.made, 6);
    EXPECT_EQ(read_manifest(folder / "a/manifest.csv").rows.size(), 6u);
}

TEST_F(PrepareProcess, OptionsAreChecked) {
    auto wrong = options("a");
    wrong.processing = "magic";
    EXPECT_THROW(prepare_process(wrong), TrainingError);
    EXPECT_THROW(prepare_process(options("a", 0)), TrainingError);
    cv::imwrite(folder / "mask.png", cv::Mat::zeros(10, 10, CV_8U));
    EXPECT_THROW(prepare_process(options("b")), TrainingError);
}

}  // namespace
}  // namespace dfd
