// Dialog with the audit log of a case: who did what, and when.
#pragma once

#include <QDialog>

#include "core/casework/store/audit_log.h"
#include "ui/work/task.h"

class QLabel;
class QLineEdit;
class QTreeWidget;

namespace dfd::ui {

class CaseLogDialog : public QDialog {
    Q_OBJECT

  public:
    /// Reads the newest entries of the case in the background. `threads` is not owned and must live
    /// longer.
    CaseLogDialog(BackgroundThreads& threads, const std::filesystem::path& path, QWidget* parent);

    [[nodiscard]] QTreeWidget* entries() const { return entries_; }
    [[nodiscard]] QLineEdit* filter_box() const { return filter_; }
    [[nodiscard]] QString state() const;

    static constexpr std::int64_t kMost = 5000;  ///< entries shown

  private:
    void show_entries(const std::vector<LogEntry>& newest_first, std::int64_t all);
    void apply_filter(const QString& words);

    Task reading_;
    QLineEdit* filter_;
    QTreeWidget* entries_;
    QLabel* state_;
};

}  // namespace dfd::ui
