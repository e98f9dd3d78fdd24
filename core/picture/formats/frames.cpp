#include "core/picture/formats/frames.h"

#include <algorithm>

namespace dfd::picture_detail {

void composite_on_white(const std::uint8_t* rgba, std::size_t count, std::uint8_t* rgb,
                        bool premultiplied) {
    for (; count > 0; --count, rgba += 4) {
        const int alpha = rgba[3];
        for (int channel = 0; channel < 3; ++channel) {
            const int colour = premultiplied ? 255 * rgba[channel] : alpha * rgba[channel];
            const int mixed = (colour + 255 * (255 - alpha) + 127) / 255;
            *rgb++ = static_cast<std::uint8_t>(std::min(mixed, 255));
        }
    }
}

}  // namespace dfd::picture_detail
