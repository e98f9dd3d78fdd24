#include "ui/list/image_convert.h"

#include <QBuffer>
#include <algorithm>
#include <cstring>
#include <utility>

namespace dfd::ui {

QImage to_image(const Pixels& pixels) {
    if (pixels.empty())
        return {};
    const QImage view(pixels.rgb.data(), pixels.width, pixels.height, qsizetype{3} * pixels.width,
                      QImage::Format_RGB888);
    return view.convertToFormat(QImage::Format_RGB32);
}

Pixels to_pixels(const QImage& image) {
    Pixels pixels;
    if (image.isNull())
        return pixels;
    const QImage packed = image.convertToFormat(QImage::Format_RGB888);
    pixels.width = packed.width();
    pixels.height = packed.height();
    const std::size_t row = std::size_t{3} * static_cast<std::size_t>(packed.width());
    pixels.rgb.resize(row * static_cast<std::size_t>(packed.height()));
    for (int y = 0; y < packed.height(); ++y)
        std::memcpy(pixels.rgb.data() + row * static_cast<std::size_t>(y), packed.constScanLine(y),
                    row);
    return pixels;
}

std::vector<std::uint8_t> to_png(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return {bytes.begin(), bytes.end()};
}

const QImage& PicturePyramid::level_for(double scale) const {
    const double wanted = levels.front().width() * scale;
    std::size_t best = 0;
    while (best + 1 < levels.size() && levels[best + 1].width() >= wanted)
        ++best;
    return levels[best];
}

PicturePyramid make_pyramid(QImage image) {
    PicturePyramid pyramid;
    constexpr int kSmallest = 128;
    pyramid.levels.push_back(std::move(image));
    while (std::max(pyramid.size().width(), pyramid.size().height()) > 0) {
        const QImage& last = pyramid.levels.back();
        if (std::max(last.width(), last.height()) <= 2 * kSmallest)
            break;
        pyramid.levels.push_back(last.scaled(std::max(1, last.width() / 2),
                                             std::max(1, last.height() / 2), Qt::IgnoreAspectRatio,
                                             Qt::SmoothTransformation));
    }
    return pyramid;
}

}  // namespace dfd::ui
