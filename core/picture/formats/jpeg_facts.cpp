#include "core/picture/formats/jpeg_facts.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

#include "core/picture/formats/containers.h"

namespace dfd {
namespace {

using picture_detail::big_endian;
using picture_detail::Bytes;

using Table = std::array<int, 64>;

// The standard tables, ITU-T T.81, K.1 and K.2, row-major.
constexpr Table kLuminance{16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
                           14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
                           18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
                           49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
constexpr Table kChrominance{17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                             24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                             99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                             99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

constexpr std::uint8_t kTables = 0xDB;
constexpr int kLastQuality = 100;

/// Scales a table for a quality as the Independent JPEG Group's library does.
Table scaled(const Table& standard, int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    Table table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = std::clamp((standard[i] * scale + 50) / 100, 1, 255);
    return table;
}

long sum_of(const Table& table) {
    return std::accumulate(table.begin(), table.end(), 0L);
}

int quality_of(long sum) {
    int best = 1;
    long least = std::labs(sum_of(scaled(kLuminance, best)) - sum);
    for (int quality = 2; quality <= kLastQuality; ++quality) {
        const long distance = std::labs(sum_of(scaled(kLuminance, quality)) - sum);
        if (distance < least) {
            best = quality;
            least = distance;
        }
    }
    return best;
}

/// Row-major positions in zigzag order, the order in which files store a table.
std::array<std::size_t, 64> zigzag() {
    std::array<std::size_t, 64> positions{};
    std::size_t at = 0;
    for (int diagonal = 0; diagonal < 15; ++diagonal) {
        for (int step = 0; step <= diagonal; ++step) {
            const int row = diagonal % 2 == 0 ? diagonal - step : step;
            const int column = diagonal - row;
            if (row < 8 && column < 8)
                positions[at++] = static_cast<std::size_t>(8 * row + column);
        }
    }
    return positions;
}

struct Header {
    std::array<std::optional<Table>, 4> tables;
    std::array<std::size_t, 4> table_of{4, 4, 4, 4};  // per component; 4 means no such component
    int components = 0;
    std::array<int, 4> across{}, down{};
    bool progressive = false;
};

// Reads consecutive tables with 8 or 16 bits per entry.
void read_tables(Bytes segment, Header& header) {
    static const auto positions = zigzag();
    for (std::size_t at = 0; at < segment.size();) {
        const auto kind = segment[at++];
        const std::size_t width = (kind >> 4) != 0 ? 2 : 1;
        Table table{};
        for (const std::size_t position : positions) {
            const auto entry = big_endian(segment, at, width);
            if (!entry)
                return;
            table[position] = static_cast<int>(*entry);
            at += width;
        }
        if ((kind & 15) < 4)
            header.tables[kind & 15] = table;
    }
}

void read_frame(Bytes segment, Header& header) {
    const auto components = big_endian(segment, 5, 1).value_or(0);
    if (components < 1 || components > 4 ||
        !picture_detail::has(segment, 6, 3 * static_cast<std::size_t>(components)))
        return;
    header.components = static_cast<int>(components);
    for (std::size_t i = 0; i < components; ++i) {
        header.across[i] = segment[6 + 3 * i + 1] >> 4;
        header.down[i] = segment[6 + 3 * i + 1] & 15;
        header.table_of[i] = segment[6 + 3 * i + 2] & 3;
    }
}

// The first component is luminance. Others may use either table, because CMYK has no chrominance.
bool are_standard(const Header& header, int quality) {
    const Table luminance = scaled(kLuminance, quality);
    const Table chrominance = scaled(kChrominance, quality);
    for (int i = 0; i < header.components; ++i) {
        const auto& table = header.tables[header.table_of[static_cast<std::size_t>(i)]];
        const bool may_be_chrominance = i > 0;
        if (!table || (*table != luminance && !(may_be_chrominance && *table == chrominance)))
            return false;
    }
    return true;
}

}  // namespace

std::optional<JpegFacts> jpeg_facts(Bytes bytes) {
    Header header;
    bool framed = false;
    const auto take = [&](std::uint8_t marker, Bytes segment) {
        // Huffman: baseline, extended, progressive; arithmetic: extended, progressive.
        const bool frame = (marker >= 0xC0 && marker <= 0xC2) || marker == 0xC9 || marker == 0xCA;
        if (marker == kTables) {
            read_tables(segment, header);
        } else if (frame && !framed) {
            framed = true;
            read_frame(segment, header);
            header.progressive = marker == 0xC2 || marker == 0xCA;
        }
    };
    if (!picture_detail::each_jpeg_segment(bytes, take) || header.components == 0 ||
        !header.tables[header.table_of[0]])
        return std::nullopt;
    const long sum = sum_of(*header.tables[header.table_of[0]]);
    if (sum == 0)
        return std::nullopt;
    const int quality = quality_of(sum);
    JpegFacts facts;
    facts.quality = quality;
    facts.components = header.components;
    facts.standard_tables = are_standard(header, quality);
    facts.progressive = header.progressive;
    if (header.components >= 3 && header.across[1] > 0 && header.down[1] > 0) {
        facts.across = header.across[0] / header.across[1];
        facts.down = header.down[0] / header.down[1];
        facts.subsampling = header.across[0] * header.down[0] / (header.across[1] * header.down[1]);
    }
    return facts;
}

}  // namespace dfd
