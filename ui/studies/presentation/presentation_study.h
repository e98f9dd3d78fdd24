// Presents the listed pictures, those that are selected, or those that divide the experts most, to
// an audience.
#pragma once

#include <QPointer>

#include "ui/studies/presentation/presentation.h"
#include "ui/studies/study.h"

namespace dfd::ui {

class PresentationStudy : public Study {
    Q_OBJECT

  public:
    explicit PresentationStudy(StudyHost& host) : Study(host), comparing_(host.threads()) {}
    /// Null if none is running.
    [[nodiscard]] Presentation* stage() const { return stage_; }

    void add_actions(QMenu* menu) override;
    void attach(Collection& collection) override;
    void refresh() override;
    void picture_opened() override { refresh(); }
    void firmness_changed() override { refresh(); }

    static constexpr std::size_t kDisputed = 12;  ///< pictures

  private:
    void present();
    /// Compares the experts in the background first.
    void present_disputed();
    void show_stage();
    void step(int by);

    Task comparing_;
    QPointer<Presentation> stage_;
    std::vector<Collection::Id> presented_;  ///< a choice, in its order; empty: the list
};

}  // namespace dfd::ui
