// Who the keyboard belongs to.
#pragma once

class QFocusEvent;
class QKeyEvent;
class QWidget;

namespace dfd::ui {

/// Whether the focus came by a key; then, and only then, it is drawn.
[[nodiscard]] bool came_by_keyboard(const QFocusEvent& event);

/// Whether the key, pressed in this widget, says something to it: a letter or digit without
/// modifiers in a field, spin box or combo box, which must not be taken for a command. Null for
/// none.
[[nodiscard]] bool is_typed_into(const QWidget* widget, const QKeyEvent& key);

}  // namespace dfd::ui
