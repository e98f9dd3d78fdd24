#include "tests/picture/corpus.h"

#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace dfd::corpus {
namespace {

/// Little-endian; bytes beyond the value are zero.
void put(File& file, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        file.push_back(i < 8 ? static_cast<std::uint8_t>(value >> (8 * i)) : std::uint8_t{0});
}

void put(File& file, std::string_view text) {
    for (const char c : text)
        file.push_back(static_cast<std::uint8_t>(c));
}

void put(File& file, const File& data) {
    for (const std::uint8_t byte : data)
        file.push_back(byte);
}

cv::Mat noisy(int width, int height, int type) {
    cv::Mat picture(height, width, type);
    const int row = width * picture.channels();
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < row; ++x) {
            picture.ptr(y)[x] = static_cast<std::uint8_t>(
                100 + (x + 2 * y) % 100 + noise(static_cast<std::uint64_t>(y * row + x)) % 24);
        }
    }
    return picture;
}

File encoded(const char* extension, const cv::Mat& picture, const std::vector<int>& options = {}) {
    File file;
    if (!cv::imencode(extension, picture, file, options))
        throw std::runtime_error(std::string("cannot make a test picture ") + extension);
    return file;
}

}  // namespace

std::uint8_t noise(std::uint64_t index) {
    std::uint64_t x = (index + 1) * 0x9E3779B97F4A7C15;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    return static_cast<std::uint8_t>(x >> 56);
}

File with_segment(const File& jpeg, int marker, const File& data) {
    File file(jpeg.begin(), jpeg.begin() + 2);
    file.push_back(0xFF);
    file.push_back(static_cast<std::uint8_t>(marker));
    file.push_back(static_cast<std::uint8_t>((data.size() + 2) >> 8));
    file.push_back(static_cast<std::uint8_t>(data.size() + 2));
    put(file, data);
    file.insert(file.end(), jpeg.begin() + 2, jpeg.end());
    return file;
}

File exif(int orientation, std::string_view maker) {
    File block;
    put(block, "II*");
    put(block, 0, 1);
    put(block, 8, 4);
    put(block, 2, 2);  // entries: maker (text), orientation (short)
    put(block, 0x010F, 2);
    put(block, 2, 2);
    put(block, maker.size() + 1, 4);
    put(block, 38, 4);
    put(block, 0x0112, 2);
    put(block, 3, 2);
    put(block, 1, 4);
    put(block, static_cast<std::uint64_t>(orientation), 4);
    put(block, 0, 4);
    put(block, maker);
    put(block, 0, 5);  // its end, and padding: some readers require values inside the block
    return block;
}

File exif_segment(int orientation, std::string_view maker) {
    File data = {'E', 'x', 'i', 'f', 0, 0};
    put(data, exif(orientation, maker));
    return data;
}

File icc(std::string_view description, int version) {
    File tag;
    const auto big = [](File& to, std::uint64_t value) {
        for (int shift = 24; shift >= 0; shift -= 8)
            to.push_back(static_cast<std::uint8_t>(value >> shift));
    };
    if (version == 2) {
        put(tag, "desc");
        big(tag, 0);
        big(tag, description.size() + 1);
        put(tag, description);
        put(tag, 0, 1 + 8 + 3 + 67);
    } else {
        put(tag, "mluc");
        big(tag, 0);
        big(tag, 1);
        big(tag, 12);
        put(tag, "enUS");
        big(tag, 2 * description.size());
        big(tag, 28);
        for (const char c : description) {
            tag.push_back(0);
            tag.push_back(static_cast<std::uint8_t>(c));
        }
    }
    File profile;
    big(profile, 128 + 4 + 12 + tag.size());
    put(profile, "none");
    big(profile, version == 2 ? 0x02100000 : 0x04000000);
    put(profile, "mntrRGB XYZ ");
    put(profile, 0, 128 - static_cast<int>(profile.size()));
    profile[36] = 'a';
    profile[37] = 'c';
    profile[38] = 's';
    profile[39] = 'p';
    big(profile, 1);
    put(profile, "desc");
    big(profile, 144);
    big(profile, tag.size());
    put(profile, tag);
    return profile;
}

File icc_segment(const File& icc) {
    File data = {'I', 'C', 'C', '_', 'P', 'R', 'O', 'F', 'I', 'L', 'E', 0, 1, 1};
    put(data, icc);
    return data;
}

File webp(int quality, bool alpha) {
    return encoded(".webp", noisy(50, 40, alpha ? CV_8UC4 : CV_8UC3),
                   {cv::IMWRITE_WEBP_QUALITY, quality});
}

File animated_webp(int frames, bool alpha) {
    File body;
    put(body, "WEBPVP8X");
    put(body, 10, 4);
    put(body, alpha ? 0x12 : 0x02, 4);
    put(body, 49, 3);
    put(body, 39, 3);
    put(body, "ANIM");
    put(body, 6, 4);
    put(body, 0, 6);
    for (int i = 0; i < frames; ++i) {
        // Skips the RIFF header of 12 bytes; the only chunk follows. The first frame has the best
        // quality.
        const File still = webp(alpha ? 101 : i == 0 ? 80 : 10, alpha);
        put(body, "ANMF");
        put(body, 16 + still.size() - 12, 4);
        put(body, 0, 6);
        put(body, 49, 3);
        put(body, 39, 3);
        put(body, 100, 3);
        put(body, 0, 1);
        body.insert(body.end(), still.begin() + 12, still.end());
    }
    File file;
    put(file, "RIFF");
    put(file, body.size(), 4);
    put(file, body);
    return file;
}

File bmp(int bits, bool top_down) {
    constexpr int kWidth = 21;
    constexpr int kHeight = 13;
    const int palette = bits <= 8 ? 1 << bits : 0;
    const int row = (kWidth * bits + 31) / 32 * 4;
    const int offset = 54 + 4 * palette;
    File file;
    put(file, "BM");
    put(file, static_cast<std::uint64_t>(offset + row * kHeight), 4);
    put(file, 0, 4);
    put(file, static_cast<std::uint64_t>(offset), 4);
    put(file, 40, 4);
    put(file, kWidth, 4);
    put(file, static_cast<std::uint64_t>(top_down ? -kHeight : kHeight), 4);
    put(file, 1, 2);
    put(file, static_cast<std::uint64_t>(bits), 2);
    put(file, 0, 4);
    put(file, static_cast<std::uint64_t>(row * kHeight), 4);
    put(file, 0, 8);
    put(file, static_cast<std::uint64_t>(palette), 4);
    put(file, 0, 4);
    for (int i = 0; i < 4 * palette + row * kHeight; ++i)
        file.push_back(noise(static_cast<std::uint64_t>(i)));
    return file;
}

File run_length_bmp() {
    File file = bmp(8);
    file.resize(54 + 4 * 256);
    file[30] = 1;
    for (int y = 0; y < 13; ++y) {
        put(file, 20, 1);
        put(file, noise(static_cast<std::uint64_t>(y)), 1);
        put(file, 1, 1);
        put(file, static_cast<std::uint64_t>(y), 1);
        put(file, y == 12 ? 0x0100 : 0x0000, 2);  // end of the row, or of the picture
    }
    return file;
}

File pnm(int kind, int largest) {
    constexpr int kWidth = 17;
    constexpr int kHeight = 9;
    File file;
    put(file, "P");
    put(file, std::to_string(kind));
    put(file, "\n# made for a test\n");
    put(file, std::to_string(kWidth) + " " + std::to_string(kHeight) + "\n");
    if (kind != 1 && kind != 4)
        put(file, std::to_string(largest) + "\n");
    const int channels = kind == 3 || kind == 6 ? 3 : 1;
    const int numbers = kWidth * kHeight * channels;
    for (int i = 0; i < (kind == 4 ? (kWidth + 7) / 8 * kHeight : numbers); ++i) {
        const int value = noise(static_cast<std::uint64_t>(i));
        switch (kind) {
            case 1:
                put(file, value % 2 == 0 ? "0 " : "1 ");
                break;
            case 2:
            case 3:
                put(file, std::to_string(value % (largest + 1)) + "\n");
                break;
            default:
                if (kind != 4 && largest > 255)
                    file.push_back(noise(static_cast<std::uint64_t>(i) + 7777));
                put(file, static_cast<std::uint64_t>(value), 1);
        }
    }
    return file;
}

File stored(const std::string& name) {
    std::ifstream stream(std::string(DFD_TEST_DATA) + "/" + name, std::ios::binary);
    if (!stream)
        throw std::runtime_error("the test file " + name + " is missing from tests/data");
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<Named> whole_files() {
    std::vector<Named> files = {
        {"jpeg", "JPEG", jpeg()},
        {"progressive", "JPEG", jpeg({.progressive = true})},
        {"cmyk", "JPEG", jpeg({.colours = JpegColours::Cmyk})},
        {"exif", "JPEG", with_segment(jpeg(), 0xE1, exif_segment(6))},
        {"png", "PNG", png()},
        {"png_interlaced", "PNG", png({.colour = 6, .depth = 16, .interlaced = true})},
        {"png_palette", "PNG", png({.colour = 3, .depth = 4})},
        {"webp", "WebP", webp(80, false)},
        {"webp_lossless", "WebP", webp(101, true)},
        {"webp_animated", "WebP", animated_webp(3)},
        {"tiff", "TIFF", tiff()},
        {"tiff_lzw", "TIFF", tiff({.compression = 5})},
        {"tiff_tiled", "TIFF", tiff({.compression = 8, .tiled = true})},
        {"bmp", "BMP", bmp(24)},
        {"bmp_rle", "BMP", run_length_bmp()},
        {"pgm", "PNM", pnm(5)},
        {"ppm", "PNM", pnm(6)},
        {"gif", "GIF", gif(1)},
        {"gif_animated", "GIF", gif(3, true, true)},
    };
    for (const char* name : {"plain.heic", "turned.heic", "plain.avif", "animated.avif"}) {
        files.push_back({name, std::string(name).ends_with("heic") ? "HEIC" : "AVIF",
                         stored(std::string("pictures/") + name)});
    }
    return files;
}

}  // namespace dfd::corpus
