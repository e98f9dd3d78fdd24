#include "ui/look/row_button.h"

#include <QPainter>

#include "ui/look/appearance.h"

namespace dfd::ui {

RowButton::RowButton(QWidget* parent, QSizePolicy::Policy horizontally) : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(horizontally, QSizePolicy::Fixed);
}

void RowButton::paint_ground(QPainter& painter) const {
    painter.setPen(Qt::NoPen);
    if (isChecked() || (underMouse() && isEnabled())) {
        painter.setBrush(isChecked() ? look().selected : look().hover);
        painter.drawRoundedRect(rect(), 4, 4);
    }
}

void RowButton::paint_ring(QPainter& painter, double width) const {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look().accent, width));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

}  // namespace dfd::ui
