// What a case says of itself: its properties, its log, whether it is intact; and merging others.
#pragma once

#include <QObject>
#include <QPointer>

#include "ui/case/case_controller.h"

class QDialog;
class QWidget;

namespace dfd {
struct CaseFact;
}

namespace dfd::ui {

class CaseLogDialog;
class CaseWorkDialog;

/// Opens its dialogs on the open case; they close with it. Nothing here blocks.
class CaseRecords : public QObject {
    Q_OBJECT

  public:
    /// Neither is owned; both must live longer. `parent` is that of the dialogs, too.
    CaseRecords(CaseController& controller, BackgroundThreads& threads, QWidget* parent);

    /// Id, counts, panels, writer and head.
    void show_properties();
    QPointer<CaseLogDialog> show_log();
    QPointer<CaseWorkDialog> show_verify();
    /// Into the open case, which must be writable.
    QPointer<CaseWorkDialog> show_merge(const std::vector<std::filesystem::path>& sources);

  private:
    /// `all`: as text, to be copied.
    void show_info(const std::vector<CaseFact>& facts, const std::string& all,
                   const std::string& head);
    /// Gives it to the window and shows it.
    void present(QDialog* dialog);

    CaseController& case_;
    BackgroundThreads& threads_;
    QWidget* window_;
    Task reading_;
};

}  // namespace dfd::ui
