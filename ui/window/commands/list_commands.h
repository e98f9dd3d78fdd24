// What is done with the examined list: examining again, removing, and what is said about it.
#pragma once

#include "ui/window/commands/list_collection.h"
#include "ui/window/commands/shell.h"

namespace dfd::ui {

class ListCommands : public Study {
    Q_OBJECT

  public:
    /// None is owned; all must live longer.
    ListCommands(Shell& shell, ExaminationSession& session, ExhibitPane& pane);

    [[nodiscard]] ListCollection& listed() { return listed_; }
    /// For the Edit menu.
    void add_actions(QMenu* menu) override;
    void attach(Collection& collection) override;
    void refresh() override;
    void restore(const QSettings& settings) override;
    void store(QSettings& settings) const override;

  private:
    void connect_session();
    void refresh_note();
    void announce_removal(int count, const QString& first_name);

    Shell& shell_;
    ExaminationSession& session_;
    ExhibitPane& pane_;
    ListCollection listed_;
    QAction* again_ = nullptr;
    QAction* remove_ = nullptr;
    QList<QWidget*> failure_buttons_;
    QString removal_banner_;  ///< text of the banner that offers to undo a removal
};

}  // namespace dfd::ui
