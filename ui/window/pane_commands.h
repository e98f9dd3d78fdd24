// Showing, hiding and walking through the three panes.
// Internal to ui/window.
#pragma once

#include "ui/window/commands/shell.h"

class QSplitter;

namespace dfd::ui {

class VerdictPane;

/// UI thread only.
class PaneCommands : public Study {
    Q_OBJECT

  public:
    /// None is owned; all must live longer. The splitter holds the list, the picture and the
    /// verdict.
    PaneCommands(Shell& shell, QSplitter& splitter, VerdictPane& verdict);

    void add_actions(QMenu* menu) override;
    void refresh() override {}
    void restore(const QSettings& settings) override;
    void store(QSettings& settings) const override;

  private:
    void cycle(int by);

    Shell& shell_;
    QSplitter& splitter_;
    VerdictPane& verdict_;
};

}  // namespace dfd::ui
