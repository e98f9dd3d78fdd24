// Fuzzing of provenance metadata with reproducible damaged files: never a crash, never text that is
// unsafe to show.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/frames.h"
#include "core/picture/picture.h"
#include "core/picture/provenance/metadata_blocks.h"
#include "core/picture/provenance/origin.h"
#include "tests/picture/provenance_files.h"

namespace dfd {
namespace {

using namespace corpus;
using namespace std::string_view_literals;
using Hints = std::vector<ProvenanceHint>;

const std::string kListTables =
    "a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Model: "
    "dreamModel, Lora hashes: \"x: 1, y: 2\", Version: v1.6.0";

File mutated(const File& whole, std::uint64_t round) {
    File file = whole;
    const auto dice = [&](std::uint64_t i) {
        return static_cast<std::size_t>(noise(97 * round + 3 * i)) << 16 |
               static_cast<std::size_t>(noise(97 * round + 3 * i + 1)) << 8 |
               static_cast<std::size_t>(noise(97 * round + 3 * i + 2));
    };
    for (std::uint64_t change = 0; change < 1 + round % 4 && file.size() > 8; ++change) {
        const std::size_t at = dice(5 * change) % file.size();
        switch (dice(5 * change + 1) % 6) {
            case 0:
                file[at] ^= static_cast<std::uint8_t>(1U << dice(5 * change + 2) % 8);
                break;
            case 1:
                file[at] = static_cast<std::uint8_t>(dice(5 * change + 2));
                break;
            case 2:
                file[at] = 0xFF;
                break;
            case 3:
                file[at] = 0;
                break;
            case 4:
                file.resize(at);
                break;
            default: {
                const std::size_t from = dice(5 * change + 3) % file.size();
                const std::size_t length = std::min<std::size_t>(file.size() - from, 64);
                const File piece(file.begin() + static_cast<long>(from),
                                 file.begin() + static_cast<long>(from + length));
                file.insert(file.begin() + static_cast<long>(at), piece.begin(), piece.end());
            }
        }
    }
    return file;
}

/// Expects that every text of a hint is safe to show.
void expect_shown_safely(const Hints& hints) {
    for (const ProvenanceHint& hint : hints) {
        EXPECT_GT(hint.sentence.size(), 10U);
        for (const std::string& text : {hint.sentence, hint.evidence}) {
            EXPECT_TRUE(is_utf8(text));
            EXPECT_LT(text.size(), 6000U);
            EXPECT_TRUE(std::ranges::none_of(
                text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
        }
    }
}

TEST(Hostile, MutatedFilesNeverCrashTheReaders) {
    using picture_detail::Format;
    const File store = c2pa_store();
    File boxes = box("uuid", {});
    append(boxes, store);
    const std::vector<std::pair<Format, File>> files{
        {Format::Png,
         png({.width = 4, .height = 4},
             {text_chunk("parameters", kListTables),
              packed_text_chunk("Comment", kListTables),
              international_chunk("prompt", "{\"3\":{\"class_type\":\"KSampler\"}}", true),
              {"caBX", store}})},
        {Format::Jpeg,
         with_c2pa(with_segment(jpeg({.width = 8, .height = 8}), 0xFE, bytes_of("a comment")),
                   store, 150)},
        {Format::Jpeg, mpo(with_segment(jpeg({.width = 8, .height = 8}), 0xED,
                                        bytes_of("Photoshop 3.0\0"
                                                 "8BIM\x04\x04\0\0\0\0\0\4abcd"sv)),
                           {{0x020003, jpeg({.width = 8, .height = 8})}})},
        {Format::Png,
         png({.width = 4, .height = 4},
             {packed_text_chunk("Raw profile type exif", "\nexif\n  8\n4578696600004d4d"),
              international_chunk("XML:com.adobe.xmp", xmp(""), true)})},
        {Format::WebP, webp_with("C2PA", store, 0)},
        {Format::Avif, stored("pictures/exif-turn.avif")},
        {Format::Avif, boxes},
        {Format::Heic, heif_with(stored("pictures/plain.heic"),
                                 {heif_exif(exif_block({exif_text(0x0131, "GIMP 2.10.34")})),
                                  heif_xmp(xmp("xmp:CreatorTool='A'"))})},
        {Format::Gif, gif_with(gif(1), 0xFE, sub_blocks(bytes_of("a comment")))},
        {Format::Gif, gif_with_xmp(gif(1), xmp("xmp:CreatorTool='A'"))},
        {Format::Gif, gif_with_c2pa(gif(1), store)},
        {Format::Tiff,
         tiff_with(tiff({.width = 4, .height = 4}), {{700, 1, bytes_of(xmp("xmp:CreatorTool='A'"))},
                                                     {34675, 7, icc("x", 4)},
                                                     {0xCD41, 7, store}})}};
    for (const auto& [format, whole] : files) {
        for (std::uint64_t round = 0; round < 4000; ++round) {
            const File file = mutated(whole, round);
            const auto texts = picture_detail::embedded_texts(file, format);
            const auto blocks = picture_detail::metadata_blocks(file, format);
            EXPECT_LE(blocks.exif.size() + blocks.xmp.size(), 16U);
            for (const auto& picture : picture_detail::other_mpo_pictures(file))
                EXPECT_LE(picture.size(), file.size());
            (void)picture_detail::heif_turns_itself(file);
            Hints hints = picture_detail::content_credential_hints(file, format, {});
            if (const auto hint = picture_detail::generation_hint(texts))
                hints.push_back(*hint);
            if (const auto hint = picture_detail::compression_hint(file))
                hints.push_back(*hint);
            for (const auto& hint : picture_detail::software_hints({}, texts))
                hints.push_back(hint);
            expect_shown_safely(hints);
        }
    }
}

TEST(Hostile, MutatedManifestsAndMetadataNeverStopThePicture) {
    const File store = c2pa_store();
    const File block = exif_block({exif_text(0x0131, "GIMP 2.10.34"), exif_text(0x010F, "Maker")},
                                  {{0x9286, 7, bytes_of("ASCII\0\0\0Steps: 1, Seed: 2"sv)}},
                                  jpeg({.width = 64, .height = 47, .quality = 50}));
    const File packet =
        xmp_app1(xmp("xmp:CreatorTool='A' "
                     "Iptc4xmpExt:DigitalSourceType='trainedAlgorithmicMedia'"));
    const File still = jpeg({.width = 40, .height = 30});
    for (std::uint64_t round = 0; round < 700; ++round) {
        File exif = exif_app1(block), xml = packet, manifest = store;
        (round % 3 == 0   ? exif
         : round % 3 == 1 ? xml
                          : manifest) = mutated(round % 3 == 0   ? exif
                                                : round % 3 == 1 ? xml
                                                                 : manifest,
                                                round);
        exif.resize(std::min<std::size_t>(exif.size(), 60'000));
        xml.resize(std::min<std::size_t>(xml.size(), 60'000));
        if (manifest.size() < 9)
            continue;
        const Picture picture = decode_picture(
            with_segment(with_segment(with_c2pa(still, manifest, 500), 0xE1, xml), 0xE1, exif), {},
            Provenance::Sought);
        EXPECT_EQ(picture.pixels.rgb.size(), std::size_t{3 * 40 * 30});
        expect_shown_safely(picture.facts.provenance);
    }
}

}  // namespace
}  // namespace dfd
