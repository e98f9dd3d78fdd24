// Files that other programs write and that OpenCV alone would decode wrongly or without a word.
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>

#include "core/picture/decoder_memory.h"
#include "core/picture/picture.h"
#include "tests/picture/provenance_files.h"
#include "tests/picture/reading.h"
#include "tests/says.h"

namespace dfd {
namespace {

using namespace corpus;
namespace codes = failure_codes;

std::string warnings_of(const File& file) {
    std::string all;
    for (const std::string& each : read(file).warnings)
        all += each + '\n';
    return all;
}

/// Run-length data in place of a BMP's pixels.
File packed_bmp(int bits, const File& data) {
    File file = bmp(bits);
    file.resize(54 + 4U * (1U << bits));
    file[30] = bits == 8 ? 1 : 2;
    append(file, data);
    return file;
}

TEST(RunLengths, BeyondARowAreNotTakenForTheNext) {
    File exact, beyond;  // 21 pixels a row; ImageMagick fills rows up to a multiple of 4
    for (std::uint8_t y = 0; y < 13; ++y) {
        append(exact, {20, y, 1, 99, 0, 0});
        append(beyond, {20, y, 4, 99, 0, 0});
    }
    const Picture picture = read(packed_bmp(8, beyond));
    EXPECT_EQ(picture.pixels.rgb, read(packed_bmp(8, exact)).pixels.rgb);
    EXPECT_EQ(picture.facts.decoder, "built-in BMP reader");
    EXPECT_SAYS(read(packed_bmp(8, exact)).facts.decoder, "OpenCV");

    // Of 4 bits: the two halves of a value in turn, single values, and rows that are left out.
    const File nibbles = packed_bmp(4, {24, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 1});
    const Picture four = read(nibbles);
    const auto index_at = [&](std::size_t x, std::size_t row_from_below) {
        const auto* rgb = &four.pixels.rgb[3 * ((12 - row_from_below) * 21 + x)];
        for (std::size_t i = 0; i < 16; ++i)
            if (std::equal(rgb, rgb + 3, std::make_reverse_iterator(&nibbles[54 + 4 * i + 3])))
                return static_cast<int>(i);
        return -1;
    };
    EXPECT_EQ(index_at(0, 0), 1);
    EXPECT_EQ(index_at(19, 0), 2);
    EXPECT_EQ(index_at(20, 0), 1);
    EXPECT_EQ(index_at(0, 1), 3);
    EXPECT_EQ(index_at(4, 1), 7);
    EXPECT_EQ(index_at(5, 1), 0);
    EXPECT_EQ(index_at(20, 12), 0);
    EXPECT_EQ(failure_of(packed_bmp(8, {20, 1, 4, 99, 0})).code, codes::kDamaged);
}

TEST(OpenCvAlone, AHeaderThatItRefusesIsNoBlackPicture) {
    File file = bmp(24);
    for (std::size_t i = 18; i < 22; ++i)  // the width, negative
        file[i] = static_cast<std::uint8_t>(i == 18 ? -21 : 0xFF);
    EXPECT_EQ(failure_of(file).code, codes::kDamaged);
    for (const int level : {0, 255}) {
        File plain;
        ASSERT_TRUE(cv::imencode(".png", cv::Mat(40, 50, CV_8UC3, cv::Scalar::all(level)), plain));
        EXPECT_EQ(read(plain).pixels.rgb, File(40U * 50 * 3, static_cast<std::uint8_t>(level)));
    }
}

TEST(Jpegs, BytesOfNoPixelBeforeTheEndAreSaid) {
    const File whole = jpeg();
    const auto with = [&](const File& behind_pixels) {
        File file(whole.begin(), whole.end() - 2);
        append(file, behind_pixels);
        append(file, {0xFF, 0xD9});
        return file;
    };
    File noisy;
    for (std::uint64_t i = 0; i < 100; ++i)
        noisy.push_back(static_cast<std::uint8_t>(noise(i) % 255));
    EXPECT_SAYS(warnings_of(with(noisy)), " bytes that belong to no pixel before its end marker");
    EXPECT_EQ(read(with(noisy)).pixels.rgb, read(whole).pixels.rgb);
    for (const File& padding : {File{}, File(100, 0), File{1, 2, 3}})
        EXPECT_EQ(warnings_of(with(padding)), warnings_of(whole));
}

TEST(Jpegs, CutInASegmentEndTooEarly) {
    const File whole = jpeg();
    const Failure failure = failure_of(File(whole.begin(), whole.begin() + 26));
    EXPECT_EQ(failure.code, codes::kDamaged);
    EXPECT_SAYS(failure.message, "ends before the picture does");
}

TEST(DecoderMemory, IsOfTheKindOfFile) {
    EXPECT_EQ(decoder_bytes_per_pixel(jpeg()), 0U);
    EXPECT_EQ(decoder_bytes_per_pixel(jpeg({.progressive = true})), 6U);
    EXPECT_EQ(decoder_bytes_per_pixel(jpeg({.colours = JpegColours::Grey, .progressive = true})),
              2U);
    EXPECT_EQ(decoder_bytes_per_pixel(webp(80, false)), 3U);
    EXPECT_EQ(decoder_bytes_per_pixel(webp(101, false)), 8U);
    EXPECT_EQ(decoder_bytes_per_pixel(animated_webp(2)), 8U);
    EXPECT_EQ(decoder_bytes_per_pixel(stored("pictures/plain.heic")), 5U);
    EXPECT_EQ(decoder_bytes_per_pixel(png()), 0U);
    // Only a quarter turn takes another copy.
    for (const auto& [orientation, bytes] :
         {std::pair(3, 0U), std::pair(5, 3U), std::pair(8, 3U)}) {
        EXPECT_EQ(decoder_bytes_per_pixel(with_segment(jpeg(), 0xE1, exif_segment(orientation))),
                  bytes);
        EXPECT_EQ(decoder_bytes_per_pixel(png({}, {{"eXIf", exif(orientation)}})), bytes);
        EXPECT_EQ(decoder_bytes_per_pixel(tiff({.orientation = orientation})), 0U);  // by bands
    }
}

TEST(Pngs, AChecksumIsNamedAfterItsChunk) {
    File header = png(), pixels = png();
    header[29] ^= 1;
    pixels[pixels.size() - 13] ^= 1;
    EXPECT_SAYS(failure_of(header).message, "a checksum of its header does not match");
    EXPECT_SAYS(failure_of(pixels).message, "a checksum of its pixel data does not match");
}

TEST(Blocks, WhatIsNoProfileHasNoName) {
    const File file = with_segment(jpeg(), 0xE2, icc_segment(bytes_of(std::string(200, 'x'))));
    EXPECT_EQ(read(file).facts.profile, "");
    EXPECT_SAYS(warnings_of(file), "damaged in its colour profile");
    EXPECT_EQ(warnings_of(file).find("not sRGB"), std::string::npos);
}

TEST(Blocks, AnEmptyExifIsSound) {
    // As Pillow writes it.
    const File empty = bytes_of(std::string_view("MM\0*\0\0\0\x08\0\0\0\0\0\0", 14));
    EXPECT_EQ(warnings_of(with_segment(jpeg(), 0xE1, exif_app1(empty))), warnings_of(jpeg()));
    EXPECT_EQ(warnings_of(webp_with("EXIF", empty, 8)).find("damaged"), std::string::npos);
    File cut = empty;
    cut.resize(8);
    EXPECT_SAYS(warnings_of(with_segment(jpeg(), 0xE1, exif_app1(cut))), "its EXIF block");
}

}  // namespace
}  // namespace dfd
