// Dialog that runs one piece of work about a case or a record in the background and shows what came
// of it.
#pragma once

#include <QDialog>
#include <functional>

#include "core/panel/panel_record.h"
#include "ui/work/task.h"

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace dfd::ui {

class CaseWorkDialog : public QDialog {
    Q_OBJECT

  public:
    /// What came of the work.
    struct Outcome {
        QString heading;  ///< a sentence
        QString details;  ///< lines; may be empty
    };
    /// Runs on another thread. Failures are reported as exceptions; Cancelled when it was stopped.
    using Work = std::function<Outcome(const Progress& progress, const std::stop_token& stop)>;

    /// `threads` is not owned and must live longer.
    CaseWorkDialog(BackgroundThreads& threads, const QString& title, const QString& explanation,
                   const QString& start_label, QWidget* parent);

    /// Between the explanation and the progress.
    [[nodiscard]] QVBoxLayout* options() const { return options_; }
    [[nodiscard]] QPushButton* start_button() const { return start_; }
    [[nodiscard]] bool running() const { return task_.running(); }
    [[nodiscard]] QString heading() const;
    [[nodiscard]] QString details() const;
    void start(Work work);

  Q_SIGNALS:
    void start_requested();
    void ended();

  private:
    void show_outcome(const Outcome& outcome);

    Task task_;
    QVBoxLayout* options_;
    QProgressBar* busy_;
    QLabel* step_;
    QLabel* heading_;
    QPlainTextEdit* details_;
    QPushButton* start_;
    QPushButton* stop_;
};

}  // namespace dfd::ui
