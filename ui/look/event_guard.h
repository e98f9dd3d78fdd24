// Changes habits of Qt: the mouse wheel that turns what it passes over, endless tool tips, and tool
// tips for the mouse only.
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
