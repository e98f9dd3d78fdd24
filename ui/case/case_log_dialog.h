// Dialog with the audit log of a case: who did what, and when, in sentences; as recorded behind
// "Details".
#pragma once

#include <QDialog>

#include "core/casework/store/audit_log.h"
#include "ui/work/task.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
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
    [[nodiscard]] QPushButton* details_button() const { return details_button_; }
    /// The selected entry as it was recorded, in JSON.
    [[nodiscard]] QPlainTextEdit* details() const { return details_; }
    [[nodiscard]] QString state() const;

    static constexpr std::int64_t kMost = 5000;  ///< entries shown

  private:
    void show_entries(const std::vector<LogEntry>& newest_first,
                      const std::vector<std::string>& sentences, std::int64_t all);
    void show_details();
    void apply_filter(const QString& words);

    Task reading_;
    QLineEdit* filter_;
    QTreeWidget* entries_;
    QPlainTextEdit* details_;
    QLabel* state_;
    QPushButton* details_button_ = nullptr;
};

}  // namespace dfd::ui
