// How much memory decoders take besides the file and the decoded pixels. Plain C++.
#pragma once

#include <cstdint>
#include <span>

namespace dfd {

/// For each pixel, about; 0 where the decoder works row by row. A quarter turn is counted. Pictures
/// of more than 8 bits, and TIFFs in a single compressed strip, take more. Throws PictureError for
/// bytes that are no picture.
[[nodiscard]] std::uint64_t decoder_bytes_per_pixel(std::span<const std::uint8_t> picture);

/// What the memory is for.
enum class MemoryFor { Decoding, Examining };

/// Throws PictureError (out_of_memory): this for a picture of this size needs more memory than is
/// free. The sentence is English; say_again() translates it.
[[noreturn]] void refuse_for_memory(MemoryFor what, std::uint64_t pixels, std::uint64_t needed,
                                    std::uint64_t available);

}  // namespace dfd
