// Hostile and damaged files: each gives an error of its own kind, none becomes a picture.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>

#include "core/picture/picture.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/in_german.h"
#include "tests/picture/corpus.h"
#include "tests/picture/quiet_stderr.h"

// libheif 1.15 leaks its decoder's memory on damaged AVIF files; that leak is not ours.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libheif\nleak:libdav1d\nleak:libaom\nleak:libde265\n";
}

namespace dfd {
namespace {

namespace fs = std::filesystem;
namespace codes = failure_codes;
using namespace corpus;
using test::QuietStderr;

/// The failure; empty if the bytes were decoded.
std::optional<Failure> failure_of(const File& file, const DecodeLimits& limits = {}) {
    try {
        const Picture picture = decode_picture(file, limits);
        EXPECT_EQ(picture.pixels.rgb.size(), std::size_t{3} *
                                                 static_cast<std::size_t>(picture.pixels.width) *
                                                 static_cast<std::size_t>(picture.pixels.height));
        return std::nullopt;
    } catch (const PictureError& error) {
        EXPECT_EQ(error.failure().message, error.what());
        return error.failure();
    }
}

std::string code_of(const File& file, const DecodeLimits& limits = {}) {
    const std::optional<Failure> failure = failure_of(file, limits);
    return failure ? failure->code : "no failure";
}

std::string code_of_path(const fs::path& path) {
    try {
        (void)read_picture(path);
        return "no failure";
    } catch (const PictureError& error) {
        return error.failure().code;
    }
}

File text(std::string_view words) {
    return {words.begin(), words.end()};
}

class Folder : public test::TemporaryFolder {
  public:
    fs::path write(const std::string& name, const File& file) const {
        test::write_bytes(*this / name, {file.begin(), file.end()});
        return *this / name;
    }
};

// --- truncated ---------------------------------------------------------------------------------

class Whole : public testing::TestWithParam<Named> {};

TEST_P(Whole, IsReadable) {
    EXPECT_EQ(code_of(GetParam().file), "no failure");
}

TEST_P(Whole, IsDamagedWhereverItIsTruncated) {
    const QuietStderr quiet;
    const File& whole = GetParam().file;
    // Cuts at every byte near both ends, and at every 37th in the middle of larger files.
    const std::size_t step = whole.size() < 2500 ? 1 : 37;
    for (std::size_t size = 0; size < whole.size();
         size += size < 80 || size + 80 > whole.size() ? 1 : step) {
        const File cut(whole.begin(), whole.begin() + static_cast<long>(size));
        const std::string code = code_of(cut);
        if (size == 0) {
            EXPECT_EQ(code, codes::kEmpty);
        } else if (size < 16) {
            EXPECT_TRUE(code == codes::kDamaged || code == codes::kNotAPicture)
                << code << " at " << size;
        } else if (code == "no failure") {
            // Only what follows the pixels may be missing, and that is said.
            const Picture picture = decode_picture(cut);
            EXPECT_EQ(picture.pixels.rgb, decode_picture(whole).pixels.rgb) << size;
            EXPECT_TRUE(std::ranges::any_of(picture.warnings,
                                            [](const std::string& warning) {
                                                return warning.find("no end marker") !=
                                                       std::string::npos;
                                            }))
                << "cut to " << size;
        } else {
            EXPECT_EQ(code, codes::kDamaged) << "cut to " << size << " of " << whole.size();
        }
    }
}

TEST_P(Whole, SurvivesFlippedBits) {
    const File& whole = GetParam().file;
    // The codecs below libheif print messages of their own; all others must be silent.
    std::optional<QuietStderr> quiet;
    if (GetParam().format != "HEIC" && GetParam().format != "AVIF")
        quiet.emplace();
    for (std::uint64_t round = 0; round < 150; ++round) {
        File flipped = whole;
        const std::uint64_t count = 1 + noise(round) % 4;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t seed = 1000 * round + 10 * i;
            // Half of the rounds hit the first bytes, where sizes and offsets are.
            const std::uint64_t range =
                round % 2 == 0 ? std::min<std::uint64_t>(whole.size(), 200) : whole.size();
            const std::uint64_t at =
                (noise(seed) << 16 | noise(seed + 1) << 8 | noise(seed + 2)) % range;
            flipped[at] ^= static_cast<std::uint8_t>(1U << noise(seed + 3) % 8);
        }
        const auto failure = failure_of(flipped, {.bytes = 1 << 20, .pixels = 1'000'000});
        if (failure) {
            EXPECT_NE(failure->code, codes::kInternal) << failure->message;
            EXPECT_GT(failure->message.size(), 20U);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Corpus, Whole, testing::ValuesIn(whole_files()), [](const auto& test) {
    std::string name = test.param.name;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
});

TEST(Nasty, ATruncatedJpegWithAnEndMarkerIsDamaged) {
    File file = jpeg({.width = 200, .height = 200});
    file.resize(file.size() / 2);
    file.push_back(0xFF);
    file.push_back(0xD9);
    const QuietStderr quiet;
    EXPECT_EQ(code_of(file), codes::kDamaged);
}

TEST(Nasty, AFlippedBitInPngPixelsIsDamaged) {
    File file = png();
    file[file.size() - 60] ^= 4;
    const QuietStderr quiet;
    EXPECT_EQ(code_of(file), codes::kDamaged);
}

// --- not pictures ------------------------------------------------------------------------------

struct OtherFile {
    std::string name;
    File file;
    std::string code;
    std::string words;  ///< expected in the message
};

std::vector<OtherFile> other_files() {
    File program = {0x7F, 'E', 'L', 'F', 2, 1, 1, 0};
    program.resize(300);
    File noise_bytes;
    for (std::uint64_t i = 0; i < 500; ++i)
        noise_bytes.push_back(noise(i + 31));
    return {
        {"empty", {}, codes::kEmpty, "0 bytes"},
        {"html", text("<!DOCTYPE html>\n<html><body>404</body></html>"), codes::kNotAPicture,
         "web page"},
        {"html_with_mark", text("\xEF\xBB\xBF  <HTML>"), codes::kNotAPicture, "web page"},
        {"xml", text("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"),
         codes::kNotAPicture, "XML"},
        {"lfs_pointer",
         text("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n"),
         codes::kNotAPicture, "Git LFS"},
        {"prose", text("Just some words.\n"), codes::kNotAPicture, "text"},
        {"pdf", text("%PDF-1.7\n%...."), codes::kNotAPicture, "PDF"},
        {"mp4",
         text(std::string("\0\0\0\x18"
                          "ftypmp42\0\0\0\0mp42isom",
                          24)),
         codes::kNotAPicture, "video"},
        {"matroska", text("\x1A\x45\xDF\xA3 and so on"), codes::kNotAPicture, "video"},
        {"zip", text("PK\x03\x04 and so on"), codes::kNotAPicture, "ZIP"},
        {"program", program, codes::kNotAPicture, "program"},
        {"noise", noise_bytes, codes::kNotAPicture, "no known picture format"},
        {"one_byte", {0xFF}, codes::kNotAPicture, "not a picture"},
        {"svg", text("<svg xmlns='http://www.w3.org/2000/svg'/>"), codes::kUnsupported, "SVG"},
        {"jpeg_xl", text("\xFF\x0A and so on"), codes::kUnsupported, "JPEG XL"},
        {"jpeg_2000", text("\xFF\x4F\xFF\x51 and so on"), codes::kUnsupported, "JPEG 2000"},
        {"photoshop", text("8BPS and so on"), codes::kUnsupported, "Photoshop"},
        {"raw_thumbnail", tiff({.raw_thumbnail = true}), codes::kUnsupported, "camera raw"},
        {"floating_tiff", tiff({.bits = 32, .floating = true}), codes::kUnsupported, "floating"},
        {"twelve_bit_tiff", tiff({.bits = 12}), codes::kUnsupported, "rare pixel layout"},
        {"deep_cmyk_tiff", tiff({.channels = 4, .bits = 16, .photometric = 5}), codes::kUnsupported,
         "rare pixel layout"},
    };
}

TEST(Nasty, OtherFilesAreIdentified) {
    const Folder folder;
    for (const OtherFile& other : other_files()) {
        SCOPED_TRACE(other.name);
        const QuietStderr quiet;
        const auto failure = failure_of(other.file);
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code, other.code);
        EXPECT_NE(failure->message.find(other.words), std::string::npos) << failure->message;
        EXPECT_TRUE(failure->message.ends_with('.'));
        EXPECT_EQ(code_of_path(folder.write(other.name + ".jpg", other.file)), other.code);
    }
}

TEST(Nasty, ContentWinsOverTheName) {
    const Folder folder;
    EXPECT_EQ(read_picture(folder.write("really-a-png.jpg", png())).facts.format, "PNG");
    EXPECT_EQ(read_picture(folder.write("really-a-jpeg", jpeg())).facts.format, "JPEG");
}

// --- sizes -------------------------------------------------------------------------------------

void set_big(File& file, std::size_t at, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        file[at + static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(value >> 8 * (bytes - 1 - i));
    }
}

void set_little(File& file, std::size_t at, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        file[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> 8 * i);
}

std::size_t find(const File& file, std::initializer_list<std::uint8_t> bytes) {
    const auto at = std::search(file.begin(), file.end(), bytes.begin(), bytes.end());
    EXPECT_NE(at, file.end());
    return static_cast<std::size_t>(at - file.begin());
}

/// Every format with other dimensions in its header.
std::vector<Named> resized(std::uint32_t width, std::uint32_t height) {
    File jpeg_file = jpeg();
    const std::size_t frame = find(jpeg_file, {0xFF, 0xC0});
    set_big(jpeg_file, frame + 5, std::min(height, 65000U), 2);
    set_big(jpeg_file, frame + 7, std::min(width, 65000U), 2);
    File bmp_file = bmp(24);
    set_little(bmp_file, 18, width, 4);
    set_little(bmp_file, 22, height, 4);
    File gif_file = gif(1);
    const std::size_t image = find(gif_file, {0x2C, 0, 0, 0, 0, 24, 0, 19, 0});
    set_little(gif_file, 6, std::min(width, 65535U), 2);
    set_little(gif_file, 8, std::min(height, 65535U), 2);
    set_little(gif_file, image + 5, std::min(width, 65535U), 2);
    set_little(gif_file, image + 7, std::min(height, 65535U), 2);
    File tiff_file = tiff();
    const std::size_t tag = find(tiff_file, {0x00, 0x01, 3, 0, 1, 0, 0, 0, 40, 0});
    for (const std::size_t at : {tag, tag + 12})
        tiff_file[at + 2] = 4;
    set_little(tiff_file, tag + 8, width, 4);
    set_little(tiff_file, tag + 20, height, 4);
    std::vector<Named> files = {
        {"jpeg", "JPEG", jpeg_file},
        {"png", "PNG", png({.width = width, .height = height})},
        {"tiff", "TIFF", tiff_file},
        {"bmp", "BMP", bmp_file},
        {"gif", "GIF", gif_file},
        {"pnm", "PNM",
         text("P6 " + std::to_string(width) + " " + std::to_string(height) + " 255\nabcdef")}};
    for (const char* name : {"plain.heic", "plain.avif"}) {
        File heif = stored(std::string("pictures/") + name);
        const std::size_t ispe = find(heif, {'i', 's', 'p', 'e'});
        set_big(heif, ispe + 8, width, 4);
        set_big(heif, ispe + 12, height, 4);
        files.push_back({name, "HEIF", heif});
    }
    return files;
}

TEST(Nasty, BombsAreRefusedByTheirHeaders) {
    std::vector<Named> bombs = resized(60'000, 60'000);
    File webp_file = animated_webp(1);
    set_little(webp_file, 24, 16'000'000, 3);
    set_little(webp_file, 27, 16'000'000, 3);
    bombs.push_back({"webp", "WebP", webp_file});
    for (const Named& bomb : bombs) {
        SCOPED_TRACE(bomb.name);
        const QuietStderr quiet;
        const auto start = std::chrono::steady_clock::now();
        const auto failure = failure_of(bomb.file);
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code, codes::kTooLarge) << failure->message;
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    }
}

TEST(Nasty, SizesBeyondOpenCvAreRefusedWhateverTheLimit) {
    const DecodeLimits generous{.bytes = UINT64_MAX, .pixels = UINT64_MAX};
    const QuietStderr quiet;
    EXPECT_EQ(code_of(png({.width = 2'000'000'000, .height = 2}), generous), codes::kTooLarge);
    EXPECT_EQ(code_of(png({.width = 4'000'000'000, .height = 4'000'000'000}), generous),
              codes::kTooLarge);
}

TEST(Nasty, APictureWithoutPixelsIsDamaged) {
    for (const auto& [width, height] :
         {std::pair{0U, 10U}, std::pair{10U, 0U}, std::pair{0U, 0U}}) {
        for (const Named& file : resized(width, height)) {
            SCOPED_TRACE(file.name);
            const QuietStderr quiet;
            EXPECT_EQ(code_of(file.file), codes::kDamaged);
        }
    }
}

TEST(Nasty, FailuresAreKeptInEnglishAndShownInGerman) {
    const test::InGerman german;
    std::vector<Named> files = resized(60'000, 60'000);
    for (const Named& each : resized(0, 10))
        files.push_back(each);
    for (const OtherFile& other : other_files())
        files.push_back({other.name, "", other.file});
    for (const Named& whole : whole_files()) {
        File cut = whole.file;
        cut.resize(std::min<std::size_t>(cut.size(), 60));  // within the header, or close behind
        files.push_back({whole.name + ", cut", "", cut});
    }
    for (const Named& each : files) {
        SCOPED_TRACE(each.name);
        const QuietStderr quiet;
        const auto failure = failure_of(each.file);
        ASSERT_TRUE(failure);
        EXPECT_TRUE(failure->message.starts_with("The ")) << failure->message;
        EXPECT_NE(say_again(failure->message), failure->message);
    }
    EXPECT_EQ(say_again(failure_of({})->message),
              "Die Datei ist leer (0 Byte); besorgen Sie das Original erneut.");
    EXPECT_EQ(say_again(failure_of(text("<html>"))->message),
              "Die Datei ist kein Bild: Ihrem Inhalt nach ist sie eine Webseite, wahrscheinlich "
              "eine Fehlerseite, die unter dem Namen des Bildes gespeichert wurde. Holen oder "
              "exportieren Sie das Bild selbst.");
}

TEST(Nasty, LimitsAreEnforced) {
    for (const Named& whole : whole_files()) {
        SCOPED_TRACE(whole.name);
        EXPECT_EQ(code_of(whole.file, {.pixels = 100}), codes::kTooLarge);
        EXPECT_EQ(code_of(whole.file, {.bytes = whole.file.size() - 1}), codes::kTooLarge);
        EXPECT_EQ(code_of(whole.file, {.bytes = whole.file.size()}), "no failure");
    }
}

TEST(Nasty, WhatDoesNotFitIntoTheFreeMemoryIsRefused) {
    const auto full = [] { return std::uint64_t{30}; };
    for (const Named& whole : whole_files()) {
        SCOPED_TRACE(whole.name);
        const auto failure = failure_of(whole.file, {.free_memory = full});
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code, codes::kOutOfMemory);
        EXPECT_NE(failure->message.find("needs about"), std::string::npos) << failure->message;
        EXPECT_EQ(code_of(whole.file, {.pixels = 100, .free_memory = full}), codes::kTooLarge);
        EXPECT_EQ(code_of(whole.file, {.free_memory = nullptr}), "no failure");
    }
    // What a decoder takes besides counts: three bytes for a pixel, and six of a progressive JPEG.
    const auto four = [] { return std::uint64_t{83 * 61 * 4}; };
    EXPECT_EQ(code_of(jpeg(), {.free_memory = four}), "no failure");
    EXPECT_EQ(code_of(jpeg({.progressive = true}), {.free_memory = four}), codes::kOutOfMemory);
    EXPECT_EQ(code_of(with_segment(jpeg(), 0xE1, exif_segment(6)), {.free_memory = four}),
              codes::kOutOfMemory);
}

// --- files and names ---------------------------------------------------------------------------

TEST(Nasty, AnyNameIsReadable) {
    const Folder folder;
    for (const char* name : {"new\nline.jpg", "\xFF\xFE not utf-8 \xC3.jpg", "-rf.jpg",
                             "a b%20.jpg", "\"quoted\".jpg", "\xE2\x98\x83.jpg", "no extension"}) {
        const fs::path path = folder.write(name, jpeg());
        EXPECT_EQ(read_picture(path).pixels.width, 83) << name;
    }
}

TEST(Nasty, SpecialFilesAreUnreadable) {
    const Folder folder;
    EXPECT_EQ(code_of_path(folder / "missing.jpg"), codes::kNotFound);
    EXPECT_EQ(code_of_path(folder.write("file.jpg", jpeg()) / "below"), codes::kNotFound);
    EXPECT_EQ(code_of_path(folder.path()), codes::kUnreadable);
    EXPECT_EQ(code_of_path("/dev/null"), codes::kUnreadable);
    EXPECT_EQ(code_of_path("/dev/zero"), codes::kUnreadable);
    fs::create_symlink("circle.jpg", folder / "circle.jpg");
    EXPECT_EQ(code_of_path(folder / "circle.jpg"), codes::kUnreadable);

    const fs::path pipe = folder / "pipe.jpg";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    auto answer = std::async(std::launch::async, [&] { return code_of_path(pipe); });
    ASSERT_EQ(answer.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    EXPECT_EQ(answer.get(), codes::kUnreadable);
}

/// Root may read everything, so this drops its privileges for a scope.
class Unprivileged {
  public:
    Unprivileged() {
        constexpr uid_t kNobody = 65534;
        if (root_ && ::seteuid(kNobody) != 0)
            throw std::runtime_error("cannot drop privileges");
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    ~Unprivileged() {
        if (root_ && ::seteuid(0) != 0)
            std::abort();
    }

  private:
    bool root_ = ::geteuid() == 0;
};

TEST(Nasty, ForbiddenFilesAreUnreadable) {
    const Folder folder;
    fs::permissions(folder.path(), fs::perms::all);
    const fs::path path = folder.write("secret.jpg", jpeg());
    fs::permissions(path, fs::perms::none);
    {
        const Unprivileged unprivileged;
        EXPECT_EQ(code_of_path(path), codes::kUnreadable);
    }
    fs::permissions(path, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
    const Unprivileged unprivileged;
    EXPECT_EQ(code_of_path(path), "no failure");
}

TEST(Nasty, ForbiddenFoldersAreReturned) {
    const Folder folder;
    fs::permissions(folder.path(), fs::perms::all);
    fs::create_directory(folder / "closed");
    folder.write("closed/a.jpg", jpeg());
    folder.write("open.jpg", jpeg());
    fs::permissions(folder / "closed", fs::perms::none);
    {
        const Unprivileged unprivileged;
        // So that reading them reports the reason.
        EXPECT_EQ(find_pictures(folder.path(), true),
                  (std::vector<fs::path>{folder / "open.jpg", folder / "closed"}));
        EXPECT_EQ(find_pictures(folder.path(), false), std::vector<fs::path>{folder / "open.jpg"});
        EXPECT_EQ(find_pictures(folder / "closed", true), std::vector<fs::path>{folder / "closed"});
        EXPECT_EQ(code_of_path(folder / "closed"), codes::kUnreadable);
    }
    fs::permissions(folder / "closed", fs::perms::all);
}

TEST(Nasty, TheFileIsNotChanged) {
    const Folder folder;
    const fs::path path = folder.write("evidence.jpg", jpeg());
    const auto before = fs::last_write_time(path);
    (void)read_picture(path);
    EXPECT_EQ(fs::last_write_time(path), before);
    EXPECT_EQ(fs::file_size(path), jpeg().size());
}

}  // namespace
}  // namespace dfd
