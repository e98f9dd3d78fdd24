// Corpus files that are made with the codecs' own libraries.
#include <gif_lib.h>
#include <unistd.h>

#include <cstdio>
// libjpeg's headers need <cstdio> first.
#include <jpeglib.h>
#include <tiffio.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/picture/corpus.h"

namespace dfd::corpus {
namespace {

void require(bool condition) {
    if (!condition)
        throw std::runtime_error("a test picture could not be made");
}

void put_big(File& file, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        file.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_chunk(File& file, const std::string& type, const File& data) {
    File body(type.begin(), type.end());
    body.insert(body.end(), data.begin(), data.end());
    put_big(file, static_cast<std::uint32_t>(data.size()));
    file.insert(file.end(), body.begin(), body.end());
    put_big(file,
            static_cast<std::uint32_t>(crc32(0, body.data(), static_cast<uInt>(body.size()))));
}

/// Unfiltered rows of noise, in passes if interlaced.
File scanlines(const PngKind& kind) {
    constexpr std::array<std::array<std::uint32_t, 4>, 7> kPasses = {{{0, 0, 8, 8},
                                                                      {4, 0, 8, 8},
                                                                      {0, 4, 4, 8},
                                                                      {2, 0, 4, 4},
                                                                      {0, 2, 2, 4},
                                                                      {1, 0, 2, 2},
                                                                      {0, 1, 1, 2}}};
    constexpr std::array<int, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};
    const auto bits =
        static_cast<std::uint32_t>(kChannels[static_cast<std::size_t>(kind.colour)] * kind.depth);
    File data;
    const auto add = [&](std::uint32_t width, std::uint32_t height) {
        for (std::uint32_t y = 0; width > 0 && y < height; ++y) {
            data.push_back(0);
            for (std::uint32_t i = 0; i < (width * bits + 7) / 8; ++i)
                data.push_back(noise(data.size()));
        }
    };
    if (!kind.interlaced) {
        add(kind.width, kind.height);
        return data;
    }
    const auto steps = [](std::uint32_t size, std::uint32_t first, std::uint32_t step) {
        return size > first ? (size - first + step - 1) / step : 0;
    };
    for (const auto& [x, y, dx, dy] : kPasses)
        add(steps(kind.width, x, dx), steps(kind.height, y, dy));
    return data;
}

class TemporaryName {
  public:
    TemporaryName() {
        const std::string pattern =
            (std::filesystem::temp_directory_path() / "dfd-corpus-XXXXXX").string();
        name_ = pattern;
        const int file = ::mkstemp(name_.data());
        require(file >= 0);
        ::close(file);
    }
    TemporaryName(const TemporaryName&) = delete;
    TemporaryName& operator=(const TemporaryName&) = delete;
    ~TemporaryName() { std::filesystem::remove(name_); }
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    std::string name_;
};

void write_page(TIFF* tiff, const TiffKind& kind) {
    const int channels = kind.channels + (kind.alpha ? 1 : 0);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, kind.width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, kind.height);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, channels);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind.bits);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind.photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind.compression);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, kind.orientation);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
                 kind.planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (kind.alpha) {
        const std::uint16_t extra = EXTRASAMPLE_UNASSALPHA;
        TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &extra);
    }
    if (kind.floating)
        TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    if (kind.photometric == PHOTOMETRIC_PALETTE) {
        std::vector<std::uint16_t> ramp(std::size_t{1} << kind.bits);
        for (std::size_t i = 0; i < ramp.size(); ++i)
            ramp[i] = static_cast<std::uint16_t>(noise(i) * 257);
        TIFFSetField(tiff, TIFFTAG_COLORMAP, ramp.data(), ramp.data(), ramp.data());
    }
    if (kind.raw_thumbnail) {
        TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
        const std::array<std::uint8_t, 4> version = {1, 4, 0, 0};
        TIFFSetField(tiff, TIFFTAG_DNGVERSION, version.data());
    }
    if (kind.tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 7);
    }
    const tmsize_t size = kind.tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    File block(static_cast<std::size_t>(size));
    const std::uint32_t count = kind.tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    for (std::uint32_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < block.size(); ++j)
            block[j] = noise(i * block.size() + j);
        tmsize_t used = size;
        if (!kind.tiled) {
            const std::uint32_t per_plane = (kind.height + 6) / 7;
            const std::uint32_t rows = std::min(7U, kind.height - i % per_plane * 7);
            used = TIFFVStripSize(tiff, rows);
        }
        require((kind.tiled ? TIFFWriteEncodedTile(tiff, i, block.data(), used)
                            : TIFFWriteEncodedStrip(tiff, i, block.data(), used)) >= 0);
    }
    require(TIFFWriteDirectory(tiff) == 1);
}

int write_bytes(GifFileType* gif, const GifByteType* bytes, int count) {
    auto& file = *static_cast<File*>(gif->UserData);
    file.insert(file.end(), bytes, bytes + count);
    return count;
}

}  // namespace

File jpeg(const JpegKind& kind) {
    jpeg_error_mgr errors{};
    jpeg_compress_struct info{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &data, &size);
    const bool four = kind.colours == JpegColours::Cmyk || kind.colours == JpegColours::Ycck;
    const int channels = kind.colours == JpegColours::Grey ? 1 : (four ? 4 : 3);
    info.image_width = static_cast<JDIMENSION>(kind.width);
    info.image_height = static_cast<JDIMENSION>(kind.height);
    info.input_components = channels;
    info.in_color_space = channels == 1 ? JCS_GRAYSCALE : (four ? JCS_CMYK : JCS_RGB);
    jpeg_set_defaults(&info);
    if (kind.colours == JpegColours::Ycck)
        jpeg_set_colorspace(&info, JCS_YCCK);
    jpeg_set_quality(&info, kind.quality, TRUE);
    if (kind.full_chroma) {
        info.comp_info[0].h_samp_factor = 1;
        info.comp_info[0].v_samp_factor = 1;
    }
    info.arith_code = kind.arithmetic ? TRUE : FALSE;
    info.restart_in_rows = kind.restart_rows;
    if (kind.progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    File row(static_cast<std::size_t>(kind.width * channels));
    while (info.next_scanline < info.image_height) {
        for (std::size_t x = 0; x < row.size(); ++x) {
            row[x] = static_cast<std::uint8_t>(
                60 + (3 * x / static_cast<std::size_t>(channels) + 2 * info.next_scanline) % 130 +
                noise(info.next_scanline * row.size() + x) % 30);
        }
        JSAMPROW rows[1] = {row.data()};
        jpeg_write_scanlines(&info, rows, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    File file(data, data + size);
    std::free(data);
    return file;
}

File zlib_packed(const File& data) {
    uLongf size = compressBound(static_cast<uLong>(data.size()));
    File packed(size);
    require(compress2(packed.data(), &size, data.data(), static_cast<uLong>(data.size()), 6) ==
            Z_OK);
    packed.resize(size);
    return packed;
}

File png(const PngKind& kind, const std::vector<Chunk>& extra) {
    File file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    File header;
    put_big(header, kind.width);
    put_big(header, kind.height);
    header.push_back(static_cast<std::uint8_t>(kind.depth));
    header.push_back(static_cast<std::uint8_t>(kind.colour));
    header.push_back(0);
    header.push_back(0);
    header.push_back(kind.interlaced ? 1 : 0);
    put_chunk(file, "IHDR", header);
    if (kind.colour == 3) {
        File palette;
        for (std::uint64_t i = 0; i < (std::uint64_t{3} << kind.depth); ++i)
            palette.push_back(noise(i + 99));
        put_chunk(file, "PLTE", palette);
    }
    for (const Chunk& chunk : extra)
        put_chunk(file, chunk.type, chunk.data);
    const bool sane = std::uint64_t{kind.width} * kind.height < 10'000'000;
    const File packed = zlib_packed(sane ? scanlines(kind) : File(100));
    const auto half = packed.begin() + static_cast<std::ptrdiff_t>(packed.size() / 2);
    put_chunk(file, "IDAT", File(packed.begin(), half));
    put_chunk(file, "IDAT", File(half, packed.end()));
    put_chunk(file, "IEND", {});
    return file;
}

File tiff(const TiffKind& kind) {
    const TemporaryName temporary;
    TIFF* tiff = TIFFOpen(temporary.name().c_str(), "w");
    require(tiff != nullptr);
    if (kind.preview_first) {
        TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
        write_page(tiff, {.width = 16, .height = 12});
    }
    for (int page = 0; page < kind.pages; ++page)
        write_page(tiff, kind);
    TIFFClose(tiff);
    std::ifstream stream(temporary.name(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

File gif(int frames, bool interlaced, bool transparent) {
    constexpr int kWidth = 24;
    constexpr int kHeight = 19;
    std::array<GifColorType, 16> colours{};
    for (std::size_t i = 0; i < colours.size(); ++i)
        colours[i] = {noise(3 * i), noise(3 * i + 1), noise(3 * i + 2)};
    File file;
    int error = 0;
    GifFileType* gif = EGifOpen(&file, write_bytes, &error);
    require(gif != nullptr);
    ColorMapObject* map = GifMakeMapObject(16, colours.data());
    EGifSetGifVersion(gif, true);
    require(EGifPutScreenDesc(gif, kWidth, kHeight, 4, 2, map) == GIF_OK);
    for (int frame = 0; frame < frames; ++frame) {
        GraphicsControlBlock control{};
        control.TransparentColor = transparent ? 5 : NO_TRANSPARENT_COLOR;
        std::array<GifByteType, 4> bytes{};
        EGifGCBToExtension(&control, bytes.data());
        require(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, bytes.data()) == GIF_OK);
        require(EGifPutImageDesc(gif, 0, 0, kWidth, kHeight, interlaced, nullptr) == GIF_OK);
        for (int line = 0; line < kHeight; ++line) {
            std::array<GifPixelType, kWidth> pixels{};
            for (std::size_t x = 0; x < pixels.size(); ++x)
                pixels[x] = noise(static_cast<std::uint64_t>(line) * kWidth + x) % 16;
            require(EGifPutLine(gif, pixels.data(), kWidth) == GIF_OK);
        }
    }
    GifFreeMapObject(map);
    require(EGifCloseFile(gif, &error) == GIF_OK);
    return file;
}

}  // namespace dfd::corpus
