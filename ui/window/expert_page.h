// The page of Install for other people's experts: choose a manifest and its model, see what they
// say and want to read, run the canaries, add the expert to a panel.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/work/backend.h"
#include "ui/work/task.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace dfd::ui {

class ExpertPage : public QWidget {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    ExpertPage(Backend backend, BackgroundThreads& threads, QWidget* parent = nullptr);

    /// A manifest or a model, by its name.
    void offer_file(const QString& path);

    /// Whether it checks or adds.
    [[nodiscard]] bool working() const { return work_.running(); }
    void request_stop();
    [[nodiscard]] QString problem() const;
    [[nodiscard]] QString report() const;
    /// A warning that the expert was made for something else than the chosen question; empty if
    /// not.
    [[nodiscard]] QString misfit() const;

  Q_SIGNALS:
    /// The folder of the panel, which has the expert now.
    void added(const QString& folder);
    void working_changed();

  private:
    void list_panels();
    void show_panels(const std::vector<PanelRecord>& panels);
    void show_questions();
    /// Reads the chosen manifest and shows what it says; nothing is started. `wanted`: also when
    /// there is no such file, to say so.
    void read_manifest(bool wanted);
    void check();
    void add();
    void start(const QString& step, Task::Work work);
    [[nodiscard]] ForeignFiles files() const;
    [[nodiscard]] Progress progress_to(const Task::Run& run);
    void show_problem(const QString& sentence);
    void refresh();

    Backend backend_;
    Task listing_;
    Task reading_;
    Task work_;
    std::vector<PanelRecord> panels_;  ///< those of the box, without its last entry
    bool readable_ = false;            ///< the manifest was read, and what it wants was shown
    bool program_ = false;             ///< which has no model
    bool passed_ = false;              ///< these files passed their check
    bool new_panel_wanted_ = false;    ///< somebody chose a new panel, or named it
    ForeignManifest read_;             ///< if readable_

    QLineEdit* manifest_;
    QLineEdit* model_;
    QComboBox* panel_;
    QLabel* new_name_label_;
    QLineEdit* new_name_;
    QLabel* question_label_;
    QComboBox* question_;
    QPlainTextEdit* report_;
    QLabel* misfit_;
    QLabel* problem_;
    QLabel* step_;
    QProgressBar* progress_;
    QPushButton* stop_;
    QPushButton* check_;
    QPushButton* add_;
};

}  // namespace dfd::ui
