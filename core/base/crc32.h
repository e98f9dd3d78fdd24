// CRC-32 as used in zip files (polynomial 0xEDB88320, reflected), without a library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dfd {

/// The checksum of `bytes` bytes; pass an earlier result as `seed` to continue it.
[[nodiscard]] std::uint32_t crc32(const void* data, std::size_t bytes, std::uint32_t seed = 0);

}  // namespace dfd
