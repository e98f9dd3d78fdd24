// The extensions of a GIF, without decoding its frames.
#include <algorithm>

#include "core/picture/formats/containers.h"

namespace dfd::picture_detail {
namespace {

/// Bytes of a colour table, from the flags before it.
std::size_t table_size(std::uint8_t flags) {
    return (flags & 0x80U) != 0 ? std::size_t{3} << ((flags & 7U) + 1U) : 0;
}

/// Where sub-blocks end: at the zero behind them, or at the end of the bytes.
std::size_t end_of_sub_blocks(Bytes gif, std::size_t at) {
    while (at < gif.size() && gif[at] != 0)
        at += std::size_t{1} + gif[at];
    return std::min(at, gif.size());
}

}  // namespace

void each_gif_block(Bytes gif, const std::function<void(const GifBlock& block)>& each) {
    constexpr std::uint8_t kExtension = 0x21, kFrame = 0x2C, kEnd = 0x3B, kApplication = 0xFF;
    constexpr std::size_t kName = 11;  // an application's name and code
    if (!has(gif, 0, 13))
        return;
    std::size_t at = 13 + table_size(gif[10]);
    while (has(gif, at, 2) && gif[at] != kEnd) {
        if (gif[at] == kFrame) {
            if (!has(gif, at, 11))
                return;
            at += 10 + table_size(gif[at + 9]) + 1;  // and the size of its codes
            at = end_of_sub_blocks(gif, at) + 1;
        } else if (gif[at] == kExtension) {
            GifBlock block;
            block.label = gif[at + 1];
            std::size_t start = at + 2;
            const std::size_t end = end_of_sub_blocks(gif, start);
            if (block.label == kApplication && has(gif, start, 1 + kName) && gif[start] == kName) {
                block.application = {reinterpret_cast<const char*>(gif.data()) + start + 1, kName};
                start += 1 + kName;
            }
            if (start <= end) {
                block.raw = part(gif, start, end - start);
                each(block);
            }
            at = end + 1;
        } else {
            ++at;  // a stray byte
        }
    }
}

std::vector<std::uint8_t> joined_sub_blocks(Bytes raw, std::size_t most) {
    std::vector<std::uint8_t> joined;
    for (std::size_t at = 0; at < raw.size() && joined.size() < most;) {
        const std::size_t size = raw[at];
        const Bytes block = part(raw, at + 1, std::min(size, most - joined.size()));
        joined.insert(joined.end(), block.begin(), block.end());
        at += 1 + size;
    }
    return joined;
}

}  // namespace dfd::picture_detail
