#include "ui/studies/seen/seen_study.h"

#include <QAction>

#include "ui/studies/seen/seen_dialog.h"
#include "ui/studies/subject.h"

namespace dfd::ui {

void SeenStudy::add_actions(QMenu* menu) {
    action_ = host().add_action(menu, "seen", {}, tr("What the networks sa&w…"), tr("Ctrl+Shift+G"),
                                [this] { open(); });
}

void SeenStudy::refresh() {
    QString obstacle;
    const auto subject = study_subject(collection(), host().evaluator(), obstacle);
    action_->setEnabled(subject && subject->evaluator);
}

void SeenStudy::open() {
    QString obstacle;
    const auto subject = study_subject(collection(), host().evaluator(), obstacle);
    if (!subject || !subject->evaluator)
        return;
    if (dialog_ == nullptr || dialog_->isHidden()) {  // hidden: being deleted
        dialog_ = new SeenDialog(host().threads(), host().dialog_parent());
        dialog_->setAttribute(Qt::WA_DeleteOnClose);
    }
    dialog_->show_picture(collection().current()->name, subject->sources, subject->sha256,
                          subject->evaluator, collection().bands());
    dialog_->show();
    dialog_->raise();
    dialog_->activateWindow();
}

}  // namespace dfd::ui
