// Draws numbers with tabular (fixed-width) digits in any typeface.
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace dfd::ui {

/// Width of `text` with every digit as wide as the widest digit.
[[nodiscard]] double digits_width(const QFont& font, const QString& text);
/// Draws one line in the painter's pen and font, aligned right or left and centred vertically.
void draw_digits(QPainter& painter, const QRectF& rect, const QString& text,
                 Qt::Alignment horizontal = Qt::AlignRight);

}  // namespace dfd::ui
