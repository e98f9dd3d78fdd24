#include "ui/look/keyboard.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTextEdit>

namespace dfd::ui {

bool focused_by_keyboard(const QFocusEvent& event) {
    const Qt::FocusReason reason = event.reason();
    return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
           reason == Qt::ShortcutFocusReason;
}

bool is_typed_into(const QWidget* widget, const QKeyEvent& key) {
    const bool takes_text = qobject_cast<const QLineEdit*>(widget) != nullptr ||
                            qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
                            qobject_cast<const QComboBox*>(widget) != nullptr ||
                            qobject_cast<const QTextEdit*>(widget) != nullptr ||
                            qobject_cast<const QPlainTextEdit*>(widget) != nullptr;
    const Qt::KeyboardModifiers modifiers = key.modifiers() & ~Qt::KeypadModifier;
    return takes_text && (modifiers == Qt::NoModifier || modifiers == Qt::ShiftModifier) &&
           !key.text().isEmpty() && key.text().front().isPrint();
}

bool is_text_field(const QWidget* widget) {
    if (const auto* const line = qobject_cast<const QLineEdit*>(widget))
        return !line->isReadOnly();
    if (const auto* const box = qobject_cast<const QComboBox*>(widget))
        return box->isEditable();
    if (const auto* const page = qobject_cast<const QTextEdit*>(widget))
        return !page->isReadOnly();
    if (const auto* const page = qobject_cast<const QPlainTextEdit*>(widget))
        return !page->isReadOnly();
    return qobject_cast<const QAbstractSpinBox*>(widget) != nullptr;
}

}  // namespace dfd::ui
