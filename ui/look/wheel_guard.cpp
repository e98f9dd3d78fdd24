#include "ui/look/wheel_guard.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QSlider>
#include <QTabBar>

namespace dfd::ui {

bool WheelGuard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::Wheel)
        return false;
    const auto* const control = qobject_cast<QWidget*>(watched);
    const bool needs_focus = qobject_cast<QComboBox*>(watched) != nullptr ||
                             qobject_cast<QAbstractSpinBox*>(watched) != nullptr ||
                             qobject_cast<QSlider*>(watched) != nullptr;
    if (qobject_cast<QTabBar*>(watched) == nullptr && !(needs_focus && !control->hasFocus()))
        return false;
    event->ignore();  // so that the parent gets it
    return true;
}

}  // namespace dfd::ui
