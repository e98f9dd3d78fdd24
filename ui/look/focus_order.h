// The order in which Tab goes through widgets.
#pragma once

#include <initializer_list>

class QWidget;

namespace dfd::ui {

/// As on the screen: these parts of a window one after another, each as its layouts have it. Qt's
/// own order is that of construction, so parts that are made later would come last.
void order_focus(std::initializer_list<QWidget*> parts);

}  // namespace dfd::ui
