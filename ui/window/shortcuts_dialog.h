// A sheet of all keyboard shortcuts, made from the window's actions.
#pragma once

#include <QDialog>
#include <QStringList>

class QMenuBar;
class QTreeWidget;

namespace dfd::ui {

class ShortcutsDialog : public QDialog {
    Q_OBJECT

  public:
    /// `menus` is read once.
    ShortcutsDialog(const QMenuBar& menus, QWidget* parent = nullptr);
    /// "Ctrl+O Open pictures", one line each.
    [[nodiscard]] QStringList lines() const;

  private:
    QTreeWidget* keys_;
};

}  // namespace dfd::ui
