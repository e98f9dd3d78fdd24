#include "core/training/photos/photo_library.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/base/dice.h"
#include "core/engine/scoring/evaluator.h"
#include "core/training/manifest/training_error.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using testing::Folder;
using testing::make_picture;

std::vector<Photo> named(int per_series, int series, const std::string& source,
                         std::uint64_t base) {
    std::vector<Photo> photos;
    for (int s = 0; s < series; ++s)
        for (int i = 0; i < per_series; ++i) {
            Photo photo;
            photo.file = source + std::to_string(s) + "-" + std::to_string(i);
            photo.source = source;
            photo.series = source + "/" + std::to_string(s);
            // Many different bits, so that no two are near-identical.
            photo.fingerprint = Dice(base, static_cast<std::uint64_t>(s * 100 + i)).bits();
            photos.push_back(photo);
        }
    return photos;
}

std::vector<Photo> three_sources() {
    auto photos = named(4, 30, "large", 1);
    const auto second = named(1, 70, "second", 2);
    const auto small = named(3, 2, "small", 3);
    photos.insert(photos.end(), second.begin(), second.end());
    photos.insert(photos.end(), small.begin(), small.end());
    return photos;
}

TEST(Joining, NearIdenticalPicturesAreOneSeries) {
    auto photos = three_sources();
    const auto before = photos;
    photos[0].fingerprint = photos[50].fingerprint ^ 0b1011;  // of two different series
    photos[190].fingerprint = photos[130].fingerprint ^ 1;    // even of two different sources
    photos[8].fingerprint = photos[50].fingerprint ^ (0b11111 << 20);  // through a third
    join_near_identical(photos);
    EXPECT_EQ(photos[0].series, photos[50].series);
    EXPECT_EQ(photos[1].series, photos[50].series) << "the rest of its series comes along";
    EXPECT_EQ(photos[8].series, photos[0].series);
    EXPECT_EQ(photos[190].series, photos[130].series);
    EXPECT_NE(photos[0].series, photos[12].series);
    EXPECT_EQ(photos[100].series, before[100].series);
}

TEST(Series, FromNames) {
    EXPECT_EQ(series_of("a", "burst/IMG_001.jpg", 40), series_of("a", "burst/IMG_002.jpg", 40));
    EXPECT_EQ(series_of("a", "burst/one (2).jpg", 40), series_of("a", "burst/one.jpg", 40));
    EXPECT_NE(series_of("a", "people/anna.jpg", 40), series_of("a", "people/bert.jpg", 40));
    EXPECT_EQ(series_of("a", "set/anna.jpg", 5), series_of("a", "set/bert.jpg", 5));
    EXPECT_NE(series_of("a", "x/1.jpg", 5), series_of("b", "x/1.jpg", 5));
}

void write_jpeg(const std::filesystem::path& file, int width, int height, std::uint64_t seed) {
    std::filesystem::create_directories(file.parent_path());
    cv::imwrite(file.string(), make_picture(width, height, seed), {cv::IMWRITE_JPEG_QUALITY, 90});
}

TEST(Library, ReadsAFolderWithItsManifest) {
    const Folder folder;
    std::ofstream manifest(folder.path() / "MANIFEST.csv");
    manifest << "licence,file,original_path,source_repo\r\n";
    for (int i = 0; i < 12; ++i) {
        const auto name = "p" + std::to_string(i) + ".jpg";
        write_jpeg(folder.path() / name, 320, 240, static_cast<std::uint64_t>(i));
        manifest << "\"free, \"\"really\"\"\",p" << i << ".jpg,dir" << i / 2 << "/x.jpg,house"
                 << i % 2 << "\r\n";
    }
    manifest.close();
    write_jpeg(folder.path() / "sub" / "nobody's.jpg", 400, 200, 99);
    write_jpeg(folder.path() / "tiny.jpg", 90, 300, 98);
    std::ofstream(folder.path() / "broken.jpg") << "this is no picture";
    std::ofstream(folder.path() / "empty.png");
    LibraryOptions options;
    options.folder = folder.path();
    double last = 0;
    const auto library = open_library(options, [&](double share) {
        EXPECT_GE(share, last);
        last = share;
    });
    EXPECT_EQ(library.photos.size(), 13u);
    EXPECT_EQ(library.skipped.size(), 3u);
    for (const auto& photo : library.photos) {
        const auto name = photo.file.filename().string();
        if (name == "p3.jpg") {
            EXPECT_EQ(photo.source, "house1");
        }
        if (name == "nobody's.jpg") {
            EXPECT_EQ(photo.source, "sub");
            EXPECT_EQ(load_pixels(photo, options).size(), cv::Size(400, 200));
        }
    }
}

TEST(Library, CutsLargePhotographsOnTheGrid) {
    const Folder folder;
    for (int i = 0; i < 10; ++i)
        write_jpeg(folder.path() / (std::to_string(i) + ".jpg"), 640, 480,
                   static_cast<std::uint64_t>(i));
    LibraryOptions options;
    options.folder = folder.path();
    options.pixels_each = 100'000;
    const auto library = open_library(options);
    const auto whole = cv::imread((folder.path() / "0.jpg").string());
    const auto part = load_pixels(library.photos.front(), options);
    EXPECT_LE(part.total(), 100'000u);
    EXPECT_GT(part.total(), 80'000u);
    bool found = false;
    for (int y = 0; y + part.rows <= whole.rows; y += 16)
        for (int x = 0; x + part.cols <= whole.cols; x += 16)
            found = found ||
                    cv::norm(whole(cv::Rect(x, y, part.cols, part.rows)), part, cv::NORM_INF) == 0;
    EXPECT_TRUE(found);

    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(open_library(options, {}, stop.get_token())), Cancelled);
}

TEST(Library, SaysWhatIsMissing) {
    const Folder folder;
    LibraryOptions options;
    options.folder = folder.path() / "nowhere";
    EXPECT_THROW(static_cast<void>(open_library(options)), TrainingError);
    options.folder = folder.path();
    write_jpeg(folder.path() / "one.jpg", 320, 320, 1);
    try {
        static_cast<void>(open_library(options));
        FAIL() << "one photograph was enough";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string(error.what()).find("Only 1 photograph"), std::string::npos);
    }
    std::ofstream(folder.path() / "MANIFEST.csv") << "file,licence\none.jpg,free\n";
    try {
        static_cast<void>(open_library(options));
        FAIL() << "a manifest without source_repo was enough";
    } catch (const TrainingError& error) {
        EXPECT_NE(std::string(error.what()).find("source_repo"), std::string::npos);
    }
}

}  // namespace
}  // namespace dfd
