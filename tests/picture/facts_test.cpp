// Tests of metadata, profiles, digests, and finding pictures in folders.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/digest.h"
#include "core/picture/picture.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/picture/reading.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using namespace corpus;

std::string value_of(const Picture& picture, const std::string& key) {
    for (const auto& [name, value] : picture.facts.metadata)
        if (name == key)
            return value;
    return "(absent)";
}

std::string hex(std::string_view text) {
    return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

class Folder : public testing::Test {
  protected:
    void touch(const fs::path& name) const {
        fs::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name) << "x";
    }
    [[nodiscard]] std::vector<std::string> found(const fs::path& below, bool recursive) const {
        std::vector<std::string> names;
        for (const fs::path& path : find_pictures(root_ / below, recursive))
            names.push_back(path.lexically_relative(root_).string());
        return names;
    }

    test::TemporaryFolder folder_;
    const fs::path root_ = folder_.path();
};

using Names = std::vector<std::string>;

TEST(Digest, KnownAnswers) {
    EXPECT_EQ(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Folder, TheDigestOfAFileEqualsThatOfItsBytes) {
    const std::string big(3'000'000, 'q');
    std::ofstream(root_ / "big") << big;
    EXPECT_EQ(sha256_hex_of_file(root_ / "big"), hex(big));
    touch("small");
    EXPECT_EQ(sha256_hex_of_file(root_ / "small"), hex("x"));
    EXPECT_THROW((void)sha256_hex_of_file(root_ / "missing"), std::system_error);
    EXPECT_THROW((void)sha256_hex_of_file(root_), std::system_error);
}

TEST_F(Folder, PicturesThatAreLeftOutAreToldByTheirContentAndTheirNames) {
    const auto write = [&](const fs::path& name, const File& bytes) {
        fs::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    };
    File targa(18 + 3 * 4);  // 2 x 2 pixels of 24 bits; it has no signature
    targa[2] = 2;
    targa[12] = targa[14] = 2;
    targa[16] = 24;
    write("a.jpg", jpeg());
    write("deeper/IMG_0001", jpeg());
    write("renamed.psd", jpeg());
    write("scan.bak", tiff());
    write("camera.DNG", tiff());
    write("targa", targa);
    write("layers.psd", {'8', 'B', 'P', 'S', 0, 1});
    write("new.jxl", {0xFF, 0x0A});
    touch("damaged.jp2");
    touch("photo.tga");
    touch("notes.txt");
    touch(".hidden.tga");
    touch("page.pdf");
    LeftOutPictures left_out;
    EXPECT_EQ(find_pictures(root_, true, &left_out), std::vector<fs::path>{root_ / "a.jpg"});
    EXPECT_EQ(left_out.misnamed,
              (std::vector<fs::path>{root_ / "deeper/IMG_0001", root_ / "renamed.psd",
                                     root_ / "scan.bak"}));
    EXPECT_EQ(
        left_out.unsupported,
        (std::vector<fs::path>{root_ / "camera.DNG", root_ / "damaged.jp2", root_ / "layers.psd",
                               root_ / "new.jxl", root_ / "photo.tga", root_ / "targa"}));
    // What is named itself is read, whatever its name is.
    LeftOutPictures none;
    EXPECT_EQ(find_pictures(root_ / "photo.tga", true, &none),
              std::vector<fs::path>{root_ / "photo.tga"});
    EXPECT_TRUE(none.empty());
}

TEST(Metadata, ExifIsListed) {
    const Picture picture = decode_picture(with_segment(jpeg(), 0xE1, exif_segment(6)));
    EXPECT_EQ(value_of(picture, "Exif.Image.Make"), "Lens & Sons");
    EXPECT_EQ(picture.facts.orientation, 6);
    EXPECT_EQ(picture.facts.stored_width, 83);
    EXPECT_EQ(picture.pixels.width, 61);
    EXPECT_FALSE(warns(picture, "rotated"));
}

TEST(Metadata, InvalidTextBecomesValidUtf8) {
    const Picture picture =
        decode_picture(with_segment(jpeg(), 0xE1, exif_segment(1, "A\xFF\xC3(\x01 B")));
    EXPECT_EQ(value_of(picture, "Exif.Image.Make"), "A\xEF\xBF\xBD\xEF\xBF\xBD(  B");
}

TEST(Metadata, LongValuesAreCut) {
    const Picture picture =
        decode_picture(with_segment(jpeg(), 0xE1, exif_segment(1, std::string(5000, 'm'))));
    EXPECT_LT(value_of(picture, "Exif.Image.Make").size(), 400U);
    EXPECT_TRUE(value_of(picture, "Exif.Image.Make").starts_with("mmm"));
}

TEST(Metadata, BrokenBlocksDoNotStopThePicture) {
    File block = exif_segment(6);
    for (std::size_t i = 6; i < block.size(); ++i) {
        File broken = block;
        broken[i] ^= 0xFF;
        EXPECT_EQ(decode_picture(with_segment(jpeg(), 0xE1, broken)).pixels.rgb.size(),
                  std::size_t{3 * 83 * 61});
    }
}

TEST(Metadata, AnOrientationThatIsNotAppliedIsWarnedAbout) {
    // A still WebP rewritten with an extended header and an EXIF block.
    const File still = webp(80, false);
    const File block = exif(6);
    File body = {'W', 'E',  'B', 'P', 'V', 'P', '8', 'X', 10, 0, 0,
                 0,   0x08, 0,   0,   0,   49,  0,   0,   39, 0, 0};
    body.insert(body.end(), still.begin() + 12, still.end());
    body.insert(body.end(), {'E', 'X', 'I', 'F', static_cast<std::uint8_t>(block.size()), 0, 0, 0});
    body.insert(body.end(), block.begin(), block.end());
    if (block.size() % 2 != 0)
        body.push_back(0);
    File file = {'R',
                 'I',
                 'F',
                 'F',
                 static_cast<std::uint8_t>(body.size()),
                 static_cast<std::uint8_t>(body.size() >> 8),
                 0,
                 0};
    file.insert(file.end(), body.begin(), body.end());
    const Picture picture = decode_picture(file);
    EXPECT_EQ(value_of(picture, "Exif.Image.Make"), "Lens & Sons");
    EXPECT_EQ(picture.pixels.width, 50);
    EXPECT_EQ(picture.facts.orientation, 1);
    EXPECT_TRUE(warns(picture, "EXIF orientation 6"));
}

TEST(Profiles, AreDescribedAndWarnedAboutUnlessSrgb) {
    for (const int version : {2, 4}) {
        SCOPED_TRACE(version);
        const auto with_profile = [&](std::string_view name) {
            return decode_picture(with_segment(jpeg({.width = 100, .height = 100}), 0xE2,
                                               icc_segment(icc(name, version))));
        };
        const Picture wide = with_profile("Display P3");
        EXPECT_EQ(wide.facts.profile, "Display P3");
        EXPECT_TRUE(warns(wide, "Display P3"));
        const Picture srgb = with_profile("sRGB IEC61966-2.1");
        EXPECT_EQ(srgb.facts.profile, "sRGB IEC61966-2.1");
        EXPECT_TRUE(srgb.warnings.empty());
        EXPECT_EQ(with_profile("").facts.profile, "unnamed");
    }
    File compressed = zlib_packed(icc("Adobe RGB (1998)", 2));
    File chunk = {'i', 'c', 'c', 0, 0};
    chunk.insert(chunk.end(), compressed.begin(), compressed.end());
    const Picture picture = decode_picture(png({}, {{"iCCP", chunk}}));
    EXPECT_EQ(picture.facts.profile, "Adobe RGB (1998)");
    EXPECT_TRUE(warns(picture, "Adobe RGB (1998)"));
}

TEST(Profiles, BrokenOnesAreHarmless) {
    const File whole = icc("Display P3", 4);
    for (std::size_t size = 0; size < whole.size(); size += 3) {
        const File cut(whole.begin(), whole.begin() + static_cast<long>(size));
        const Picture picture = decode_picture(with_segment(jpeg(), 0xE2, icc_segment(cut)));
        EXPECT_EQ(picture.pixels.width, 83);
    }
}

TEST_F(Folder, PicturesComeInNaturalOrder) {
    for (const char* name : {"img10.jpg", "img2.JPG", "IMG1.jpeg", "img01.png", "img2b.webp",
                             "a.tif", "Z.Heic", "b.avif", "notes.txt", "jpg", ".hidden.jpg",
                             "img00000000000000000000000000003.gif", "noext."})
        touch(name);
    const Names expected = {"a.tif",
                            "b.avif",
                            "IMG1.jpeg",
                            "img01.png",
                            "img2.JPG",
                            "img2b.webp",
                            "img00000000000000000000000000003.gif",
                            "img10.jpg",
                            "Z.Heic"};
    EXPECT_EQ(found("", false), expected);
}

TEST_F(Folder, SubFoldersComeAfterFilesAndOnlyOnRequest) {
    for (const char* name :
         {"z.jpg", "day10/a.jpg", "day9/b10.jpg", "day9/b9.jpg", "day9/deep/c.jpg", ".git/x.jpg"})
        touch(name);
    EXPECT_EQ(found("", false), Names({"z.jpg"}));
    EXPECT_EQ(found("", true),
              Names({"z.jpg", "day9/b9.jpg", "day9/b10.jpg", "day9/deep/c.jpg", "day10/a.jpg"}));
}

TEST_F(Folder, LinksToFoldersAndSpecialFilesAreSkipped) {
    touch("real/a.jpg");
    fs::create_directory_symlink(root_, root_ / "real" / "loop");
    fs::create_symlink("a.jpg", root_ / "real" / "link.jpg");
    fs::create_symlink("nowhere.jpg", root_ / "real" / "dangling.jpg");
    fs::create_directory(root_ / "real" / "folder.jpg");
    ASSERT_EQ(::mkfifo((root_ / "real" / "pipe.jpg").c_str(), 0600), 0);
    EXPECT_EQ(found("", true), Names({"real/a.jpg", "real/link.jpg"}));
    // The top folder may be a link, because the user named it.
    fs::create_directory_symlink(root_ / "real", root_ / "entry");
    EXPECT_EQ(found("entry", false), Names({"entry/a.jpg", "entry/link.jpg"}));
}

TEST_F(Folder, AGivenFileIsAlwaysReturned) {
    touch("letter.txt");
    EXPECT_EQ(found("letter.txt", false), Names({"letter.txt"}));
    EXPECT_EQ(found("missing.jpg", true), Names({"missing.jpg"}));
    fs::create_directory(root_ / "empty");
    EXPECT_TRUE(found("empty", true).empty());
}

TEST_F(Folder, NamesNeedNotBeUtf8) {
    touch("\xFF\xFE.jpg");
    touch("new\nline.jpg");
    EXPECT_EQ(found("", false), Names({"new\nline.jpg", "\xFF\xFE.jpg"}));
}

}  // namespace
}  // namespace dfd
