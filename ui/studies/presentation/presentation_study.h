// Presents the listed pictures, or those that are selected, to an audience.
#pragma once

#include <QPointer>

#include "ui/studies/presentation/presentation.h"
#include "ui/studies/study.h"

namespace dfd::ui {

class PresentationStudy : public Study {
    Q_OBJECT

  public:
    explicit PresentationStudy(StudyHost& host) : Study(host) {}
    /// Null if none is running.
    [[nodiscard]] Presentation* stage() const { return stage_; }

    void add_actions(QMenu* menu) override;
    void attach(Collection& collection) override;
    void refresh() override;
    void picture_opened() override { refresh(); }
    void firmness_changed() override { refresh(); }

  private:
    void present();
    void step(int by);

    QPointer<Presentation> stage_;
    std::vector<Collection::Id> presented_;  ///< the selection; empty: the list
};

}  // namespace dfd::ui
