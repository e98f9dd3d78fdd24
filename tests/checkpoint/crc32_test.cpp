#include "core/base/crc32.h"

#include <gtest/gtest.h>

#include <string>

namespace dfd {
namespace {

/// The definition, bit by bit.
std::uint32_t slow_crc32(const std::string& bytes) {
    std::uint32_t value = 0xFFFFFFFFu;
    for (const char c : bytes) {
        value ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0);
    }
    return ~value;
}

std::string noise(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 1;
    for (auto& c : bytes) {
        state = state * 1664525u + 1013904223u;
        c = static_cast<char>(state >> 24);
    }
    return bytes;
}

TEST(Crc32, KnownAnswers) {
    EXPECT_EQ(crc32("123456789", 9), 0xCBF43926u);
    EXPECT_EQ(crc32(nullptr, 0), 0u);
    EXPECT_EQ(crc32("\0\0\0\0", 4), 0x2144DF1Cu);
}

TEST(Crc32, EveryLengthAndAlignmentEqualsTheDefinition) {
    const auto bytes = noise(200);
    for (std::size_t begin = 0; begin < 17; ++begin)
        for (std::size_t size = 0; begin + size <= 120; ++size)
            ASSERT_EQ(crc32(bytes.data() + begin, size), slow_crc32(bytes.substr(begin, size)))
                << "from " << begin << ", " << size << " bytes";
}

TEST(Crc32, ContinuesFromASeed) {
    const auto bytes = noise(5000);
    for (const std::size_t cut : {0, 1, 15, 16, 17, 4096, 4999, 5000})
        EXPECT_EQ(crc32(bytes.data() + cut, bytes.size() - cut, crc32(bytes.data(), cut)),
                  slow_crc32(bytes));
}

}  // namespace
}  // namespace dfd
