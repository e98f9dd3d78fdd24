// Metadata in real files: every block and every segment is found, and a broken one costs only
// itself.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/picture/provenance/metadata.h"
#include "tests/picture/provenance_files.h"
#include "tests/picture/reading.h"

namespace dfd {
namespace {

using namespace corpus;

const std::string kDeclaration =
    "Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/"
    "trainedAlgorithmicMedia'";

TEST(Blocks, ABrokenOneCostsOnlyItself) {
    const File packet = xmp_app1(xmp(kDeclaration));
    const File broken_exif = exif_app1({'I', 'I', '*', 0, 0xFF, 0xFF, 0xFF, 0x7F});
    const File good_exif = exif_app1(exif_block({exif_text(0x0131, "Camera program")}));
    const File broken_xmp = xmp_app1("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF");

    const Picture exif_lost =
        read(with_segment(with_segment(jpeg(), 0xE1, packet), 0xE1, broken_exif));
    EXPECT_TRUE(declares_generated(exif_lost));
    EXPECT_TRUE(warns(exif_lost, "its EXIF block"));

    const Picture xmp_lost =
        read(with_segment(with_segment(jpeg(), 0xE1, broken_xmp), 0xE1, good_exif));
    EXPECT_TRUE(warns(xmp_lost, "its XMP block"));
    EXPECT_FALSE(xmp_lost.facts.metadata.empty());

    const Chunk good_text = international_chunk("XML:com.adobe.xmp", xmp(kDeclaration), false);
    for (const Chunk& broken :
         {Chunk{"tEXt", {}}, Chunk{"zTXt", {0, 0, 1}}, Chunk{"iTXt", bytes_of("key only")}}) {
        const Picture text_lost = read(png({}, {broken, good_text}));
        EXPECT_TRUE(declares_generated(text_lost)) << broken.type;
        EXPECT_TRUE(warns(text_lost, "a text chunk")) << broken.type;
    }
    const Picture profile_lost = read(png({}, {{"iCCP", {'x', 0, 0, 1, 2, 3}}, good_text}));
    EXPECT_TRUE(declares_generated(profile_lost));
    EXPECT_TRUE(warns(profile_lost, "colour profile"));

    File cut_profile = icc("Display P3", 4);
    cut_profile.resize(cut_profile.size() / 2);
    const Picture jpeg_profile_lost =
        read(with_segment(with_segment(jpeg(), 0xE1, packet), 0xE2, icc_segment(cut_profile)));
    EXPECT_TRUE(declares_generated(jpeg_profile_lost));
    EXPECT_TRUE(warns(jpeg_profile_lost, "its colour profile"));
    EXPECT_FALSE(warns(read(with_segment(jpeg(), 0xE2, icc_segment(icc("Display P3", 4)))),
                       "its colour profile"));

    const Picture webp_lost = read(webp_with("EXIF", {'I', 'I', '*', 0, 1, 2, 3, 4}, 0x08));
    EXPECT_TRUE(warns(webp_lost, "its EXIF block"));
    EXPECT_FALSE(warns(read(with_segment(jpeg(), 0xE1, good_exif)), "damaged"));
}

TEST(Blocks, ABrokenOneOfATiffCostsOnlyItself) {
    constexpr int kXmp = 700, kIptc = 33723, kExif = 34665, kProfile = 34675;
    const ExifEntry good_xmp{kXmp, 1, bytes_of(xmp(kDeclaration))};
    File credit = {0x1C, 2, 110, 0, 9};
    append(credit, bytes_of("Google AI"));
    const ExifEntry good_iptc{kIptc, 7, credit};
    const ExifEntry good_profile{kProfile, 7, icc("Display P3", 4)};
    File cut = good_profile.value;
    cut.resize(cut.size() / 2);

    const Picture whole = read(tiff_with(tiff(), {good_xmp, good_iptc, good_profile}));
    EXPECT_EQ(whole.pixels.rgb, decode_picture(tiff()).pixels.rgb);
    EXPECT_TRUE(declares_generated(whole));
    EXPECT_FALSE(warns(whole, "damaged"));
    EXPECT_EQ(whole.facts.profile, "Display P3");

    const Picture exif_lost =
        read(tiff_with(tiff(), {good_xmp, {kExif, 4, {0xF0, 0xFF, 0xFF, 0x7F}}}));
    EXPECT_TRUE(declares_generated(exif_lost));
    EXPECT_TRUE(warns(exif_lost, "damaged in its EXIF block, which"));

    const Picture xmp_lost = read(tiff_with(
        tiff(), {{kXmp, 1, bytes_of("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF")}, good_iptc}));
    EXPECT_TRUE(declares_generated(xmp_lost));
    EXPECT_TRUE(warns(xmp_lost, "damaged in its XMP block, which"));
    EXPECT_FALSE(xmp_lost.facts.metadata.empty());

    const Picture profile_lost = read(tiff_with(tiff(), {good_xmp, {kProfile, 7, cut}}));
    EXPECT_TRUE(declares_generated(profile_lost));
    EXPECT_TRUE(warns(profile_lost, "damaged in its colour profile, which"));
}

TEST(Blocks, ATiffThatRefersBehindItsEndNamesWhatIsMissing) {
    File file = tiff_with(
        tiff(), {{700, 1, bytes_of(xmp(kDeclaration))}, {34675, 7, icc("Display P3", 4)}});
    // The count of the profile's bytes, in a directory that ends the file.
    const File profile{0x73, 0x87, 7, 0};
    const auto field = std::ranges::find_end(file, profile).begin();
    ASSERT_NE(field, file.end());
    *(field + 6) = 0x7F;
    const auto metadata = picture_detail::read_metadata(file, picture_detail::Format::Tiff);
    EXPECT_EQ(metadata.unreadable, std::vector<std::string>{"its colour profile"});
    EXPECT_TRUE(metadata.icc.empty());
    EXPECT_TRUE(std::ranges::any_of(metadata.origin, [](const auto& entry) {
        return entry.first.ends_with("DigitalSourceType");
    }));
}

TEST(Blocks, ABrokenOneOfHeicAndAvifCostsOnlyItself) {
    const HeifPart good_exif = heif_exif(exif_block({exif_text(0x0131, "Camera program")}));
    const HeifPart good_xmp = heif_xmp(xmp(kDeclaration));
    for (const char* name : {"plain.heic", "plain.avif"}) {
        SCOPED_TRACE(name);
        const File plain = stored(std::string("pictures/") + name);
        const Picture whole = read(heif_with(plain, {good_exif, good_xmp}));
        EXPECT_EQ(whole.pixels.rgb, decode_picture(plain).pixels.rgb);
        EXPECT_TRUE(declares_generated(whole));
        EXPECT_FALSE(warns(whole, "damaged"));
        EXPECT_EQ(std::ranges::count(whole.facts.metadata, "Camera program",
                                     [](const auto& entry) { return entry.second; }),
                  1);

        const Picture exif_lost = read(
            heif_with(plain, {heif_exif({'I', 'I', '*', 0, 0xFF, 0xFF, 0xFF, 0x7F}), good_xmp}));
        EXPECT_TRUE(declares_generated(exif_lost));
        EXPECT_TRUE(warns(exif_lost, "damaged in its EXIF block, which"));

        const Picture xmp_lost = read(heif_with(
            plain, {good_exif, heif_xmp("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF")}));
        EXPECT_TRUE(warns(xmp_lost, "damaged in its XMP block, which"));
        EXPECT_FALSE(xmp_lost.facts.metadata.empty());

        // An item that ends behind the file: only that one is missing.
        File cut = heif_with(plain, {good_xmp, good_exif});
        const File place = big_number(good_exif.data.size(), 4);
        const auto length = std::ranges::find_end(cut, place).begin();
        ASSERT_NE(length, cut.end());
        *length = 0x7F;
        const auto metadata = picture_detail::read_metadata(
            cut, name == std::string("plain.heic") ? picture_detail::Format::Heic
                                                   : picture_detail::Format::Avif);
        EXPECT_EQ(metadata.unreadable, std::vector<std::string>{"its EXIF block"});
        EXPECT_FALSE(metadata.origin.empty());
    }
}

TEST(Blocks, OfAGifAreRead) {
    const File comment = sub_blocks(
        bytes_of("a red house\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 24x19"));
    for (const int frames : {1, 3}) {
        const File plain = gif(frames);
        const Picture declared = read(gif_with_xmp(plain, xmp(kDeclaration)));
        EXPECT_EQ(declared.pixels.rgb, decode_picture(plain).pixels.rgb);
        EXPECT_TRUE(declares_generated(declared));
        EXPECT_FALSE(warns(declared, "damaged"));

        const Picture broken = read(gif_with_xmp(gif_with(plain, 0xFE, comment),
                                                 "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF"));
        EXPECT_TRUE(warns(broken, "damaged in its XMP block, which"));
        EXPECT_TRUE(std::ranges::count(
            broken.facts.provenance, ProvenanceKind::GenerationParameters, &ProvenanceHint::kind));
    }
    // Behind the frames, too.
    File late = gif(1);
    late.pop_back();
    append(late, {0x21, 0xFE});
    append(late, comment);
    append(late, {0, 0x3B});
    EXPECT_TRUE(std::ranges::count(read(late).facts.provenance,
                                   ProvenanceKind::GenerationParameters, &ProvenanceHint::kind));
}

TEST(Blocks, EveryXmpPacketIsRead) {
    const File second = with_segment(with_segment(jpeg(), 0xE1, xmp_app1(xmp(kDeclaration))), 0xE1,
                                     xmp_app1(xmp("xmp:CreatorTool='Phone'")));
    EXPECT_TRUE(declares_generated(read(second)));

    // An extended packet in two segments, the later part first.
    const std::string packet = xmp(kDeclaration);
    File extended = jpeg();
    for (const std::size_t start : {std::size_t{0}, packet.size() / 2}) {
        const std::string half =
            start == 0 ? packet.substr(0, packet.size() / 2) : packet.substr(start);
        File data = bytes_of(std::string_view("http://ns.adobe.com/xmp/extension/\0", 35));
        append(data, bytes_of("0123456789ABCDEF0123456789ABCDEF"));
        append(data, big_number(packet.size(), 4));
        append(data, big_number(start, 4));
        append(data, bytes_of(half));
        extended = with_segment(extended, 0xE1, data);
    }
    EXPECT_TRUE(declares_generated(read(extended)));
}

TEST(Blocks, IptcAndProfilesInSeveralSegmentsAreRead) {
    File credit = {0x1C, 2, 110, 0, 9};
    append(credit, bytes_of("Google AI"));
    File resource = bytes_of(std::string_view("8BIM\x04\x04\0\0", 8));
    append(resource, big_number(credit.size(), 4));
    append(resource, credit);
    const std::size_t half = resource.size() / 2;
    const auto segment = [](File::const_iterator from, File::const_iterator to) {
        File data = bytes_of(std::string_view("Photoshop 3.0\0", 14));
        append(data, File(from, to));
        return data;
    };
    const auto middle = resource.begin() + static_cast<long>(half);
    const File file = with_segment(with_segment(jpeg(), 0xED, segment(middle, resource.end())),
                                   0xED, segment(resource.begin(), middle));
    EXPECT_TRUE(declares_generated(read(file)));

    const File profile = icc("Display P3", 4);
    File first = icc_segment(File(profile.begin(), profile.begin() + 100));
    File second = icc_segment(File(profile.begin() + 100, profile.end()));
    first[13] = second[13] = 2;
    second[12] = 2;
    // The second part comes first in the file.
    EXPECT_EQ(read(with_segment(with_segment(jpeg(), 0xE2, first), 0xE2, second)).facts.profile,
              "Display P3");
}

// --- walking through segments --------------------------------------------------------------------

TEST(Segments, StrayBytesHideNothing) {
    const File whole = with_c2pa(with_segment(jpeg(), 0xFE,
                                              bytes_of("a red house, Steps: 20, Sampler: Euler a, "
                                                       "CFG scale: 7, Seed: 5")),
                                 c2pa_store(), 60'000);
    for (const File& stray : {File{0}, File{1, 2, 3}, File{0xFF}, File{0xFF, 0, 7}}) {
        File file = with_segment(whole, 0xEC, {});
        file.insert(file.begin() + 2 + 4, stray.begin(), stray.end());
        const Picture picture = read(file);
        EXPECT_EQ(picture.pixels.rgb, decode_picture(jpeg()).pixels.rgb);
        for (const auto kind : {ProvenanceKind::ContentCredentials,
                                ProvenanceKind::GenerationParameters, ProvenanceKind::Compression})
            EXPECT_TRUE(std::ranges::count(picture.facts.provenance, kind, &ProvenanceHint::kind))
                << provenance_kind_name(kind) << " behind " << stray.size();
    }
}

TEST(Segments, ManifestsMayComeInAnyOrder) {
    const File store = c2pa_store();
    File file = jpeg();
    std::uint32_t running = 1;
    for (std::size_t at = 8; at < store.size(); at += 200) {
        File data = bytes_of("JP");
        append(data, big_number(1, 2));
        append(data, big_number(running++, 4));
        append(data, File(store.begin(), store.begin() + 8));
        append(data, File(store.begin() + static_cast<long>(at),
                          store.begin() + static_cast<long>(std::min(store.size(), at + 200))));
        file = with_segment(file, 0xEB, data);  // before the others: the last one comes first
    }
    EXPECT_TRUE(declares_generated(read(file)));
}

}  // namespace
}  // namespace dfd
