// Keeps the mouse wheel from changing controls that the pointer only passes over.
#pragma once

#include <QObject>

namespace dfd::ui {

/// An event filter for the application. A tab bar never reacts to the wheel; boxes, spin boxes and
/// sliders react only with the focus. Otherwise the wheel scrolls what is around them.
class WheelGuard : public QObject {
  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace dfd::ui
