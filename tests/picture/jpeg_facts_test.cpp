#include "core/picture/formats/jpeg_facts.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/picture/corpus.h"

namespace dfd {
namespace {

using namespace corpus;

TEST(JpegFacts, EqualTheParametersOfWriting) {
    for (const int quality : {1, 30, 49, 50, 51, 75, 90, 95, 100}) {
        const auto facts = jpeg_facts(jpeg({.quality = quality}));
        ASSERT_TRUE(facts);
        EXPECT_EQ(facts->quality, quality);
        EXPECT_EQ(facts->subsampling, 4);
        EXPECT_EQ(facts->across, 2);
        EXPECT_EQ(facts->down, 2);
        EXPECT_EQ(facts->components, 3);
        EXPECT_TRUE(facts->standard_tables) << quality;
        EXPECT_FALSE(facts->progressive);
    }
    const auto progressive = jpeg_facts(jpeg({.progressive = true, .quality = 80}));
    ASSERT_TRUE(progressive);
    EXPECT_EQ(progressive->quality, 80);
    EXPECT_TRUE(progressive->progressive);
    EXPECT_TRUE(progressive->standard_tables);
    const auto grey = jpeg_facts(jpeg({.colours = JpegColours::Grey, .quality = 60}));
    ASSERT_TRUE(grey);
    EXPECT_EQ(grey->quality, 60);
    EXPECT_EQ(grey->subsampling, 1);
    EXPECT_EQ(grey->components, 1);
    EXPECT_TRUE(grey->standard_tables);
    const auto full = jpeg_facts(jpeg({.full_chroma = true}));
    ASSERT_TRUE(full);
    EXPECT_EQ(full->subsampling, 1);
    const auto arithmetic = jpeg_facts(jpeg({.arithmetic = true, .quality = 70}));
    ASSERT_TRUE(arithmetic);
    EXPECT_EQ(arithmetic->quality, 70);
}

TEST(JpegFacts, CustomTablesAreRecognised) {
    File own = jpeg({.quality = 80});
    // The first table: marker FFDB, length, number, 64 entries.
    std::size_t at = 0;
    while (own[at] != 0xFF || own[at + 1] != 0xDB)
        ++at;
    own[at + 5 + 20] = static_cast<std::uint8_t>(own[at + 5 + 20] + 1);
    own[at + 5 + 21] = static_cast<std::uint8_t>(own[at + 5 + 21] - 1);
    const auto facts = jpeg_facts(own);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->quality, 80);
    EXPECT_FALSE(facts->standard_tables);
    // Swapped entries keep the sum, so only an entry-by-entry comparison detects them.
    File swapped = jpeg({.quality = 80});
    std::swap(swapped[at + 5 + 1], swapped[at + 5 + 60]);
    ASSERT_TRUE(jpeg_facts(swapped));
    EXPECT_EQ(jpeg_facts(swapped)->quality, 80);
    EXPECT_FALSE(jpeg_facts(swapped)->standard_tables);
}

TEST(JpegFacts, AreEmptyForOtherFormatsAndDamagedHeaders) {
    EXPECT_FALSE(jpeg_facts({}));
    EXPECT_FALSE(jpeg_facts(png()));
    // Truncated or damaged files are read or give nothing, but never crash.
    const File whole = jpeg({.quality = 40});
    for (std::size_t length = 0; length < 700 && length < whole.size(); ++length) {
        const auto facts = jpeg_facts(std::span(whole).first(length));
        if (facts) {
            EXPECT_EQ(facts->quality, 40);
        }
    }
    for (std::size_t at = 2; at < 620; ++at) {
        File broken = whole;
        broken[at] ^= 0xFF;
        const auto facts = jpeg_facts(broken);
        if (facts) {
            EXPECT_GE(facts->quality, 1);
            EXPECT_LE(facts->quality, 100);
            EXPECT_GE(facts->subsampling, 0);
        }
    }
}

}  // namespace
}  // namespace dfd
