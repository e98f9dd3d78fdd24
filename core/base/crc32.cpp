#include "core/base/crc32.h"

#include <array>
#include <bit>
#include <cstring>

namespace dfd {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t kPolynomial = 0xEDB88320u;
constexpr std::size_t kSlices = 16;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

/// tables[k][b]: contribution of byte b when k more bytes follow it in the same step.
constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
        tables[0][byte] = value;
    }
    for (std::size_t k = 1; k < kSlices; ++k)
        for (std::size_t byte = 0; byte < 256; ++byte)
            tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 0xFF];
    return tables;
}

constexpr Tables kTables = make_tables();

/// Contribution of four bytes that are followed by `following` more bytes of the same step.
std::uint32_t four(std::uint32_t word, std::size_t following) {
    return kTables[following + 3][word & 0xFF] ^ kTables[following + 2][(word >> 8) & 0xFF] ^
           kTables[following + 1][(word >> 16) & 0xFF] ^ kTables[following][word >> 24];
}

}  // namespace

std::uint32_t crc32(const void* data, std::size_t bytes, std::uint32_t seed) {
    const auto* at = static_cast<const unsigned char*>(data);
    std::uint32_t value = ~seed;
    for (; bytes >= kSlices; bytes -= kSlices, at += kSlices) {
        std::array<std::uint32_t, 4> words;
        std::memcpy(words.data(), at, kSlices);
        value =
            four(words[0] ^ value, 12) ^ four(words[1], 8) ^ four(words[2], 4) ^ four(words[3], 0);
    }
    for (; bytes > 0; --bytes, ++at)
        value = (value >> 8) ^ kTables[0][(value ^ *at) & 0xFF];
    return ~value;
}

}  // namespace dfd
