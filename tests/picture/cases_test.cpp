// Small files, each after a public bug report of a viewer, library or forensic tool, and what is
// right about it. Those that were large were cut to a few pixels; two kinds of TIFF, which cannot
// be cut, are made in real_files_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "core/picture/picture.h"
#include "tests/picture/corpus.h"
#include "tests/picture/quiet_stderr.h"
#include "tests/says.h"

namespace dfd {
namespace {

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

}  // namespace
}  // namespace dfd
