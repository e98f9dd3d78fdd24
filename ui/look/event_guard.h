// Changes two habits of Qt: the mouse wheel that turns what it passes over, and endless tool tips.
#pragma once

#include <QObject>

namespace dfd::ui {

/// An event filter for the application. A tab bar never reacts to the wheel; boxes, spin boxes and
/// sliders react only with the focus. Otherwise the wheel scrolls what is around them. The lines of
/// a long tool tip are wrapped.
class EventGuard : public QObject {
  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace dfd::ui
