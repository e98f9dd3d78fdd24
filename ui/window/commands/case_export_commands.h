// Exporting the open case: what is asked, and what is written.
#pragma once

#include <QObject>

#include "ui/case/export_dialog.h"

namespace dfd::ui {

class CaseController;
class CasePane;
class Shell;

/// UI thread only; nothing here blocks.
class CaseExportCommands : public QObject {
    Q_OBJECT

  public:
    /// None is owned; all must live longer.
    CaseExportCommands(Shell& shell, CaseController& controller, CasePane& pane);

    /// Asks where the selection, or all listed exhibits, are exported to, and how.
    void choose(bool selection);
    /// The file name's extension determines the format. Problems are shown in a banner.
    void export_to(const QString& file, bool selection, const ExportChoices& choices = {});

  private:
    Shell& shell_;
    CaseController& case_;
    CasePane& pane_;
};

}  // namespace dfd::ui
