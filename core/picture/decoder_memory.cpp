#include "core/picture/decoder_memory.h"

#include "core/picture/formats/containers.h"
#include "core/picture/formats/signature.h"

namespace dfd {

using namespace picture_detail;

// Measured on 24 megapixels: resources/manual/numbers.md, "Memory".
std::uint64_t decoder_bytes_per_pixel(std::span<const std::uint8_t> picture) {
    std::uint64_t bytes = 0;
    switch (identify(picture)) {
        case Format::Jpeg:
            each_jpeg_segment(picture, [&](std::uint8_t marker, Bytes frame) {
                if (marker == 0xC2 || marker == 0xCA)  // progressive: all coefficients are kept
                    bytes = 2 * big_endian(frame, 5, 1).value_or(3);
            });
            return bytes;
        case Format::WebP:
            bytes = 3;
            each_riff_chunk(picture, [&](std::string_view type, Bytes) {
                if (type == "VP8L" || type == "ANIM")
                    bytes = 8;
            });
            return bytes;
        case Format::Heic:
        case Format::Avif:
            return 5;
        default:
            return 0;
    }
}

}  // namespace dfd
