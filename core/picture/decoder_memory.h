// How much memory decoders take besides the file and the decoded pixels. Plain C++.
#pragma once

#include <cstdint>
#include <span>

namespace dfd {

/// For each pixel of a picture that announced_pixels() accepts, about; 0 where the decoder works
/// row by row. Pictures of more than 8 bits, and TIFFs in a single compressed strip, take more.
[[nodiscard]] std::uint64_t decoder_bytes_per_pixel(std::span<const std::uint8_t> picture);

}  // namespace dfd
