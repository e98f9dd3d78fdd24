// The order in which Tab goes through widgets.
#pragma once

#include <initializer_list>

class QWidget;

namespace dfd::ui {

/// What Tab (or, not `forward`, Shift+Tab) reaches from the focused widget `from`, as on the
/// screen: these parts of a window one after another, each as its layouts have it. Qt's own order
/// is that of construction, so parts that are made later would come last. Null where `from` is not
/// in these parts.
[[nodiscard]] QWidget* next_stop(std::initializer_list<QWidget*> parts, const QWidget* from,
                                 bool forward);

}  // namespace dfd::ui
