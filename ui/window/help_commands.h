// The Help menu: the manual, the shortcuts and what this program is.
#pragma once

class QMenu;
class QMenuBar;
class QString;
class QWidget;

namespace dfd::ui {

class Shell;

/// Both are not owned and must live as long as the menu. The bar holds all shortcuts.
void add_help_actions(Shell& shell, QMenuBar& bar, QMenu* menu);

/// Opens a page of the manual, for instance "panels.md" at its heading `anchor`; the parent owns
/// the window. An empty page is the one that was shown last.
void show_manual(QWidget* parent, const QString& page, const QString& anchor);

}  // namespace dfd::ui
