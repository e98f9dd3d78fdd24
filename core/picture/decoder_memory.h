// How much memory decoders take besides the file and the decoded pixels. Plain C++.
#pragma once

#include <cstdint>
#include <span>

namespace dfd {

/// For each pixel, about; 0 where the decoder works row by row. A quarter turn is counted. Pictures
/// of more than 8 bits, and TIFFs in a single compressed strip, take more. Throws PictureError for
/// bytes that are no picture.
[[nodiscard]] std::uint64_t decoder_bytes_per_pixel(std::span<const std::uint8_t> picture);

/// Throws PictureError (out_of_memory): `doing` ("Decoding") a picture of this size needs more
/// memory than is free.
[[noreturn]] void refuse_for_memory(const char* doing, std::uint64_t pixels, std::uint64_t needed,
                                    std::uint64_t available);

}  // namespace dfd
