#include "core/training/jpeg_facts.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/picture/byte_view.h"

namespace dfd {
namespace {

using picture_detail::big_endian;
using picture_detail::Bytes;

// The standard luminance table, ITU-T T.81, table K.1.
constexpr std::array<int, 64> kStandard{
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};

constexpr std::uint64_t kStartOfScan = 0xDA;
constexpr std::uint64_t kTables = 0xDB;

// The sum of the table that the Independent JPEG Group's library scales for a quality.
long sum_at(int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    long sum = 0;
    for (const int entry : kStandard)
        sum += std::clamp((entry * scale + 50) / 100, 1, 255);
    return sum;
}

double quality_of(long sum) {
    int best = 1;
    for (int quality = 2; quality <= 100; ++quality)
        if (std::labs(sum_at(quality) - sum) < std::labs(sum_at(best) - sum))
            best = quality;
    return best;
}

struct Header {
    std::array<long, 4> table_sums{};  // 0: not there
    std::size_t luma_table = 4;        // 4: no frame yet
    int subsampling = 1;
};

// Tables of 8 or 16 bits a number, one after the other.
void read_tables(Bytes segment, Header& header) {
    for (std::size_t at = 0; at < segment.size();) {
        const auto kind = segment[at++];
        const std::size_t width = (kind >> 4) != 0 ? 2 : 1;
        long sum = 0;
        for (std::size_t i = 0; i < kStandard.size(); ++i, at += width) {
            const auto entry = big_endian(segment, at, width);
            if (!entry)
                return;
            sum += static_cast<long>(*entry);
        }
        if ((kind & 15) < 4)
            header.table_sums[kind & 15] = sum;
    }
}

void read_frame(Bytes segment, Header& header) {
    const auto components = big_endian(segment, 5, 1).value_or(0);
    const auto samples = [&](std::size_t component) {
        const auto factors = big_endian(segment, 6 + 3 * component + 1, 1).value_or(0x11);
        return static_cast<int>((factors >> 4) * (factors & 15));
    };
    const auto table = big_endian(segment, 8, 1);
    if (components == 0 || !table)
        return;
    header.luma_table = static_cast<std::size_t>(*table & 3);
    if (components >= 3 && samples(1) > 0)
        header.subsampling = samples(0) / samples(1);
}

}  // namespace

std::optional<JpegFacts> jpeg_facts(Bytes bytes) {
    if (big_endian(bytes, 0, 2) != 0xFFD8)
        return std::nullopt;
    Header header;
    for (std::size_t at = 2; picture_detail::has(bytes, at, 4);) {
        const auto marker = *big_endian(bytes, at + 1, 1);
        if (bytes[at] != 0xFF)
            return std::nullopt;
        if (marker == 0xFF) {  // a fill byte
            ++at;
            continue;
        }
        if (marker == kStartOfScan)
            break;
        const auto length = static_cast<std::size_t>(*big_endian(bytes, at + 2, 2));
        if (length < 2)
            return std::nullopt;
        const auto segment = picture_detail::part(bytes, at + 4, length - 2);
        if (marker == kTables)
            read_tables(segment, header);
        else if (marker >= 0xC0 && marker <= 0xC2)  // baseline, extended, progressive
            read_frame(segment, header);
        at += 2 + length;
    }
    if (header.luma_table > 3 || header.table_sums[header.luma_table] == 0)
        return std::nullopt;
    return JpegFacts{quality_of(header.table_sums[header.luma_table]), header.subsampling};
}

}  // namespace dfd
