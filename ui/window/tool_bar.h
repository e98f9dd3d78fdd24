// The tool bar: what is used most of the menus, and the panel.
#pragma once

class QMainWindow;
class QMenu;

namespace dfd::ui {

class PanelChooser;
class Shell;

/// After all actions have been made. The tool bar takes over the chooser. An entry of the menu
/// shows words under the icons, also in later runs.
void build_tool_bar(QMainWindow& window, Shell& shell, PanelChooser& panels, QMenu* menu);

}  // namespace dfd::ui
