// WebP: OpenCV decodes still pictures. It refuses animations, so libwebp decodes their first frame.
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "core/base/language.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"

namespace dfd::picture_detail {
namespace {

constexpr Format kWebP = Format::WebP;

struct Layout {
    std::uint64_t frames = 0;
    bool animated = false;
    bool alpha = false;
    std::uint64_t width = 0;  ///< of the canvas; 0 without an extended header
    std::uint64_t height = 0;
    std::vector<std::uint8_t> icc;
    std::size_t end = 0;
};

Layout walk(Bytes bytes) {
    const auto riff = little_endian(bytes, 4, 4).value_or(0);
    if (riff + 8 > bytes.size())
        fail_truncated(kWebP);
    Layout layout;
    const Bytes body = part(bytes, 0, riff + 8);
    layout.end = static_cast<std::size_t>(riff + 8 + (riff & 1));
    std::size_t at = 12;
    while (at + 8 <= body.size()) {
        const std::uint64_t size = *little_endian(body, at + 4, 4);
        if (!has(body, at + 8, size))
            fail_truncated(kWebP);
        if (text_at(body, at, "VP8X") && size >= 10) {
            layout.animated = (body[at + 8] & 0x02) != 0;
            layout.alpha = (body[at + 8] & 0x10) != 0;
            layout.width = *little_endian(body, at + 12, 3) + 1;
            layout.height = *little_endian(body, at + 15, 3) + 1;
        } else if (text_at(body, at, "ANMF")) {
            ++layout.frames;
        } else if (text_at(body, at, "ICCP")) {
            const Bytes icc = part(body, at + 8, size);
            layout.icc.assign(icc.begin(), icc.end());
        }
        at += 8 + size + (size & 1);
    }
    return layout;
}

/// Frame `index`, composited on the previous frames. Alpha is dropped, or composited with
/// `on_white`.
Pixels frame_of(Bytes bytes, std::uint64_t index, bool on_white = false) {
    WebPAnimDecoderOptions options;
    if (WebPAnimDecoderOptionsInit(&options) == 0)
        fail(failure_codes::kInternal,
             to_say("The installed libwebp does not match this program."));
    options.color_mode = MODE_RGBA;
    const WebPData data{bytes.data(), bytes.size()};
    const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
        WebPAnimDecoderNew(&data, &options), &WebPAnimDecoderDelete);
    WebPAnimInfo info{};
    std::uint8_t* canvas = nullptr;
    int timestamp = 0;
    bool decoded = decoder && WebPAnimDecoderGetInfo(decoder.get(), &info) != 0;
    for (std::uint64_t frame = 0; decoded && frame <= index; ++frame)
        decoded = WebPAnimDecoderGetNext(decoder.get(), &canvas, &timestamp) != 0;
    if (!decoded) {
        fail_corrupt(kWebP, index == 0
                                ? to_say("the first frame of its animation cannot be decoded")
                                : to_say("a frame of its animation cannot be decoded"));
    }
    const std::size_t count = std::size_t{info.canvas_width} * info.canvas_height;
    Pixels pixels;
    pixels.width = static_cast<int>(info.canvas_width);
    pixels.height = static_cast<int>(info.canvas_height);
    pixels.rgb.resize(3 * count);
    if (on_white) {
        composite_on_white(canvas, count, pixels.rgb.data());
        return pixels;
    }
    for (std::size_t i = 0; i < count; ++i)
        std::copy_n(canvas + 4 * i, 3, pixels.rgb.data() + 3 * i);
    return pixels;
}

std::string libwebp_version() {
    const int version = WebPGetDecoderVersion();
    return "libwebp " + std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 255) +
           "." + std::to_string(version & 255);
}

}  // namespace

Decoded decode_webp(Bytes bytes, const DecodeLimits& limits) {
    Layout layout = walk(bytes);
    if (layout.width != 0)
        check_size(kWebP, layout.width, layout.height, limits);
    WebPBitstreamFeatures features{};
    const VP8StatusCode status = WebPGetFeatures(bytes.data(), bytes.size(), &features);
    if (status == VP8_STATUS_NOT_ENOUGH_DATA)
        fail_truncated(kWebP);
    if (status != VP8_STATUS_OK)
        fail_corrupt(kWebP, to_say("its header cannot be read"));
    Decoded decoded;
    decoded.width = layout.width != 0 ? layout.width : static_cast<std::uint64_t>(features.width);
    decoded.height =
        layout.height != 0 ? layout.height : static_cast<std::uint64_t>(features.height);
    check_size(kWebP, decoded.width, decoded.height, limits);
    if (layout.animated) {
        decoded.pixels = frame_of(bytes, 0);
        decoded.decoder = libwebp_version();
    } else {
        decoded.pixels = decode_with_opencv(bytes, kWebP, decoded.width, decoded.height);
        decoded.decoder = opencv_version();
    }
    decoded.alpha = layout.alpha || features.has_alpha != 0;
    decoded.frames = std::max<std::uint64_t>(layout.frames, 1);
    decoded.icc = std::move(layout.icc);
    decoded.end = layout.end;
    return decoded;
}

Pixels webp_frame(Bytes bytes, std::uint64_t index) {
    return frame_of(bytes, index);
}

Pixels webp_on_white(Bytes bytes) {
    return frame_of(bytes, 0, true);
}

}  // namespace dfd::picture_detail
