// Changes defaults of Qt: controls that the mouse wheel changes in passing, tool tips of one long
// line, and tool tips that only the mouse can show.
#pragma once

#include <QObject>

namespace dfd::ui {

/// An event filter for the application. A tab bar never reacts to the wheel; boxes, spin boxes and
/// sliders react only with the focus. Otherwise the wheel scrolls what is around them. The lines of
/// a long tool tip are wrapped. A button with an icon only shows its tool tip to the keyboard, too.
class EventGuard : public QObject {
  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace dfd::ui
