// Makes the HEIC and AVIF files beside it. Not part of the build: encoders are optional plug-ins,
// and the tests must not depend on them. By hand:
//   g++ -std=c++20 make_heif.cpp -o /tmp/make_heif -lheif -lavif && /tmp/make_heif .
#include <avif/avif.h>
#include <libheif/heif.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Kind {
    const char* name;
    heif_compression_format codec;
    int bits;
    bool alpha;
    heif_orientation orientation;
    int pictures;
};

constexpr int kWidth = 96;
constexpr int kHeight = 64;

void must(const heif_error& error) {
    if (error.code != heif_error_Ok) {
        std::fprintf(stderr, "libheif: %s\n", error.message);
        std::exit(1);
    }
}

/// Quarters red, green, blue, white, with a soft gradient, so that turning and colours show.
int value(int x, int y, int channel, int bits) {
    const bool right = x >= kWidth / 2;
    const bool below = y >= kHeight / 2;
    const bool on = (channel == 0 && right == below) || (channel == 1 && right) ||
                    (channel == 2 && below) || channel == 3;
    const double base = on ? 0.8 : 0.15;
    return static_cast<int>((base + 0.1 * x / kWidth) * ((1 << bits) - 1));
}

/// The second picture of a file is the first one mirrored.
heif_image* make_image(const Kind& kind, bool mirrored) {
    heif_image* image = nullptr;
    const heif_chroma chroma = kind.bits > 8 ? heif_chroma_interleaved_RRGGBB_LE
                               : kind.alpha  ? heif_chroma_interleaved_RGBA
                                             : heif_chroma_interleaved_RGB;
    must(heif_image_create(kWidth, kHeight, heif_colorspace_RGB, chroma, &image));
    must(heif_image_add_plane(image, heif_channel_interleaved, kWidth, kHeight, kind.bits));
    int stride = 0;
    std::uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
    const int channels = kind.alpha ? 4 : 3;
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            for (int c = 0; c < channels; ++c) {
                const int v = value(mirrored ? kWidth - 1 - x : x, y, c, kind.bits);
                if (kind.bits > 8) {
                    plane[y * stride + 6 * x + 2 * c] = static_cast<std::uint8_t>(v & 255);
                    plane[y * stride + 6 * x + 2 * c + 1] = static_cast<std::uint8_t>(v >> 8);
                } else {
                    plane[y * stride + channels * x + c] = static_cast<std::uint8_t>(v);
                }
            }
        }
    }
    return image;
}

void write(const Kind& kind, const std::string& folder) {
    heif_context* context = heif_context_alloc();
    heif_encoder* encoder = nullptr;
    must(heif_context_get_encoder_for_format(context, kind.codec, &encoder));
    heif_encoder_set_lossy_quality(encoder, 80);
    heif_encoding_options* options = heif_encoding_options_alloc();
    options->image_orientation = kind.orientation;
    for (int i = 0; i < kind.pictures; ++i) {
        heif_image* image = make_image(kind, i > 0);
        heif_image_handle* handle = nullptr;
        must(heif_context_encode_image(context, image, encoder, options, &handle));
        if (i == 0) {
            heif_context_set_primary_image(context, handle);
        }
        heif_image_handle_release(handle);
        heif_image_release(image);
    }
    must(heif_context_write_to_file(context, (folder + "/" + kind.name).c_str()));
    heif_encoding_options_free(options);
    heif_encoder_release(encoder);
    heif_context_free(context);
}

/// Through libavif: deep colours or several frames, which this libheif cannot write.
void write_avif(const std::string& file, int bits, int frames) {
    avifEncoder* encoder = avifEncoderCreate();
    encoder->speed = 8;
    encoder->timescale = 10;
    for (int frame = 0; frame < frames; ++frame) {
        avifImage* image = avifImageCreate(kWidth, kHeight, static_cast<std::uint32_t>(bits),
                                           AVIF_PIXEL_FORMAT_YUV420);
        avifRGBImage rgb;
        avifRGBImageSetDefaults(&rgb, image);
        rgb.format = AVIF_RGB_FORMAT_RGB;
        rgb.depth = 8;
        avifRGBImageAllocatePixels(&rgb);
        for (int y = 0; y < kHeight; ++y) {
            for (int x = 0; x < kWidth; ++x) {
                for (int c = 0; c < 3; ++c) {
                    const int at = frame == 0 ? x : kWidth - 1 - x;
                    rgb.pixels[y * static_cast<int>(rgb.rowBytes) + 3 * x + c] =
                        static_cast<std::uint8_t>(value(at, y, c, 8));
                }
            }
        }
        if (avifImageRGBToYUV(image, &rgb) != AVIF_RESULT_OK ||
            avifEncoderAddImage(encoder, image, 1,
                                frames == 1 ? AVIF_ADD_IMAGE_FLAG_SINGLE
                                            : AVIF_ADD_IMAGE_FLAG_NONE) != AVIF_RESULT_OK) {
            std::exit(1);
        }
        avifRGBImageFreePixels(&rgb);
        avifImageDestroy(image);
    }
    avifRWData output = AVIF_DATA_EMPTY;
    if (avifEncoderFinish(encoder, &output) != AVIF_RESULT_OK) {
        std::exit(1);
    }
    std::FILE* to = std::fopen(file.c_str(), "wb");
    if (to == nullptr || std::fwrite(output.data, 1, output.size, to) != output.size ||
        std::fclose(to) != 0) {
        std::exit(1);
    }
    avifRWDataFree(&output);
    avifEncoderDestroy(encoder);
}

/// libheif 1.15 writes the size after turning into 'ispe', where the standard wants the size
/// before; libheif 1.23 refuses that. Swaps width and height of the only one.
void state_size_before_turning(const std::string& file) {
    std::FILE* open = std::fopen(file.c_str(), "r+b");
    char bytes[4096];
    const std::size_t size = open == nullptr ? 0 : std::fread(bytes, 1, sizeof bytes, open);
    constexpr char kName[] = {'i', 's', 'p', 'e'};
    char* const box = std::search(bytes, bytes + size, kName, kName + 4);
    if (box + 16 > bytes + size) {
        std::exit(1);
    }
    std::swap_ranges(box + 8, box + 12, box + 12);
    if (std::fseek(open, 0, SEEK_SET) != 0 || std::fwrite(bytes, 1, size, open) != size ||
        std::fclose(open) != 0) {
        std::exit(1);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const Kind kinds[] = {
        {"plain.heic", heif_compression_HEVC, 8, false, heif_orientation_normal, 1},
        {"turned.heic", heif_compression_HEVC, 8, false, heif_orientation_rotate_90_cw, 1},
        {"alpha.heic", heif_compression_HEVC, 8, true, heif_orientation_normal, 1},
        {"ten-bit.heic", heif_compression_HEVC, 10, false, heif_orientation_normal, 1},
        {"two-pictures.heic", heif_compression_HEVC, 8, false, heif_orientation_normal, 2},
        {"plain.avif", heif_compression_AV1, 8, false, heif_orientation_normal, 1},
        {"turned.avif", heif_compression_AV1, 8, false, heif_orientation_rotate_90_cw, 1},
        {"alpha.avif", heif_compression_AV1, 8, true, heif_orientation_normal, 1},
    };
    for (const Kind& kind : kinds) {
        write(kind, folder);
    }
    state_size_before_turning(folder + "/turned.heic");
    state_size_before_turning(folder + "/turned.avif");
    write_avif(folder + "/ten-bit.avif", 10, 1);
    write_avif(folder + "/animated.avif", 8, 3);
    return 0;
}
