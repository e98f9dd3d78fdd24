// Icons of one weight, drawn in the current look's text colour at whatever resolution is asked for.
#pragma once

#include <QIcon>
#include <QPixmap>
#include <QString>

class QColor;

namespace dfd::ui {

/// `name` is a file name in resources/icons without its suffix. Follows the look without being
/// made anew; disabled icons use the faint colour.
[[nodiscard]] QIcon icon(const QString& name);

/// One icon in a colour of your choice; `side` in logical pixels.
[[nodiscard]] QPixmap icon_pixmap(const QString& name, const QColor& colour, int side,
                                  double device_pixel_ratio);

}  // namespace dfd::ui
