// Bytes behind a picture's end are a stated fact, in every format whose end is known.
#include <gtest/gtest.h>

#include "core/picture/formats/containers.h"
#include "core/picture/provenance/provenance.h"
#include "tests/picture/provenance_files.h"

namespace dfd {
namespace {

using namespace corpus;

TEST(Appended, BytesBehindThePictureAreStated) {
    const auto behind = [](const File& picture, std::string_view more) -> std::string {
        File file = picture;
        append(file, bytes_of(more));
        for (const auto& hint : hints_of(file))
            if (hint.kind == ProvenanceKind::Appended)
                return hint.sentence;
        return {};
    };
    JpegKind progressive;
    progressive.progressive = true;
    TiffKind pages;
    pages.pages = 3;
    pages.tiled = true;
    const std::vector<File> pictures{jpeg(),
                                     jpeg(progressive),
                                     png(),
                                     gif(2),
                                     webp(50, false),
                                     webp(101, true),
                                     tiff(),
                                     tiff(pages),
                                     bmp(24),
                                     bmp(4),
                                     run_length_bmp(),
                                     pnm(1),
                                     pnm(2),
                                     pnm(3),
                                     pnm(4),
                                     pnm(5),
                                     pnm(6, 999)};
    for (const File& picture : pictures) {
        EXPECT_EQ(behind(picture, ""), "");
        EXPECT_EQ(behind(picture, std::string(700, '\0') + "\n"), "");  // padding
        const auto archive = behind(picture, "PK\x03\x04 and more");
        EXPECT_NE(archive.find("holds 13 bytes more: a ZIP archive"), std::string::npos) << archive;
        const auto video = behind(picture, std::string("\0\0\0\x18"
                                                       "ftypmp42",
                                                       12));
        EXPECT_NE(video.find("motion photos"), std::string::npos) << video;
        EXPECT_NE(behind(picture, "whatever").find("unknown kind"), std::string::npos);
    }
    const auto rest = behind(png(), std::string("old rows IEND\xAE\x42\x60\x82"));
    EXPECT_NE(rest.find("earlier, larger picture"), std::string::npos) << rest;
    // What the file itself lists as its further pictures is not behind it.
    EXPECT_EQ(behind(mpo(jpeg(), {{0x020003, jpeg()}}), ""), "");
    EXPECT_NE(behind(pnm(6), "P6 1 1 255\nabc").find("may hold several"), std::string::npos);
    EXPECT_EQ(provenance_kind("appended"), ProvenanceKind::Appended);
}

TEST(Appended, ATiffEndsBehindAllThatItsDirectoriesReferTo) {
    const auto number = [](File& file, std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            file.push_back(static_cast<std::uint8_t>(value >> 8 * i));
    };
    // A grey picture of 2 x 2 pixels whose directories are written by hand, as BigTIFF or not:
    // pixels, EXIF directory and a long text come last, in turn.
    struct Kind {
        bool big = false;
        int last = 0;  ///< 0: pixels, 1: the EXIF directory, 2: the text
        std::string description = std::string(20, 'd');
        bool sizes = true;
        int compression = 1;
    };
    const auto made = [&](const Kind& kind) {
        const int wide = kind.big ? 8 : 4, head = kind.big ? 8 : 2, entry = kind.big ? 20 : 12;
        const std::uint64_t start = kind.big ? 16 : 8;
        const int fields = kind.sizes ? 9 : 8;
        const auto directory = static_cast<std::uint64_t>(head + fields * entry + wide);
        const auto exif_size = static_cast<std::uint64_t>(head + entry + wide);
        const std::uint64_t sizes[] = {4, exif_size, kind.description.size()};
        std::uint64_t places[3] = {};
        std::uint64_t at = start + directory;
        for (int i = 1; i <= 3; ++i) {  // the one that is to be last comes last
            const int which = (kind.last + i) % 3;
            places[which] = at;
            at += sizes[which];
        }
        File file = bytes_of("II");
        number(file, kind.big ? 43 : 42, 2);
        if (kind.big)
            number(file, 8, 4);
        number(file, start, wide);
        const auto field = [&](File& to, int tag, int type, std::uint64_t count,
                               std::uint64_t value) {
            number(to, static_cast<std::uint64_t>(tag), 2);
            number(to, static_cast<std::uint64_t>(type), 2);
            number(to, count, wide);
            number(to, value, wide);
        };
        number(file, static_cast<std::uint64_t>(fields), head);
        field(file, 256, 3, 1, 2);
        field(file, 257, 3, 1, 2);
        field(file, 258, 3, 1, 8);
        field(file, 259, 3, 1, static_cast<std::uint64_t>(kind.compression));
        field(file, 262, 3, 1, 1);
        field(file, 270, 2, kind.description.size(), places[2]);
        field(file, 273, 4, 1, places[0]);
        if (kind.sizes)
            field(file, 279, 4, 1, 4);
        field(file, 34665, 4, 1, places[1]);
        number(file, 0, wide);
        File exif;
        number(exif, 1, head);
        field(exif, 0x9207, 3, 1, 5);
        number(exif, 0, wide);
        const File parts[] = {{10, 90, 170, 250}, exif, bytes_of(kind.description)};
        for (int i = 1; i <= 3; ++i)
            append(file, parts[(kind.last + i) % 3]);
        return file;
    };
    using picture_detail::tiff_end;
    for (const bool big : {false, true}) {
        for (const int last : {0, 1, 2}) {
            const File file = made({.big = big, .last = last});
            File more = file;
            append(more, bytes_of("behind it"));
            EXPECT_EQ(tiff_end(file), file.size()) << big << last;
            EXPECT_EQ(tiff_end(more), file.size()) << big << last;
            File filler = file;
            append(filler, bytes_of("fill"));
            EXPECT_EQ(tiff_end(filler), filler.size());
            for (std::size_t size = 0; size < file.size(); ++size)
                EXPECT_LE(tiff_end(picture_detail::Bytes(file).first(size)), size);
        }
    }
    // Where the directories do not tell, nothing is said.
    EXPECT_EQ(tiff_end(made({.sizes = false})), 0U);
    EXPECT_EQ(tiff_end(made({.compression = 6})), 0U);
    EXPECT_EQ(tiff_end(made({.description = "ImageJ=1.53\nimages=2"})), 0U);
    // A directory that names itself as the next ends.
    File circle = made({});
    const std::size_t next = 8 + 2 + 9 * 12;
    circle[next] = 8;
    EXPECT_EQ(tiff_end(circle), circle.size());
}

}  // namespace
}  // namespace dfd
