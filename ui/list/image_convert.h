// Conversions between core's pixels and QImage. Thread-safe: QImage only, no QPixmap.
#pragma once

#include <QByteArray>
#include <QImage>
#include <vector>

#include "core/picture/picture.h"

namespace dfd::ui {

/// A deep copy as Format_RGB32; a null image for empty pixels.
[[nodiscard]] QImage to_image(const Pixels& pixels);
[[nodiscard]] Pixels to_pixels(const QImage& image);
[[nodiscard]] std::vector<std::uint8_t> to_png(const QImage& image);

/// A picture and its successive halvings, largest first: small views of large pictures paint
/// quickly and without moire.
struct PicturePyramid {
    std::vector<QImage> levels;

    [[nodiscard]] QSize size() const { return levels.empty() ? QSize() : levels.front().size(); }
    /// The smallest level that still has `scale` times the picture's pixels (scale 1 = full).
    [[nodiscard]] const QImage& level_for(double scale) const;
};
[[nodiscard]] PicturePyramid make_pyramid(QImage image);

}  // namespace dfd::ui
