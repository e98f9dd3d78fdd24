// Keyboard focus and text entry: helpers for focus rings and single-key shortcuts.
#pragma once

class QFocusEvent;
class QKeyEvent;
class QWidget;

namespace dfd::ui {

/// Whether the keyboard moved the focus; the focus ring is drawn only then.
[[nodiscard]] bool focused_by_keyboard(const QFocusEvent& event);

/// Whether the widget takes the key as text input, so that it must not trigger a shortcut: a
/// printable character, with Shift at most, in a text field, spin box or combo box. `widget` may be
/// null.
[[nodiscard]] bool is_typed_into(const QWidget* widget, const QKeyEvent& key);

/// Whether text is written in the widget, which may be null.
[[nodiscard]] bool is_text_field(const QWidget* widget);

}  // namespace dfd::ui
