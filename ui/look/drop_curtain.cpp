#include "ui/look/drop_curtain.h"

#include <QPainter>

#include "ui/look/appearance.h"
#include "ui/look/icons.h"

namespace dfd::ui {

DropCurtain::DropCurtain(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropCurtain::raise_over_parent(const QString& words) {
    words_ = words;
    setAccessibleName(words);
    setGeometry(parentWidget()->rect());
    raise();
    show();
}

void DropCurtain::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = look().window;
    veil.setAlpha(225);
    painter.fillRect(rect(), veil);
    painter.setPen(QPen(look().accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(kGrid, kGrid, -kGrid, -kGrid), kGrid, kGrid);
    const int side = 9 * kGrid;
    const QRect mark(rect().center().x() - side / 2, rect().center().y() - side, side, side);
    painter.drawPixmap(mark.topLeft(),
                       icon_pixmap(QStringLiteral("drop"), look().text, side, devicePixelRatioF()));
    painter.setFont(text_font(TextSize::Body, true));
    painter.setPen(look().text);
    painter.drawText(
        QRect(0, mark.bottom() + 2 * kGrid, width(), 3 * kGrid), Qt::AlignCenter,
        painter.fontMetrics().elidedText(words_, Qt::ElideMiddle, width() - 6 * kGrid));
}

}  // namespace dfd::ui
