// Why an examination fails, and what memory it needs so that it does not.
// Internal to core/engine.
#pragma once

#include <cstdint>
#include <exception>

#include "core/picture/picture.h"

namespace dfd {

/// Bytes of a picture's decoded pixels.
[[nodiscard]] constexpr std::uint64_t decoded_bytes(std::uint64_t pixels) {
    return 3 * pixels;
}

/// As bytes_to_examine(), for a picture whose decoder takes `besides` bytes for each pixel.
[[nodiscard]] std::uint64_t bytes_to_decode_and_examine(std::uint64_t pixels,
                                                        std::uint64_t besides);

/// Throws PictureError: a picture of this size needs more memory than is free.
[[noreturn]] void refuse_for_memory(std::uint64_t pixels, std::uint64_t needed,
                                    std::uint64_t available);

[[nodiscard]] Failure failure_of(const std::exception_ptr& error);

}  // namespace dfd
