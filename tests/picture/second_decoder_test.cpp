// Pictures of every format and variant against their pixels by a second decoder:
// tests/data/decoders, made by tests/parity/decoders.py with Pillow and its own codecs.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "core/picture/picture.h"
#include "tests/picture/corpus.h"
#include "tests/picture/quiet_stderr.h"

namespace dfd {
namespace {

using corpus::File;

struct Expected {
    std::string file;
    int width = 0;
    int height = 0;
    File rgb;
};

std::ostream& operator<<(std::ostream& stream, const Expected& expected) {
    return stream << expected.file;
}

std::vector<Expected> expected_pictures() {
    const File list = corpus::stored("decoders/list.csv");
    std::istringstream lines(std::string(list.begin(), list.end()));
    std::vector<Expected> pictures;
    std::string line;
    std::size_t total = 0;
    for (std::getline(lines, line); std::getline(lines, line);) {
        std::istringstream cells(line);
        Expected picture;
        char comma = 0;
        std::getline(cells, picture.file, ',');
        cells >> picture.width >> comma >> picture.height;
        total += std::size_t{3} * static_cast<std::size_t>(picture.width * picture.height);
        pictures.push_back(picture);
    }
    const File packed = corpus::stored("decoders/pixels.bin");
    File rgb(total);
    uLongf size = total;
    if (uncompress(rgb.data(), &size, packed.data(), packed.size()) != Z_OK || size != total)
        throw std::runtime_error("tests/data/decoders/pixels.bin does not fit list.csv");
    auto at = rgb.begin();
    for (Expected& picture : pictures) {
        const auto end = at + 3L * picture.width * picture.height;
        picture.rgb.assign(at, end);
        at = end;
    }
    return pictures;
}

/// What two decoders may differ by, in levels of 255.
struct Allowed {
    int most = 0;
    double mean = 0;
};

/// Beyond equality: the longest beginning of a file's name counts.
Allowed allowed_for(const std::string& file) {
    static const std::map<std::string, Allowed> kinds = {
        // OpenCV, which the scoring contract names, shifts 5 and 6 bits to 8.
        {"bmp/16-555", {7, 3.5}},
        {"bmp/16-565", {7, 3}},
        // Two ways of rounding 16 bits, or a maximum value other than 255, to 8 bits.
        {"tiff/16-", {1, 0.5}},
        {"pnm/p6-16", {1, 0.5}},
        {"pnm/p2-99", {1, 0.5}},
        {"pnm/p3-99", {1, 0.5}},
        {"pnm/p5-1023", {1, 0.5}},
        // Two formulas for inks without a profile.
        {"jpeg/cmyk", {2, 1}},
        {"tiff/cmyk", {1, 0.5}},
        // libavif interpolates halved chroma, libheif repeats it: the difference is at edges, small
        // on slopes, and gone without halving.
        {"heif/", {1, 0.1}},
        {"heif/plain.avif", {60, 4.5}},
        {"heif/alpha.avif", {60, 4.5}},
        {"heif/exif6.avif", {60, 4.5}},
        {"heif/gentle.avif", {4, 0.6}},
        {"heif/444.avif", {1, 0.5}},
    };
    Allowed allowed;
    for (const auto& [beginning, levels] : kinds)  // a longer one comes later
        if (file.starts_with(beginning))
            allowed = levels;
    return allowed;
}

class SecondDecoder : public testing::TestWithParam<Expected> {};

TEST_P(SecondDecoder, SeesTheSamePixels) {
    const Expected& expected = GetParam();
    const test::QuietStderr quiet;
    const Picture picture = decode_picture(corpus::stored("decoders/" + expected.file));
    ASSERT_EQ(picture.pixels.width, expected.width);
    ASSERT_EQ(picture.pixels.height, expected.height);
    ASSERT_EQ(picture.pixels.rgb.size(), expected.rgb.size());
    int most = 0;
    double sum = 0;
    for (std::size_t i = 0; i < expected.rgb.size(); ++i) {
        const int difference = std::abs(picture.pixels.rgb[i] - expected.rgb[i]);
        most = std::max(most, difference);
        sum += difference;
    }
    const double mean = sum / static_cast<double>(expected.rgb.size());
    const Allowed allowed = allowed_for(expected.file);
    EXPECT_LE(most, allowed.most) << "mean " << mean;
    EXPECT_LE(mean, allowed.mean) << "most " << most;
}

INSTANTIATE_TEST_SUITE_P(Files, SecondDecoder, testing::ValuesIn(expected_pictures()),
                         [](const auto& info) {
                             std::string name = info.param.file;
                             std::ranges::replace_if(
                                 name, [](char c) { return std::isalnum(c) == 0; }, '_');
                             return name;
                         });

}  // namespace
}  // namespace dfd
