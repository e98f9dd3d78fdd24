// Decoding equals OpenCV's default decoding, and everything a reviewer must know is reported.
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "core/base/digest.h"
#include "core/picture/formats/jpeg_facts.h"
#include "core/picture/picture.h"
#include "tests/picture/quiet_stderr.h"
#include "tests/picture/reading.h"

namespace dfd {
namespace {

using namespace corpus;
using test::QuietStderr;

void expect_same_as_opencv(const File& file, const Picture& picture) {
    cv::Mat bgr = cv::imdecode(file, cv::IMREAD_COLOR);
    ASSERT_FALSE(bgr.empty());
    cv::Mat rgb;
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    ASSERT_EQ(rgb.cols, picture.pixels.width);
    ASSERT_EQ(rgb.rows, picture.pixels.height);
    ASSERT_EQ(picture.pixels.rgb, File(rgb.datastart, rgb.dataend));
}

struct Case {
    std::string name;
    File file;
    std::string format;
    std::string colour_model;
    int bits = 8;
    bool alpha = false;
    int frames = 1;
    std::vector<std::string> said = {};  ///< texts that a warning must contain
};

std::ostream& operator<<(std::ostream& stream, const Case& c) {
    return stream << c.name;
}

std::vector<Case> opencv_cases() {
    constexpr const char* kSmall = "very small";
    constexpr const char* kGrey = "greyscale";
    constexpr const char* kAlpha = "alpha channel";
    const auto grey_tiff = [](int bits) {
        return tiff({.channels = 1, .bits = bits, .photometric = 1});
    };
    const File cmyk_tiff = tiff({.channels = 4, .photometric = 5});
    const File animated_png = png({}, {{"acTL", {0, 0, 0, 7, 0, 0, 0, 0}}});
    std::vector<Case> cases = {
        {"jpeg", jpeg({.width = 120, .height = 90}), "JPEG", "RGB"},
        {"jpeg_444", jpeg({.full_chroma = true}), "JPEG", "RGB"},
        {"jpeg_progressive", jpeg({.progressive = true}), "JPEG", "RGB"},
        {"jpeg_restarts", jpeg({.restart_rows = 1}), "JPEG", "RGB"},
        {"jpeg_arithmetic", jpeg({.arithmetic = true}), "JPEG", "RGB"},
        {"jpeg_grey", jpeg({.colours = JpegColours::Grey}), "JPEG", "Gray", 8, false, 1, {kGrey}},
        {"jpeg_cmyk", jpeg({.colours = JpegColours::Cmyk}), "JPEG", "CMYK", 8, false, 1, {"CMYK"}},
        {"jpeg_ycck", jpeg({.colours = JpegColours::Ycck}), "JPEG", "CMYK", 8, false, 1, {"CMYK"}},
        {"jpeg_tiny", jpeg({.width = 1, .height = 1}), "JPEG", "RGB", 8, false, 1, {kSmall}},
        {"webp", webp(80, false), "WebP", "RGB", 8, false, 1, {kSmall}},
        {"webp_alpha", webp(80, true), "WebP", "RGB", 8, true, 1, {kAlpha}},
        {"webp_lossless", webp(101, false), "WebP", "RGB"},
        {"webp_lossless_alpha", webp(101, true), "WebP", "RGB", 8, true, 1, {kAlpha}},
        {"tiff", tiff(), "TIFF", "RGB"},
        {"tiff_lzw", tiff({.compression = 5}), "TIFF", "RGB"},
        {"tiff_deflate", tiff({.compression = 8}), "TIFF", "RGB"},
        {"tiff_packbits", tiff({.compression = 32773}), "TIFF", "RGB"},
        {"tiff_tiled", tiff({.compression = 8, .tiled = true}), "TIFF", "RGB"},
        {"tiff_16_grey", grey_tiff(16), "TIFF", "Gray", 16, false, 1, {kGrey}},
        {"tiff_planes", tiff({.planes = true}), "TIFF", "RGB"},
        {"tiff_16", tiff({.bits = 16}), "TIFF", "RGB", 16, false, 1, {"16 bits"}},
        {"tiff_alpha", tiff({.alpha = true}), "TIFF", "RGB", 8, true, 1, {kAlpha}},
        {"tiff_grey", grey_tiff(8), "TIFF", "Gray", 8, false, 1, {kGrey}},
        {"tiff_white_is_zero", tiff({.channels = 1, .photometric = 0}), "TIFF", "Gray"},
        {"tiff_bilevel", grey_tiff(1), "TIFF", "Gray", 1},
        {"tiff_palette", tiff({.channels = 1, .photometric = 3}), "TIFF", "Palette"},
        {"tiff_cmyk", cmyk_tiff, "TIFF", "CMYK", 8, false, 1, {"CMYK"}},
        {"tiff_pages", tiff({.pages = 3}), "TIFF", "RGB", 8, false, 3, {"3 pictures or pages"}},
        {"bmp_1", bmp(1), "BMP", "Palette"},
        {"bmp_4", bmp(4), "BMP", "Palette"},
        {"bmp_8", bmp(8), "BMP", "Palette"},
        {"bmp_16", bmp(16), "BMP", "RGB"},
        {"bmp_24", bmp(24), "BMP", "RGB"},
        {"bmp_32", bmp(32), "BMP", "RGB"},
        {"bmp_top_down", bmp(24, true), "BMP", "RGB"},
        {"bmp_rle", run_length_bmp(), "BMP", "Palette"},
    };
    for (const int kind : {1, 2, 3, 4, 5, 6}) {
        cases.push_back(
            {"pnm_" + std::to_string(kind), pnm(kind), "PNM", kind % 3 == 0 ? "RGB" : "Gray"});
    }
    cases.push_back({"pnm_16_bit", pnm(6, 65535), "PNM", "RGB", 16, false, 1, {"16 bits"}});
    struct PngCase {
        int colour;
        std::vector<int> depths;
        const char* model;
    };
    for (const auto& [colour, depths, model] : std::vector<PngCase>{{0, {1, 2, 4, 8, 16}, "Gray"},
                                                                    {2, {8, 16}, "RGB"},
                                                                    {3, {1, 2, 4, 8}, "Palette"},
                                                                    {4, {8, 16}, "Gray"},
                                                                    {6, {8, 16}, "RGB"}}) {
        for (const int depth : depths) {
            for (const bool interlaced : {false, true}) {
                const std::string name = "png_" + std::to_string(colour) + "_" +
                                         std::to_string(depth) + (interlaced ? "_interlaced" : "");
                const File file = png({.colour = colour, .depth = depth, .interlaced = interlaced});
                Case c{name, file, "PNG", model, colour == 3 ? 8 : depth, colour >= 4, 1, {}};
                if (depth == 16)
                    c.said.emplace_back("16 bits");
                if (colour >= 4)
                    c.said.emplace_back(kAlpha);
                cases.push_back(c);
            }
        }
    }
    cases.push_back({"png_transparent_colour", png({}, {{"tRNS", {0, 10, 0, 20, 0, 30}}}), "PNG",
                     "RGB", 8, true});
    cases.push_back({"png_transparent_palette", png({.colour = 3}, {{"tRNS", {0, 100, 200}}}),
                     "PNG", "Palette", 8, true});
    cases.push_back({"png_gamma_and_depth_notes",
                     png({}, {{"gAMA", {0, 0, 0x80, 0}}, {"sBIT", {5, 6, 5}}}), "PNG", "RGB"});
    cases.push_back(
        {"png_animated", animated_png, "PNG", "RGB", 8, false, 7, {"animation of 7 frames"}});
    return cases;
}

class SameAsOpenCv : public testing::TestWithParam<Case> {};

TEST_P(SameAsOpenCv, PixelsAndFacts) {
    const Case& c = GetParam();
    const Picture picture = read(c.file);
    expect_same_as_opencv(c.file, picture);
    EXPECT_EQ(picture.facts.format, c.format);
    EXPECT_EQ(picture.facts.colour_model, c.colour_model);
    EXPECT_EQ(picture.facts.bits_per_channel, c.bits);
    EXPECT_EQ(picture.facts.alpha, c.alpha);
    EXPECT_EQ(picture.pixels.alpha, c.alpha);
    const auto jpeg = jpeg_facts(c.file);
    EXPECT_EQ(picture.pixels.jpeg_quality, jpeg ? jpeg->quality : 100);
    EXPECT_EQ(picture.facts.frames, c.frames);
    EXPECT_EQ(picture.facts.bytes, c.file.size());
    EXPECT_EQ(picture.facts.sha256, sha256_hex(c.file));
    EXPECT_EQ(picture.facts.stored_width, picture.pixels.width);
    EXPECT_EQ(picture.facts.stored_height, picture.pixels.height);
    EXPECT_EQ(picture.facts.orientation, 1);
    EXPECT_TRUE(picture.facts.decoder.starts_with(c.format == "TIFF" ? "libtiff " : "OpenCV "));
    for (const std::string& words : c.said)
        EXPECT_TRUE(warns(picture, words)) << words;
    EXPECT_EQ(warns(picture, "alpha"), c.alpha);
    EXPECT_EQ(warns(picture, "bits per channel"), c.bits > 8);
}

INSTANTIATE_TEST_SUITE_P(Corpus, SameAsOpenCv, testing::ValuesIn(opencv_cases()),
                         [](const auto& test) { return test.param.name; });

TEST(Decoding, AnOrdinaryPhotoHasNoWarning) {
    EXPECT_TRUE(decode_picture(jpeg({.width = 300, .height = 200})).warnings.empty());
}

TEST(Decoding, EveryOrientationIsAppliedAsOpenCvDoes) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        const File block = exif(orientation);
        const std::vector<File> files = {with_segment(jpeg(), 0xE1, exif_segment(orientation)),
                                         png({}, {{"eXIf", block}}),
                                         tiff({.orientation = orientation})};
        for (const File& file : files) {
            const Picture picture = decode_picture(file);
            SCOPED_TRACE(picture.facts.format);
            expect_same_as_opencv(file, picture);
            const cv::Mat stored =
                cv::imdecode(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
            EXPECT_EQ(picture.facts.orientation, orientation);
            const bool lies = orientation >= 5;
            EXPECT_EQ(picture.pixels.width,
                      lies ? picture.facts.stored_height : picture.facts.stored_width);
            if (picture.facts.format != "TIFF" && orientation > 1) {
                cv::Mat turned = cv::imdecode(file, cv::IMREAD_COLOR);
                EXPECT_TRUE(turned.size() != stored.size() ||
                            cv::norm(turned, stored, cv::NORM_INF) > 0);
            }
        }
    }
}

TEST(Decoding, TiffLayoutsThatOpenCvRefusesAreStillRead) {
    const std::vector<Case> cases = {
        {"tiled", tiff({.tiled = true}), "TIFF", "RGB"},
        {"tiled_16", tiff({.bits = 16, .tiled = true}), "TIFF", "RGB", 16},
        {"grey_4", tiff({.channels = 1, .bits = 4, .photometric = 1}), "TIFF", "Gray", 4},
        {"palette_4", tiff({.channels = 1, .bits = 4, .photometric = 3}), "TIFF", "Palette", 4},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const QuietStderr quiet;
        const Picture picture = decode_picture(c.file);
        EXPECT_EQ(picture.pixels.width, 40);
        EXPECT_EQ(picture.pixels.height, 30);
        EXPECT_EQ(picture.facts.colour_model, c.colour_model);
        EXPECT_EQ(picture.facts.bits_per_channel, c.bits);
        EXPECT_TRUE(picture.facts.decoder.starts_with("libtiff ")) << picture.facts.decoder;
    }
    // The same pixels in a variant that OpenCV can read are the reference.
    for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        const Picture ours = decode_picture(tiff({.orientation = orientation, .tiled = true}));
        const Picture reference =
            decode_picture(tiff({.compression = 8, .orientation = orientation, .tiled = true}));
        EXPECT_EQ(ours.pixels.width, reference.pixels.width);
        EXPECT_EQ(ours.pixels.rgb, reference.pixels.rgb);
    }
}

TEST(Decoding, DataAfterACompletePictureIsIgnored) {
    for (const char* name : {"jpeg", "png", "webp", "bmp", "gif"}) {
        SCOPED_TRACE(name);
        for (const Named& whole : whole_files()) {
            if (whole.name != name)
                continue;
            File longer = whole.file;
            const std::string trailer = "MotionPhoto_Data ftypmp42 and megabytes of video";
            longer.insert(longer.end(), trailer.begin(), trailer.end());
            EXPECT_EQ(decode_picture(longer).pixels.rgb, decode_picture(whole.file).pixels.rgb);
        }
    }
}

TEST(Decoding, TheAnnouncedSizeIsTheDecodedOne) {
    for (const Named& whole : whole_files()) {
        SCOPED_TRACE(whole.name);
        const std::uint64_t pixels = announced_pixels(whole.file);
        EXPECT_EQ(3 * pixels, decode_picture(whole.file).pixels.rgb.size());
        EXPECT_THROW((void)announced_pixels(whole.file, {.pixels = pixels - 1}), PictureError);
    }
    EXPECT_THROW((void)announced_pixels({}), PictureError);
}

TEST(Decoding, StrayBytesInAJpegAreIgnored) {
    const File clean = with_segment(jpeg(), 0xE1, exif_segment(6));
    File stray = clean;
    stray.insert(stray.end() - 2, {0x12, 0x34, 0x56});  // before the end marker
    const Picture picture = read(stray);
    const Picture expected = decode_picture(clean);
    EXPECT_EQ(picture.pixels.rgb, expected.pixels.rgb);
    EXPECT_EQ(picture.pixels.width, expected.pixels.width);
    EXPECT_EQ(picture.facts.orientation, 6);
}

TEST(Decoding, DamagedAncillaryChunksOfAPngAreWarnedAbout) {
    File file = png({}, {{"tEXt", {'a', 0, 'b'}}});
    const std::string type = "tEXt";
    const auto at = std::search(file.begin(), file.end(), type.begin(), type.end());
    ASSERT_NE(at, file.end());
    *(at + 4) ^= 1;
    const Picture picture = decode_picture(file);
    EXPECT_EQ(picture.pixels.rgb, decode_picture(png()).pixels.rgb);
    EXPECT_TRUE(warns(picture, "checksum"));
}

TEST(Decoding, AnimatedWebPGivesItsFirstFrame) {
    const Picture still = decode_picture(webp(80, false));
    const Picture animated = decode_picture(animated_webp(4));
    EXPECT_EQ(animated.pixels.rgb, still.pixels.rgb);
    EXPECT_EQ(animated.facts.frames, 4);
    EXPECT_TRUE(warns(animated, "animation of 4 frames"));
}

TEST(Decoding, GifGivesItsFirstFrame) {
    const Picture picture = decode_picture(gif(1));
    ASSERT_EQ(picture.pixels.width, 24);
    ASSERT_EQ(picture.pixels.height, 19);
    for (std::size_t i = 0; i < 24 * 19; ++i) {
        const std::size_t colour = noise(i) % 16;
        for (std::size_t c = 0; c < 3; ++c)
            ASSERT_EQ(picture.pixels.rgb[3 * i + c], noise(3 * colour + c)) << i;
    }
    EXPECT_EQ(picture.facts.format, "GIF");
    EXPECT_EQ(picture.facts.colour_model, "Palette");
    EXPECT_FALSE(picture.facts.alpha);

    const Picture animated = decode_picture(gif(5, false, true));
    EXPECT_EQ(animated.facts.frames, 5);
    EXPECT_TRUE(animated.facts.alpha);
    EXPECT_TRUE(warns(animated, "animation of 5 frames"));
    EXPECT_EQ(animated.pixels.rgb, picture.pixels.rgb);

    // Interlaced rows are stored in the order 0, 8, 16, 4, 12, 2, ...
    const Picture interlaced = decode_picture(gif(1, true));
    const auto line = [](const Picture& from, std::size_t y) {
        const auto begin = from.pixels.rgb.begin() + static_cast<std::ptrdiff_t>(y * 24 * 3);
        return File(begin, begin + 24 * 3);
    };
    const std::size_t order[] = {0, 8, 16, 4, 12, 2, 6, 10, 14, 18, 1, 3, 5, 7, 9, 11, 13, 15, 17};
    for (std::size_t i = 0; i < 19; ++i)
        EXPECT_EQ(line(interlaced, order[i]), line(picture, i)) << i;
}

struct HeifCase {
    const char* name;
    const char* format;
    int width;
    int height;
    int bits;
    bool alpha;
    int frames;
};

class Heif : public testing::TestWithParam<HeifCase> {};

TEST_P(Heif, PixelsAndFacts) {
    const HeifCase& c = GetParam();
    const Picture picture = read(stored(std::string("pictures/") + c.name));
    ASSERT_EQ(picture.pixels.width, c.width);
    ASSERT_EQ(picture.pixels.height, c.height);
    EXPECT_EQ(picture.facts.format, c.format);
    EXPECT_EQ(picture.facts.bits_per_channel, c.bits);
    EXPECT_EQ(picture.facts.alpha, c.alpha);
    EXPECT_EQ(picture.facts.frames, c.frames);
    EXPECT_EQ(warns(picture, "alpha"), c.alpha);
    EXPECT_EQ(warns(picture, "bits per channel"), c.bits > 8);
    EXPECT_EQ(warns(picture, "only the first"), c.frames > 1);
    // Quarters of the scene, clockwise from the top left: red, green, (red +) blue ...
    const auto bright = [&](double u, double v, std::size_t channel) {
        const auto x = static_cast<std::size_t>(u * c.width);
        const auto y = static_cast<std::size_t>(v * c.height);
        return picture.pixels.rgb[3 * (y * static_cast<std::size_t>(c.width) + x) + channel] > 128;
    };
    for (const bool right : {false, true}) {
        for (const bool below : {false, true}) {
            // A quarter turn clockwise moves (u, v) to (1 - v, u).
            double u = right ? 0.75 : 0.25;
            double v = below ? 0.75 : 0.25;
            if (c.height > c.width) {
                const double old_u = u;
                u = 1 - v;
                v = old_u;
            }
            EXPECT_EQ(bright(u, v, 0), right == below);
            EXPECT_EQ(bright(u, v, 1), right);
            EXPECT_EQ(bright(u, v, 2), below);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Corpus, Heif,
                         testing::Values(HeifCase{"plain.heic", "HEIC", 96, 64, 8, false, 1},
                                         HeifCase{"turned.heic", "HEIC", 64, 96, 8, false, 1},
                                         HeifCase{"alpha.heic", "HEIC", 96, 64, 8, true, 1},
                                         HeifCase{"ten-bit.heic", "HEIC", 96, 64, 10, false, 1},
                                         HeifCase{"two-pictures.heic", "HEIC", 96, 64, 8, false, 2},
                                         HeifCase{"plain.avif", "AVIF", 96, 64, 8, false, 1},
                                         HeifCase{"turned.avif", "AVIF", 64, 96, 8, false, 1},
                                         HeifCase{"alpha.avif", "AVIF", 96, 64, 8, true, 1},
                                         HeifCase{"ten-bit.avif", "AVIF", 96, 64, 10, false, 1},
                                         HeifCase{"animated.avif", "AVIF", 96, 64, 8, false, 3}),
                         [](const auto& test) {
                             std::string name = test.param.name;
                             std::replace_if(
                                 name.begin(), name.end(),
                                 [](char ch) { return ch == '.' || ch == '-'; }, '_');
                             return name;
                         });

TEST(Decoding, GoldenPicturesHaveTheirSizes) {
    struct Golden {
        const char* name;
        int width;
        int height;
    };
    for (const auto& [name, width, height] :
         {Golden{"landscape.png", 640, 427}, Golden{"large.png", 1600, 1200},
          Golden{"odd.png", 97, 513}, Golden{"small.png", 300, 200},
          Golden{"square512.png", 512, 512}}) {
        SCOPED_TRACE(name);
        const Picture picture = read_picture(std::string(DFD_TEST_DATA) + "/golden/images/" + name);
        EXPECT_EQ(picture.pixels.width, width);
        EXPECT_EQ(picture.pixels.height, height);
        EXPECT_EQ(picture.pixels.rgb.size(), static_cast<std::size_t>(3 * width * height));
        expect_same_as_opencv(stored(std::string("golden/images/") + name), picture);
    }
}

TEST(Decoding, IsThreadSafe) {
    std::vector<Named> files = whole_files();
    const std::string packet =
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' dc:format='image/jpeg'/></rdf:RDF>"
        "</x:xmpmeta>";
    std::string xmp = packet;
    xmp.insert(28, 1, '\0');
    files.push_back({"xmp", "JPEG", with_segment(jpeg(), 0xE1, File(xmp.begin(), xmp.end()))});
    std::vector<File> expected;
    for (const Named& whole : files)
        expected.push_back(decode_picture(whole.file).pixels.rgb);
    std::vector<int> wrong(8, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < 4 * files.size(); ++i) {
                const std::size_t at = (i + t) % files.size();
                try {
                    wrong[t] += decode_picture(files[at].file).pixels.rgb == expected[at] ? 0 : 1;
                } catch (const std::exception&) {
                    ++wrong[t];
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, std::vector<int>(8, 0));
}

}  // namespace
}  // namespace dfd
