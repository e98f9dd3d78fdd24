// The Help menu: the manual, the shortcuts and what this program is.
#pragma once

class QMenu;
class QMenuBar;

namespace dfd::ui {

class Shell;

/// Both are not owned and must live as long as the menu. The bar holds all shortcuts.
void add_help_actions(Shell& shell, QMenuBar& bar, QMenu* menu);

}  // namespace dfd::ui
