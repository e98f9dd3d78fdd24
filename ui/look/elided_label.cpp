#include "ui/look/elided_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/look/wording.h"

namespace dfd::ui {

ElidedLabel::ElidedLabel(QWidget* parent, TextSize size, bool quiet) : QLabel(parent) {
    setFont(text_font(size));
    setTextFormat(Qt::PlainText);
    if (quiet)
        setProperty("quiet", true);
}

bool ElidedLabel::is_elided() const {
    return fontMetrics().horizontalAdvance(text()) > contentsRect().width();
}

QSize ElidedLabel::minimumSizeHint() const {
    return {8 * kGrid, QLabel::minimumSizeHint().height()};
}

bool ElidedLabel::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty() && is_elided()) {
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), tool_tip_text(text()),
                           this);
        return true;
    }
    return QLabel::event(event);
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(contentsRect(), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
}

}  // namespace dfd::ui
