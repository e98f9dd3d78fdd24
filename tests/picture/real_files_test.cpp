// Kinds of files that phones, editors and websites really write, and that other programs stumbled
// over: what is examined equals the reference, and what is said about it is true.
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/hexadecimal.h"
#include "core/picture/decode_policy.h"
#include "tests/picture/all_decodings.h"
#include "tests/picture/provenance_files.h"
#include "tests/picture/reading.h"
#include "tests/says.h"

namespace dfd {
namespace {

using namespace corpus;
using test::all_decodings;
using test::PolicyPixels;
namespace codes = failure_codes;

const PolicyPixels* find(const std::vector<PolicyPixels>& all, DecodePolicy policy) {
    const auto found = std::ranges::find(all, policy, &PolicyPixels::policy);
    return found == all.end() ? nullptr : &*found;
}

// --- orientation -------------------------------------------------------------------------------

/// Expects that what is said about the turn is what OpenCV did to these pixels.
void expect_true_orientation(const File& file, int asked) {
    const Picture picture = read(file);
    const cv::Mat turned = cv::imdecode(file, cv::IMREAD_COLOR);
    const cv::Mat stored = cv::imdecode(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    ASSERT_EQ(picture.pixels.width, turned.cols);
    const bool applied = turned.cols != stored.cols;
    EXPECT_EQ(picture.facts.orientation, applied ? asked : 1);
    EXPECT_EQ(warns(picture, "EXIF orientation " + std::to_string(asked)), !applied);
    const auto others = all_decodings(file, picture);
    EXPECT_EQ(find(others, DecodePolicy::AsStored) != nullptr, applied);
    const auto* as_asked = find(others, DecodePolicy::Turned);
    ASSERT_EQ(as_asked != nullptr, !applied);
    if (as_asked != nullptr) {
        EXPECT_EQ(as_asked->pixels.rgb, apply_orientation(picture.pixels, asked).rgb);
    }
}

std::string raw_profile(const std::string& name, const File& data) {
    return "\n" + name + "\n    " + std::to_string(data.size()) + "\n" + to_hex(data) + "\n";
}

TEST(Orientation, IsWhatTheDecoderDid) {
    const File packet = xmp_app1(xmp("xmp:CreatorTool='Phone'"));
    for (const int asked : {6, 8, 5}) {
        SCOPED_TRACE(asked);
        const File exif_only = with_segment(jpeg(), 0xE1, exif_segment(asked));
        expect_true_orientation(exif_only, asked);
        expect_true_orientation(with_segment(exif_only, 0xE1, packet), asked);  // XMP comes first
        expect_true_orientation(
            with_segment(with_segment(jpeg(), 0xE1, packet), 0xE1, exif_segment(asked)), asked);
        expect_true_orientation(png({}, {{"eXIf", exif(asked)}}), asked);
        expect_true_orientation(
            png({}, {packed_text_chunk("Raw profile type exif",
                                       raw_profile("exif", exif_segment(asked)))}),
            asked);
    }
}

TEST(Orientation, OfHeifIsItsOwn) {
    const File avif = stored("pictures/exif-turn.avif");  // EXIF asks, and the file has no turn
    const Picture picture = read(avif);
    EXPECT_EQ(picture.facts.orientation, 1);
    EXPECT_TRUE(warns(picture, "EXIF orientation 6"));
    const auto others = all_decodings(avif, picture);
    const auto* turned = find(others, DecodePolicy::Turned);
    ASSERT_NE(turned, nullptr);
    EXPECT_EQ(turned->pixels.width, picture.pixels.height);
    EXPECT_FALSE(warns(read(stored("pictures/turned.heic")), "EXIF orientation"));
}

// --- incomplete and odd ends -------------------------------------------------------------------

/// The reference reads files, where libjpeg adds a missing end marker.
cv::Mat read_as_file(const File& file) {
    testing::internal::CaptureStderr();  // libjpeg reports what is odd
    const std::string name = testing::TempDir() + "dfd-odd-end.jpg";
    std::FILE* stream = std::fopen(name.c_str(), "wb");
    EXPECT_NE(stream, nullptr);
    EXPECT_EQ(std::fwrite(file.data(), 1, file.size(), stream), file.size());
    std::fclose(stream);
    const cv::Mat bgr = cv::imread(name);
    (void)testing::internal::GetCapturedStderr();
    std::remove(name.c_str());
    cv::Mat rgb;
    if (!bgr.empty())
        cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return rgb;
}

TEST(OddEnds, AJpegWithoutAnEndMarkerIsWholeWhenItsPixelsAre) {
    // What Samsung phones append: no markers, but a name at its end.
    File trailer;
    for (std::uint64_t i = 0; i < 3000; ++i)
        trailer.push_back(static_cast<std::uint8_t>(noise(i) % 255));
    append(trailer, bytes_of("SEFT"));
    File embedded = trailer;  // with another picture and broken markers in it
    append(embedded, jpeg({.width = 16, .height = 16}));
    append(embedded, {0xFF, 0xDB, 0, 3, 1, 0xFF, 0xC0, 0, 1});
    for (const JpegKind& kind :
         {JpegKind{.width = 150, .height = 90},
          JpegKind{.width = 150, .height = 90, .progressive = true},
          JpegKind{.width = 150, .height = 90, .restart_rows = 1},
          JpegKind{.width = 150, .height = 90, .colours = JpegColours::Grey}}) {
        const File whole = jpeg(kind);
        const File unended(whole.begin(), whole.end() - 2);
        for (const File& behind : {File{}, trailer, embedded}) {
            File file = unended;
            append(file, behind);
            SCOPED_TRACE(behind.size() + (kind.progressive ? 1'000'000U : 0U));
            const Picture picture = read(file);
            EXPECT_EQ(picture.pixels.rgb, decode_picture(whole).pixels.rgb);
            // OpenCV reads all of a progressive file first and stops at broken markers behind it.
            const cv::Mat reference = read_as_file(file);
            EXPECT_EQ(reference.empty(), kind.progressive && behind.size() == embedded.size());
            if (!reference.empty()) {
                EXPECT_EQ(picture.pixels.rgb, File(reference.datastart, reference.dataend));
            }
        }
        EXPECT_TRUE(warns(read(unended), "no end marker"));
        EXPECT_FALSE(warns(read(whole), "no end marker"));
        File half(unended.begin(), unended.end() - static_cast<long>(unended.size() / 8));
        EXPECT_EQ(failure_of(half).code, codes::kDamaged);
    }
    File arithmetic = jpeg({.arithmetic = true});
    arithmetic.resize(arithmetic.size() - 2);
    EXPECT_EQ(failure_of(arithmetic).code, codes::kDamaged);  // nobody can know
}

TEST(OddEnds, AProgressiveJpegWithoutItsLastScanIsDamaged) {
    const File whole = jpeg({.width = 150, .height = 90, .progressive = true});
    constexpr std::uint8_t kScan[] = {0xFF, 0xDA};
    const auto last = std::ranges::find_end(whole, kScan);
    EXPECT_EQ(failure_of(File(whole.begin(), last.begin())).code, codes::kDamaged);
}

TEST(OddEnds, AGifWithoutATrailerIsRead) {
    File file = gif(1);
    file.pop_back();
    const Picture picture = read(file);
    EXPECT_EQ(picture.pixels.rgb, decode_picture(gif(1)).pixels.rgb);
    EXPECT_TRUE(warns(picture, "no end marker"));
    EXPECT_FALSE(warns(read(gif(1)), "no end marker"));
}

TEST(OddEnds, BytesBehindHeicAndAvifAreSaid) {
    for (const char* name : {"plain.heic", "plain.avif"}) {
        File file = stored(std::string("pictures/") + name);
        const Picture whole = read(file);
        append(file, bytes_of("\n<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"));
        const Picture picture = read(file);
        EXPECT_FALSE(warns(picture, "metadata")) << name;
        EXPECT_EQ(picture.facts.metadata, whole.facts.metadata) << name;
        EXPECT_EQ(picture.pixels.rgb, whole.pixels.rgb) << name;
        EXPECT_TRUE(warns(picture, "follow its end")) << name;
        EXPECT_FALSE(warns(whole, "follow its end")) << name;
    }
}

// --- several pictures, ranges, colours -----------------------------------------------------------

TEST(SeveralPictures, OfAnMpoAreCountedAndOffered) {
    const File right = jpeg({.width = 90, .height = 70, .quality = 60});
    const File file = mpo(jpeg(), {{0x020003, right}});
    const Picture picture = read(file);
    EXPECT_EQ(picture.facts.frames, 2);
    EXPECT_TRUE(warns(picture, "holds 2 pictures"));
    EXPECT_EQ(picture.pixels.rgb, decode_picture(jpeg()).pixels.rgb);
    const auto others = all_decodings(file, picture);
    const auto* other = find(others, DecodePolicy::OtherFrame);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(other->pixels.rgb, decode_picture(right).pixels.rgb);
    // Previews and gain maps are no pictures of their own.
    const File map = with_segment(
        jpeg(), 0xE1, xmp_app1(xmp("xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/'")));
    EXPECT_EQ(read(mpo(jpeg(), {{0x010002, right}, {0, map}})).facts.frames, 1);
}

TEST(HighRange, OfAPngIsWarnedAbout) {
    for (const std::uint8_t transfer : File{16, 18})
        EXPECT_TRUE(
            warns(read(png({.depth = 16}, {{"cICP", {9, transfer, 0, 1}}})), "high dynamic range"));
    EXPECT_FALSE(warns(read(png({}, {{"cICP", {1, 13, 0, 1}}})), "high dynamic range"));
    // Before cICP, a colour profile of that name said so.
    EXPECT_TRUE(warns(read(with_segment(jpeg(), 0xE2, icc_segment(icc("ITUR_2100_PQ_FULL", 4)))),
                      "high dynamic range"));
}

TEST(Colours, OfABmpFollowItsBitMasks) {
    // A BMP of version 4: red in the lowest byte, as many programs that write RGBA store it.
    const File plain = bmp(32);
    const auto with_masks = [&](std::array<std::uint32_t, 4> masks) {
        File file = plain;
        File header(68);
        for (std::size_t i = 0; i < 16; ++i)
            header[i] = static_cast<std::uint8_t>(masks[i / 4] >> 8 * (i % 4));
        file.insert(file.begin() + 54, header.begin(), header.end());
        file[10] = 54 + 68;
        file[14] = 40 + 68;
        file[30] = 3;
        return file;
    };
    const Pixels usual = decode_picture(with_masks({0xFF0000, 0xFF00, 0xFF, 0xFF000000})).pixels;
    const Picture turned = decode_picture(with_masks({0xFF, 0xFF00, 0xFF0000, 0xFF000000}));
    ASSERT_EQ(turned.pixels.rgb.size(), usual.rgb.size());
    EXPECT_EQ(usual.rgb, decode_picture(plain).pixels.rgb);
    for (std::size_t i = 0; i < usual.rgb.size(); i += 3) {
        ASSERT_EQ(turned.pixels.rgb[i], usual.rgb[i + 2]);
        ASSERT_EQ(turned.pixels.rgb[i + 1], usual.rgb[i + 1]);
        ASSERT_EQ(turned.pixels.rgb[i + 2], usual.rgb[i]);
    }
    EXPECT_TRUE(turned.facts.alpha);
    const Picture ten = decode_picture(with_masks({0x3FF00000, 0xFFC00, 0x3FF, 0}));
    const std::size_t last_row = 54 + 21 * 4 * 12;  // the first row of the picture
    const std::uint32_t pixel =
        plain[last_row] | plain[last_row + 1] << 8 | plain[last_row + 2] << 16;
    EXPECT_EQ(ten.pixels.rgb[2], (pixel & 0x3FF) * 255 / 1023);
}

TEST(Colours, OfATiffAreMultipliedByAlphaAndThatIsSaid) {
    const Picture picture = read(tiff({.alpha = true}));
    EXPECT_TRUE(warns(picture, "multiplied by it"));
    EXPECT_FALSE(warns(picture, "are examined too"));
    EXPECT_TRUE(warns(read(png({.colour = 6})), "are examined too"));
}

TEST(Previews, AreNeverTakenForThePicture) {
    const File file = tiff({.preview_first = true});
    const Picture picture = read(file);
    EXPECT_EQ(picture.pixels.rgb, decode_picture(tiff()).pixels.rgb);
    EXPECT_TRUE(warns(picture, "starts with a preview"));
    EXPECT_EQ(picture.facts.frames, 1);
    const Picture two = read(tiff({.pages = 2, .preview_first = true}));
    EXPECT_EQ(two.facts.frames, 2);
}

// --- other kinds -------------------------------------------------------------------------------

TEST(OtherKinds, AreNamedAndNotCalledDamaged) {
    File without_height = jpeg();
    constexpr std::uint8_t kFrame[] = {0xFF, 0xC0};
    const auto frame = std::ranges::search(without_height, kFrame).begin();
    *(frame + 5) = *(frame + 6) = 0;
    EXPECT_EQ(failure_of(without_height).code, codes::kDamaged);
    File lines_behind = without_height;
    const File lines{0xFF, 0xDC, 0, 4, 0, 61};
    lines_behind.insert(lines_behind.end() - 2, lines.begin(), lines.end());

    File apple = png();
    File chunk = big_number(4, 4);
    append(chunk, bytes_of("CgBI"));
    append(chunk, {0x50, 0, 0x20, 2, 0x2B, 0xD5, 0xB3, 0x7F});
    apple.insert(apple.begin() + 8, chunk.begin(), chunk.end());

    File sequence = stored("pictures/animated.avif");
    const std::string meta = "meta";
    const auto at = std::search(sequence.begin(), sequence.end(), meta.begin(), meta.end());
    std::ranges::copy(bytes_of("free"), at);

    const File lossless = with_segment(with_segment(jpeg(), 0xF7, {8, 0, 9, 0, 9, 1, 1, 0x11, 0}),
                                       0xE8, bytes_of("SPIFF"));
    File targa(18 + 64 * 3);
    targa[2] = 2;
    targa[12] = targa[14] = 8;
    targa[16] = 24;
    targa[40] = 200;
    File new_targa(60, 7);
    append(new_targa, bytes_of(std::string_view("TRUEVISION-XFILE.\0", 18)));
    File paintbrush(200, 3);
    std::ranges::copy(File{10, 5, 1, 8}, paintbrush.begin());
    paintbrush[64] = 0;
    paintbrush[65] = 3;
    File texture = bytes_of("DDS ");
    texture.resize(200, 1);

    struct Kind {
        File file;
        const char* words;
    };
    for (const auto& [file, words] :
         {Kind{lines_behind, "DNL"}, Kind{apple, "CgBI"},
          Kind{sequence, "sequence without a still picture"}, Kind{lossless, "JPEG-LS"},
          Kind{targa, "TGA"}, Kind{new_targa, "TGA"}, Kind{paintbrush, "PCX"}, Kind{texture, "DDS"},
          Kind{bytes_of("qoif and so on"), "QOI"}, Kind{bytes_of("icns and so on"), "Apple icon"},
          Kind{bytes_of("\x01\xDA\x01\x01 and so on"), "SGI"}}) {
        const Failure failure = failure_of(file);
        EXPECT_EQ(failure.code, codes::kUnsupported) << words << ": " << failure.message;
        EXPECT_SAYS(failure.message, words);
    }
    for (const std::uint8_t value : File{0, 0xFF, 0x20}) {
        const Failure failure = failure_of(File(9000, value));
        EXPECT_EQ(failure.code, codes::kEmpty) << failure.message;
    }
    File high(300, 0xC0);
    high[7] = 0x8F;
    EXPECT_EQ(failure_of(high).message.find("it is text"), std::string::npos);
}

}  // namespace
}  // namespace dfd
