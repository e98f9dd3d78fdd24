#include "ui/look/digits.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

namespace dfd::ui {
namespace {

double digit_advance(const QFontMetricsF& metrics) {
    double widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

}  // namespace

double digits_width(const QFont& font, const QString& text) {
    const QFontMetricsF metrics(font);
    const double digit = digit_advance(metrics);
    double width = 0;
    for (const QChar letter : text)
        width += letter.isDigit() ? digit : metrics.horizontalAdvance(letter);
    return width;
}

void draw_digits(QPainter& painter, const QRectF& rect, const QString& text,
                 Qt::Alignment horizontal) {
    const QFontMetricsF metrics(painter.font());
    const double digit = digit_advance(metrics);
    double x = rect.left();
    if (horizontal & Qt::AlignRight)
        x = rect.right() - digits_width(painter.font(), text);
    const double baseline = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2;
    for (const QChar letter : text) {
        const double own = metrics.horizontalAdvance(letter);
        const double cell = letter.isDigit() ? digit : own;
        painter.drawText(QPointF(x + (cell - own) / 2, baseline), QString(letter));
        x += cell;
    }
}

}  // namespace dfd::ui
