#include "core/picture/decoder_memory.h"

#include <algorithm>
#include <string>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/signature.h"

namespace dfd {

using namespace picture_detail;

// Measured on 24 megapixels: resources/manual/numbers.md, "Memory".
std::uint64_t decoder_bytes_per_pixel(std::span<const std::uint8_t> picture) {
    constexpr std::uint64_t kTurn = 3;  // another copy
    const auto of_turn = [](int orientation) { return orientation >= 5 ? kTurn : 0; };
    std::uint64_t bytes = 0;
    switch (identify(picture)) {
        case Format::Jpeg:
            each_jpeg_segment(picture, [&](std::uint8_t marker, Bytes frame) {
                if (marker == 0xC2 || marker == 0xCA)  // progressive: all coefficients are kept
                    bytes = 2 * big_endian(frame, 5, 1).value_or(3);
            });
            return std::max(bytes, of_turn(jpeg_orientation(picture)));
        case Format::Png:
            return of_turn(png_orientation(picture));
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

void refuse_for_memory(MemoryFor what, std::uint64_t pixels, std::uint64_t needed,
                       std::uint64_t available) {
    const InEnglish english;  // failures are kept, sizes included
    const auto size = formatted("%.1f", static_cast<double>(pixels) / 1e6);
    const auto takes = size_text(needed), free = size_text(available);
    fail(failure_codes::kOutOfMemory,
         what == MemoryFor::Decoding
             ? to_say(
                   "Decoding this picture of %1 megapixels needs about %2 of memory, but only %3 "
                   "are free; close other programs, allow more memory, or examine a smaller copy.")
             : to_say(
                   "Examining this picture of %1 megapixels needs about %2 of memory, but only %3 "
                   "are free; close other programs, allow more memory, or examine a smaller copy."),
         {size, takes, free});
}

}  // namespace dfd
