// How far the experts agree over all listed pictures.
#pragma once

#include <QPointer>

#include "ui/studies/study.h"

namespace dfd::ui {

class AgreementDialog;

class AgreementStudy : public Study {
    Q_OBJECT

  public:
    explicit AgreementStudy(StudyHost& host) : Study(host) {}

    void add_actions(QMenu* menu) override;
    void attach(Collection& collection) override;
    void refresh() override {}

  private:
    void open();

    QPointer<AgreementDialog> dialog_;
};

}  // namespace dfd::ui
