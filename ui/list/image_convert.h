// Between core's pixels and Qt's images. Safe on any thread: QImage only.
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

/// A picture and its halvings, largest first, so that a small view of a large picture is both
/// quick to paint and free of moire.
struct PicturePyramid {
    std::vector<QImage> levels;

    [[nodiscard]] QSize size() const { return levels.empty() ? QSize() : levels.front().size(); }
    /// The smallest level that still has `scale` times the picture's pixels (scale 1 = full).
    [[nodiscard]] const QImage& level_for(double scale) const;
};
[[nodiscard]] PicturePyramid make_pyramid(QImage image);

}  // namespace dfd::ui
