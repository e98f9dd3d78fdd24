// Dialog that installs: the published checkpoint from its two files, and other people's experts, a
// page each, with progress and errors.
#pragma once

#include <QDialog>

#include "ui/work/backend.h"
#include "ui/work/task.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTabWidget;

namespace dfd::ui {

class ExpertPage;

class InstallDialog : public QDialog {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    InstallDialog(Backend backend, BackgroundThreads& threads, QWidget* parent = nullptr);

    /// Accepts a file, by its name, on the page for its kind; looks for the other one in the
    /// same folder.
    void offer_file(const QString& path);
    [[nodiscard]] bool installing() const { return installing_.running(); }
    [[nodiscard]] QString problem() const;

    [[nodiscard]] ExpertPage& experts() const { return *experts_; }

  Q_SIGNALS:
    /// The folder of the new panel.
    void installed(const QString& folder);
    /// The folder of a panel that has another expert now.
    void expert_added(const QString& folder);

  protected:
    void reject() override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void install();
    void show_problem(const QString& sentence);
    void refresh();

    Backend backend_;
    Task installing_;

    QTabWidget* pages_;
    QWidget* published_;  ///< the page
    ExpertPage* experts_;
    QLineEdit* weights_;
    QLineEdit* ema_;
    QLineEdit* name_;
    QLabel* problem_;
    QLabel* step_;
    QProgressBar* progress_;
    QPushButton* install_;
    QPushButton* cancel_;
};

}  // namespace dfd::ui
