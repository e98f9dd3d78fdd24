// Replaying a record: a picture that was scored once, here or elsewhere, is scored again.
#pragma once

#include <QPointer>

#include "ui/window/commands/shell.h"
#include "ui/work/backend.h"

namespace dfd::ui {

class CaseWorkDialog;

/// UI thread only; nothing here blocks.
class ReplayCommands : public QObject {
    Q_OBJECT

  public:
    /// `shell` is not owned and must live longer.
    ReplayCommands(Shell& shell, Backend backend);

    void add_action(QMenu* menu);
    /// Reads the record; then a dialog offers to replay it. Problems are shown in a banner.
    void open(const std::filesystem::path& record);
    /// The one that was shown last, while it is there.
    [[nodiscard]] CaseWorkDialog* dialog() const;

  private:
    void choose();
    void show(const std::filesystem::path& file, const ReplayRecord& record,
              const std::filesystem::path& picture);

    Shell& shell_;
    Backend backend_;
    Task reading_;
    QPointer<CaseWorkDialog> dialog_;
};

}  // namespace dfd::ui
