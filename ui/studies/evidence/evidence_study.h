// Where each expert sees evidence in the selected picture, towards what, and whether that holds.
#pragma once

#include "ui/picture/heatmap_image.h"
#include "ui/studies/evidence/evidence_run.h"
#include "ui/studies/study.h"

namespace dfd::ui {

class EvidencePanel;

class EvidenceStudy : public Study {
    Q_OBJECT

  public:
    explicit EvidenceStudy(StudyHost& host);
    [[nodiscard]] EvidenceRun& run() const { return *run_; }
    [[nodiscard]] EvidencePanel* panel() const { return panel_; }

    void add_actions(QMenu* menu) override;
    void add_panels() override;
    void refresh() override;
    void map_chosen() override;
    void tab_changed() override { show_map(); }

  private:
    void show_run();
    void show_map();
    /// Tells the heatmaps what their deletion tests found.
    void show_supports();
    [[nodiscard]] QString cost() const;

    QAction* action_ = nullptr;
    EvidenceRun* run_;
    EvidencePanel* panel_ = nullptr;
    QString obstacle_;  ///< why nothing can be explained; empty if it can
    /// What the current signed map was made from, to avoid rebuilding it after unrelated changes.
    struct Shown {
        PictureKey picture;
        EvidenceOptions options;
        int map = 0;
        Towards towards = Towards::Both;
        float scale = 0;
        std::optional<Support> support;
        bool operator==(const Shown&) const = default;
    } shown_;
};

}  // namespace dfd::ui
