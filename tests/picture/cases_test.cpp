// Small files, each after a public bug report of a viewer, library or forensic tool, and what is
// right about it. Those that were large were cut to a few pixels or to their first kilobyte.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "core/picture/decode_policy.h"
#include "core/picture/picture.h"
#include "tests/picture/all_decodings.h"
#include "tests/picture/corpus.h"
#include "tests/picture/quiet_stderr.h"
#include "tests/says.h"

namespace dfd {
namespace {

using corpus::File;

struct Case {
    const char* file;
    std::vector<std::string> said;  ///< in warnings, statements of origin, or the failure
    std::vector<std::string> not_said = {};
    const char* failure = "";  ///< its code; empty: it is scored
    /// It asks for a turn that only some decoders see: it is done, or said not to be.
    bool turn = false;
};

std::ostream& operator<<(std::ostream& stream, const Case& c) {
    return stream << c.file;
}

const char* const kModel = "made by a trained model";
const char* const kBarn = "prompt “a POSITIVE red barn”";
const char* const kUnsupported = failure_codes::kUnsupported;

const Case kCases[] = {
    {.file = "J01_xmp_before_exif.jpg", .said = {}, .turn = true},
    {.file = "P01_raw_profile_exif.png", .said = {}, .turn = true},
    {.file = "A09d_exif6_no_irot.avif", .said = {}, .turn = true},
    {"J21_broken_exif_good_xmp.jpg", {"damaged in its EXIF block", kModel}},
    {"P03f_empty_text_then_xmp.png", {"damaged in a text chunk", kModel}},
    {"P03_good_xmp.png", {kModel}, {"damaged"}},
    {"C11d_one_zero_before.jpg", {"C2PA manifest", kModel, "quantisation tables"}},
    {"M14_com_behind_stray.jpg", {"AUTOMATIC1111", "A comment in the file", "quantisation tables"}},
    {"M02h_flux_guidance.png", {kBarn}, {"NEGATIVE"}},
    {"M01b_comfy_infinity.png", {kBarn, "case.safetensors"}},
    {"M03_single_line.jpg", {"AUTOMATIC1111", "caseModel_v1", "a lighthouse on a cliff, evening"}},
    {"M06b_novelai_stealth_alpha.png", {"NovelAI", "prompt “a girl with a red umbrella”"}},
    {"M05d3_credit.jpg", {}, {"declares", "generat"}},
    {"C03c_transcoded_firefly.png", {"Adobe_Firefly", "below the latest one", kModel}},
    {"P07_cicp_pq16.png", {"high dynamic range"}},
    {"J07_mpo.mpo", {"holds 2 pictures", "only the first is examined"}},
    {"B03_bitfields_rgba_v4.bmp", {"alpha channel"}},
    {"J16_no_eoi.jpg", {"no end marker"}},
    {"J16d_samsung_no_eoi_trailer.jpg", {"no end marker"}},
    {"H03_xmp_behind.heic", {"Behind the end", "its picture is complete"}},
    {"G01_no_trailer.gif", {"no end marker"}},
    {"T14_unassoc_alpha.tif", {"multiplied by it"}, {"are examined too"}},
    {"T19c_preview_first.tif", {"starts with a preview"}},
    {"J09c_jpegls.jpg", {"JPEG-LS"}, {"damaged"}, kUnsupported},
    {"J11_dnl.jpg", {"DNL"}, {"damaged"}, kUnsupported},
    {"P04_cgbi.png", {"CgBI"}, {"damaged"}, kUnsupported},
    {"A07b_sequence_without_still.avif",
     {"sequence without a still picture"},
     {"damaged"},
     kUnsupported},
    {"O21_ff_only.jpg", {"The file is empty"}, {"text"}, failure_codes::kEmpty},
};

class ReportedFile : public testing::TestWithParam<Case> {};

TEST_P(ReportedFile, IsJudgedRightly) {
    const Case& known = GetParam();
    const auto file = corpus::stored(std::string("cases/") + known.file);
    const test::QuietStderr quiet;
    std::string said, failure;
    try {
        const Picture picture = decode_picture(file, {}, Provenance::Sought);
        for (const std::string& warning : picture.warnings)
            said += warning + '\n';
        for (const ProvenanceHint& hint : picture.facts.provenance)
            said += hint.sentence + '\n';
        const bool told = said.find("ask for a rotated picture (EXIF orientation 6)") != said.npos;
        EXPECT_EQ(picture.facts.orientation, known.turn && !told ? 6 : 1);
        EXPECT_LE(told, known.turn);
    } catch (const PictureError& error) {
        failure = error.failure().code;
        said = error.what();
    }
    EXPECT_EQ(failure, known.failure) << said;
    for (const std::string& words : known.said)
        EXPECT_SAYS(said, words);
    for (const std::string& words : known.not_said)
        EXPECT_EQ(said.find(words), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(Files, ReportedFile, testing::ValuesIn(kCases), [](const auto& info) {
    std::string name = info.param.file;
    std::ranges::replace_if(
        name, [](char c) { return std::isalnum(c) == 0; }, '_');
    return name;
});

// --- pixels ------------------------------------------------------------------------------------

File case_file(const std::string& name) {
    return corpus::stored("cases/" + name);
}

Pixels pixels_of(const File& file) {
    const test::QuietStderr quiet;
    return decode_picture(file).pixels;
}

void expect_equal(const Pixels& found, const Pixels& expected) {
    EXPECT_EQ(found.width, expected.width);
    EXPECT_EQ(found.height, expected.height);
    EXPECT_EQ(found.rgb, expected.rgb);
}

/// As the reference reads it: from a file, where libjpeg adds a missing end marker.
Pixels by_reference(const std::string& name) {
    testing::internal::CaptureStderr();  // the libraries report what is odd
    const cv::Mat bgr = cv::imread(std::string(DFD_TEST_DATA) + "/cases/" + name);
    (void)testing::internal::GetCapturedStderr();
    if (bgr.empty())
        return {};
    cv::Mat rgb;
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return {rgb.cols, rgb.rows, File(rgb.datastart, rgb.dataend)};
}

TEST(ReportedPixels, OfJpegAndPngAreTheReferences) {
    int compared = 0;
    for (const Case& known : kCases) {
        const std::string name = known.file;
        const bool by_opencv =
            name.ends_with(".jpg") || name.ends_with(".mpo") || name.ends_with(".png");
        if (!by_opencv || *known.failure != '\0')
            continue;
        SCOPED_TRACE(name);
        expect_equal(pixels_of(case_file(name)), by_reference(name));
        ++compared;
    }
    EXPECT_EQ(compared, 17);
}

// The reference's OpenCV reads neither HEIC nor GIF.
TEST(ReportedPixels, AreThoseOfTheCompletedFile) {
    const std::string name = "H03_xmp_behind.heic";
    File whole = case_file(name);
    const std::string appended = "\n<x:xmpmeta";
    const auto appendix = std::ranges::search(whole, appended).begin();
    ASSERT_NE(appendix, whole.end());
    whole.erase(appendix, whole.end());
    const Pixels complete = pixels_of(whole);
    EXPECT_FALSE(complete.empty());
    expect_equal(pixels_of(case_file(name)), complete);

    File ended = case_file("G01_no_trailer.gif");
    ended.push_back(0x3B);
    const Picture picture = decode_picture(ended);
    for (const std::string& warning : picture.warnings)
        EXPECT_EQ(warning.find("no end marker"), std::string::npos) << warning;
    expect_equal(pixels_of(case_file("G01_no_trailer.gif")), picture.pixels);
}

TEST(ReportedPixels, OfABmpWithBitMasksHaveItsColours) {
    const File file = case_file("B03_bitfields_rgba_v4.bmp");
    const Pixels pixels = pixels_of(file);
    ASSERT_EQ(pixels.width, 72);
    ASSERT_EQ(pixels.height, 48);
    // Red, green, blue and alpha in this order, 122 bytes of header, and the last row first.
    for (std::size_t y = 0; y < 48; ++y)
        for (std::size_t x = 0; x < 72; ++x)
            for (std::size_t c = 0; c < 3; ++c)
                ASSERT_EQ(pixels.rgb[3 * (72 * y + x) + c], file[122 + 4 * (72 * (47 - y) + x) + c])
                    << x << ' ' << y;
}

TEST(ReportedPixels, OfTiffsAreThePictureAndMultipliedByAlpha) {
    const Pixels picture = pixels_of(case_file("T19c_preview_first.tif"));
    EXPECT_EQ(picture.width, 96);  // the preview has 24
    EXPECT_EQ(picture.height, 64);

    const File file = case_file("T14_unassoc_alpha.tif");
    const Pixels multiplied = pixels_of(file);
    ASSERT_EQ(multiplied.width, 96);
    testing::internal::CaptureStderr();
    const cv::Mat bgr = cv::imdecode(file, cv::IMREAD_COLOR);
    (void)testing::internal::GetCapturedStderr();
    ASSERT_EQ(bgr.cols, 96);
    cv::Mat rgb;
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    EXPECT_EQ(multiplied.rgb, File(rgb.datastart, rgb.dataend));
}

// --- other ways of decoding --------------------------------------------------------------------

TEST(ReportedFiles, OfferTheTurnThatWasNotApplied) {
    for (const Case& known : kCases) {
        if (!known.turn)
            continue;
        SCOPED_TRACE(known.file);
        const File file = case_file(known.file);
        const test::QuietStderr quiet;
        const Picture picture = decode_picture(file);
        const auto others = test::all_decodings(file, picture);
        const auto offered = [&](DecodePolicy policy) {
            return std::ranges::find(others, policy, &test::PolicyPixels::policy);
        };
        const bool applied = picture.facts.orientation == 6;
        const auto other = offered(applied ? DecodePolicy::AsStored : DecodePolicy::Turned);
        ASSERT_NE(other, others.end());
        EXPECT_EQ(offered(applied ? DecodePolicy::Turned : DecodePolicy::AsStored), others.end());
        EXPECT_EQ(other->problem, "");
        expect_equal(other->pixels, apply_orientation(picture.pixels, applied ? 8 : 6));
    }
}

TEST(ReportedFiles, OfferTheOtherPictureOfAnMpo) {
    const File file = case_file("J07_mpo.mpo");
    const test::QuietStderr quiet;
    const Picture picture = decode_picture(file);
    EXPECT_EQ(picture.facts.frames, 2);
    const auto others = test::all_decodings(file, picture);
    const auto other =
        std::ranges::find(others, DecodePolicy::OtherFrame, &test::PolicyPixels::policy);
    ASSERT_NE(other, others.end());
    EXPECT_EQ(other->problem, "");
    EXPECT_FALSE(other->pixels.empty());
    EXPECT_NE(other->pixels.rgb, picture.pixels.rgb);
}

}  // namespace
}  // namespace dfd
