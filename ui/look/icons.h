// Icons in the palette's text colour, rendered at any resolution.
#pragma once

#include <QIcon>
#include <QPixmap>
#include <QString>

class QColor;

namespace dfd::ui {

/// `name` is a file name in resources/icons without its suffix. Follows the palette without being
/// recreated; disabled icons use the faint colour.
[[nodiscard]] QIcon icon(const QString& name);

/// One icon in the given colour; `side` in logical pixels.
[[nodiscard]] QPixmap icon_pixmap(const QString& name, const QColor& colour, int side,
                                  double device_pixel_ratio);

}  // namespace dfd::ui
