// What the networks saw of the selected picture.
#pragma once

#include <QPointer>

#include "ui/studies/study.h"

namespace dfd::ui {

class SeenDialog;

class SeenStudy : public Study {
    Q_OBJECT

  public:
    explicit SeenStudy(StudyHost& host) : Study(host) {}

    void add_actions(QMenu* menu) override;
    void refresh() override;

  private:
    void open();

    QAction* action_ = nullptr;
    QPointer<SeenDialog> dialog_;
};

}  // namespace dfd::ui
