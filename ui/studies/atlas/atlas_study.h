// The selected picture in overlapping windows, each with a score.
#pragma once

#include <QPointer>

#include "ui/studies/atlas/atlas_dialog.h"
#include "ui/studies/study.h"

namespace dfd::ui {

class AtlasStudy : public Study {
    Q_OBJECT

  public:
    explicit AtlasStudy(StudyHost& host);
    [[nodiscard]] AtlasRun& run() const { return *run_; }
    /// Null if it is not open.
    [[nodiscard]] AtlasDialog* dialog() const { return dialog_; }

    void add_actions(QMenu* menu) override;
    void refresh() override;
    void picture_opened() override { show_picture(); }

  private:
    void open();
    void show_run();
    void show_picture();

    QAction* action_ = nullptr;
    AtlasRun* run_;
    QPointer<AtlasDialog> dialog_;
    std::string shown_;  ///< scope and SHA-256 of the picture in the dialog; empty if none
    QString obstacle_;   ///< why no windows can be scored; empty if they can
};

}  // namespace dfd::ui
