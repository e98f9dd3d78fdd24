// View > Language: in which language the window speaks.
#pragma once

class QMenu;

namespace dfd::ui {

class Shell;

/// Adds the menu. A choice is kept in the settings, and used by the next start. `shell` is not
/// owned and must live as long as the menu.
void add_language_menu(Shell& shell, QMenu* menu);

}  // namespace dfd::ui
