#include "core/picture/formats/unpacked.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <new>

namespace dfd::picture_detail {

Unpacked unpacked(Bytes packed, std::size_t most) {
    constexpr int kZlibOrGzip = 15 + 32;
    z_stream stream{};
    if (inflateInit2(&stream, kZlibOrGzip) != Z_OK)
        throw std::bad_alloc();
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
    stream.next_in = const_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), UINT32_MAX));
    Unpacked result;
    int state = Z_OK;
    while (state == Z_OK && result.text.size() < most) {
        char buffer[std::size_t{1} << 14];
        stream.next_out = reinterpret_cast<Bytef*>(buffer);
        stream.avail_out = static_cast<uInt>(std::min(sizeof buffer, most - result.text.size()));
        const uInt room = stream.avail_out;
        state = inflate(&stream, Z_NO_FLUSH);
        result.text.append(buffer, room - stream.avail_out);
    }
    result.cut = state != Z_STREAM_END && result.text.size() >= most;
    result.broken = state != Z_STREAM_END && !result.cut;
    return result;
}

}  // namespace dfd::picture_detail
