// How firm the score of the selected picture is when it is passed on.
#pragma once

#include "ui/studies/study.h"

namespace dfd::ui {

class StabilityPanel;
class StabilityRun;

class StabilityStudy : public Study {
    Q_OBJECT

  public:
    explicit StabilityStudy(StudyHost& host);
    [[nodiscard]] StabilityRun& run() const { return *run_; }
    [[nodiscard]] StabilityPanel* panel() const { return panel_; }

    void add_actions(QMenu* menu) override;
    void add_panels() override;
    void refresh() override;

  private:
    void show_run();
    void keep();
    [[nodiscard]] QString cost() const;

    QAction* action_ = nullptr;
    StabilityRun* run_;
    StabilityPanel* panel_ = nullptr;
    QString obstacle_;  ///< why no versions can be tried; empty if they can
};

}  // namespace dfd::ui
